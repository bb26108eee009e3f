//! A form that was opened before somebody else saved: the changes of both are merged, and where both have
//! changed the same part differently, the reader chooses.
//!
//! A form carries the values that it was opened with. What can be changed by itself is a part: a variable of the
//! environment, a service that is needed, the action of one failure, else a setting.

use crate::form::Form;
use crate::typed::setting_of;

/// The field with the values that a form was opened with.
pub(crate) const BASE: &str = "base";
/// The fields that say what is kept where both have changed the same: `keep:PART`, `mine` or `theirs`.
pub(crate) const KEEP: &str = "keep:";
/// The fields that name the parts where something is to be chosen.
pub(crate) const COLLIDES: &str = "collides";
/// What is not a setting, besides [`KEEP`].
const OTHERS: [&str; 9] = [
    "key", "name", "version", "confirm", "again", "at", "span", BASE, COLLIDES,
];
/// Fields whose lines are parts.
const LINES: [&str; 2] = ["environment", "dependencies"];
/// The fields that are the rows of the list of actions.
const ACTIONS: &str = "actions";

type Pair = (String, String);

/// A part that both have changed; `None`: it is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Collision {
    pub(crate) part: String,
    pub(crate) mine: Option<String>,
    pub(crate) theirs: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The parts that only the reader has changed, and those for which the reader chose "mine".
    pub(crate) form: Form,
    pub(crate) collisions: Vec<Collision>,
}

/// The values of a form as one text.
pub(crate) fn base_of(values: &[Pair]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(values)
        .finish()
}

/// Whether a field is none of the settings.
pub(crate) fn is_other(name: &str) -> bool {
    OTHERS.contains(&name) || name.starts_with(KEEP)
}

/// Puts what was typed into the values of now. A form that does not say what it was opened with collides with
/// all that differs.
pub(crate) fn merge(typed: &Form, now: &[Pair]) -> Merged {
    let (mine, theirs) = (Parts::of(&typed.0), Parts::of(now));
    let base = typed.get(BASE).map(|base| Form::parse(base.as_bytes()));
    let base = base.map(|base| Parts::of(&base.0));
    let mut parts = Parts::default();
    let mut collisions = Vec::new();
    for part in Parts::names(&mine, &theirs) {
        let (my, their) = (mine.get(part), theirs.get(part));
        let was = base.as_ref().map(|base| base.get(part));
        let is_mine = my == their || was.is_some_and(|was| was == their);
        if !is_mine && was.is_none_or(|was| was != my) {
            collisions.push(Collision {
                part: part.to_owned(),
                mine: my.map(text),
                theirs: their.map(text),
            });
        }
        let kept = if was.is_some_and(|was| was == my) {
            their
        } else {
            my
        };
        parts
            .0
            .extend(kept.map(|pairs| (part.to_owned(), pairs.to_vec())));
    }
    let form = parts.form(typed, now);
    Merged { form, collisions }
}

/// The form with what was chosen, and what is still to be chosen.
pub(crate) fn settled(form: &Form) -> Merged {
    if !form.has(COLLIDES) {
        return Merged {
            form: form.clone(),
            collisions: Vec::new(),
        };
    }
    let theirs = form.text(BASE);
    let theirs = Form::parse(theirs.as_bytes());
    let (mine, theirs_parts) = (Parts::of(&form.0), Parts::of(&theirs.0));
    let mut parts = mine.clone();
    let mut collisions = Vec::new();
    for part in form.all(COLLIDES) {
        match form.get(&format!("{KEEP}{part}")) {
            Some("mine") => {}
            Some("theirs") => parts.set(part, theirs_parts.get(part)),
            _ => collisions.push(Collision {
                part: part.to_owned(),
                mine: mine.get(part).map(text),
                theirs: theirs_parts.get(part).map(text),
            }),
        }
    }
    let form = parts.form(form, &theirs.0);
    Merged { form, collisions }
}

/// The form as the others would have it where both have changed the same.
pub(crate) fn with_theirs(merged: &Merged, now: &[Pair]) -> Form {
    let theirs = Parts::of(now);
    let mut parts = Parts::of(&merged.form.0);
    for collision in &merged.collisions {
        parts.set(&collision.part, theirs.get(&collision.part));
    }
    parts.form(&merged.form, now)
}

