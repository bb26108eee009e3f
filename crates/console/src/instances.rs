//! The instances of a template in the table of services: one row for all of them, which opens.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::scaling;
use relance_scm::{ServiceName, fold_case};
use relance_texts::{Size, console};

use crate::form::Form;
use crate::hub::Load;
use crate::lang::{self, Lang};
use crate::row::{self, Look};

/// With more instances than these, a group is closed until somebody opens it.
const OPEN_MAX: usize = 3;
/// Between a template and its instances in the value of a field: no name of a service has it.
const BETWEEN: char = '/';

/// A service and its use of processor and memory, where that is known.
pub(crate) type Loaded = (Arc<ServiceInfo>, Option<Load>);

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Line {
    Service {
        service: Loaded,
        /// Whether it stands below the row of its group.
        is_member: bool,
    },
    Group(Group),
}

/// The row of several instances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// With its `@`.
    template: String,
    members: Vec<Loaded>,
    /// How many there are with those that do not match.
    all: usize,
    is_open: bool,
}

/// Which groups somebody has opened or closed, by the folded names of their templates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Folds(BTreeMap<String, bool>);

impl Folds {
    /// What the fields `group` say; a later one is newer.
    pub(crate) fn of(form: &Form) -> Self {
        let fold = |value: &str| {
            let (word, template) = value.split_once(BETWEEN)?;
            Some((fold_case(template), word == "open"))
        };
        Self(form.all("group").filter_map(fold).collect())
    }

    /// The values of the fields that say this.
    pub(crate) fn values(&self) -> Vec<String> {
        let value = |(template, is_open): (&String, &bool)| fold_value(template, *is_open);
        self.0.iter().map(value).collect()
    }

    fn is_open(&self, template: &str, shown: usize, text: &str) -> bool {
        let folded = fold_case(template);
        // A text that only instances match opens their group, so that they are seen.
        let is_searched = !text.is_empty() && !folded.contains(text);
        let unasked = shown <= OPEN_MAX || is_searched;
        self.0.get(&folded).copied().unwrap_or(unasked)
    }
}

fn fold_value(template: &str, is_open: bool) -> String {
    format!(
        "{}{BETWEEN}{template}",
        if is_open { "open" } else { "shut" }
    )
}

/// The folded template of an instance.
fn template_of(info: &ServiceInfo) -> Option<String> {
    let (template, _) = info.config.service_name.instance()?;
    Some(fold_case(template))
}

/// How many instances each template has.
pub(crate) fn count<'a>(
    services: impl Iterator<Item = &'a Arc<ServiceInfo>>,
) -> HashMap<String, usize> {
    let mut counted = HashMap::new();
    for template in services.filter_map(|info| template_of(info)) {
        *counted.entry(template).or_default() += 1;
    }
    counted
}

/// Services by what shares a row: the instances of a template where there are several, else one. A group
/// stands where the first of it does.
pub(crate) fn together<'a>(rows: &[&'a Arc<ServiceInfo>]) -> Vec<Vec<&'a Arc<ServiceInfo>>> {
    let mut lines: Vec<Vec<_>> = Vec::new();
    let mut templates = HashMap::new();
    for info in rows {
        let at =
            template_of(info).map(|template| *templates.entry(template).or_insert(lines.len()));
        match at.and_then(|at| lines.get_mut(at)) {
            Some(line) => line.push(*info),
            None => lines.push(vec![*info]),
        }
    }
    lines
}

/// Whether the number of such services is set here: the manager of Windows fills nothing in.
pub(crate) fn is_numbered(name: &ServiceName) -> bool {
    let instance = name.instance();
    cfg!(unix) && instance.is_some_and(|(template, _)| scaling::number_of(name, template).is_some())
}

/// The place of a name among others: `worker@2` comes before `worker@10`.
pub(crate) fn by_number(name: &ServiceName) -> (String, u64, String) {
    match name.instance() {
        None => (name.key(), 0, String::new()),
        Some((template, instance)) => {
            let number = instance.parse().unwrap_or(u64::MAX);
            (fold_case(template), number, fold_case(instance))
        }
    }
}

/// The rows of services that stand together: one, or that of their group and theirs if it is open.
pub(crate) fn lines(
    members: Vec<Loaded>,
    counted: &HashMap<String, usize>,
    folds: &Folds,
    text: &str,
) -> Vec<Line> {
    let instance = members[0].0.config.service_name.instance();
    let template = instance.map(|(template, _)| template.to_owned());
    let Some(template) = template.filter(|_| members.len() > 1) else {
        let alone = |service| Line::Service {
            service,
            is_member: false,
        };
        return members.into_iter().map(alone).collect();
    };
    let is_open = folds.is_open(&template, members.len(), text);
    let shown: Vec<Loaded> = if is_open { members.clone() } else { Vec::new() };
    let all = counted.get(&fold_case(&template));
    let group = Group {
        all: all.copied().unwrap_or(members.len()),
        template,
        members,
        is_open,
    };
    let below = shown.into_iter().map(|service| Line::Service {
        service,
        is_member: true,
    });
    std::iter::once(Line::Group(group)).chain(below).collect()
}

impl Line {
    /// What the row is known by on the page.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Service { service, .. } => service.0.id.0.to_string(),
            Self::Group(group) => fold_case(&group.template),
        }
    }

    /// The services that it shows.
    pub(crate) fn services(&self) -> &[Loaded] {
        match self {
            Self::Service { service, .. } => std::slice::from_ref(service),
            Self::Group(group) => &group.members,
        }
    }

    pub(crate) fn row(&self, lang: Lang) -> Markup {
        match self {
            Self::Service { service, is_member } => {
                row::row(&service.0, service.1.as_ref(), *is_member, lang)
            }
            Self::Group(group) => group.row(lang),
        }
    }
}

