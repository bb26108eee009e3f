//! What was there when this engine began: the greeting of the guardian, its table of runs, and what
//! the engine is told of them.

use std::io;
use std::sync::Arc;

use relance_policy::RunId;
use relance_scm::ServiceConfig;

use super::super::protocol::{
    GuardianReport, GuardianRequest, RecordedRun, VERSION, VERSION_JOURNAL, VERSION_OLDEST,
};
use super::LinuxProcesses;
use crate::processes::Fact;

/// What the guardian says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Greeting {
    /// 1 for the first engine of the guardian.
    pub(crate) engine: u32,
    /// Whether a shutdown was asked for before.
    pub(crate) shutting_down: bool,
    /// Whether the guardian is the init process of a container.
    pub(crate) init: bool,
    /// Whether the daemon before has stopped all services.
    pub(crate) after_shutdown: bool,
    /// Set where the engine before was ended because it had not answered for so long.
    pub(crate) silent_s: Option<u32>,
    /// Set where somebody has removed the socket for clients, and it was made again.
    pub(crate) socket_was_removed: bool,
    /// Whether the guardian's program was exchanged in its process.
    pub(crate) handed_over: bool,
}

impl LinuxProcesses {
    /// Takes what the guardian says first: its greeting and all runs it knows. Blocks until all of it
    /// has come.
    pub(crate) fn greet(&mut self) -> io::Result<Greeting> {
        self.take_table()?
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Takes what the guardian tells up to the end of a table.
    fn take_table(&mut self) -> io::Result<Option<Greeting>> {
        let mut greeting = None;
        loop {
            while let Some(report) = self.link.next::<GuardianReport>()? {
                match report {
                    GuardianReport::Hello {
                        version,
                        engine,
                        shutting_down,
                        init,
                        after_shutdown,
                        groups,
                        silent_s,
                        socket_was_removed,
                        handed_over,
                    } => {
                        if !(VERSION_OLDEST..=VERSION).contains(&version) {
                            let text = format!("the guardian speaks version {version} of the link");
                            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
                        }
                        self.version = version;
                        self.groups = groups.map(|groups| {
                            let controllers = groups.controllers();
                            (groups, controllers)
                        });
                        greeting = Some(Greeting {
                            engine,
                            shutting_down,
                            init,
                            after_shutdown,
                            silent_s,
                            socket_was_removed,
                            handed_over,
                        });
                    }
                    GuardianReport::TableEnd => return Ok(greeting),
                    report => self.report(report)?,
                }
            }
            let mut poll = [rustix::event::PollFd::new(
                &self.link,
                rustix::event::PollFlags::IN,
            )];
            rustix::event::poll(&mut poll, None)?;
            if !self.link.fill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Has the guardian take over runs that are on record and that it does not know, because an earlier
    /// guardian started them and left no journal. Blocks until it has.
    pub(crate) fn adopt(&mut self, mut recorded: Vec<RecordedRun>) -> io::Result<()> {
        recorded.retain(|recorded| !self.runs.contains_key(&recorded.run.into()));
        if self.version >= VERSION_JOURNAL {
            self.ask(&GuardianRequest::Adopt { runs: recorded });
            self.take_table()?;
        } else if let Some(RecordedRun { pid, .. }) = recorded.first() {
            let text = format!(
                "the guardian is of an older version and does not hold process {pid} that is on \
                 record; start the daemon again, services run on"
            );
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
        Ok(())
    }

    /// Tells the engine all that was there when it began: each run with what it had sent and its end,
    /// in the order of the runs, so that a step that was not committed is repeated before what
    /// followed from it.
    pub(crate) fn tell_all(&mut self, names: impl Fn(RunId) -> Option<Arc<ServiceConfig>>) {
        for run in self.runs.keys().copied().collect::<Vec<_>>() {
            let known = self.runs.get_mut(&run).expect("listed above");
            self.facts.push_back(Fact::Found {
                run,
                pid: known.pid,
                birth: known.birth,
            });
            if let Some(config) = names(run) {
                for (stream, pipe) in known.take_streams() {
                    self.logs
                        .add(run, stream, Some(Arc::clone(&config)), pipe, true);
                }
            }
            known.service = None;
            self.look(run);
            self.tell_exit(run);
        }
        self.take_over_signs(&names);
        for ((run, stream), pipe) in std::mem::take(&mut self.streams) {
            self.logs.add(run, stream, names(run), pipe, true);
            self.ended_unseen.push(run);
        }
        self.facts.push_back(Fact::Caught);
        // What came behind the table may have been read with it: nothing will wake us for that.
        self.read_link();
    }
}
