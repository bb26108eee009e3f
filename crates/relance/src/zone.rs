//! The time zone of the one who asks.

use std::sync::OnceLock;

use jiff::tz::TimeZone;

/// The file of the machine's zone; `localtime(3)` of every C library reads it.
const FILE: &str = "/etc/localtime";

/// The time zone that times are shown and read in.
pub(crate) fn local() -> TimeZone {
    static LOCAL: OnceLock<TimeZone> = OnceLock::new();
    let find = || {
        let chosen = cfg!(windows) || std::env::var_os("TZ").is_some();
        let zone = if chosen { None } else { from_file() };
        zone.unwrap_or_else(TimeZone::system)
    };
    LOCAL.get_or_init(find).clone()
}

/// The machine's zone. `TimeZone::system` looks for its name, and reads the folders of all zones for that, which takes as
/// long as the rest of a small command; we show times without the name of the zone.
fn from_file() -> Option<TimeZone> {
    let data = std::fs::read(FILE).ok()?;
    TimeZone::tzif("", &data).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_the_system_says() {
        let zone = from_file();
        assert_eq!(zone.is_some(), std::path::Path::new(FILE).exists());
        // Without a file, and with TZ, the system is asked.
        let Some(zone) = zone.filter(|_| std::env::var_os("TZ").is_none()) else {
            return;
        };
        for second in [0, 1_000_000_000, 1_782_000_000, 1_795_000_000] {
            let moment = jiff::Timestamp::from_second(second).expect("a moment");
            assert_eq!(zone.to_offset(moment), TimeZone::system().to_offset(moment));
        }
    }
}
