//! `relance notify test`: asks the manager, and waits for what it puts on record.

use std::time::Instant;

use relance_scm::event::{self, Event};
use relance_scm::manager::{Watched, WatchedChange, next_change_until};
use relance_scm::{ScmError, Win32Error};
use relance_texts::notice;

use crate::cli::{CommandResult, Common};
use crate::lang::say;
use crate::plain::plain;
use crate::text::duration;

pub(super) fn run(common: &Common, target: &str, timeout: &str) -> CommandResult {
    let time = duration(timeout)?;
    let manager = common.manager()?;
    let notices = super::notices(&manager)?;
    if notices.file_is_missing {
        let file = notices.file.as_deref().unwrap_or(relance_notify::FILE_NAME);
        let missing = notice::NoFileOfManager { file };
        return Err(ScmError::new(Win32Error::FILE_NOT_FOUND, missing).into());
    }
    let (scm, caller) = manager.get();
    // Before the request, so that the answer is not missed.
    let mut watch = scm.watch(caller, None)?;
    manager.ask(|scm, caller, reply| scm.test_notice(caller, target, reply))?;
    let until = Instant::now() + time;
    loop {
        match next_change_until(&mut *watch, until) {
            Some(Some(Watched::Change(_, WatchedChange::Logged(entry)))) => match entry.event() {
                Some(Event::NoticeTested(named)) if *named == *target => {
                    println!("{}", plain(&say(notice::TargetTold { target })));
                    return Ok(());
                }
                Some(Event::NoticeTestFailed(named, problem)) if *named == *target => {
                    let failed = notice::TargetNotTold {
                        target,
                        problem: event::problem(&problem),
                    };
                    return Err(ScmError::new(Win32Error::NOT_FOUND, failed).into());
                }
                _ => {}
            },
            Some(Some(_)) => {}
            Some(None) | None => {
                let late = notice::NoAnswer { time };
                return Err(ScmError::new(Win32Error::TIMEOUT, late).into());
            }
        }
    }
}
