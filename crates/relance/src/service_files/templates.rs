//! `instances = 4` in a file: one description of several services (X52).

use relance_scm::instance::{is_template, name_of};
use relance_texts::{Sentence, command};
use relance_wire::api::ConfigBody;
use serde::Deserialize;
use serde::de::Error as _;
use toml::Spanned;

use crate::instances::INSTANCES_MAX;
use crate::lang::say;

/// How many of each service there are.
#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    #[serde(default)]
    pub(super) service: Vec<Count>,
}

/// See [`Counts`].
#[derive(Debug, Deserialize)]
pub(super) struct Count {
    pub(super) instances: Option<Spanned<u32>>,
}

/// The text of a file with blanks in the place of these lines, so that later errors name the right ones.
pub(super) fn without_counts(text: &str, counts: &[Count]) -> Result<String, toml::de::Error> {
    let mut rest = text.to_owned();
    for count in counts.iter().filter_map(|count| count.instances.as_ref()) {
        let span = count.span();
        let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let key = text[start..span.start].trim_end_matches([' ', '\t', '=']);
        if key.trim() != "instances" {
            return Err(toml::de::Error::custom(
                "write instances on a line of its own, like instances = 4",
            ));
        }
        rest.replace_range(start..span.end, &" ".repeat(span.end - start));
    }
    Ok(rest)
}

/// Instances 1 to `count` of a template (X52).
pub(super) fn several(template: &ConfigBody, count: u32) -> Result<Vec<ConfigBody>, String> {
    let refuse = |problem: Sentence| {
        let name = &*template.name;
        say(command::OfFile { name, problem })
    };
    if !is_template(&template.name) {
        let template = &*template.name;
        return Err(refuse(command::TemplateName { template }.into()));
    }
    if !(1..=INSTANCES_MAX).contains(&i64::from(count)) {
        let most = INSTANCES_MAX;
        return Err(refuse(command::TemplateCount { most }.into()));
    }
    (1..=count)
        .map(|number| {
            let name = name_of(&template.name, number);
            let name = name.map_err(|error| refuse(error.to_sentence()))?;
            let mut body = template.clone();
            let shown = template.display_name.as_deref();
            body.display_name = shown.map(|text| name.fill_in(text).into_owned());
            body.name = name.to_string();
            Ok(body)
        })
        .collect()
}
