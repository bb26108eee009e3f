//! The control channel between a service and the manager: JSON objects, one a line, over a socket
//! that the process inherits (`docs/channel.md`).
//!
//! A service says hello once, reports its status, and answers controls. Every report is numbered by
//! the service and acknowledged when it is on record; every control is numbered by the manager and
//! answered. After the engine was restarted the manager sends an unanswered control again with its
//! number, and a service takes a number once.

use relance_scm::status::RawStatusReport;
use relance_scm::{EndCause, EndCauseKind};
use serde::{Deserialize, Serialize};

/// Version of these frames. A manager refuses a hello with another one.
pub const VERSION: u32 = 1;

/// Longest frame, line end included. A longer line closes the channel.
pub const FRAME_LEN_MAX: usize = 64 * 1024;

/// Environment variable with the number of the inherited socket.
pub const CHANNEL_VARIABLE: &str = "RELANCE_CHANNEL";

/// Environment variable with the run and its secret, `12.3:SECRET`: the way back to the manager
/// where the inherited socket is gone.
pub const RUN_VARIABLE: &str = "RELANCE_RUN";

/// Environment variable with the path of the manager's socket.
pub const SOCKET_VARIABLE: &str = "RELANCE_SOCKET";

/// Environment variable with how long calls wait for a manager that is away, in milliseconds.
pub const WAIT_VARIABLE: &str = "RELANCE_WAIT_MS";

/// From a service to the manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceFrame {
    /// The first frame. The first process of a run that says it speaks for the service.
    Hello(Hello),
    /// The status, absolute.
    Status(Status),
    /// The answer to a control.
    Answer(ControlAnswer),
    /// Why the service is about to end; before its last report, or instead of one.
    Cause(Cause),
}

/// From the manager to a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManagerFrame {
    /// Answers hello: the process speaks for the service.
    Welcome(Welcome),
    /// Answers hello, or a channel that was attached: it does not.
    Refused(Refused),
    /// A control for the service.
    Control(ControlRequest),
    /// A status is on record, or was refused.
    Done(Done),
}

/// See [`ServiceFrame::Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// The process that speaks.
    pub pid: u32,
}

/// See [`ServiceFrame::Status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// 1 for the first report of the run, then rising.
    pub number: u64,
    /// 1 to 7.
    pub state: u32,
    /// `SERVICE_ACCEPT_*` bits.
    #[serde(default)]
    pub controls_accepted: u32,
    /// Win32 exit code.
    #[serde(default)]
    pub win32_exit_code: u32,
    /// The service's own code, behind 1066.
    #[serde(default)]
    pub service_specific_exit_code: u32,
    /// Progress while pending.
    #[serde(default)]
    pub checkpoint: u32,
    /// Milliseconds until the next progress, while pending.
    #[serde(default)]
    pub wait_hint_ms: u32,
}

impl Status {
    /// A numbered report.
    #[must_use]
    pub fn new(number: u64, report: RawStatusReport) -> Self {
        Self {
            number,
            state: report.state,
            controls_accepted: report.controls_accepted,
            win32_exit_code: report.win32_exit_code,
            service_specific_exit_code: report.service_specific_exit_code,
            checkpoint: report.checkpoint,
            wait_hint_ms: report.wait_hint_ms,
        }
    }

    /// The report, unchecked.
    #[must_use]
    pub fn report(&self) -> RawStatusReport {
        RawStatusReport {
            state: self.state,
            controls_accepted: self.controls_accepted,
            win32_exit_code: self.win32_exit_code,
            service_specific_exit_code: self.service_specific_exit_code,
            checkpoint: self.checkpoint,
            wait_hint_ms: self.wait_hint_ms,
        }
    }
}

/// See [`ServiceFrame::Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlAnswer {
    /// Which control.
    pub id: u32,
    /// 0, or the Win32 code of the handler.
    #[serde(default)]
    pub code: u32,
}

