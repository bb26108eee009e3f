//! Names and numbers of Linux signals.

/// The name of a Linux signal without `SIG`, for the signals a process can die of or be sent.
#[must_use]
pub fn signal_name(signal: i32) -> Option<&'static str> {
    SIGNALS
        .iter()
        .find(|(number, _)| *number == signal)
        .map(|(_, name)| *name)
}

/// The number of a Linux signal from its name, with or without `SIG`, or from digits.
#[must_use]
pub fn signal_number(text: &str) -> Option<u8> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let named = SIGNALS
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(number, _)| *number);
    named
        .and_then(|number| u8::try_from(number).ok())
        .or_else(|| name.parse().ok())
}

const SIGNALS: [(i32, &str); 23] = [
    (1, "HUP"),
    (2, "INT"),
    (3, "QUIT"),
    (4, "ILL"),
    (5, "TRAP"),
    (6, "ABRT"),
    (7, "BUS"),
    (8, "FPE"),
    (9, "KILL"),
    (10, "USR1"),
    (11, "SEGV"),
    (12, "USR2"),
    (13, "PIPE"),
    (14, "ALRM"),
    (15, "TERM"),
    (16, "STKFLT"),
    (18, "CONT"),
    (19, "STOP"),
    (24, "XCPU"),
    (25, "XFSZ"),
    (28, "WINCH"),
    (30, "PWR"),
    (31, "SYS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_and_numbers() {
        assert_eq!(signal_name(9), Some("KILL"));
        assert_eq!(signal_number("sigquit"), Some(3));
        assert_eq!(signal_number("34"), Some(34));
        assert_eq!(signal_number("NOPE"), None);
    }
}
