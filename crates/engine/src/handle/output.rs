//! What is asked of the engine's handle about output: who may read it, and where it is.

use std::sync::Arc;

use relance_policy::ServiceRecord;
use relance_scm::config::OutputMode;
use relance_scm::manager::{FollowOutput, OutputPart, OutputRange};
use relance_scm::security::Sid;
use relance_scm::settings::OUTPUT;
use relance_scm::{AccessRights, Caller, ScmError, ServiceName, Win32Error};
use relance_texts::{Sentence, error, shown};

use super::EngineHandle;
use crate::access;
use crate::output::{self, Follower};

impl EngineHandle {
    /// The record of a service whose output the caller may read. The account of a service may read what it prints itself (X62).
    pub(super) fn open_output(
        &self,
        caller: &Caller,
        name: &ServiceName,
    ) -> Result<Arc<ServiceRecord>, ScmError> {
        let opened = self.open(caller, name, AccessRights::READ_OUTPUT);
        opened.or_else(|error| {
            let record = self
                .publisher
                .find(name)
                .ok_or_else(|| access::not_found(name))?;
            let account = &record.config.account_name;
            let is_own = !account.is_local_system()
                && (self.uid_of)(account)
                    .is_some_and(|uid| caller.sids.contains(&Sid::UnixUser(uid)));
            if is_own { Ok(record) } else { Err(error) }
        })
    }

    /// A part of the output of a service.
    pub(super) fn find_output(
        &self,
        record: &ServiceRecord,
        range: OutputRange,
    ) -> Result<OutputPart, ScmError> {
        let path = crate::linux::log_path(&self.output, &record.config.service_name);
        let read = output::read_part(&path, range);
        read.map_err(|problem| {
            let name = &record.config.service_name;
            let output = record.config.extensions.get(OUTPUT);
            let sentence = match problem.kind() {
                std::io::ErrorKind::NotFound if output != OutputMode::File.name() => {
                    no_file(name, output)
                }
                std::io::ErrorKind::NotFound => error::NoOutputYet { name }.into(),
                _ => {
                    let error = shown(problem);
                    error::OutputUnreadable { name, error }.into()
                }
            };
            ScmError::new(Win32Error::FILE_NOT_FOUND, sentence)
        })
    }

    /// What a service prints from a position on.
    pub(super) fn follow(
        &self,
        caller: &Caller,
        name: &ServiceName,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        let record = self.open_output(caller, name)?;
        Ok(Box::new(Follower {
            service: record.id,
            path: crate::linux::log_path(&self.output, &record.config.service_name),
            position: from,
            signals: Arc::clone(&self.output_signals),
            file: None,
        }))
    }
}

/// Where the output of a service is, if it is in no file.
fn no_file(name: &ServiceName, output: &str) -> Sentence {
    match output {
        "stdout" => error::NoFileStdout { name }.into(),
        "journal" => error::NoFileJournal { name }.into(),
        "syslog" => error::NoFileSyslog { name }.into(),
        _ => error::NoFileNull { name }.into(),
    }
}
