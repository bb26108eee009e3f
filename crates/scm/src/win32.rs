//! Win32 error codes: their names, and our own sentence for those a service can meet.
//!
//! The numbers are Windows' on every platform, because scripts compare them. `names` is generated
//! (`cargo xtask gen`) from the crate `windows-sys`; their texts are written by hand, in the catalogue. Microsoft's own
//! sentences are not reproduced; on Windows the tools ask the system for them.

mod names;

use std::borrow::Cow;
use std::fmt;

use relance_texts::{Lang, Words, find};

/// A Win32 error code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Win32Error(u32);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)+) => {
        impl Win32Error {
            $($(#[$doc])* pub const $name: Self = Self($code);)+
        }
    };
}

codes! {
    /// 0: no error.
    SUCCESS = 0;
    /// 1: the function does not exist in this manager.
    INVALID_FUNCTION = 1;
    /// 2: a file was not found.
    FILE_NOT_FOUND = 2;
    /// 3: a folder on the way to a file was not found.
    PATH_NOT_FOUND = 3;
    /// 4: no free file descriptor.
    TOO_MANY_OPEN_FILES = 4;
    /// 5: not allowed.
    ACCESS_DENIED = 5;
    /// 6: no such handle, or one that is closed.
    INVALID_HANDLE = 6;
    /// 8: no memory.
    NOT_ENOUGH_MEMORY = 8;
    /// 13: data that is not valid, such as an impossible status report (S10).
    INVALID_DATA = 13;
    /// 21: not ready.
    NOT_READY = 21;
    /// 29: a device, a disk for instance, cannot be written.
    WRITE_FAULT = 29;
    /// 33: locked by somebody else.
    LOCK_VIOLATION = 33;
    /// 50: not supported.
    NOT_SUPPORTED = 50;
    /// 87: a parameter is not valid.
    INVALID_PARAMETER = 87;
    /// 109: the other end of a pipe is gone, here: the process died while it handled a control.
    BROKEN_PIPE = 109;
    /// 112: the disk is full.
    DISK_FULL = 112;
    /// 122: a buffer is too small.
    INSUFFICIENT_BUFFER = 122;
    /// 123: an illegal name.
    INVALID_NAME = 123;
    /// 124: an unknown information level.
    INVALID_LEVEL = 124;
    /// 170: what is to be deleted is in use.
    BUSY = 170;
    /// 193: the file is not a program.
    BAD_EXE_FORMAT = 193;
    /// 206: the command line is too long.
    FILENAME_EXCED_RANGE = 206;
    /// 234: there is more than fits.
    MORE_DATA = 234;
    /// 259: there is no more.
    NO_MORE_ITEMS = 259;
    /// 267: not a folder.
    DIRECTORY = 267;
    /// 995: cancelled before it began.
    OPERATION_ABORTED = 995;
    /// 1009: the service database is damaged.
    BADDB = 1009;
    /// 1016: the service database cannot be read.
    REGISTRY_IO_FAILED = 1016;
    /// 1051: other services that run depend on this one (D6).
    DEPENDENT_SERVICES_RUNNING = 1051;
    /// 1052: the service does not take this control.
    INVALID_SERVICE_CONTROL = 1052;
    /// 1053: no answer in time (S43, S44).
    SERVICE_REQUEST_TIMEOUT = 1053;
    /// 1054: the service's thread could not be made.
    SERVICE_NO_THREAD = 1054;
    /// 1055: the service database is locked.
    SERVICE_DATABASE_LOCKED = 1055;
    /// 1056: the service runs already.
    SERVICE_ALREADY_RUNNING = 1056;
    /// 1057: no such account.
    INVALID_SERVICE_ACCOUNT = 1057;
    /// 1058: the service is disabled.
    SERVICE_DISABLED = 1058;
    /// 1059: services depend on each other in a circle.
    CIRCULAR_DEPENDENCY = 1059;
    /// 1060: no such service.
    SERVICE_DOES_NOT_EXIST = 1060;
    /// 1061: the service cannot take controls just now.
    SERVICE_CANNOT_ACCEPT_CTRL = 1061;
    /// 1062: the service is not running.
    SERVICE_NOT_ACTIVE = 1062;
    /// 1063: the process was not started by the service manager.
    FAILED_SERVICE_CONTROLLER_CONNECT = 1063;
    /// 1065: there is no service database.
    DATABASE_DOES_NOT_EXIST = 1065;
    /// 1066: the service gave an error code of its own (E4).
    SERVICE_SPECIFIC_ERROR = 1066;
    /// 1067: the process ended without reporting that it stopped (R9).
    PROCESS_ABORTED = 1067;
    /// 1068: a service that this one needs did not start (D3).
    SERVICE_DEPENDENCY_FAIL = 1068;
    /// 1069: the account could not be used.
    SERVICE_LOGON_FAILED = 1069;
    /// 1070: the service hung while it started.
    SERVICE_START_HANG = 1070;
    /// 1072: the service is marked for deletion (C32).
    SERVICE_MARKED_FOR_DELETE = 1072;
    /// 1073: a service of that name exists.
    SERVICE_EXISTS = 1073;
    /// 1075: a service that this one needs does not exist (D3).
    SERVICE_DEPENDENCY_DELETED = 1075;
    /// 1077: never started since the machine's boot.
    SERVICE_NEVER_STARTED = 1077;
    /// 1078: another service has that name as its display name, or the reverse (C3, C4).
    DUPLICATE_SERVICE_NAME = 1078;
    /// 1080: drivers have no recovery actions (R7).
    CANNOT_DETECT_DRIVER_FAILURE = 1080;
    /// 1082: no recovery command is configured (R43).
    NO_RECOVERY_PROGRAM = 1082;
    /// 1113: text that is not valid UTF-8.
    NO_UNICODE_TRANSLATION = 1113;
    /// 1115: the system is shutting down (R40).
    SHUTDOWN_IN_PROGRESS = 1115;
    /// 1117: a device error.
    IO_DEVICE = 1117;
    /// 1168: not found.
    NOT_FOUND = 1168;
    /// 1223: ended by the user.
    CANCELLED = 1223;
    /// 1314: a privilege is missing (R46).
    PRIVILEGE_NOT_HELD = 1314;
    /// 1326: the link or token is not valid for a sign-in.
    LOGON_FAILURE = 1326;
    /// 1332: no such account.
    NONE_MAPPED = 1332;
    /// 1338: a security descriptor that is not valid.
    INVALID_SECURITY_DESCR = 1338;
    /// 1359: an internal error.
    INTERNAL_ERROR = 1359;
    /// 1392: a file is damaged.
    FILE_CORRUPT = 1392;
    /// 1455: no memory or no process slot left.
    COMMITMENT_LIMIT = 1455;
    /// 1460: no answer in time.
    TIMEOUT = 1460;
    /// 1722: the manager cannot be reached.
    RPC_S_SERVER_UNAVAILABLE = 1722;
    /// 1726: the call was broken off; whether it was carried out is unknown.
    RPC_S_CALL_FAILED = 1726;
    /// 1816: a quota is used up.
    NOT_ENOUGH_QUOTA = 1816;
    /// 16000: an error inside the PHP extension.
    WIN32SERVICE_INTERNAL = 16000;
}

