//! The values of the settings that Windows does not have. What each is stands in its row
//! ([`settings`](crate::settings)).

use std::fmt;

use crate::controllers::Controllers;
use crate::settings::{
    EXTENSIONS, Key, SetBy, Setting, Subject, TakesEffect, Typed, Value, extension_index,
};

/// Values of the settings that Windows does not have. Only what differs from its default is kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Position among [`EXTENSIONS`] and value, in the order of the positions.
    given: Box<[(usize, Value)]>,
}

/// Changes of the settings that Windows does not have; `None` goes back to the default.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ExtensionsChange {
    changes: Vec<(usize, Option<Value>)>,
}

impl Extensions {
    /// The value of a setting.
    #[must_use]
    pub fn get<T: Typed>(&self, key: Key<T>) -> T {
        match self
            .given
            .binary_search_by_key(&key.index(), |given| given.0)
        {
            Ok(at) => T::of(&self.given[at].1),
            Err(_) => T::of(&(key.setting().default)()),
        }
    }

    /// Sets a setting.
    pub fn set<T: Typed>(&mut self, key: Key<T>, value: T) {
        self.put(key.index(), value.into_value());
    }

    /// The value of a setting by its row.
    #[must_use]
    pub fn value(&self, setting: &Setting) -> Value {
        let given =
            position(setting).and_then(|index| self.given.iter().find(|(at, _)| *at == index));
        given.map_or_else(setting.default, |(_, value)| value.clone())
    }

    /// The settings that differ from their defaults.
    pub fn given(&self) -> impl Iterator<Item = (&'static Setting, &Value)> {
        self.given
            .iter()
            .map(|(index, value)| (&EXTENSIONS[*index], value))
    }

    /// The limits that differ from their defaults and that reach a running process (X76).
    pub fn limits(&self) -> impl Iterator<Item = (usize, &Value)> {
        let given = self.given.iter().map(|(index, value)| (*index, value));
        given.filter(|(index, _)| {
            let setting = &EXTENSIONS[*index];
            setting.subject == Subject::Limits && setting.takes_effect == TakesEffect::AtOnce
        })
    }

    /// Why only an administrator may change these settings from `before`, if that is so.
    #[must_use]
    pub fn needs_administrator(&self, before: &Self) -> Option<relance_texts::Words> {
        EXTENSIONS.iter().find_map(|setting| {
            let value = self.value(setting);
            let reason = match setting.set_by {
                SetBy::Administrators(reason) => reason,
                SetBy::AdministratorsToConnect(reason) if value.connects() => reason,
                SetBy::AdministratorsToConnect(_) | SetBy::Changers => return None,
            };
            (value != before.value(setting)).then_some(reason)
        })
    }

    /// The settings that have no effect where runs have only these controllers, each with the one that it
    /// lacks; `None` if no setting lacks any (X53).
    #[must_use]
    pub fn lacking(&self, controllers: Controllers) -> Option<Box<str>> {
        let lacking: Vec<String> = self
            .given()
            .filter_map(|(setting, _)| {
                let needed = setting.controller?;
                let lacks = !controllers.has(needed);
                lacks.then(|| format!("{} ({})", setting.key, needed.name()))
            })
            .collect();
        (!lacking.is_empty()).then(|| lacking.join(", ").into())
    }

    /// Applies a change.
    pub fn apply(&mut self, change: &ExtensionsChange) {
        for (index, value) in &change.changes {
            let default = EXTENSIONS[*index].default;
            self.put(*index, value.clone().unwrap_or_else(default));
        }
    }

    /// Those of these settings that differ from their defaults.
    #[must_use]
    pub fn only(&self, of: impl Fn(&Setting) -> bool) -> Self {
        let given = self.given.iter();
        let wanted = given.filter(|(index, _)| of(&EXTENSIONS[*index]));
        Self {
            given: wanted.cloned().collect(),
        }
    }

    /// Takes these settings over from `other`.
    pub fn replace(&mut self, other: &Self, of: impl Fn(&Setting) -> bool) {
        let mut given = self.only(|setting| !of(setting)).given.into_vec();
        given.extend(other.only(of).given);
        given.sort_by_key(|(index, _)| *index);
        self.given = given.into();
    }

    fn put(&mut self, index: usize, value: Value) {
        let mut given = std::mem::take(&mut self.given).into_vec();
        given.retain(|(at, _)| *at != index);
        if value != (EXTENSIONS[index].default)() {
            let at = given.partition_point(|(at, _)| *at < index);
            given.insert(at, (index, value));
        }
        self.given = given.into_boxed_slice();
    }
}

impl ExtensionsChange {
    /// Adds the change of a setting.
    pub fn set<T: Typed>(&mut self, key: Key<T>, value: T) {
        self.changes.push((key.index(), Some(value.into_value())));
    }

    /// Adds the change of a setting by its row; `None` goes back to the default.
    pub fn add(&mut self, setting: &Setting, value: Option<Value>) {
        if let Some(index) = position(setting) {
            self.changes.push((index, value));
        }
    }

    /// The changes, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, Option<&Value>)> {
        self.changes
            .iter()
            .map(|(index, value)| (&EXTENSIONS[*index], value.as_ref()))
    }

    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

fn position(setting: &Setting) -> Option<usize> {
    extension_index(setting.key)
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.given().map(|(setting, value)| (setting.key, value));
        f.debug_map().entries(given).finish()
    }
}

impl fmt::Debug for ExtensionsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = self.iter().map(|(setting, value)| (setting.key, value));
        f.debug_map().entries(changes).finish()
    }
}