/// See [`ServiceFrame::Cause`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// `end_of_script`, `uncaught_exception`, `fatal_error`, `memory_limit` or `time_limit`.
    pub kind: String,
    /// More about it, with file and line.
    #[serde(default)]
    pub text: String,
}

impl Cause {
    /// The cause; a kind that this version does not know is an error like any other.
    #[must_use]
    pub fn cause(&self) -> EndCause {
        let kind = EndCauseKind::from_name(&self.kind).unwrap_or(EndCauseKind::FatalError);
        EndCause::new(kind, &self.text)
    }
}

impl From<&EndCause> for Cause {
    fn from(cause: &EndCause) -> Self {
        Self {
            kind: cause.kind.name().to_owned(),
            text: cause.text.to_string(),
        }
    }
}

/// See [`ManagerFrame::Welcome`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`VERSION`].
    pub version: u32,
    /// The name under which the service is registered.
    pub service_name: String,
    /// The number of the last report on record: a process that comes back goes on from there.
    pub last_report: u64,
    /// Start arguments, without the service name (S16).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
}

/// See [`ManagerFrame::Refused`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Win32 code.
    pub code: u32,
    /// What to do about it.
    pub message: String,
}

/// See [`ManagerFrame::Control`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRequest {
    /// To be repeated in the answer.
    pub id: u32,
    /// Windows' control code.
    pub code: u32,
}

/// See [`ManagerFrame::Done`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which report.
    pub number: u64,
    /// 0, or the Win32 code of the refusal.
    #[serde(default)]
    pub code: u32,
}

/// One frame as a line.
///
/// # Panics
/// Never: these types have no map with keys that are not strings.
#[must_use]
pub fn encode<T: Serialize>(frame: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(frame).expect("frames are plain structures");
    line.push(b'\n');
    line
}

/// A line as a frame.
///
/// # Errors
/// What is wrong with it.
pub fn decode<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text is the interface: programs in other languages write it by hand.
    #[test]
    fn frames_as_text() {
        let text = |frame: &dyn Fn() -> Vec<u8>| String::from_utf8(frame()).unwrap();
        let hello = ServiceFrame::Hello(Hello { version: 1, pid: 7 });
        assert_eq!(
            text(&|| encode(&hello)),
            "{\"hello\":{\"version\":1,\"pid\":7}}\n"
        );
        let cause = ServiceFrame::Cause((&EndCause::new(EndCauseKind::TimeLimit, "x")).into());
        assert_eq!(
            text(&|| encode(&cause)),
            "{\"cause\":{\"kind\":\"time_limit\",\"text\":\"x\"}}\n"
        );
        for kind in EndCauseKind::ALL {
            let cause = EndCause::new(kind, "y");
            assert_eq!(Cause::from(&cause).cause(), cause);
        }
        let control = ManagerFrame::Control(ControlRequest { id: 3, code: 1 });
        assert_eq!(
            text(&|| encode(&control)),
            "{\"control\":{\"id\":3,\"code\":1}}\n"
        );
        let running: ServiceFrame = decode(br#"{"status":{"number":1,"state":4}}"#).unwrap();
        let ServiceFrame::Status(status) = running else {
            panic!("{running:?}")
        };
        assert_eq!(Status::new(1, status.report()), status);
        let answer: ServiceFrame = decode(br#"{"answer":{"id":3}}"#).unwrap();
        assert_eq!(
            answer,
            ServiceFrame::Answer(ControlAnswer { id: 3, code: 0 })
        );
    }

    #[test]
    fn rubbish_is_no_frame() {
        for line in [
            "",
            "{}",
            "[]",
            "{\"status\":{}}",
            "{\"hello\":1}",
            "null",
            "{\"x\":1}",
        ] {
            assert!(decode::<ServiceFrame>(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn fields_of_a_newer_version_are_ignored() {
        assert!(decode::<ServiceFrame>(br#"{"answer":{"id":3,"later":[1]}}"#).is_ok());
    }
}
