//! Forms that keep what was typed: the fields of a page as a browser would send them, and the same fields filled in
//! again, with what is wrong beside each.
//!
//! It reads the markup that this console has made itself (`maud` writes every attribute in quotation marks), so a
//! new field is kept without further code. It does not have to read other markup.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use relance_scm::ScmError;
use relance_texts::console;

use crate::form::Form;
use crate::lang::Lang;
use crate::reply::problem;
use crate::said::said;

/// Most problems that are looked for.
const PROBLEMS_MAX: usize = 8;

/// The fields that make one setting, by its key.
pub(crate) fn setting_of(name: &str) -> &str {
    match name {
        "kind" | "delay" | "unit" => "actions",
        "reset" | "reset_unit" | "infinite" => "reset_period_secs",
        "append_count" => "command",
        other => other,
    }
}

/// What was wrong: the settings, and why.
pub(crate) struct Wrong {
    settings: BTreeSet<String>,
    error: ScmError,
}

impl Wrong {
    /// Of a refusal by the manager: of the one field, if the form has one only.
    pub(crate) fn refused(error: ScmError, form: &str) -> Vec<Self> {
        let settings: BTreeSet<String> = values(form)
            .iter()
            .map(|(name, _)| setting_of(name).to_owned())
            .collect();
        let settings = if settings.len() == 1 {
            settings
        } else {
            BTreeSet::new()
        };
        vec![Self { settings, error }]
    }
}

/// Which fields are wrong: those without which the problem would not be there.
pub(crate) fn wrong<T>(
    form: &Form,
    original: &[(String, String)],
    check: impl Fn(&Form) -> Result<T, ScmError>,
) -> Vec<Wrong> {
    let mut form = form.clone();
    let mut found = Vec::new();
    while let Err(error) = check(&form) {
        let names = form.0.iter().map(|(name, _)| setting_of(name).to_owned());
        let settings: BTreeSet<String> = names
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter(|setting| {
                let trial = without(&form, setting, original);
                trial != form
                    && check(&trial).err().map(|error| error.to_string()) != Some(error.to_string())
            })
            .collect();
        for setting in &settings {
            form = without(&form, setting, original);
        }
        let is_last = settings.is_empty() || found.len() + 1 >= PROBLEMS_MAX;
        found.push(Wrong { settings, error });
        if is_last {
            break;
        }
    }
    found
}

/// The form with one setting as it was before. If it was not changed, a name or a command line gets any valid value, and
/// other settings stay.
fn without(form: &Form, setting: &str, original: &[(String, String)]) -> Form {
    let is_it = |(name, _): &&(String, String)| setting_of(name) == setting;
    let typed: Vec<_> = form.0.iter().filter(is_it).cloned().collect();
    let before: Vec<_> = original.iter().filter(is_it).cloned().collect();
    let mut changed: Vec<_> = form.0.iter().filter(|pair| !is_it(pair)).cloned().collect();
    if typed == before && ["name", "command_line"].contains(&setting) {
        changed.push((setting.to_owned(), "x".to_owned()));
    } else if typed == before {
        return form.clone();
    } else {
        changed.extend(before);
    }
    Form(changed)
}

/// What is wrong, with a link to each field.
pub(crate) fn summary(wrong: &[Wrong], lang: Lang) -> Markup {
    html! {
        section.card #problems tabindex="-1" aria-labelledby="not-saved" {
            h2 #not-saved { (console::NOT_SAVED.of(lang)) }
            @for Wrong { settings, error } in wrong {
                (problem(error, lang))
                @for setting in settings {
                    p { a href={ "#field-" (setting) } { (console::TO_THE_FIELD.of(lang)) " " (label(setting, lang)) } }
                }
            }
            p.dim { (console::WHAT_YOU_TYPED_IS_KEPT.of(lang)) }
        }
    }
}

/// A setting as people call it.
pub(crate) fn label(setting: &str, lang: Lang) -> &'static str {
    let mut all = relance_scm::settings::all();
    match all.find(|each| each.key == setting) {
        Some(found) => found.label.of(lang),
        None => console::NAME.of(lang),
    }
}

/// The names and values of the fields in a piece of a page, as a browser sends them.
pub(crate) fn values(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in Fields::of(page) {
        let Some(name) = field.attribute("name") else {
            continue;
        };
        let value = match field.kind {
            "input" => match field.attribute("type").as_deref() {
                Some("hidden") => None,
                Some("checkbox" | "radio") => field
                    .is("checked")
                    .then(|| field.attribute("value").unwrap_or_else(|| "on".to_owned())),
                _ => Some(field.attribute("value").unwrap_or_default()),
            },
            "textarea" => Some(plain(field.inside)),
            _ => {
                let options: Vec<_> = Fields::options(field.inside).collect();
                let chosen = options.iter().find(|option| option.is("selected"));
                let chosen = chosen.or(options.first());
                chosen.map(|option| option.attribute("value").unwrap_or_default())
            }
        };
        found.extend(value.map(|value| (name, value)));
    }
    found
}

