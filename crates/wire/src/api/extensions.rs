//! The settings that Windows does not have, as JSON: an object with their keys.

use std::sync::LazyLock;

use relance_scm::ScmError;
use relance_scm::config::{Extensions, ExtensionsChange};
use relance_scm::settings::{EXTENSIONS, find_extension};
use relance_texts::{error, quoted, shown};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::values::{from_json, invalid, to_json};

/// Settings that Windows does not have, by their keys. What is left out has its default, or in a change
/// stays as it is; `null` goes back to the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExtensionsBody(pub Map<String, Json>);

/// Every setting with its default: made once, since an answer about ten thousand services looks at it that often.
static DEFAULTS: LazyLock<ExtensionsBody> = LazyLock::new(|| {
    let defaults = EXTENSIONS
        .iter()
        .map(|setting| (setting, (setting.default)()));
    let defaults = defaults.filter(|(_, value)| !value.is_nothing());
    let defaults =
        defaults.map(|(setting, value)| (setting.key.to_owned(), to_json(setting, &value)));
    ExtensionsBody(defaults.collect())
});

impl Default for ExtensionsBody {
    fn default() -> Self {
        DEFAULTS.clone()
    }
}

impl ExtensionsBody {
    /// Whether every setting has its default.
    pub(super) fn is_default(&self) -> bool {
        *self == *DEFAULTS
    }

    /// One without any key.
    #[must_use]
    pub fn empty() -> Self {
        Self(Map::new())
    }

    /// The settings that differ from their defaults. A key that a newer version wrote is refused when it is read, not
    /// forgotten.
    #[must_use]
    pub fn given(extensions: &Extensions) -> Self {
        let given = extensions.given();
        let given = given.map(|(setting, value)| (setting.key.to_owned(), to_json(setting, value)));
        Self(given.collect())
    }

    /// As a change.
    ///
    /// # Errors
    /// 87 for a key that does not exist and for a value that its setting does not take.
    pub fn change(&self) -> Result<ExtensionsChange, ScmError> {
        let mut change = ExtensionsChange::default();
        for (key, json) in &self.0 {
            let setting = find_extension(key).ok_or_else(|| unknown(key))?;
            change.add(setting, from_json(setting, json)?);
        }
        Ok(change)
    }

    /// As values, on top of the defaults.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub fn read(&self) -> Result<Extensions, ScmError> {
        let mut extensions = Extensions::default();
        if !self.is_default() {
            extensions.apply(&self.change()?);
        }
        Ok(extensions)
    }
}

fn unknown(key: &str) -> ScmError {
    let keys: Vec<&str> = EXTENSIONS.iter().map(|setting| setting.key).collect();
    invalid(error::NoExtension {
        key: quoted(key),
        keys: shown(keys.join(", ")),
    })
}

impl From<&Extensions> for ExtensionsBody {
    fn from(extensions: &Extensions) -> Self {
        let mut body = Self::default();
        for (setting, value) in extensions.given() {
            if value.is_nothing() {
                body.0.remove(setting.key);
            } else {
                body.0
                    .insert(setting.key.to_owned(), to_json(setting, value));
            }
        }
        body
    }
}

impl From<&ExtensionsChange> for ExtensionsBody {
    fn from(change: &ExtensionsChange) -> Self {
        let changes = change.iter().map(|(setting, value)| {
            let json = value.map_or(Json::Null, |value| to_json(setting, value));
            (setting.key.to_owned(), json)
        });
        Self(changes.collect())
    }
}

#[cfg(feature = "openapi")]
mod schema {
    use relance_scm::settings::{Setting, ValueType};
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
    use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};

    use super::{EXTENSIONS, ExtensionsBody, to_json};

    impl utoipa::ToSchema for ExtensionsBody {}

    impl utoipa::PartialSchema for ExtensionsBody {
        fn schema() -> RefOr<Schema> {
            let about =
                "Settings that Windows does not have. In a change, null goes back to the default.";
            let object = EXTENSIONS.iter().fold(
                ObjectBuilder::new().description(Some(about)),
                |object, setting| object.property(setting.key, property(setting)),
            );
            Schema::Object(object.build()).into()
        }
    }

    fn property(setting: &Setting) -> Schema {
        let about = Some(format!("{}.", setting.about.en));
        let default = Some(to_json(setting, &(setting.default)()));
        let simple = |kind| {
            ObjectBuilder::new()
                .schema_type(SchemaType::Array(vec![kind, Type::Null]))
                .description(about.clone())
                .default(default.clone())
        };
        let list = |items: ObjectBuilder| {
            Schema::Array(
                ArrayBuilder::new()
                    .items(RefOr::T(Schema::Object(items.build())))
                    .description(about.clone())
                    .default(default.clone())
                    .build(),
            )
        };
        match setting.value {
            ValueType::Statuses => list(
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .minimum(Some(0))
                    .maximum(Some(255)),
            ),
            ValueType::List | ValueType::Rules | ValueType::Notify => {
                list(ObjectBuilder::new().schema_type(Type::String))
            }
            ValueType::Flag => Schema::Object(simple(Type::Boolean).build()),
            ValueType::Number(..)
            | ValueType::Size
            | ValueType::SizeOrZero
            | ValueType::Percent(..)
            | ValueType::Duration
            | ValueType::OptionalDuration => {
                let number = simple(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                    .minimum(Some(0));
                Schema::Object(number.build())
            }
            ValueType::Integer(least, most) => {
                let number = simple(Type::Integer);
                let number = number.minimum(Some(least)).maximum(Some(most));
                Schema::Object(number.build())
            }
            ValueType::Choice(words) => Schema::Object(
                simple(Type::String)
                    .enum_values(Some(words.to_vec()))
                    .build(),
            ),
            _ => Schema::Object(simple(Type::String).build()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> ExtensionsBody {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn values_cross_the_socket_and_come_back() {
        let text = r#"{"affinity":"0-3","output":"null","restart_on_exit":[75],"stop_grace_ms":3000,"stop_signal":"INT","working_directory":"/srv"}"#;
        let extensions = body(text).read().expect("legal values");
        let back = serde_json::to_string(&ExtensionsBody::from(&extensions)).expect("JSON");
        for part in [
            "\"affinity\":\"0-3\"",
            "\"restart_on_exit\":[75]",
            "\"stop_signal\":\"INT\"",
        ] {
            assert!(back.contains(part), "{back}");
        }
        assert_eq!(body(&back).read().expect("legal"), extensions);
    }

    #[test]
    fn null_and_empty_text_go_back_to_the_default() {
        let mut extensions = body(r#"{"working_directory":"/srv","stop_grace_ms":1}"#)
            .read()
            .expect("legal");
        let change = body(r#"{"working_directory":"","stop_grace_ms":null}"#).change();
        extensions.apply(&change.expect("legal"));
        assert_eq!(extensions, Extensions::default());
    }

    #[test]
    fn a_key_that_does_not_exist_is_refused_with_those_that_do() {
        let error = body(r#"{"stop_grac_ms":1}"#).change().expect_err("unknown");
        assert!(error.sentence().contains("stop_grace_ms"), "{error}");
    }
}