/// The values of a part as one text.
fn text(pairs: &[Pair]) -> String {
    let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
    values.join(" ")
}

/// What a form asks for, by its parts, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts(Vec<(String, Vec<Pair>)>);

impl Parts {
    fn of(values: &[Pair]) -> Self {
        let mut parts = Self::default();
        let mut rows: Vec<Vec<Pair>> = Vec::new();
        for (name, value) in values.iter().filter(|(name, _)| !is_other(name)) {
            let pair = (name.clone(), value.replace("\r\n", "\n"));
            match setting_of(name) {
                ACTIONS if name == "kind" => rows.push(vec![pair]),
                ACTIONS => rows
                    .last_mut()
                    .into_iter()
                    .for_each(|row| row.push(pair.clone())),
                field if LINES.contains(&field) => parts.add_lines(&pair),
                setting => parts.add(setting.to_owned(), pair),
            }
        }
        // A row without an action is not in the list and has no number in it.
        rows.retain(|row| {
            row.iter()
                .any(|(name, kind)| name == "kind" && !kind.is_empty())
        });
        let rows = rows.into_iter().enumerate();
        parts
            .0
            .extend(rows.map(|(index, row)| (format!("{ACTIONS}.{}", index + 1), row)));
        parts
    }

    fn add(&mut self, part: String, pair: Pair) {
        match self.0.iter_mut().find(|(known, _)| *known == part) {
            Some((_, pairs)) => pairs.push(pair),
            None => self.0.push((part, vec![pair])),
        }
    }

    fn add_lines(&mut self, (field, text): &Pair) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let name = line.split_once('=').map_or(line, |(name, _)| name);
            self.add(format!("{field}.{name}"), (field.clone(), line.to_owned()));
        }
    }

    fn get(&self, part: &str) -> Option<&[Pair]> {
        let found = self.0.iter().find(|(known, _)| known == part);
        found.map(|(_, pairs)| pairs.as_slice())
    }

    fn set(&mut self, part: &str, pairs: Option<&[Pair]>) {
        match (self.0.iter_mut().find(|(known, _)| known == part), pairs) {
            (Some((_, old)), Some(pairs)) => *old = pairs.to_vec(),
            (None, Some(pairs)) => self.0.push((part.to_owned(), pairs.to_vec())),
            (_, None) => self.0.retain(|(known, _)| known != part),
        }
    }

    /// The parts of both, those of the second first: so what is new comes last.
    fn names<'a>(mine: &'a Self, theirs: &'a Self) -> Vec<&'a str> {
        let of = |parts: &'a Self| parts.0.iter().map(|(part, _)| part.as_str());
        let mut names: Vec<&str> = of(theirs).collect();
        names.extend(of(mine).filter(|part| theirs.get(part).is_none()));
        names
    }

    /// The form that asks for this. Fields of lines are there, also when they are empty.
    fn form(self, typed: &Form, now: &[Pair]) -> Form {
        let others = typed.0.iter().filter(|(name, _)| is_other(name));
        let mut pairs: Vec<Pair> = others.cloned().collect();
        for field in LINES {
            let has = |values: &[Pair]| values.iter().any(|(name, _)| name == field);
            if has(&typed.0) || has(now) {
                let of_field = |(name, _): &&Pair| name == field;
                let lines = self.0.iter().flat_map(|(_, pairs)| pairs).filter(of_field);
                let lines: Vec<&str> = lines.map(|(_, line)| line.as_str()).collect();
                pairs.push((field.to_owned(), lines.join("\n")));
            }
        }
        let mut rest = self.0;
        rest.retain(|(_, pairs)| !pairs.iter().any(|(name, _)| LINES.contains(&name.as_str())));
        // The rows of actions by their number.
        rest.sort_by_key(|(part, _)| row_number(part));
        pairs.extend(rest.into_iter().flat_map(|(_, pairs)| pairs));
        Form(pairs)
    }
}

/// The number of a row of actions.
pub(crate) fn row_number(part: &str) -> Option<u32> {
    part.strip_prefix(ACTIONS)?.strip_prefix('.')?.parse().ok()
}

