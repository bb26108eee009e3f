//! The dispatcher against a connection that records what it is told.

use std::sync::LazyLock;

use super::*;
use relance_scm::EndCauseKind;
use relance_scm::status::RawStatusReport;

use crate::hosted::{Acknowledged, ControlHandler};

/// A manager that remembers reports and can send controls.
#[derive(Default)]
struct FakeHosted {
    reports: Mutex<Vec<RawStatusReport>>,
    handler: Mutex<Option<ControlHandler>>,
    refuse_with: Mutex<Option<Win32Error>>,
    closed: Mutex<bool>,
    causes: Mutex<Vec<EndCause>>,
}

impl FakeHosted {
    fn send(&self, code: u32) {
        (self.handler.lock().unwrap().as_ref().expect("listening"))(code);
    }

    fn last(&self) -> RawStatusReport {
        *self.reports.lock().unwrap().last().expect("a report")
    }

    fn reports_len(&self) -> usize {
        self.reports.lock().unwrap().len()
    }
}

impl Hosted for FakeHosted {
    fn listen(&self, on_control: ControlHandler) {
        *self.handler.lock().unwrap() = Some(on_control);
    }

    fn report(&self, status: RawStatusReport) -> Result<Acknowledged, ScmError> {
        if let Some(code) = *self.refuse_with.lock().unwrap() {
            return Err(code.into());
        }
        self.reports.lock().unwrap().push(status);
        Ok(Box::new(|| Ok(())))
    }

    fn tell_cause(&self, cause: &EndCause) {
        self.causes.lock().unwrap().push(cause.clone());
    }

    fn close(&self, _timeout: Duration) {
        *self.closed.lock().unwrap() = true;
    }
}

static END: LazyLock<EndCause> = LazyLock::new(|| EndCause::new(EndCauseKind::EndOfScript, ""));

fn dispatcher() -> &'static Dispatcher {
    Box::leak(Box::new(Dispatcher::new()))
}

fn started() -> (&'static Dispatcher, Arc<FakeHosted>) {
    let dispatcher = dispatcher();
    let hosted = start(dispatcher);
    (dispatcher, hosted)
}

fn start(dispatcher: &'static Dispatcher) -> Arc<FakeHosted> {
    let hosted = Arc::new(FakeHosted::default());
    let connection = Arc::clone(&hosted);
    dispatcher
        .start("service", None, |name, timeout| {
            assert_eq!((name, timeout), ("service", CONNECT_TIMEOUT));
            Ok(connection)
        })
        .unwrap();
    hosted
}

fn code(result: Result<(), ScmError>) -> u32 {
    result.unwrap_err().code().to_raw()
}

#[test]
fn starting_reports_nothing() {
    let (dispatcher, hosted) = started();
    assert!(dispatcher.is_running());
    assert_eq!(hosted.reports_len(), 0);
}

#[test]
fn t16_a_second_start_is_refused() {
    let (dispatcher, _) = started();
    let again = dispatcher.start("service", Some(false), |_, _| panic!("must not connect"));
    assert_eq!(again, Err(StartError::AlreadyRunning));
    assert!(
        dispatcher.exit_mode(None),
        "a refused start changes nothing"
    );
}

#[test]
fn a_failed_start_can_be_tried_again_and_keeps_the_flag() {
    let dispatcher = dispatcher();
    let refused = dispatcher.start("service", Some(false), |_, _| {
        Err(Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT.into())
    });
    assert!(matches!(refused, Err(StartError::Refused(error)) if error.code().to_raw() == 1063));
    assert!(!dispatcher.is_running());
    assert!(
        !dispatcher.exit_mode(None),
        "given with a call that failed later"
    );
    start(dispatcher);
}

#[test]
fn b11_after_a_timeout_a_retry_is_possible() {
    let dispatcher = dispatcher();
    let late = dispatcher.start("service", None, |_, _| Err(Win32Error::TIMEOUT.into()));
    assert_eq!(late, Err(StartError::TimedOut));
    start(dispatcher);
}

#[test]
fn a_panic_while_connecting_leaves_no_trace() {
    let dispatcher = dispatcher();
    let panicked = std::panic::catch_unwind(|| dispatcher.start("service", None, |_, _| panic!()));
    assert!(panicked.is_err());
    start(dispatcher);
}

#[test]
fn stop_sets_stop_pending_and_reports() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    hosted.send(1);
    assert_eq!(hosted.last().state, 3);
    assert_eq!(dispatcher.last_control(), 1);
}

#[test]
fn b16_other_controls_report_the_state_unchanged() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    for control in [2, 3, 4, 5, 6, 15, 16, 32, 128, 255] {
        hosted.send(control);
        assert_eq!(hosted.last().state, 4, "control {control}");
        assert_eq!(dispatcher.last_control(), control);
    }
}

