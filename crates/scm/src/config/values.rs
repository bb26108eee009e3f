//! The small values of a configuration: types, start types, accounts, dependencies, priorities
//! (C10 to C18, D1).

use std::fmt;

use relance_texts::{error, quoted};

use crate::error::ScmError;
use crate::name::ServiceName;
use crate::win32::Win32Error;

/// `dwServiceType` (C13): own or shared process, perhaps interactive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceType(u32);

impl ServiceType {
    /// 0x10
    pub const OWN_PROCESS: Self = Self(0x10);
    const INTERACTIVE: u32 = 0x100;

    /// A type from its number.
    ///
    /// # Errors
    /// 87 for drivers, unknown and combined types, and for the interactive bit alone.
    pub fn from_raw(raw: u32) -> Result<Self, ScmError> {
        match raw & !Self::INTERACTIVE {
            0x10 | 0x20 => Ok(Self(raw)),
            _ => Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::ServiceType {
                    raw: format!("{raw:#x}"),
                },
            )),
        }
    }

    /// A type as a manager has it on record, whatever it is: Windows also has services of users and of
    /// packages, and adds bits from release to release.
    #[must_use]
    pub const fn from_stored(raw: u32) -> Self {
        Self(raw)
    }

    /// The number.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self.0
    }

    /// Whether the interactive bit is set; it has no effect here (C11).
    #[must_use]
    pub const fn is_interactive(self) -> bool {
        self.0 & Self::INTERACTIVE != 0
    }
}

