//! The numbers that a field of an expression stands for.

use crate::Fault;

/// Which numbers a field takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// Numbers from 0 to 63.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Set(pub(crate) u64);

impl Set {
    pub(crate) fn contains(self, number: u32) -> bool {
        number < 64 && self.0 >> number & 1 == 1
    }

    /// The smallest that is not below this one.
    pub(crate) fn at_least(self, number: u32) -> Option<u32> {
        let rest = self.0.checked_shr(number)?;
        (rest != 0).then(|| number + rest.trailing_zeros())
    }

    pub(crate) fn all(bounds: Bounds) -> Self {
        Self::range(bounds.from, bounds.to, 1)
    }

    fn range(from: u32, to: u32, step: u32) -> Self {
        let mut bits = 0;
        let mut number = from;
        while number <= to.min(63) {
            bits |= 1 << number;
            number += step;
        }
        Self(bits)
    }

    /// A list of numbers, ranges and steps. `dots` stands between the ends of a range.
    pub(crate) fn read(
        text: &str,
        bounds: Bounds,
        dots: &str,
        number: impl Fn(&str) -> Option<u32>,
    ) -> Result<Self, Fault> {
        let mut bits = 0;
        for item in text.split(',') {
            bits |= Self::item(item, bounds, dots, &number)
                .ok_or(Fault::Unreadable)?
                .0;
        }
        Ok(Self(bits))
    }

    fn item(
        item: &str,
        bounds: Bounds,
        dots: &str,
        number: impl Fn(&str) -> Option<u32>,
    ) -> Option<Self> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok().filter(|step| *step > 0)?)),
            None => (item, None),
        };
        let number = |text: &str| {
            let number = number(text)?;
            (bounds.from..=bounds.to)
                .contains(&number)
                .then_some(number)
        };
        let (from, to) = match (range.split_once(dots), step) {
            _ if range == "*" => (bounds.from, bounds.to),
            (Some((from, to)), _) => (number(from)?, number(to)?),
            // A number with a step goes on to the end.
            (None, Some(_)) => (number(range)?, bounds.to),
            (None, None) => (number(range)?, number(range)?),
        };
        (from <= to).then(|| Self::range(from, to, step.unwrap_or(1)))
    }
}

/// A plain number: digits and nothing else.
pub(crate) fn plain(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
