//! Services that need each other in a circle. Other managers accept them, ours refuses them, so the dependency that
//! closes the circle is left out.

use std::collections::HashMap;

use relance_scm::fold_case;
use relance_texts::import;

use crate::draft::ServiceDraft;
use crate::report::FileReport;

/// Leaves out each dependency that leads back to the service that has it.
pub(crate) fn open(drafts: &mut [ServiceDraft], reports: &mut [FileReport]) {
    let mut numbers = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        numbers.extend(draft.names().into_iter().map(|name| (fold_case(&name), at)));
    }
    let number = |name: &str| numbers.get(&fold_case(name)).copied();
    let needs: Vec<Vec<Option<usize>>> = drafts
        .iter()
        .map(|draft| {
            draft
                .dependencies
                .iter()
                .map(|(name, _)| number(name))
                .collect()
        })
        .collect();
    for (at, place) in closing(&needs).into_iter().rev() {
        let (name, origin) = drafts[at].dependencies.remove(place);
        if let Some(origin) = origin {
            let name = name.as_str();
            reports[origin.file].lost(origin.lines, import::DependencyInCircle { name });
        }
    }
}

/// Which dependencies close a circle, by service and place, in this order. Each service is looked at once.
fn closing(needs: &[Vec<Option<usize>>]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Above,
        Done,
    }
    let mut seen = vec![Seen::No; needs.len()];
    let mut closing = Vec::new();
    for first in 0..needs.len() {
        if seen[first] != Seen::No {
            continue;
        }
        seen[first] = Seen::Above;
        let mut path = vec![(first, 0)];
        while let Some((at, place)) = path.last_mut() {
            let Some(need) = needs[*at].get(*place) else {
                seen[*at] = Seen::Done;
                path.pop();
                continue;
            };
            let edge = (*at, *place);
            *place += 1;
            match need.map(|need| (need, seen[need])) {
                Some((_, Seen::Above)) => closing.push(edge),
                Some((need, Seen::No)) => {
                    seen[need] = Seen::Above;
                    path.push((need, 0));
                }
                _ => {}
            }
        }
    }
    closing.sort_unstable();
    closing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_a_circle_is_left_out_and_nothing_else() {
        let needs = |lists: &[&[usize]]| -> Vec<Vec<Option<usize>>> {
            lists
                .iter()
                .map(|list| list.iter().copied().map(Some).collect())
                .collect()
        };
        assert_eq!(closing(&needs(&[&[1], &[2], &[]])), []);
        assert_eq!(closing(&needs(&[&[1, 2], &[0, 2], &[2]])), [(1, 0), (2, 0)]);
        assert_eq!(
            closing(&needs(&[&[1, 2], &[3], &[3], &[]])),
            [],
            "two ways to one"
        );
        let ring: Vec<Vec<Option<usize>>> = (0..100_000)
            .map(|at| vec![Some((at + 1) % 100_000)])
            .collect();
        assert_eq!(closing(&ring), [(99_999, 0)]);
    }

    #[test]
    fn a_circle_is_told_in_its_line() {
        use crate::formats::tests::{Memory, imported};
        let files = Memory::default()
            .with(
                "/u/a.service",
                "[Unit]\nRequires=b.service\n[Service]\nExecStart=/bin/a\n",
            )
            .with(
                "/u/b.service",
                "[Unit]\nRequires=a.service\n[Service]\nExecStart=/bin/b\n",
            );
        let found = imported(&["/u/a.service".into(), "/u/b.service".into()], &files);
        assert_eq!(found.toml.matches("dependencies").count(), 1);
        assert_eq!(found.files[1].lines[1].fate, crate::Fate::Lost);
    }
}