macro_rules! named_numbers {
    (
        $(#[$doc:meta])* $type:ident, $what:expr,
        $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $name:literal;)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum $type {
            $($(#[$variant_doc])* $variant = $number,)+
        }

        impl $type {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number Windows gives it.
            #[must_use]
            pub const fn to_raw(self) -> u32 {
                self as u32
            }

            /// The value with this number.
            ///
            /// # Errors
            /// 87 for any other number.
            pub fn from_raw(raw: u32) -> Result<Self, ScmError> {
                Self::ALL.iter().copied().find(|value| value.to_raw() == raw).ok_or_else(|| {
                    ScmError::new(
                        Win32Error::INVALID_PARAMETER,
                        error::NoNumber { raw, what: $what },
                    )
                })
            }

            /// The word `sc` and the API use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The value with this word.
            ///
            /// # Errors
            /// 87, with the list of words.
            pub fn from_name(name: &str) -> Result<Self, ScmError> {
                Self::ALL.iter().copied().find(|value| value.name() == name).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.name()).collect();
                    ScmError::new(
                        Win32Error::INVALID_PARAMETER,
                        error::NoWord { text: quoted(name), what: $what, words },
                    )
                })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named_numbers! {
    /// When a service is started (C14).
    StartType, error::WHAT_START_TYPE,
    /// Drivers only; refused with 87.
    Boot = 0, "boot";
    /// Drivers only; refused with 87.
    System = 1, "system";
    /// At boot.
    Auto = 2, "auto";
    /// When somebody asks.
    Demand = 3, "demand";
    /// Never: a start gives 1058.
    Disabled = 4, "disabled";
}

impl StartType {
    /// How the log's 7040 and 7045 spell it: `auto start`.
    #[must_use]
    pub const fn log_word(self) -> &'static str {
        match self {
            Self::Boot => "boot start",
            Self::System => "system start",
            Self::Auto => "auto start",
            Self::Demand => "demand start",
            Self::Disabled => "disabled",
        }
    }
}

named_numbers! {
    /// What a failed start at boot means (C15). The embedded manager logs from `normal` on, and
    /// treats `severe` and `critical` like `normal`: there is no last known good configuration.
    ErrorControl, error::WHAT_ERROR_CONTROL,
    /// Not logged at boot.
    Ignore = 0, "ignore";
    /// Logged.
    Normal = 1, "normal";
    /// Logged.
    Severe = 2, "severe";
    /// Logged.
    Critical = 3, "critical";
}

named_numbers! {
    /// Priority class of a process; on Linux a nice value.
    PriorityClass, error::WHAT_PRIORITY,
    /// Nice 0.
    Normal = 0x20, "normal";
    /// Nice 19.
    Idle = 0x40, "idle";
    /// Nice -10.
    High = 0x80, "high";
    /// Nice -20.
    Realtime = 0x100, "realtime";
    /// Nice 10.
    BelowNormal = 0x4000, "below-normal";
    /// Nice -5.
    AboveNormal = 0x8000, "above-normal";
}

impl PriorityClass {
    /// The nice value that stands for the class on Linux.
    #[must_use]
    pub const fn nice(self) -> i32 {
        match self {
            Self::Normal => 0,
            Self::Idle => 19,
            Self::High => -10,
            Self::Realtime => -20,
            Self::BelowNormal => 10,
            Self::AboveNormal => -5,
        }
    }
}

named_numbers! {
    /// Where the output of a process goes. An extension: Windows keeps none.
    OutputMode, error::WHAT_OUTPUT,
    /// To a file of its own, of which the last lines go into failure events.
    File = 0, "file";
    /// Nowhere.
    Null = 1, "null";
    /// To the standard output of the manager, each line with the name of the service in front.
    Stdout = 2, "stdout";
    /// To systemd's journal.
    Journal = 3, "journal";
    /// To the system's log.
    Syslog = 4, "syslog";
}

/// The account a service runs under (C10), as it was given; compared without case.
#[derive(Clone, Debug)]
pub struct AccountName(Box<str>);

impl AccountName {
    const LOCAL_SYSTEM: &str = "LocalSystem";

    /// The account of the manager itself.
    #[must_use]
    pub fn local_system() -> Self {
        Self(Self::LOCAL_SYSTEM.into())
    }

    /// An account name; empty means LocalSystem. Whether it exists is asked when it is used (1057).
    #[must_use]
    pub fn new(name: &str) -> Self {
        if name.is_empty() {
            Self::local_system()
        } else {
            Self(name.into())
        }
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the manager's own account.
    #[must_use]
    pub fn is_local_system(&self) -> bool {
        [Self::LOCAL_SYSTEM, r".\LocalSystem", r"NT AUTHORITY\SYSTEM"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&self.0))
    }
}

impl PartialEq for AccountName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for AccountName {}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is never printed: an account's password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str())
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself; for the one place that hands it to the system.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One thing that must run before a service starts (D1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dependency {
    /// A service.
    Service(ServiceName),
    /// At least one member of a load order group; written `+NAME`.
    Group(Box<str>),
}

impl Dependency {
    /// Reads `NAME` or `+GROUP`.
    ///
    /// # Errors
    /// 123 for an illegal name.
    pub fn parse(text: &str) -> Result<Self, ScmError> {
        match text.strip_prefix('+') {
            Some("") => Err(ScmError::new(
                Win32Error::INVALID_NAME,
                error::GROUP_NEEDS_NAME,
            )),
            Some(group) => Ok(Self::Group(group.into())),
            None => ServiceName::new(text).map(Self::Service),
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => name.fmt(f),
            Self::Group(group) => write!(f, "+{group}"),
        }
    }
}

/// One variable of a service's environment (C12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentVariable {
    name: Box<str>,
    value: Box<str>,
}

impl EnvironmentVariable {
    /// A variable; the value may be empty.
    ///
    /// # Errors
    /// 87 for an empty name, a name with `=`, or a NUL in either.
    pub fn new(name: &str, value: &str) -> Result<Self, ScmError> {
        let problem = if name.is_empty() {
            error::VARIABLE_NAME_EMPTY
        } else if name.contains('=') {
            error::VARIABLE_NAME_EQUALS
        } else if name.contains('\0') || value.contains('\0') {
            error::VARIABLE_NULL
        } else {
            return Ok(Self {
                name: name.into(),
                value: value.into(),
            });
        };
        Err(ScmError::new(Win32Error::INVALID_PARAMETER, problem))
    }

    /// Reads `NAME=value`.
    ///
    /// # Errors
    /// 87 without `=`, and as [`new`](Self::new).
    pub fn parse(text: &str) -> Result<Self, ScmError> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::VariableNoEquals { text: quoted(text) },
            )
        })?;
        Self::new(name, value)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}
