//! From local time to moments. Clocks that are set forward leave local times out: what falls there comes as
//! much later as they were set (02:30 at 03:30). Clocks that are set back repeat some: what comes at fixed
//! hours comes the first time only, what comes every hour comes in both.

use crate::calendar::Calendar;
use crate::civil::DAY;

/// How local time follows UTC somewhere. Offsets are seconds to the east.
pub trait Zone {
    /// The offset at a moment.
    fn offset(&self, moment: i64) -> i64;
    /// The offsets that a local time may have.
    fn local(&self, civil: i64) -> Local;
}

/// The offsets that a local time may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// It comes once.
    Once(i64),
    /// It is left out: the offset before, with which it is taken.
    Never(i64),
    /// It comes twice: first with this, then with the other.
    Twice(i64, i64),
}

/// The first moment after `after` at which the expression comes.
pub(crate) fn next(calendar: &Calendar, zone: &impl Zone, after: i64) -> Option<i64> {
    // Where clocks are set, a local time that is over may come again, or late.
    let mut civil = after + zone.offset(after) - jump(zone, after);
    let mut best: Option<i64> = None;
    loop {
        // What comes later in local time cannot come before this.
        let last = best.map(|best| best + zone.offset(best) + jump(zone, best));
        civil = match calendar.next_civil(civil) {
            Some(civil) if last.is_none_or(|last| civil <= last) => civil,
            _ => return best,
        };
        let moments = match zone.local(civil) {
            Local::Once(offset) | Local::Never(offset) => [civil - offset; 2],
            Local::Twice(first, second) if calendar.every_hour => [civil - first, civil - second],
            Local::Twice(first, _) => [civil - first; 2],
        };
        let coming = moments.into_iter().filter(|moment| *moment > after);
        best = coming.chain(best).min();
    }
}

/// How far clocks are set within a day of this moment.
fn jump(zone: &impl Zone, moment: i64) -> i64 {
    let offsets = [-DAY, 0, DAY].map(|by| zone.offset(moment + by));
    let (least, most) = offsets
        .iter()
        .fold((i64::MAX, i64::MIN), |(least, most), offset| {
            (least.min(*offset), most.max(*offset))
        });
    most - least
}
