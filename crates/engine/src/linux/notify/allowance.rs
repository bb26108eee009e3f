//! How often a run may change its record by its messages. What a program sends beyond that is ignored, so that
//! it cannot keep the disk or the log busy.

use relance_policy::Notice;

use super::Message;

/// So many changes are taken ...
const CHANGES_MAX: u32 = 100;
/// ... in each of these times.
const PERIOD_NS: u64 = 60 * 1_000_000_000;

/// What a run may still say.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    /// It was already logged that something is refused.
    refused: bool,
    spent: u32,
    since_ns: u64,
}

impl Allowance {
    /// Removes from a message what exceeds the allowance. That a run is ready, stops or hangs is always let
    /// through, because it changes its record once only.
    pub(super) fn cut(&mut self, message: &mut Message, now_ns: u64) {
        if now_ns.saturating_sub(self.since_ns) >= PERIOD_NS {
            (self.since_ns, self.spent) = (now_ns, 0);
        }
        message.notices.retain(|notice| match notice {
            Notice::Ready | Notice::Stopping | Notice::Hung | Notice::Unwell(_) => true,
            Notice::Refused(_) => !std::mem::replace(&mut self.refused, true),
            Notice::Extend(_) | Notice::Watchdog(_) | Notice::Error(_) => {
                self.spent = self.spent.saturating_add(1);
                self.spent <= CHANGES_MAX
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many messages have something to tell.
    fn taken(allowance: &mut Allowance, text: &str, times: u32, now_ns: u64) -> usize {
        let messages = (0..times).map(|_| {
            let mut message = Message::read(text.as_bytes());
            allowance.cut(&mut message, now_ns);
            message.notices.len()
        });
        messages.sum()
    }

    #[test]
    fn x42_a_flood_of_wishes_is_cut_and_later_ones_are_granted_again() {
        let mut allowance = Allowance::default();
        let wish = "WATCHDOG_USEC=1000000";
        assert_eq!(taken(&mut allowance, wish, 1000, PERIOD_NS), 100);
        assert_eq!(taken(&mut allowance, wish, 10, PERIOD_NS * 2 - 1), 0);
        assert_eq!(taken(&mut allowance, "READY=1", 10, PERIOD_NS * 2 - 1), 10);
        assert_eq!(taken(&mut allowance, wish, 10, PERIOD_NS * 2), 10);
        assert_eq!(taken(&mut allowance, "FDSTORE=1", 10, PERIOD_NS), 1);
    }
}