/// The services that a field stands for: one name, or a template and its instances.
pub(crate) fn names(value: &str) -> Vec<String> {
    match value.split_once(BETWEEN) {
        None => vec![value.to_owned()],
        Some((template, instances)) => instances
            .split(BETWEEN)
            .map(|instance| format!("{template}{instance}"))
            .collect(),
    }
}

/// Which of the instances something is about.
fn which(info: &ServiceInfo) -> Markup {
    html! { bdi.second { (info.config.service_name) } }
}

impl Group {
    fn infos(&self) -> impl Iterator<Item = &ServiceInfo> {
        self.members.iter().map(|(info, _)| &**info)
    }

    /// The template and the instances, as [`names`] reads it.
    fn value(&self) -> String {
        let mut value = self.template.clone();
        for (_, instance) in self
            .infos()
            .filter_map(|info| info.config.service_name.instance())
        {
            value.push(BETWEEN);
            value.push_str(instance);
        }
        value
    }

    /// What all of them have; nothing if they differ.
    fn common(&self, of: impl Fn(&ServiceInfo) -> String) -> String {
        let mut each = self.infos().map(of);
        let first = each.next().unwrap_or_default();
        if each.all(|other| other == first) {
            first
        } else {
            String::new()
        }
    }

    fn row(&self, lang: Lang) -> Markup {
        let template = &*self.template;
        let count = self.members.len();
        let failures: u32 = self.infos().map(|info| info.recovery.failure_count).sum();
        let failed = self
            .infos()
            .max_by_key(|info| info.recovery.last_failure_at);
        let failed = failed.filter(|info| info.recovery.last_failure_at.is_some());
        let cpus = || {
            self.members
                .iter()
                .filter_map(|(_, load)| load.as_ref()?.cpu)
        };
        let loads = || self.members.iter().filter_map(|(_, load)| load.as_ref());
        let start = self.common(|info| {
            let config = &info.config;
            lang::start_type(config.start_type.name(), config.delayed_auto_start)
                .of(lang)
                .to_owned()
        });
        html! {
            tr.several data-id=(fold_case(template)) {
                td.pick { input type="checkbox" name="name" value=(self.value()) data-several="" form="controls" aria-label=(lang.say(console::SelectInstances { count, template })); }
                th.name scope="row" {
                    button.fold type="submit" form="filters" name="group" value=(fold_value(template, !self.is_open)) aria-expanded=(self.is_open) {
                        svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" { path d="M5 2.5 11 8l-6 5.5z" {} }
                        bdi { (template) }
                        " " span.second { @if count == self.all { (lang.say(console::Instances { count })) }
                            @else { (lang.say(console::InstancesOf { count, all: self.all })) } }
                    }
                    @if self.infos().any(|info| is_numbered(&info.config.service_name)) {
                        button.quiet.small.scale type="submit" form="filters" formaction="/scale" name="template" value=(template)
                            aria-label=(lang.say(console::ScaleNumberOf { template })) { (console::SCALE_NUMBER.of(lang)) }
                    }
                }
                td.st { (self.states(lang)) }
                td.start { (start) }
                td.account { bdi { (self.common(|info| info.config.account_name.as_str().to_owned())) } }
                td.num.pid {}
                td.num.uptime {}
                td.num.cpu { @if cpus().next().is_some() { (lang::decimal(cpus().sum(), 1, lang)) "\u{A0}%" } }
                td.num.memory { @if loads().next().is_some() { (Size(loads().map(|load| load.memory_bytes).sum()).of(lang)) } }
                td.num.failures { @if failures > 0 { span.chip.bad { (failures) } } }
                td.last { @if let Some(info) = failed { (row::last_failure(info, lang)) (which(info)) } }
                td.next { @if let Some(info) = self.next() { (row::next_recovery(info, lang)) (which(info)) } }
            }
        }
    }

    /// How many are in each state.
    fn states(&self, lang: Lang) -> Markup {
        let mut counted: Vec<(Look, usize)> = Vec::new();
        for look in self.infos().map(Look::of) {
            match counted.iter_mut().find(|(known, _)| *known == look) {
                Some((_, count)) => *count += 1,
                None => counted.push((look, 1)),
            }
        }
        // What needs somebody is read first.
        counted.sort_by_key(|(look, _)| look.rank());
        html! {
            @for (look, count) in counted { (look.markup(Some(count), lang)) " " }
            @if self.infos().any(|info| info.output_problem.is_some()) { span.chip.warn { (console::OUTPUT_NOT_KEPT.of(lang)) } }
            @if self.infos().any(|info| info.marked_for_delete) { span.chip.warn { (console::BEING_DELETED.of(lang)) } }
        }
    }

    /// The instance with what happens next: a recovery, else a scheduled start, else one that is held.
    fn next(&self) -> Option<&ServiceInfo> {
        let recovery = self
            .infos()
            .filter_map(|info| {
                Some((
                    info.recovery
                        .pending
                        .iter()
                        .map(|pending| pending.due.0)
                        .min()?,
                    info,
                ))
            })
            .min_by_key(|(due, _)| *due);
        let start = || {
            self.infos()
                .filter_map(|info| Some((info.next_start?.0, info)))
                .min_by_key(|(at, _)| *at)
        };
        let held = || self.infos().find(|info| info.held.is_some());
        recovery.or_else(start).map(|(_, info)| info).or_else(held)
    }
}
