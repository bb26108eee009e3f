//! What the end of a hosted program means to the manager.

use relance_scm::{ExitCode, Win32Error};

/// `STATUS_CONTROL_C_EXIT`: what Ctrl-Break makes of a program that does not handle it.
const CONTROL_C_EXIT: u32 = 0xC000_013A;
/// Exit codes from here on are exceptions that nobody handled: access violation, stack overflow, ...
const FIRST_EXCEPTION: u32 = 0xC000_0000;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// STOPPED is reported, with this code.
    Stopped(ExitCode),
    /// It asked to be started again at once: no failure (planned recycling).
    Recycled(u8),
    /// The host ends without a report, so the manager sees what happened: a crash (R1).
    Crashed,
}

/// The program ended with this exit code.
pub(super) fn verdict(exit_code: u32, stop_requested: bool, restart_on_exit: &[u8]) -> Verdict {
    if stop_requested {
        return Verdict::Stopped(match exit_code {
            0 | CONTROL_C_EXIT => ExitCode::SUCCESS,
            code => ExitCode::ServiceSpecific(code),
        });
    }
    let asks = u8::try_from(exit_code)
        .ok()
        .filter(|code| restart_on_exit.contains(code));
    match (asks, exit_code) {
        (Some(code), _) => Verdict::Recycled(code),
        (None, 0) => Verdict::Stopped(ExitCode::SUCCESS),
        (None, FIRST_EXCEPTION..) => Verdict::Crashed,
        (None, code) => Verdict::Stopped(ExitCode::ServiceSpecific(code)),
    }
}

/// The program could not be started: its service has stopped with this error (R35: no failure, but
/// with the flag).
pub(super) fn not_started(error: Win32Error) -> ExitCode {
    ExitCode::Win32(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_service_specific_codes() {
        assert_eq!(verdict(0, false, &[]), Verdict::Stopped(ExitCode::SUCCESS));
        assert_eq!(
            verdict(3, false, &[]),
            Verdict::Stopped(ExitCode::ServiceSpecific(3))
        );
        assert_eq!(not_started(Win32Error::FILE_NOT_FOUND).win32().to_raw(), 2);
    }

    #[test]
    fn r1_an_exception_is_a_crash() {
        assert_eq!(verdict(0xC000_0005, false, &[]), Verdict::Crashed);
    }

    #[test]
    fn a_requested_stop_never_recycles_and_ctrl_break_is_its_ordinary_end() {
        assert_eq!(verdict(75, false, &[75]), Verdict::Recycled(75));
        assert_eq!(
            verdict(75, true, &[75]),
            Verdict::Stopped(ExitCode::ServiceSpecific(75))
        );
        assert_eq!(
            verdict(CONTROL_C_EXIT, true, &[]),
            Verdict::Stopped(ExitCode::SUCCESS)
        );
    }
}
