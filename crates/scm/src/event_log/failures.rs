//! What has failed, told service by service: entries of the event log that belong to one run are one failure, and
//! failures with the same cause are one line.

use std::collections::BTreeMap;
use std::sync::Arc;

use relance_texts::Sentence;

use super::{EventFilter, EventPage, LogEntry, Timestamp};
use crate::cause::EndCause;
use crate::event::EventLevel;
use crate::run::{RunId, ServiceId};
use crate::status::ProcessExit;

/// Collects entries, in any order, and makes a report of them. A log is read back page by page:
/// [`Failures::next_page`] says what to ask for, [`Failures::take_page`] takes the answer.
#[derive(Debug, Default)]
pub struct Failures {
    services: BTreeMap<ServiceId, (Arc<str>, BTreeMap<Which, Failure>)>,
    /// The oldest entry of the pages so far.
    before: Option<u64>,
}

/// Entries read at a time.
const PAGE: u32 = 10_000;

/// What entries of one failure have in common: their run, or else their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Run(RunId),
    Entry(u64),
}

#[derive(Debug)]
struct Failure {
    at: Timestamp,
    /// How many it stands for: 1, or more where the log was flooded (E12).
    times: u64,
    /// The most informative entry: the first one with a cause, else the first.
    number: u64,
    cause: Option<String>,
    exit: Option<ProcessExit>,
    sentence: Sentence,
    output: Option<String>,
}

/// What has failed of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFailures {
    /// Which service; it may have been deleted since.
    pub service: ServiceId,
    /// Its name at the time of the entries.
    pub name: Arc<str>,
    /// How often it failed.
    pub count: u64,
    /// When it failed last.
    pub last: Timestamp,
    /// Why, the most frequent cause first.
    pub causes: Vec<Cause>,
    /// What it printed before the last failure, where the caller may read that.
    pub output: Option<String>,
}

/// Failures of a service for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the last of them was.
    pub sentence: Sentence,
    /// How many there were.
    pub count: u64,
    /// When the last one was.
    pub last: Timestamp,
}

impl Failures {
    /// Which entries come next, back to this moment, the newest pages first.
    #[must_use]
    pub fn next_page(&self, since: Timestamp) -> EventFilter {
        EventFilter {
            level: Some(EventLevel::Error),
            since: Some(since),
            before: self.before,
            limit: PAGE,
            ..EventFilter::default()
        }
    }

    /// Takes a page; whether there is another one.
    pub fn take_page(&mut self, page: &EventPage) -> bool {
        page.entries.iter().for_each(|entry| self.take(entry));
        self.before = page.entries.first().map(|entry| entry.number);
        page.more && self.before.is_some()
    }

    /// Takes an entry. Only those of level error that the manager wrote about a service count.
    pub fn take(&mut self, entry: &LogEntry) {
        let (Some((id, name)), EventLevel::Error) = (&entry.service, entry.level) else {
            return;
        };
        if entry.event().is_none() {
            return;
        }
        let which = entry
            .details
            .run
            .map_or(Which::Entry(entry.number), Which::Run);
        let (_, failures) = self
            .services
            .entry(*id)
            .or_insert_with(|| (Arc::clone(name), BTreeMap::new()));
        match failures.get_mut(&which) {
            Some(failure) => failure.take(entry),
            None => {
                failures.insert(which, Failure::of(entry));
            }
        }
    }

    /// The report: the latest failure first.
    #[must_use]
    pub fn report(&self) -> Vec<ServiceFailures> {
        let mut report: Vec<_> = self
            .services
            .iter()
            .filter_map(|(id, (name, failures))| service_failures(*id, name, failures))
            .collect();
        report.sort_by_key(|service| std::cmp::Reverse(service.last));
        report
    }
}

impl Failure {
    fn of(entry: &LogEntry) -> Self {
        Self {
            at: entry.at,
            times: times(entry),
            number: entry.number,
            cause: entry.details.cause.clone(),
            exit: entry.details.exit,
            sentence: entry.sentence(),
            output: entry.details.output.clone(),
        }
    }

    /// Another entry of the same failure.
    fn take(&mut self, entry: &LogEntry) {
        self.at = self.at.max(entry.at);
        self.times = self.times.max(times(entry));
        let tells_more = entry.details.cause.is_some() && self.cause.is_none();
        let tells_as_much = entry.details.cause.is_some() == self.cause.is_some();
        if tells_more || tells_as_much && entry.number < self.number {
            self.number = entry.number;
            self.cause.clone_from(&entry.details.cause);
            self.exit = entry.details.exit;
            self.sentence = entry.sentence();
        }
        if self.output.is_none() {
            self.output.clone_from(&entry.details.output);
        }
    }

    /// What it has in common with failures for the same reason.
    fn key(&self) -> String {
        let cause = self.cause.as_deref();
        cause.map_or_else(|| self.sentence.to_string(), cause_key)
    }

    fn told(&self) -> Sentence {
        let cause = self.cause.as_deref();
        cause.map_or_else(
            || self.sentence.clone(),
            |cause| cause_sentence(cause, self.exit),
        )
    }
}

/// The part of a cause that failures for the same reason share. Numbers in a program's text (an order, an
/// address) differ each time and are left out; numbers of the kernel (a status) are the reason itself.
#[must_use]
pub fn cause_key(cause: &str) -> String {
    match EndCause::read(cause) {
        None => cause.to_owned(),
        Some(_) => without_numbers(cause),
    }
}

