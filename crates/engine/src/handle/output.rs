//! What is asked of the engine's handle about output: who may read it, and where it is.

use std::sync::Arc;

use relance_policy::{RunId, ServiceRecord};
use relance_scm::config::OutputMode;
use relance_scm::manager::{FollowOutput, OutputPart, OutputRange, OutputStream};
use relance_scm::security::Sid;
use relance_scm::settings::{OUTPUT, STDERR_TOGETHER, stderr_of};
use relance_scm::{AccessRights, Caller, ScmError, ServiceName, Win32Error};
use relance_texts::{Sentence, error, shown};

use super::EngineHandle;
use crate::access;
use crate::linux::OutputFile;
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
        stream: OutputStream,
        range: OutputRange,
    ) -> Result<OutputPart, ScmError> {
        let file = self.file_of(record, stream)?;
        let begin = match range {
            OutputRange::LastLinesOfRun(number, _) => {
                let service = record.id;
                let run = RunId { service, number };
                self.output_signals.begin_of(run, stream)
            }
            OutputRange::LastLines(_) | OutputRange::From(_) => None,
        };
        let read = output::read_part(&file, range, begin);
        read.map_err(|problem| {
            let name = &record.config.service_name;
            let extensions = &record.config.extensions;
            let output = match stream {
                OutputStream::Output => extensions.get(OUTPUT),
                OutputStream::Errors => stderr_of(extensions),
            };
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

    /// The file of a stream. Standard error has one of its own only where it is apart.
    fn file_of(
        &self,
        record: &ServiceRecord,
        stream: OutputStream,
    ) -> Result<OutputFile, ScmError> {
        let config = &record.config;
        if stream == OutputStream::Errors && stderr_of(&config.extensions) == STDERR_TOGETHER {
            let name = &config.service_name;
            let code = Win32Error::NOT_SUPPORTED;
            return Err(ScmError::new(code, error::ErrorsNotApart { name }));
        }
        Ok(OutputFile::of(&self.output, config, stream))
    }

    /// What a service prints from a position on.
    pub(super) fn follow(
        &self,
        caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        let record = self.open_output(caller, name)?;
        Ok(Box::new(Follower {
            service: record.id,
            output: self.file_of(&record, stream)?,
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