/// The fields of a page with what was typed, and what is wrong beside them.
pub(crate) fn refilled(page: &Markup, typed: &Form, wrong: &[Wrong], lang: Lang) -> Markup {
    let page = &page.0;
    let mut refill = Refill {
        typed,
        wrong,
        lang,
        taken: BTreeMap::new(),
        told: BTreeSet::new(),
    };
    let (mut out, mut at) = (String::with_capacity(page.len() * 2), 0);
    for field in Fields::of(page) {
        out.push_str(&page[at..field.start]);
        at = field.end;
        refill.field(&field, &mut out);
        let label = "</label>";
        if let Some(setting) = refill.says(&field) {
            if page[at..].starts_with(label) {
                out.push_str(label);
                at += label.len();
            }
            out.push_str(&refill.note(&setting).0);
        }
    }
    out.push_str(&page[at..]);
    if !refill.told.is_empty() {
        // What is wrong must not be hidden.
        out = out.replace("<details>", "<details open>");
        out = out.replace(
            "<details class=\"extension\">",
            "<details class=\"extension\" open>",
        );
    }
    PreEscaped(out)
}

struct Refill<'a> {
    typed: &'a Form,
    wrong: &'a [Wrong],
    lang: Lang,
    /// How many values of a name are in their fields.
    taken: BTreeMap<String, usize>,
    /// The settings whose problem stands at its field.
    told: BTreeSet<String>,
}

impl Refill<'_> {
    fn field(&mut self, field: &Field<'_>, out: &mut String) {
        let Some(name) = field.attribute("name") else {
            return out.push_str(field.text);
        };
        let kind = field.attribute("type").unwrap_or_default();
        if field.kind == "input" && kind == "hidden" {
            return out.push_str(field.text);
        }
        let mut attributes = field.attributes.to_owned();
        let setting = setting_of(&name);
        if self.is_wrong(setting) {
            attributes.push_str(" aria-invalid=\"true\"");
            let _ = write!(attributes, " aria-describedby=\"wrong-{setting}\"");
            if !self.told.contains(setting) {
                let _ = write!(attributes, " id=\"field-{setting}\"");
            }
        }
        if field.kind == "input" && ["checkbox", "radio"].contains(&kind.as_str()) {
            let value = field.attribute("value").unwrap_or_else(|| "on".to_owned());
            let is_ticked = self.typed.all(&name).any(|typed| typed == value);
            let checked = if is_ticked { " checked" } else { "" };
            let attributes = attributes.replace(" checked", "");
            let _ = write!(out, "<input{attributes}{checked}>");
            return;
        }
        let index = self.taken.entry(name.clone()).or_default();
        let value = self.typed.all(&name).nth(*index).map(ToOwned::to_owned);
        *index += 1;
        let Some(value) = value else {
            let _ = write!(out, "<{}{attributes}>{}", field.kind, field.rest());
            return;
        };
        match field.kind {
            "input" => {
                let attributes = without_attribute(&attributes, "value");
                let _ = write!(out, "<input{attributes} value=\"{}\">", escaped(&value));
            }
            "textarea" => {
                let text = escaped(&value);
                let _ = write!(out, "<textarea{attributes}>{text}</textarea>");
            }
            _ => {
                let _ = write!(out, "<select{attributes}>");
                let mut at = 0;
                for option in Fields::options(field.inside) {
                    out.push_str(&field.inside[at..option.start]);
                    at = option.end;
                    let is_it = option.attribute("value").unwrap_or_default() == value;
                    let selected = if is_it { " selected" } else { "" };
                    let attributes = option.attributes.replace(" selected", "");
                    let _ = write!(out, "<option{attributes}{selected}>");
                }
                out.push_str(&field.inside[at..]);
                out.push_str("</select>");
            }
        }
    }

    fn is_wrong(&self, setting: &str) -> bool {
        let mut wrong = self.wrong.iter();
        wrong.any(|wrong| wrong.settings.contains(setting))
    }

    /// The setting whose problem is to be told after this field: its first.
    fn says(&mut self, field: &Field<'_>) -> Option<String> {
        let name = field.attribute("name")?;
        let setting = setting_of(&name).to_owned();
        (self.is_wrong(&setting) && self.told.insert(setting.clone())).then_some(setting)
    }

    fn note(&self, setting: &str) -> Markup {
        let wrong = self.wrong.iter();
        let errors = wrong.filter(|wrong| wrong.settings.contains(setting));
        html! {
            small.problem id={ "wrong-" (setting) } {
                @for wrong in errors { (said(&wrong.error, self.lang)) " " }
            }
        }
    }
}

/// An element of a form.
struct Field<'a> {
    start: usize,
    end: usize,
    kind: &'static str,
    text: &'a str,
    /// From the name of the element to its `>`.
    attributes: &'a str,
    inside: &'a str,
}