/// A cause, as people read it; where there is none but the end of the process, it stands in its words.
#[must_use]
pub(super) fn cause_sentence(cause: &str, exit: Option<ProcessExit>) -> Sentence {
    match (EndCause::read(cause), exit) {
        (Some(cause), _) => Sentence::from(&cause),
        (None, Some(exit)) if exit.to_string() == cause => exit.into(),
        (None, _) => Sentence::Foreign(cause.into()),
    }
}

fn times(entry: &LogEntry) -> u64 {
    let repeated = entry.details.repeated.as_ref();
    repeated.map_or(1, |repeated| repeated.times)
}

fn without_numbers(text: &str) -> String {
    let parts = text.split(|character: char| character.is_ascii_digit());
    let parts = parts.filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("0")
}

fn service_failures(
    service: ServiceId,
    name: &Arc<str>,
    failures: &BTreeMap<Which, Failure>,
) -> Option<ServiceFailures> {
    let last = failures.values().max_by_key(|failure| failure.at)?;
    let mut causes: BTreeMap<String, Cause> = BTreeMap::new();
    for failure in failures.values() {
        let cause = causes.entry(failure.key()).or_insert_with(|| Cause {
            sentence: failure.told(),
            count: 0,
            last: failure.at,
        });
        cause.count += failure.times;
        if failure.at > cause.last {
            cause.last = failure.at;
            cause.sentence = failure.told();
        }
    }
    let mut causes: Vec<_> = causes.into_values().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse((cause.count, cause.last)));
    Some(ServiceFailures {
        service,
        name: Arc::clone(name),
        count: failures.values().map(|failure| failure.times).sum(),
        last: last.at,
        causes,
        output: last.output.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::event_log::Details;
    use crate::win32::Win32Error;

    struct Log(u64, Failures);

    impl Log {
        fn write(&mut self, event: &Event, run: Option<u32>, cause: Option<&str>) {
            self.0 += 1;
            let service = ServiceId(7);
            let run = run.map(|number| RunId { service, number });
            self.1.take(&LogEntry {
                number: self.0,
                at: Timestamp(i64::try_from(self.0).unwrap()),
                source: event.source(),
                event_id: event.id(),
                level: event.level(),
                service: Some((service, "worker".into())),
                parameters: event.parameters("worker", "worker"),
                details: Details {
                    run,
                    cause: cause.map(str::to_owned),
                    output: cause.map(|_| format!("line {}", self.0)),
                    ..Details::default()
                },
            });
        }

        fn fail(&mut self, run: u32, cause: &str) {
            let failed = Event::Failed {
                failure_count: run,
                action: None,
            };
            self.write(&failed, Some(run), Some(cause));
        }
    }

    fn causes(report: &ServiceFailures) -> Vec<(String, u64)> {
        let causes = report.causes.iter();
        causes
            .map(|cause| (cause.sentence.to_string(), cause.count))
            .collect()
    }

    #[test]
    fn entries_of_a_run_are_one_failure_and_the_cause_is_what_is_said() {
        let mut log = Log(0, Failures::default());
        log.write(
            &Event::StoppedWithSpecificError(3),
            Some(1),
            Some("exit status 3"),
        );
        log.fail(1, "exit status 3");
        log.write(
            &Event::StartFailed(Win32Error::FILE_NOT_FOUND),
            Some(2),
            None,
        );
        log.write(
            &Event::Failed {
                failure_count: 2,
                action: None,
            },
            Some(2),
            None,
        );
        log.write(
            &Event::StateEntered(crate::ServiceState::Stopped),
            Some(3),
            None,
        );
        let [report] = &*log.1.report() else {
            panic!("one service")
        };
        assert_eq!((report.count, report.last), (2, Timestamp(4)));
        let start = "worker could not be started: the file was not found (2).";
        assert_eq!(
            causes(report),
            [(start.to_owned(), 1), ("exit status 3".to_owned(), 1)]
        );
        assert_eq!(report.output, None, "of the last failure");
    }

    #[test]
    fn causes_that_differ_in_a_programs_numbers_are_one_those_of_the_kernel_are_not() {
        let mut log = Log(0, Failures::default());
        log.fail(1, "exit status 1");
        log.fail(
            2,
            "uncaught exception: OrderMissing: order 17 in /srv/a.php:3",
        );
        log.fail(3, "exit status 2");
        log.fail(
            4,
            "uncaught exception: OrderMissing: order 4711 in /srv/a.php:3",
        );
        let report = &log.1.report()[0];
        assert_eq!(
            causes(report),
            [
                (
                    "uncaught exception: OrderMissing: order 4711 in /srv/a.php:3".to_owned(),
                    2
                ),
                ("exit status 2".to_owned(), 1),
                ("exit status 1".to_owned(), 1),
            ]
        );
        assert_eq!(report.output.as_deref(), Some("line 4"));
    }

    #[test]
    fn what_programs_write_and_what_went_well_does_not_count() {
        let mut log = Log(0, Failures::default());
        log.write(&Event::Recycled(0), Some(1), None);
        log.write(&Event::ManagerStarted, None, None);
        assert_eq!(log.1.report(), []);
    }
}