impl Win32Error {
    /// Any code; every number is a legal Win32 code.
    #[must_use]
    pub const fn from_raw(code: u32) -> Self {
        Self(code)
    }

    /// The number of the code.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self.0
    }

    /// The name of the constant in Windows' headers, such as `ERROR_SERVICE_DISABLED`; `None` for a
    /// number without one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        names::name(self.0)
    }

    /// The code with this name in Windows' headers, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let known = (0..=u32::from(u16::MAX)).map(Self);
        let is_named = |code: &Self| {
            code.name()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        { known }.find(is_named)
    }

    /// Our own sentence for the code, if there is one. Lower case, no full stop.
    #[must_use]
    pub fn own_text(self) -> Option<&'static str> {
        Some(self.words()?.of(Lang::En))
    }

    /// The same as a message of the catalogue.
    pub(crate) fn words(self) -> Option<Words> {
        find(&format!("win32-{}", self.0))
    }

    /// What the code means: our sentence where there is one, else the name in words, else the
    /// number. Lower case, no full stop.
    #[must_use]
    pub fn text(self) -> Cow<'static, str> {
        if let Some(text) = self.own_text() {
            return text.into();
        }
        self.name().map_or_else(
            || format!("error {}", self.0).into(),
            |name| {
                let words = name
                    .trim_start_matches("ERROR_")
                    .trim_start_matches("RPC_S_");
                words.replace('_', " ").to_lowercase().into()
            },
        )
    }
}

impl fmt::Debug for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name().unwrap_or("?"), self.0)
    }
}

/// `1058 ERROR_SERVICE_DISABLED`
impl fmt::Display for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_windows_headers() {
        assert_eq!(
            Win32Error::SERVICE_DISABLED.name(),
            Some("ERROR_SERVICE_DISABLED")
        );
        assert_eq!(
            Win32Error::RPC_S_SERVER_UNAVAILABLE.name(),
            Some("RPC_S_SERVER_UNAVAILABLE")
        );
        assert_eq!(Win32Error::SUCCESS.name(), Some("NO_ERROR"));
        let named = Win32Error::from_name("error_service_disabled");
        assert_eq!(named, Some(Win32Error::SERVICE_DISABLED));
        assert_eq!(Win32Error::from_name("ERROR_OF_NOBODY"), None);
        assert_eq!(Win32Error::from_raw(4_000_000_000).name(), None);
        assert_eq!(
            Win32Error::SERVICE_DISABLED.to_string(),
            "1058 ERROR_SERVICE_DISABLED"
        );
    }

    #[test]
    fn s34_every_code_has_a_text() {
        assert_eq!(
            Win32Error::SERVICE_DISABLED.text(),
            "the service is disabled"
        );
        assert_eq!(Win32Error::from_raw(538).text(), "abios error");
        assert_eq!(
            Win32Error::from_raw(4_000_000_000).text(),
            "error 4000000000"
        );
    }

    #[test]
    fn texts_are_sentences_in_lower_case_without_a_full_stop() {
        let texts = relance_texts::all().filter_map(|words| {
            let code = words.id().strip_prefix("win32-")?;
            Some((code.parse().expect("a number"), words))
        });
        for (code, words) in texts {
            for text in Lang::ALL.map(|lang| words.of(lang)) {
                assert!(!text.ends_with('.') && !text.is_empty(), "{code}: {text}");
            }
            assert!(names::name(code).is_some(), "{code} has no name");
        }
    }
}
