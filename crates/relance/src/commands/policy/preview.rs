//! What a changed policy means: its settings before and after, and what follows the next failure of each service.

use relance_scm::{RecoveryPolicy, ServiceName};

use crate::cli::{CommandResult, Manager};
use crate::commands::apply::change::changes;
use crate::plain::{plain, plain_lines};
use crate::policies;

/// Prints it.
pub(super) fn print(
    manager: &Manager,
    before: &RecoveryPolicy,
    after: &RecoveryPolicy,
    users: &[ServiceName],
) -> CommandResult {
    for change in changes(&before.as_config(), &after.as_config(), &[]) {
        println!("    {}", plain_lines(&change.said()));
    }
    for name in users {
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
        println!("  {}", plain(&policies::next(&info, after)));
    }
    Ok(())
}
