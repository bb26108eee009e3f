//! The tab "Dependencies": what the service needs and what needs it, as trees.

use maud::{Markup, html};
use relance_scm::config::Dependency;
use relance_scm::fold_case;
use relance_scm::manager::ServiceInfo;
use relance_texts::console;

use super::{edit_form, field};
use crate::hub::{Hub, State};
use crate::lang::Lang;
use crate::row;
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Deepest branch that is drawn.
const DEPTH_MAX: usize = 20;
/// Most leaves that are drawn, for a service that half of the others need.
const LEAVES_MAX: usize = 500;

pub(crate) fn tab(viewer: &Viewer, hub: &Hub, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let config = &info.config;
    let (needs, needed) = hub.read(|state| {
        let mut left = LEAVES_MAX;
        let mut path = vec![config.service_name.key()];
        let needs = needs(state, info, &mut path, &mut left);
        let needed = needed_by(state, info, &mut path, &mut left);
        (needs, needed)
    });
    let text: Vec<String> = config
        .dependencies
        .iter()
        .map(ToString::to_string)
        .collect();
    let fields = field(
        console::SERVICES_THAT_MUST_RUN.of(lang),
        console::ONE_TO_A_LINE.of(lang),
        &html! { textarea.code name="dependencies" rows="4" spellcheck="false" { (text.join("\n")) } },
    );
    html! {
        section.card {
            h2 { (console::NEEDS.of(lang)) }
            (draw(&needs, lang))
            h2 { (console::IS_NEEDED_BY.of(lang)) }
            (draw(&needed, lang))
        }
        // The trees say the same, and readers cannot change it.
        @if viewer.is_administrator() { (edit_form(viewer, info, Tab::Dependencies, &fields)) }
    }
}

/// A branch of a tree.
struct Branch {
    label: String,
    /// `None`: there is no such service, or it is a group.
    info: Option<std::sync::Arc<ServiceInfo>>,
    is_group: bool,
    branches: Vec<Branch>,
}

fn needs(
    state: &State,
    info: &ServiceInfo,
    path: &mut Vec<String>,
    left: &mut usize,
) -> Vec<Branch> {
    let mut branches = Vec::new();
    for dependency in &info.config.dependencies {
        if *left == 0 {
            break;
        }
        *left -= 1;
        branches.push(match dependency {
            Dependency::Service(name) => {
                let key = name.key();
                let found = state.services.get(&key).cloned();
                let below = match &found {
                    Some(found) if path.len() < DEPTH_MAX && !path.contains(&key) => {
                        path.push(key);
                        let below = needs(state, found, path, left);
                        path.pop();
                        below
                    }
                    _ => Vec::new(),
                };
                Branch {
                    label: name.to_string(),
                    info: found,
                    is_group: false,
                    branches: below,
                }
            }
            Dependency::Group(group) => Branch {
                label: group.to_string(),
                info: None,
                is_group: true,
                branches: members(state, group),
            },
        });
    }
    branches
}

fn members(state: &State, group: &str) -> Vec<Branch> {
    let group = fold_case(group);
    state
        .services
        .values()
        .filter(|info| fold_case(&info.config.load_order_group) == group)
        .map(|info| Branch {
            label: info.config.service_name.to_string(),
            info: Some(std::sync::Arc::clone(info)),
            is_group: false,
            branches: Vec::new(),
        })
        .collect()
}

fn needed_by(
    state: &State,
    info: &ServiceInfo,
    path: &mut Vec<String>,
    left: &mut usize,
) -> Vec<Branch> {
    let own = info.config.service_name.key();
    let mut branches = Vec::new();
    for (key, other) in &state.services {
        let depends =
            other.config.dependencies.iter().any(
                |dependency| matches!(dependency, Dependency::Service(name) if name.key() == own),
            );
        if !depends || *left == 0 {
            continue;
        }
        *left -= 1;
        let below = if path.len() < DEPTH_MAX && !path.contains(key) {
            path.push(key.clone());
            let below = needed_by(state, other, path, left);
            path.pop();
            below
        } else {
            Vec::new()
        };
        branches.push(Branch {
            label: other.config.service_name.to_string(),
            info: Some(std::sync::Arc::clone(other)),
            is_group: false,
            branches: below,
        });
    }
    branches
}

fn draw(branches: &[Branch], lang: Lang) -> Markup {
    html! {
        @if branches.is_empty() { p.dim { (console::NOTHING.of(lang)) } }
        @else {
            ul.tree {
                @for branch in branches {
                    li {
                        @match &branch.info {
                            Some(info) => {
                                a href=(Tab::Dependencies.href(&info.config.service_name)) { bdi { (branch.label) } }
                                " " (row::state(info, lang))
                            }
                            None if branch.is_group => { bdi { (branch.label) } " " span.chip { (console::DEPENDENCIES_GROUP.of(lang)) } }
                            None => { bdi { (branch.label) } " " span.chip.bad { (console::DOES_NOT_EXIST.of(lang)) } }
                        }
                        @if !branch.branches.is_empty() { (draw(&branch.branches, lang)) }
                    }
                }
            }
        }
    }
}
