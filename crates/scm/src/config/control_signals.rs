//! Which signals stand for the controls that a service defines itself, for programs (X23).

use std::fmt;
use std::str::FromStr;

use relance_texts::{error, quoted};

use crate::control::UserControl;
use crate::error::ScmError;
use crate::signal::{signal_name, signal_number};
use crate::win32::Win32Error;

/// Controls from 128 to 255, each with a signal; written `200=USR1,201=WINCH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ControlSignals(Box<[(UserControl, u8)]>);

impl ControlSignals {
    /// The signal for a control.
    #[must_use]
    pub fn signal(&self, control: UserControl) -> Option<u8> {
        let mut signals = self.0.iter();
        let (_, signal) = signals.find(|(code, _)| *code == control)?;
        Some(*signal)
    }
}

impl FromStr for ControlSignals {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let mut signals: Vec<(UserControl, u8)> = Vec::new();
        for pair in text
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (control, signal) = read(pair).ok_or_else(|| {
                ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::ControlSignal { pair: quoted(pair) },
                )
            })?;
            if signals.iter().any(|(known, _)| *known == control) {
                return Err(ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::ControlSignalTwice { pair: quoted(pair) },
                ));
            }
            signals.push((control, signal));
        }
        Ok(Self(signals.into()))
    }
}

fn read(pair: &str) -> Option<(UserControl, u8)> {
    let (code, signal) = pair.split_once('=')?;
    let control = UserControl::new(code.trim().parse().ok()?)?;
    let signal = signal_number(signal.trim()).filter(|number| (1..=64).contains(number))?;
    Some((control, signal))
}

impl fmt::Display for ControlSignals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (control, signal)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let code = crate::Control::User(*control).to_raw();
            match signal_name((*signal).into()) {
                Some(name) => write!(f, "{comma}{code}={name}")?,
                None => write!(f, "{comma}{code}={signal}")?,
            }
        }
        Ok(())
    }
}
