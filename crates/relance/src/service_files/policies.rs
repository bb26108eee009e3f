//! `[policies.NAME]` of a file: what follows a failure of the services that name it (X120), with the keys that a service
//! has for it.

use std::collections::HashMap;

use relance_scm::{PolicyName, RecoveryPolicy};
use relance_texts::apply;

use super::definition;
use super::node::Node;
use super::{Descriptions, File, Problems};

/// A policy that a file describes.
#[derive(Debug)]
pub(crate) struct DescribedPolicy {
    pub(crate) policy: RecoveryPolicy,
    /// Where: `services.toml:3:11`.
    place: String,
}

/// Reads the table of policies.
pub(super) fn read(node: &Node, file: &mut File<'_>, found: &mut Descriptions) {
    let Some(entries) = node.table() else {
        return file.problem(node.at, apply::POLICIES);
    };
    for entry in entries {
        let name: PolicyName = match entry.key.parse() {
            Ok(name) => name,
            Err(error) => {
                file.problem(entry.at, error.to_sentence());
                continue;
            }
        };
        let mut node = entry.node.clone();
        let variables = &file.variables;
        node.each_text(&|text| variables.expand(text));
        if let Some(policy) = definition::policy(name, &node, file) {
            found.policies.push(DescribedPolicy {
                policy,
                place: file.place(entry.at),
            });
        }
    }
}

/// Refuses policies that are described twice, and services that say something beside the policy that they name.
pub(super) fn check(found: &Descriptions, problems: &mut Problems) {
    let mut known: HashMap<&PolicyName, &DescribedPolicy> = HashMap::new();
    for described in &found.policies {
        let name = &described.policy.name;
        if let Some(first) = known.insert(name, described) {
            let (name, first) = (name.as_str(), first.place.as_str());
            problems.add(&described.place, apply::Twice { name, first });
        }
    }
    for described in &found.services {
        let mut config = described.service.config.clone();
        let policy = PolicyName::of(&config).and_then(|name| known.get(&name));
        let Some(policy) = policy else { continue };
        if policy.policy.fill_in(&mut config).is_err() {
            let beside = apply::BesidePolicy {
                name: config.service_name.as_str(),
                policy: policy.policy.name.as_str(),
            };
            problems.add(&described.place, beside);
        }
    }
}
