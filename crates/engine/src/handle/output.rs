//! What is asked of the engine's handle about output: who may read it, and where it is.

use std::sync::Arc;

use relance_policy::ServiceRecord;
use relance_scm::config::OutputMode;
use relance_scm::manager::{FollowOutput, OutputPart, OutputRange};
use relance_scm::security::Sid;
use relance_scm::settings::OUTPUT;
use relance_scm::{AccessRights, Caller, ScmError, ServiceName, Win32Error};

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
        read.map_err(|error| {
            let name = &record.config.service_name;
            let output = record.config.extensions.get(OUTPUT);
            let sentence = match error.kind() {
                std::io::ErrorKind::NotFound if output != OutputMode::File.name() => {
                    no_file(name, output)
                }
                std::io::ErrorKind::NotFound => format!("{name} has printed nothing yet"),
                _ => format!("the output of {name} cannot be read: {error}"),
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
fn no_file(name: &ServiceName, output: &str) -> String {
    let place = match output {
        "stdout" => "goes to the standard output of the manager, so in a container to docker logs",
        "journal" => "goes to the journal; journalctl RELANCE_SERVICE=NAME shows it",
        "syslog" => "goes to syslog, under the name of the service",
        _ => "is thrown away",
    };
    let place = place.replace("NAME", name.as_str());
    format!(
        "{name} has no log file: its output {place} (relance config {name} --output file keeps one from \
         the next start on)"
    )
}
