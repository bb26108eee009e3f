//! Output that is lost: logged once when that begins and once when it is over, and at most once a minute for a
//! service whose disk or reader fails now and then (X64).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A loss that begins within this time of one that was logged is only counted.
const QUIET: Duration = Duration::from_secs(60);

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputLoss {
    /// It has begun, for this reason.
    Begun(String),
    /// It is over; so many bytes were lost.
    Over(u64),
    /// What is wrong with the output of a service has changed (X26).
    Noted,
}

#[derive(Default)]
struct Lost {
    bytes: u64,
    /// When it was told last.
    told: Option<Instant>,
    /// Whether its end is to be told.
    is_open: bool,
}

/// See the module. Losses are tracked for each key: a stream of a service, at one destination.
pub(crate) struct Losses<K>(BTreeMap<K, Lost>);

impl<K> Default for Losses<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Losses<K> {
    /// So many bytes were lost.
    pub(crate) fn lost(
        &mut self,
        key: K,
        bytes: usize,
        now: Instant,
        why: impl FnOnce() -> String,
    ) -> Option<OutputLoss> {
        let lost = self.0.entry(key).or_default();
        lost.bytes += bytes as u64;
        let is_quiet = lost.told.is_some_and(|told| now - told < QUIET);
        if lost.is_open || is_quiet {
            return None;
        }
        lost.is_open = true;
        lost.told = Some(now);
        Some(OutputLoss::Begun(why()))
    }

    /// What came was kept.
    pub(crate) fn kept(&mut self, key: K) -> Option<OutputLoss> {
        // Nearly always nothing was lost.
        let lost = self.0.get_mut(&key).filter(|lost| lost.is_open)?;
        lost.is_open = false;
        Some(OutputLoss::Over(std::mem::take(&mut lost.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x64_a_loss_is_told_once_and_its_end_once() {
        let (mut losses, begin) = (Losses::default(), Instant::now());
        let service = 1;
        let full = || "the disk is full".to_owned();
        let told = losses.lost(service, 10, begin, full);
        assert_eq!(told, Some(OutputLoss::Begun(full())));
        assert_eq!(losses.lost(service, 5, begin, full), None);
        assert_eq!(losses.kept(service), Some(OutputLoss::Over(15)));
        assert_eq!(losses.kept(service), None);
        // A loss that follows soon is counted, and logged together with the next one.
        assert_eq!(losses.lost(service, 7, begin + QUIET / 2, full), None);
        assert_eq!(losses.kept(service), None);
        let told = losses.lost(service, 1, begin + QUIET, full);
        assert_eq!(told, Some(OutputLoss::Begun(full())));
        assert_eq!(losses.kept(service), Some(OutputLoss::Over(8)));
    }
}
