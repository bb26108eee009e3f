//! What has become of the instances of a template, told by the page that follows: which were started, which stop.
//! It crosses in the address of that page, as `scaled=worker@/3-5//7-8`.

use std::collections::BTreeSet;

use relance_scm::ServiceName;
use relance_scm::scaling::Scaled;
use relance_texts::console;

use crate::lang::Lang;

/// What stands between the parts; no name of a service has it.
const BETWEEN: char = '/';

/// Numbers of instances, as ranges from a first to a last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Numbers(Vec<(u32, u32)>);

impl Numbers {
    fn of(numbers: &BTreeSet<u32>) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *number => *last = *number,
                _ => ranges.push((*number, *number)),
            }
        }
        Self(ranges)
    }

    fn read(text: &str) -> Option<Self> {
        let range = |text: &str| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let range: (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            (range.0 <= range.1).then_some(range)
        };
        let ranges = text.split(',').filter(|text| !text.is_empty()).map(range);
        ranges.collect::<Option<_>>().map(Self)
    }

    /// `3-5,8`
    fn written(&self) -> String {
        self.text("-", ",")
    }

    /// `3–5, 8`
    fn shown(&self) -> String {
        self.text("–", ", ")
    }

    fn text(&self, to: &str, and: &str) -> String {
        let ranges = self.0.iter().map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}{to}{last}")
            }
        });
        ranges.collect::<Vec<_>>().join(and)
    }

    fn count(&self) -> u64 {
        let ranges = self.0.iter();
        ranges
            .map(|(first, last)| u64::from(last - first) + 1)
            .sum()
    }
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) template: String,
    started: Numbers,
    /// Added and not started.
    added: Numbers,
    removed: Numbers,
}

impl Told {
    pub(super) fn of(template: &str, scaled: &Scaled) -> Self {
        let numbers = |names: &[ServiceName]| -> BTreeSet<u32> {
            let numbers = names
                .iter()
                .filter_map(|name| name.instance()?.1.parse().ok());
            numbers.collect()
        };
        let failed: Vec<_> = scaled
            .problems
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let (started, failed) = (numbers(&scaled.started), numbers(&failed));
        let mut idle = numbers(&scaled.added);
        idle.retain(|number| !started.contains(number) && !failed.contains(number));
        Self {
            template: template.to_owned(),
            started: Numbers::of(&started),
            added: Numbers::of(&idle),
            removed: Numbers::of(&numbers(&scaled.removed)),
        }
    }

    pub(super) fn written(&self) -> String {
        let parts = [&self.started, &self.added, &self.removed].map(Numbers::written);
        format!("{}{BETWEEN}{}", self.template, parts.join("/"))
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(BETWEEN);
        let template = parts.next()?.to_owned();
        let mut numbers = || Numbers::read(parts.next()?);
        let (started, added, removed) = (numbers()?, numbers()?, numbers()?);
        Some(Self {
            template,
            started,
            added,
            removed,
        })
    }

    pub(super) fn sentences(&self, lang: Lang) -> Vec<String> {
        let template = &*self.template;
        let mut sentences = Vec::new();
        let parts = |numbers: &Numbers| (numbers.count(), numbers.shown());
        let (count, numbers) = parts(&self.started);
        if count > 0 {
            sentences.push(lang.say(console::ScaledStarted {
                count,
                numbers,
                template,
            }));
        }
        let (count, numbers) = parts(&self.added);
        if count > 0 {
            sentences.push(lang.say(console::ScaledAdded {
                count,
                numbers,
                template,
            }));
        }
        let (count, numbers) = parts(&self.removed);
        if count > 0 {
            sentences.push(lang.say(console::ScaledRemoved {
                count,
                numbers,
                template,
            }));
        }
        if sentences.is_empty() {
            sentences.push(lang.say(console::ScaledNothing { template }));
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(numbers: &[u32]) -> Vec<ServiceName> {
        let name = |number| ServiceName::new(format!("w@{number}")).expect("a name");
        numbers.iter().map(name).collect()
    }

    #[test]
    fn x52_what_has_become_of_instances_crosses_to_the_next_page() {
        let scaled = Scaled {
            added: names(&[3, 4, 5, 8]),
            started: names(&[4, 3, 2]),
            removed: names(&[12, 11]),
            problems: Vec::new(),
        };
        let told = Told::of("w@", &scaled);
        assert_eq!(told.written(), "w@/2-4/5,8/11-12");
        assert_eq!(Told::read(&told.written()), Some(told.clone()));
        let said = told.sentences(Lang::En);
        assert_eq!(
            said,
            [
                "Instances 2–4 of w@ were started.",
                "Instances 5, 8 of w@ were added; they are not started, since the lowest one does not run.",
                "Instances 11–12 of w@ stop, and are deleted then.",
            ]
        );
        let nothing = Told::of("w@", &Scaled::default());
        assert_eq!(nothing.sentences(Lang::En).len(), 1);
    }

    #[test]
    fn what_is_no_outcome_says_nothing() {
        for text in ["", "w@", "w@/1/2", "w@/x//", "w@/5-3//", "w@/1-2-3//"] {
            assert_eq!(Told::read(text), None, "{text}");
        }
    }
}
