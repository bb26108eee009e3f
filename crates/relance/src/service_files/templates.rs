//! `instances = 4`, or a list of their names, in a file: one description of several services (X52).

use relance_scm::instance::is_template;
use relance_scm::{Sentence, ServiceName};
use relance_texts::{command, error};

use super::node::{Node, Tree};
use crate::instances::INSTANCES_MAX;

/// Which instances there are: 1 to a number, or those of a list.
pub(super) fn instances(node: &Node) -> Result<Vec<String>, Sentence> {
    let most = INSTANCES_MAX;
    let refused = || Sentence::from(command::TemplateCount { most });
    match &node.value {
        Tree::Number(count) => {
            let count = count.as_i64().filter(|count| (1..=most).contains(count));
            let count = count.ok_or_else(refused)?;
            Ok((1..=count).map(|number| number.to_string()).collect())
        }
        Tree::List(names) if (1..=most).contains(&i64::try_from(names.len()).unwrap_or(0)) => {
            let name = |node: &Node| match &node.value {
                Tree::Text(text) if !text.is_empty() && !text.contains('@') => Ok(text.clone()),
                Tree::Number(number) => Ok(number.to_string()),
                _ => Err(refused()),
            };
            names.iter().map(name).collect()
        }
        _ => Err(refused()),
    }
}

/// The names of these instances of a template.
pub(super) fn names(template: &str, instances: &[String]) -> Result<Vec<ServiceName>, Sentence> {
    if !is_template(template) {
        return Err(error::TemplateName { template }.into());
    }
    let name = |instance: &String| ServiceName::new(format!("{template}{instance}"));
    let names: Result<_, _> = instances.iter().map(name).collect();
    names.map_err(|error| error.to_sentence())
}
