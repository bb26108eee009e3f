//! Named policies in turmoil (X101 to X104, X121): in some worlds policies are made, changed, given, taken away and
//! deleted, while their services fail and engines are killed.
//!
//! What must hold in every state that was committed: a service that uses a policy has exactly its values, and that
//! policy is there.

use std::time::Duration;

use relance_engine::command::ConfigRequest;
use relance_scm::failure_actions::FailureActionsChange;
use relance_scm::settings::{RECOVERY_POLICY, RESTART_JITTER, RESTART_LIMIT};
use relance_scm::{ConfigChange, PolicyChange, PolicyName, RecoveryPolicy};
use relance_wire::api::PolicyBody;

use super::{SERVICES, Turmoil, name};

/// Policies of a world.
const POLICIES: u32 = 2;

impl Turmoil {
    /// Somebody does something with a policy.
    pub(super) fn policies_change(&mut self) {
        if !self.world.is_ready() {
            return;
        }
        let number = self.random.u32(..POLICIES);
        let policy: PolicyName = format!("p{number}").parse().expect("a legal name");
        let changes = match self.random.u32(..10) {
            0..4 => vec![self.sets(policy)],
            4..7 => {
                let some = (0..SERVICES).filter(|_| self.random.bool()).map(name);
                let services = some.collect();
                vec![ConfigRequest::Policy(policy, PolicyChange::Give(services))]
            }
            7 => vec![ConfigRequest::Policy(policy, PolicyChange::Delete)],
            8 => vec![self.takes_out()],
            // Both at once, as a file does.
            _ => {
                let set = self.sets(policy.clone());
                let given = vec![name(self.random.usize(..SERVICES))];
                vec![
                    set,
                    ConfigRequest::Policy(policy, PolicyChange::Give(given)),
                ]
            }
        };
        self.note(format_args!("{changes:?}"));
        let answer = self.world.configure(changes);
        self.expect_answer(answer);
    }

    fn sets(&mut self, policy: PolicyName) -> ConfigRequest {
        let mut change = ConfigChange {
            failure_actions: Some(FailureActionsChange {
                actions: Some(self.actions()),
                ..FailureActionsChange::default()
            }),
            ..ConfigChange::default()
        };
        let set = &mut change.extensions;
        match self.random.u32(..4) {
            0 => set.set(RESTART_LIMIT, Some(3)),
            1 => set.set(RESTART_JITTER, Duration::from_secs(1)),
            2 => set.set(RESTART_LIMIT, None),
            _ => {}
        }
        ConfigRequest::Policy(policy, PolicyChange::Set(Box::new(change)))
    }

    fn takes_out(&mut self) -> ConfigRequest {
        let mut change = ConfigChange::default();
        change.extensions.set(RECOVERY_POLICY, None);
        let name = name(self.random.usize(..SERVICES));
        ConfigRequest::Change(name, Box::new(change))
    }

    /// After a commit.
    pub(super) fn check_policies(&mut self) -> Result<(), String> {
        if !self.faults.policies || self.disk_is_full {
            return Ok(());
        }
        let commits = self.world.disk().commits();
        if commits == self.commits_looked_at {
            return Ok(());
        }
        self.commits_looked_at = commits;
        let stored = self.world.disk().load();
        let policies = stored.policies.as_deref().unwrap_or("[]");
        let policies: Vec<PolicyBody> =
            serde_json::from_str(policies).map_err(|error| error.to_string())?;
        let policies: Result<Vec<RecoveryPolicy>, _> =
            policies.iter().map(RecoveryPolicy::try_from).collect();
        let policies = policies.map_err(|error| error.to_string())?;
        for record in &stored.records {
            let config = &record.config;
            let Some(name) = PolicyName::of(config) else {
                continue;
            };
            let own = RecoveryPolicy::like(name.clone(), config);
            let policy = policies.iter().find(|policy| policy.name == name);
            // Those that are marked for deletion take no change any more.
            if policy != Some(&own) && !record.marked_for_delete {
                return Err(format!(
                    "{own:?} of {}, not {policy:?}",
                    config.service_name
                ));
            }
        }
        Ok(())
    }
}