#[test]
fn b8_reading_the_last_control_does_not_clear_it() {
    let (dispatcher, hosted) = started();
    assert_eq!(dispatcher.last_control(), 0);
    hosted.send(2);
    assert_eq!(
        (dispatcher.last_control(), dispatcher.last_control()),
        (2, 2)
    );
}

#[test]
fn a_report_carries_2047_and_no_wait_hint() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    let report = hosted.last();
    assert_eq!((report.controls_accepted, report.wait_hint_ms), (2047, 0));
    assert_eq!(
        (report.win32_exit_code, report.service_specific_exit_code),
        (0, 0)
    );
}

#[test]
fn a_checkpoint_counts_only_while_pending() {
    let (dispatcher, hosted) = started();
    for (status, expected) in [(2, 7), (3, 7), (5, 7), (6, 7), (4, 0), (7, 0)] {
        dispatcher.set_status(status, 7).unwrap();
        assert_eq!(hosted.last().checkpoint, expected, "B6: state {status}");
    }
}

#[test]
fn b5_a_refused_status_changes_nothing() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    for status in [0, 8, 120, -1, 0x1_0000_0004] {
        assert_eq!(
            code(dispatcher.set_status(status, 0)),
            13,
            "status {status}"
        );
    }
    hosted.send(4);
    assert_eq!(hosted.last().state, 4);
}

#[test]
fn a_status_that_the_manager_refuses_is_rolled_back() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    *hosted.refuse_with.lock().unwrap() = Some(Win32Error::INVALID_HANDLE);
    assert_eq!(code(dispatcher.set_status(7, 0)), 6);
    *hosted.refuse_with.lock().unwrap() = None;
    hosted.send(4);
    assert_eq!(hosted.last().state, 4);
}

#[test]
fn a_status_without_a_dispatcher_or_after_stopped_is_6() {
    assert_eq!(code(dispatcher().set_status(4, 0)), 6);
    assert_eq!(code(dispatcher().set_status(120, 0)), 6);
    let (dispatcher, _) = started();
    dispatcher.set_status(1, 0).unwrap();
    assert_eq!(code(dispatcher.set_status(4, 0)), 6);
}

#[test]
fn b1_the_getters_return_what_was_before() {
    let dispatcher = dispatcher();
    assert!(dispatcher.exit_mode(None));
    assert!(dispatcher.exit_mode(Some(false)));
    assert!(!dispatcher.exit_mode(None));
    assert_eq!(dispatcher.exit_code(None), 1);
    assert_eq!(dispatcher.exit_code(Some(7)), 1);
    assert_eq!(dispatcher.exit_code(None), 7);
}

#[test]
fn the_pause_bit_moves_the_mask_between_2047_and_2045() {
    let dispatcher = dispatcher();
    assert!(dispatcher.pause_continue(None));
    assert!(dispatcher.pause_continue(Some(false)));
    assert!(!dispatcher.pause_continue(None));
    let hosted = start(dispatcher);
    dispatcher.set_status(4, 0).unwrap();
    assert_eq!(hosted.last().controls_accepted, 2045);
}

#[test]
fn a_graceful_end_reports_stopped_with_0() {
    let (dispatcher, hosted) = started();
    dispatcher.set_status(4, 0).unwrap();
    assert_eq!(
        dispatcher.end_request(&END, Counts::Nothing),
        Some(Farewell::Graceful)
    );
    let report = hosted.last();
    assert_eq!((report.state, report.win32_exit_code), (1, 0));
    dispatcher.close();
    assert!(*hosted.closed.lock().unwrap());
    assert!(!dispatcher.is_running());
}

#[test]
fn b3_an_error_of_php_is_told_and_is_a_clean_stop() {
    let (dispatcher, hosted) = started();
    let cause = EndCause::new(EndCauseKind::FatalError, "oh");
    assert_eq!(
        dispatcher.end_request(&cause, Counts::Nothing),
        Some(Farewell::Graceful)
    );
    assert_eq!(*hosted.causes.lock().unwrap(), [cause]);
    let report = hosted.last();
    assert_eq!((report.state, report.win32_exit_code), (1, 0));
}

#[test]
fn r1_where_errors_are_failures_nothing_is_reported() {
    let (dispatcher, hosted) = started();
    let cause = EndCause::new(EndCauseKind::UncaughtException, "oh");
    assert_eq!(
        dispatcher.end_request(&cause, Counts::Errors),
        Some(Farewell::Unreported)
    );
    assert_eq!(hosted.reports_len(), 0);
    assert_eq!(hosted.causes.lock().unwrap().len(), 1);
}

#[test]
fn where_errors_are_failures_an_end_without_one_is_still_a_stop() {
    let (dispatcher, hosted) = started();
    assert_eq!(
        dispatcher.end_request(&END, Counts::Errors),
        Some(Farewell::Graceful)
    );
    assert_eq!(hosted.reports_len(), 1);
}

