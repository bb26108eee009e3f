//! Instances that are there although the files name fewer of their template. They stay, as every service does that no
//! file describes; the plan says so.

use std::collections::BTreeMap;

use relance_scm::{ServiceName, fold_case};
use relance_texts::{Sentence, apply};

use crate::plain::plain;
use crate::service_files::Templates;

/// The instances of a template that no file describes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Surplus {
    template: String,
    /// How many the files want, if they are 1 to a number.
    count: Option<usize>,
    pub(crate) names: Vec<ServiceName>,
}

impl Surplus {
    /// Why they stay, and how they go.
    pub(crate) fn why(&self) -> Sentence {
        let names: Vec<String> = self.names.iter().map(|name| plain(name.as_str())).collect();
        let (surplus, names) = (names.len(), names.join(" "));
        let template = plain(&self.template);
        match self.count {
            Some(count) => apply::SurplusOfCount {
                surplus,
                names,
                template,
                count,
            }
            .into(),
            None => apply::SurplusOfList {
                surplus,
                names,
                template,
            }
            .into(),
        }
    }
}

/// Those of these services, which no file describes, that are instances of templates of the files.
pub(super) fn surplus<'a>(
    templates: &Templates,
    others: impl Iterator<Item = &'a ServiceName>,
) -> Vec<Surplus> {
    let mut found: BTreeMap<String, Surplus> = BTreeMap::new();
    for name in others {
        let Some((template, _)) = name.instance() else {
            continue;
        };
        let folded = fold_case(template);
        if let Some(wanted) = templates.get(&folded) {
            let surplus = found.entry(folded).or_insert_with(|| Surplus {
                template: template.to_owned(),
                count: counted(wanted),
                names: Vec::new(),
            });
            surplus.names.push(name.clone());
        }
    }
    let mut found: Vec<Surplus> = found.into_values().collect();
    for surplus in &mut found {
        surplus.names.sort_by_key(|name| {
            let instance = name.instance().map(|(_, instance)| instance);
            instance.map(|instance| (instance.parse().unwrap_or(u64::MAX), instance.to_owned()))
        });
    }
    found
}

/// How many, if they are 1 to that number.
fn counted(instances: &[String]) -> Option<usize> {
    let count = instances.len();
    let all = (1..=count).all(|number| instances.contains(&number.to_string()));
    all.then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x52_instances_beyond_those_of_the_files_are_told_by_template() {
        let templates = Templates::from([
            (fold_case("w@"), vec!["2".to_owned(), "1".to_owned()]),
            (fold_case("b@"), vec!["eu".to_owned()]),
        ]);
        let names = ["W@10", "w@3", "w@old", "b@us", "c@9", "w"];
        let names = names.map(|name| ServiceName::new(name).expect("a name"));
        let found = surplus(&templates, names.iter());
        let of = |at: usize| {
            let names: Vec<_> = found[at].names.iter().map(ServiceName::as_str).collect();
            (found[at].count, names.join(" "))
        };
        assert_eq!(found.len(), 2);
        assert_eq!(of(0), (None, "b@us".to_owned()));
        assert_eq!(of(1), (Some(2), "w@3 W@10 w@old".to_owned()));
    }
}