/// The name of a line: a variable, or a service that is needed.
pub(crate) fn line_name(part: &str) -> Option<&str> {
    let mut fields = LINES.into_iter();
    fields.find_map(|field| part.strip_prefix(field)?.strip_prefix('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::parse(text.as_bytes())
    }

    /// What comes of typing in a form that was opened with some values, while others have become so.
    fn merged(base: &str, typed: &str, now: &str) -> Merged {
        let mut typed = form(typed);
        typed.0.push((BASE.to_owned(), base.to_owned()));
        merge(&typed, &form(now).0)
    }

    fn settings(form: &Form) -> String {
        let pairs: Vec<Pair> = form
            .0
            .iter()
            .filter(|(name, _)| !is_other(name))
            .cloned()
            .collect();
        base_of(&pairs)
    }

    #[test]
    fn what_two_have_changed_apart_is_put_together() {
        for (base, typed, now, expected) in [
            ("a=1&b=2", "a=9&b=2", "a=1&b=8", "a=9&b=8"),
            ("tick=on&a=1", "a=1", "tick=on&a=2", "a=2"),
            ("a=1", "a=1&tick=on", "a=2", "a=2&tick=on"),
            (
                "environment=A=1%0AB=2",
                "environment=A=1%0D%0AB=3",
                "environment=A=0%0AB=2%0AC=4",
                "environment=A%3D0%0AB%3D3%0AC%3D4",
            ),
            (
                "dependencies=x%0Ay",
                "dependencies=x",
                "dependencies=x%0Ay%0Az",
                "dependencies=x%0Az",
            ),
            (
                "environment=A=1",
                "environment=",
                "environment=A=1",
                "environment=",
            ),
            (
                "kind=restart&delay=1&unit=s&kind=none&delay=0&unit=s",
                "kind=restart&delay=2&unit=s&kind=none&delay=0&unit=s",
                "kind=restart&delay=1&unit=s&kind=run&delay=0&unit=s",
                "kind=restart&delay=2&unit=s&kind=run&delay=0&unit=s",
            ),
            (
                "reset=1&reset_unit=d",
                "reset=1&reset_unit=d&infinite=on",
                "reset=1&reset_unit=d&x=1",
                "reset=1&reset_unit=d&infinite=on&x=1",
            ),
        ] {
            let merged = merged(base, typed, now);
            assert_eq!(merged.collisions, [], "{base} {typed} {now}");
            assert_eq!(settings(&merged.form), expected, "{base} {typed} {now}");
        }
    }

    #[test]
    fn what_both_have_changed_is_chosen() {
        let merged = merged("a=1&b=1", "a=2&b=1", "a=3&b=4");
        let collision = Collision {
            part: "a".into(),
            mine: Some("2".into()),
            theirs: Some("3".into()),
        };
        assert_eq!(merged.collisions, std::slice::from_ref(&collision));
        assert_eq!(
            settings(&merged.form),
            "a=2&b=4",
            "mine, until something is chosen"
        );
        assert_eq!(
            settings(&with_theirs(&merged, &form("a=3&b=4").0)),
            "a=3&b=4"
        );
        let choose = |choice: &str| {
            settled(&form(&format!(
                "a=2&b=4&base=a%3D3%26b%3D4&collides=a{choice}"
            )))
        };
        assert_eq!(choose("").collisions, [collision]);
        for (choice, expected) in [("&keep:a=mine", "a=2&b=4"), ("&keep:a=theirs", "a=3&b=4")] {
            let chosen = choose(choice);
            assert_eq!(
                (settings(&chosen.form).as_str(), chosen.collisions.len()),
                (expected, 0)
            );
        }
    }

    #[test]
    fn the_same_change_of_both_is_one() {
        assert_eq!(merged("a=1", "a=2", "a=2").collisions, []);
        let gone = merged("environment=A=1", "environment=", "environment=A=2");
        assert_eq!(gone.collisions[0].mine, None);
        assert_eq!(gone.collisions[0].part, "environment.A");
    }

    #[test]
    fn a_form_that_does_not_say_what_it_was_opened_with_overwrites_nothing_unasked() {
        let merged = merge(&form("a=1&b=2"), &form("a=1&b=3").0);
        assert_eq!(merged.collisions.len(), 1);
        assert_eq!(merged.collisions[0].part, "b");
    }
}