#[test]
fn x35_where_exit_statuses_count_nothing_is_reported_but_of_an_end_that_was_asked_for() {
    let (dispatcher, hosted) = started();
    let farewell = dispatcher.end_request(&END, Counts::ErrorsAndStatus(3));
    assert_eq!(farewell, Some(Farewell::Unreported));
    assert_eq!(hosted.reports_len(), 0);
    let (dispatcher, _hosted) = started();
    let farewell = dispatcher.end_request(&END, Counts::ErrorsAndStatus(0));
    assert_eq!(farewell, Some(Farewell::Graceful));
    let (dispatcher, _hosted) = started();
    dispatcher.on_control(Control::Stop.to_raw());
    let farewell = dispatcher.end_request(&END, Counts::ErrorsAndStatus(3));
    assert_eq!(farewell, Some(Farewell::Graceful));
}

#[test]
fn an_end_with_an_error_reports_1066_and_the_exit_code() {
    let (dispatcher, hosted) = started();
    dispatcher.exit_mode(Some(false));
    assert_eq!(
        dispatcher.end_request(&END, Counts::Nothing),
        Some(Farewell::Error { exit_code: 1 })
    );
    let report = hosted.last();
    assert_eq!(report.state, 1);
    assert_eq!(
        (report.win32_exit_code, report.service_specific_exit_code),
        (1066, 1)
    );
}

#[test]
fn b19_an_exit_code_is_cut_to_32_bits() {
    let (dispatcher, hosted) = started();
    dispatcher.exit_mode(Some(false));
    dispatcher.exit_code(Some(-1));
    dispatcher.end_request(&END, Counts::Nothing);
    assert_eq!(hosted.last().service_specific_exit_code, u32::MAX);
}

#[test]
fn b2_a_script_that_said_stopped_itself_ends_without_a_farewell() {
    let (dispatcher, hosted) = started();
    dispatcher.exit_mode(Some(false));
    dispatcher.set_status(1, 0).unwrap();
    assert_eq!(dispatcher.end_request(&END, Counts::Nothing), None);
    assert_eq!(hosted.reports_len(), 1);
    assert_eq!(hosted.last().win32_exit_code, 0);
    dispatcher.close();
    assert!(*hosted.closed.lock().unwrap());
}

#[test]
fn b13_the_next_request_can_start_again_without_old_exit_fields() {
    let (dispatcher, _) = started();
    dispatcher.exit_mode(Some(false));
    dispatcher.end_request(&END, Counts::Nothing);
    dispatcher.close();
    let hosted = start(dispatcher);
    dispatcher.set_status(4, 0).unwrap();
    assert_eq!(hosted.last().win32_exit_code, 0);
    assert!(
        !dispatcher.exit_mode(None),
        "0.1: never reset between requests"
    );
}

#[test]
fn another_thread_does_not_end_the_service() {
    let (dispatcher, hosted) = started();
    std::thread::spawn(|| {
        assert_eq!(dispatcher.end_request(&END, Counts::Nothing), None);
        dispatcher.close();
    })
    .join()
    .unwrap();
    assert!(dispatcher.is_running());
    assert_eq!(hosted.reports_len(), 0);
}

#[test]
fn in_a_forked_child_nothing_is_touched() {
    let (dispatcher, hosted) = started();
    // What a child sees: another process id, and a lock that nobody will ever release.
    dispatcher.process.store(u32::MAX, Ordering::Release);
    let _held = dispatcher.lock();
    assert!(dispatcher.is_of_another_process());
    assert_eq!(dispatcher.end_request(&END, Counts::Nothing), None);
    dispatcher.close();
    assert!(!*hosted.closed.lock().unwrap());
}

#[test]
fn a_control_during_close_finds_no_lock_held() {
    struct LateControl(Mutex<Option<ControlHandler>>);
    impl Hosted for LateControl {
        fn listen(&self, on_control: ControlHandler) {
            *self.0.lock().unwrap() = Some(on_control);
        }
        fn report(&self, _status: RawStatusReport) -> Result<Acknowledged, ScmError> {
            Ok(Box::new(|| Ok(())))
        }
        fn tell_cause(&self, _: &EndCause) {}
        fn close(&self, _timeout: Duration) {
            (self.0.lock().unwrap().as_ref().expect("listening"))(1);
        }
    }
    let dispatcher = dispatcher();
    dispatcher
        .start("service", None, |_, _| {
            Ok(Arc::new(LateControl(Mutex::default())))
        })
        .unwrap();
    dispatcher.end_request(&END, Counts::Nothing);
    dispatcher.close();
    assert_eq!(dispatcher.last_control(), 1);
}
