//! The rows of `relance top`: a service, or the instances of a template, which share a row that opens.

use std::collections::HashSet;

use relance_scm::manager::ServiceInfo;
use relance_scm::{ServiceName, fold_case};

use super::super::list::lines;

/// What a row is among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Alone,
    /// Of several instances.
    Group {
        is_open: bool,
    },
    /// Below the row of its group.
    Member,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Of its services.
    pub(super) keys: Vec<String>,
    pub(super) place: Place,
}

/// Which groups there are rows of, and which of these are open.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Each instance has a row, and nothing else.
    pub(super) is_flat: bool,
    /// The folded names of their templates.
    open: HashSet<String>,
}

impl Groups {
    fn is_open(&self, row: &[&ServiceInfo]) -> bool {
        let template = row.first().and_then(|info| template(info));
        template.is_some_and(|template| self.open.contains(&template))
    }

    /// Opens or closes the group of this service.
    pub(super) fn set(&mut self, of: &ServiceInfo, is_open: bool) {
        match template(of) {
            Some(template) if is_open => {
                self.open.insert(template);
            }
            Some(template) => {
                self.open.remove(&template);
            }
            None => {}
        }
    }

    /// The rows of these services, which come by their names; `sort` puts rows in order.
    pub(super) fn rows<'a>(
        &self,
        services: &'a [&'a ServiceInfo],
        sort: impl Fn(&mut Vec<Vec<&'a ServiceInfo>>),
    ) -> Vec<Row> {
        let each = |services: &[&'a ServiceInfo]| -> Vec<Vec<&'a ServiceInfo>> {
            services.iter().map(|info| vec![*info]).collect()
        };
        let mut all: Vec<Vec<&'a ServiceInfo>> = if self.is_flat {
            each(services)
        } else {
            lines(services)
        };
        sort(&mut all);
        let mut rows = Vec::new();
        for mut line in all {
            line.sort_by_key(|info| number(&info.config.service_name));
            let is_open = self.is_open(&line);
            let place = if line.len() > 1 {
                Place::Group { is_open }
            } else {
                Place::Alone
            };
            rows.push(Row::of(&line, place));
            if place == (Place::Group { is_open: true }) {
                let mut members = each(&line);
                sort(&mut members);
                rows.extend(members.iter().map(|line| Row::of(line, Place::Member)));
            }
        }
        rows
    }
}

impl Row {
    fn of(line: &[&ServiceInfo], place: Place) -> Self {
        let keys = line.iter().map(|info| info.config.service_name.key());
        Self {
            keys: keys.collect(),
            place,
        }
    }

    pub(super) fn is_group(&self) -> bool {
        matches!(self.place, Place::Group { .. })
    }

    /// Whether this is the row that was chosen before rows were made again.
    fn is(&self, before: &Self) -> bool {
        self.is_group() == before.is_group()
            && self.keys.iter().any(|key| before.keys.contains(key))
    }

    /// What stands before its name, where some rows are groups.
    pub(super) fn mark(&self) -> &'static str {
        match self.place {
            Place::Alone => "  ",
            Place::Group { is_open: false } => "+ ",
            Place::Group { is_open: true } => "- ",
            Place::Member => "    ",
        }
    }
}

/// Where the row is now that was chosen before; else one that has its first service.
pub(super) fn find(rows: &[Row], before: &Row) -> Option<usize> {
    let same = rows.iter().position(|row| row.is(before));
    let key = before.keys.first();
    same.or_else(|| {
        rows.iter()
            .position(|row| key.is_some_and(|key| row.keys.contains(key)))
    })
}

fn template(info: &ServiceInfo) -> Option<String> {
    let (template, _) = info.config.service_name.instance()?;
    Some(fold_case(template))
}

/// `worker@2` comes before `worker@10`.
fn number(name: &ServiceName) -> (u64, String) {
    let instance = name.instance().map_or("", |(_, instance)| instance);
    (instance.parse().unwrap_or(u64::MAX), fold_case(instance))
}
