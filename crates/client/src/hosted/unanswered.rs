//! Reports of a service that the manager has not acknowledged. They are sent again, with the same numbers, when
//! the manager comes back; it ignores those that it already has on record.

use std::collections::VecDeque;

use relance_wire::channel::{Cause, ServiceFrame, Status};

/// Frames that are kept while the manager is away. A status is absolute, so if there are more, the
/// oldest matter least and are dropped.
const FRAMES_MAX: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Unanswered {
    /// Each with the number of the report that it is, or comes before.
    frames: VecDeque<(u64, ServiceFrame)>,
    /// The number of the last report.
    reports: u64,
    /// The highest number that was answered.
    answered: u64,
}

impl Unanswered {
    /// The manager has seen so many reports of this run.
    pub(super) fn begin_after(&mut self, reports: u64) {
        self.reports = self.reports.max(reports);
    }

    /// A report under the next number.
    pub(super) fn report(&mut self, status: impl FnOnce(u64) -> Status) -> (u64, ServiceFrame) {
        self.reports += 1;
        let frame = ServiceFrame::Status(status(self.reports));
        self.keep(self.reports, frame.clone());
        (self.reports, frame)
    }

    /// Why the service ends; nobody answers it, but the report behind it.
    pub(super) fn cause(&mut self, cause: Cause) -> ServiceFrame {
        let frame = ServiceFrame::Cause(cause);
        self.keep(self.reports + 1, frame.clone());
        frame
    }

    fn keep(&mut self, number: u64, frame: ServiceFrame) {
        let answered = self.answered;
        self.frames.retain(|(number, _)| *number > answered);
        if self.frames.len() >= FRAMES_MAX {
            self.frames.pop_front();
        }
        self.frames.push_back((number, frame));
    }

    /// The manager has answered the report of this number, and thereby all before it. The last report
    /// is kept all the same, for a manager whose records were brought back from a backup.
    pub(super) fn answered(&mut self, number: u64) {
        self.answered = self.answered.max(number);
        let (answered, last) = (self.answered, self.reports);
        self.frames
            .retain(|(number, _)| *number > answered || *number == last);
    }

    /// Whether the manager still has to answer something.
    pub(super) fn is_waiting(&self) -> bool {
        let last = self.frames.back();
        last.is_some_and(|(number, _)| *number > self.answered)
    }

    /// Whether a report is among it.
    pub(super) fn has_reports(&self) -> bool {
        let mut open = self.frames.iter().rev();
        open.any(|(number, frame)| {
            *number > self.answered && matches!(frame, ServiceFrame::Status(_))
        })
    }

    /// The frames for a manager that comes back, in their order.
    pub(super) fn again(&self) -> impl Iterator<Item = &ServiceFrame> {
        self.frames.iter().map(|(_, frame)| frame)
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::status::RawStatusReport;

    use super::*;

    fn report(unanswered: &mut Unanswered) -> u64 {
        let report = RawStatusReport {
            state: 4,
            ..RawStatusReport::default()
        };
        unanswered.report(|number| Status::new(number, report)).0
    }

    #[test]
    fn a_report_is_answered_and_why_a_process_ends_is_not() {
        let mut unanswered = Unanswered::default();
        unanswered.cause(Cause {
            kind: "end_of_script".to_owned(),
            text: String::new(),
        });
        assert!(unanswered.is_waiting() && !unanswered.has_reports());
        let number = report(&mut unanswered);
        assert!(unanswered.is_waiting() && unanswered.has_reports());
        unanswered.answered(number);
        assert!(!unanswered.is_waiting() && !unanswered.has_reports());
    }

    fn again(unanswered: &Unanswered) -> Vec<Option<u64>> {
        let numbers = unanswered.again().map(|frame| match frame {
            ServiceFrame::Status(status) => Some(status.number),
            _ => None,
        });
        numbers.collect()
    }

    fn cause() -> Cause {
        Cause {
            kind: "fatal_error".into(),
            text: String::new(),
        }
    }

    #[test]
    fn what_was_not_answered_is_said_again_in_its_order_under_its_numbers() {
        let mut unanswered = Unanswered::default();
        unanswered.begin_after(6);
        assert!(!unanswered.is_waiting());
        assert_eq!(report(&mut unanswered), 7);
        assert_eq!(report(&mut unanswered), 8);
        unanswered.answered(7);
        unanswered.cause(cause());
        assert_eq!(report(&mut unanswered), 9);
        assert_eq!(again(&unanswered), [Some(8), None, Some(9)]);
        assert!(unanswered.is_waiting());
        unanswered.answered(9);
        assert!(!unanswered.is_waiting());
        assert!(again(&unanswered).contains(&Some(9)), "the last one stays");
    }

    #[test]
    fn a_cause_alone_is_said_again_too() {
        let mut unanswered = Unanswered::default();
        report(&mut unanswered);
        unanswered.cause(cause());
        unanswered.answered(1);
        assert_eq!(again(&unanswered), [Some(1), None]);
        assert!(unanswered.is_waiting());
    }

    #[test]
    fn an_absence_without_end_costs_a_bounded_memory() {
        let mut unanswered = Unanswered::default();
        for _ in 0..10 * FRAMES_MAX {
            report(&mut unanswered);
        }
        let said = again(&unanswered);
        assert_eq!(said.len(), FRAMES_MAX);
        assert_eq!(said.last(), Some(&Some(10 * FRAMES_MAX as u64)));
    }
}