impl Field<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        let head = format!(" {name}=\"");
        let at = self.attributes.find(&head)? + head.len();
        let value = &self.attributes[at..];
        Some(plain(value.split('"').next().unwrap_or_default()))
    }

    /// Whether it has an attribute without a value.
    fn is(&self, name: &str) -> bool {
        self.attributes.split(' ').any(|word| word == name)
    }

    fn rest(&self) -> &str {
        let head = 1 + self.kind.len() + self.attributes.len() + 1;
        self.text.get(head..).unwrap_or_default()
    }
}

/// The elements of a form in a piece of a page, in their order.
struct Fields<'a> {
    page: &'a str,
    at: usize,
    kinds: &'static [&'static str],
}

impl<'a> Fields<'a> {
    const fn of(page: &'a str) -> Self {
        Self {
            page,
            at: 0,
            kinds: &["input", "select", "textarea"],
        }
    }

    const fn options(page: &'a str) -> Self {
        Self {
            page,
            at: 0,
            kinds: &["option"],
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let start = self.at + self.page[self.at..].find('<')?;
            let tag = &self.page[start + 1..];
            let close = start + 1 + tag.find('>')?;
            self.at = close + 1;
            let is_it = |kind: &&&str| {
                let rest = tag.strip_prefix(**kind);
                rest.is_some_and(|rest| rest.starts_with([' ', '>']))
            };
            let Some(kind) = self.kinds.iter().find(is_it) else {
                continue;
            };
            let attributes = &self.page[start + 1 + kind.len()..close];
            let mut inside = "";
            if ["select", "textarea"].contains(kind) {
                let ends = format!("</{kind}>");
                let length = self.page[self.at..].find(&ends)?;
                inside = &self.page[self.at..self.at + length];
                self.at += length + ends.len();
            }
            return Some(Field {
                start,
                end: self.at,
                kind,
                text: &self.page[start..self.at],
                attributes,
                inside,
            });
        }
    }
}

fn without_attribute(attributes: &str, name: &str) -> String {
    let head = format!(" {name}=\"");
    let Some(at) = attributes.find(&head) else {
        return attributes.to_owned();
    };
    let rest = &attributes[at + head.len()..];
    let after = rest.find('"').map_or("", |end| &rest[end + 1..]);
    format!("{}{after}", &attributes[..at])
}

fn escaped(text: &str) -> String {
    html! { (text) }.into_string()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Markup {
        html! {
            input type="hidden" name="key" value="k";
            label { span { "Text" } input name="text" value="a \"b\" <c>"; }
            input type="checkbox" name="tick" checked;
            input type="radio" name="which" value="1" checked;
            input type="radio" name="which" value="2";
            select name="kind" { option value="" { "-" } option value="run" selected { "run" } }
            select name="kind" { option value="" { "-" } option value="run" { "run" } }
            details { textarea name="lines" { "x & y" } }
        }
    }

    fn pairs(values: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = values.iter();
        pairs
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect()
    }

    #[test]
    fn what_a_browser_would_send_is_read() {
        let expected = [
            ("text", "a \"b\" <c>"),
            ("tick", "on"),
            ("which", "1"),
            ("kind", "run"),
            ("kind", ""),
            ("lines", "x & y"),
        ];
        assert_eq!(values(&page().0), pairs(&expected));
    }

    #[test]
    fn what_was_typed_is_there_again() {
        let typed = [
            ("text", "<script>\"&"),
            ("which", "2"),
            ("kind", ""),
            ("kind", "run"),
            ("lines", "</textarea><b>"),
        ];
        let typed = Form(pairs(&typed));
        let again = refilled(&page(), &typed, &[], Lang::En);
        assert_eq!(values(&again.0), typed.0);
        assert!(
            !again.0.contains("<script>") && !again.0.contains("<b>"),
            "{}",
            again.0
        );
    }

    #[test]
    fn what_is_wrong_stands_at_its_field_and_is_linked() {
        let original = values(&page().0);
        let mut typed = Form(original.clone());
        typed.0[5].1 = "bad".into();
        typed.0[0].1 = "worse".into();
        let check = |form: &Form| {
            let refuse = |name| {
                form.get(name)
                    .is_some_and(|value| value == "bad" || value == "worse")
            };
            if refuse("lines") {
                return Err(ScmError::from(relance_scm::Win32Error::INVALID_PARAMETER));
            }
            if refuse("text") {
                return Err(ScmError::from(relance_scm::Win32Error::INVALID_NAME));
            }
            Ok(())
        };
        let wrong = wrong(&typed, &original, check);
        let settings: Vec<_> = wrong
            .iter()
            .map(|wrong| wrong.settings.iter().next())
            .collect();
        assert_eq!(
            settings,
            [Some(&"lines".to_owned()), Some(&"text".to_owned())]
        );
        let again = refilled(&page(), &typed, &wrong, Lang::En).0;
        for part in [
            "aria-invalid=\"true\" aria-describedby=\"wrong-lines\" id=\"field-lines\"",
            "<details open>",
            "</label><small class=\"problem\" id=\"wrong-text\">",
        ] {
            assert!(again.contains(part), "{part}: {again}");
        }
        assert!(summary(&wrong, Lang::En).0.contains("href=\"#field-text\""));
    }
}
