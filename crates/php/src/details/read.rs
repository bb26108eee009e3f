//! Copies of the values of `$details`, converted as PHP converts (B23, B24).

use std::ffi::CStr;

use crate::zend::fields::{Conversion, Field, FieldValue};
use crate::zend::function::Call;
use crate::zend::outcome::Throwable;

/// The keys in the order in which they are read, which decides whose null byte is found first.
pub(crate) const FIELDS: &[Field] = &[
    field(c"service", Conversion::Text),
    field(c"display", Conversion::Text),
    field(c"user", Conversion::Text),
    field(c"password", Conversion::Text),
    field(c"path", Conversion::Text),
    field(c"params", Conversion::Text),
    field(c"load_order", Conversion::Text),
    field(c"dependencies", Conversion::Texts),
    field(c"description", Conversion::Text),
    field(c"recovery_reboot_msg", Conversion::Text),
    field(c"recovery_command", Conversion::Text),
    field(c"svc_type", Conversion::Int),
    field(c"start_type", Conversion::Int),
    field(c"error_control", Conversion::Int),
    field(c"base_priority", Conversion::Int),
    field(c"recovery_delay", Conversion::Int),
    field(c"recovery_action_1", Conversion::Int),
    field(c"recovery_action_2", Conversion::Int),
    field(c"recovery_action_3", Conversion::Int),
    field(c"recovery_reset_period", Conversion::Int),
    field(c"delayed_start", Conversion::Bool),
    field(c"recovery_enabled", Conversion::Bool),
    field(c"extensions", Conversion::Entries),
];

const fn field(key: &'static CStr, conversion: Conversion) -> Field {
    Field { key, conversion }
}

/// What `$details` holds; `None`: the key is absent, or null where a text belongs (B22).
#[derive(Default)]
pub(crate) struct Details {
    pub(crate) service: Option<Vec<u8>>,
    pub(crate) display: Option<Vec<u8>>,
    pub(crate) user: Option<Vec<u8>>,
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) params: Option<Vec<u8>>,
    pub(crate) load_order: Option<Vec<u8>>,
    pub(crate) dependencies: Option<Vec<Vec<u8>>>,
    pub(crate) description: Option<Vec<u8>>,
    pub(crate) recovery_reboot_msg: Option<Vec<u8>>,
    pub(crate) recovery_command: Option<Vec<u8>>,
    pub(crate) svc_type: Option<i64>,
    pub(crate) start_type: Option<i64>,
    pub(crate) error_control: Option<i64>,
    pub(crate) base_priority: Option<i64>,
    pub(crate) recovery_delay: Option<i64>,
    pub(crate) recovery_actions: [Option<i64>; 3],
    pub(crate) recovery_reset_period: Option<i64>,
    pub(crate) delayed_start: Option<bool>,
    pub(crate) recovery_enabled: Option<bool>,
    /// Settings that Windows does not have, by their names.
    pub(crate) extensions: Option<Extensions>,
}

/// Settings by their names, as PHP code gives them.
pub(crate) type Extensions = Vec<(Vec<u8>, Given)>;

/// A value of a setting, as PHP code gives it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Null,
    Bool(bool),
    Int(i64),
    Text(Vec<u8>),
    Texts(Vec<Vec<u8>>),
}

impl Details {
    /// Copies the values of `$details`, which is argument `number`.
    ///
    /// # Errors
    /// The first value in the order of [`FIELDS`] that is not text, list or number, or a text with a
    /// null byte (B23, B24, B31).
    pub(crate) fn read(call: &Call<'_>, number: u32) -> Result<Self, Throwable> {
        let reader = Reader { call, number };
        Ok(Self {
            service: reader.text(c"service")?,
            display: reader.text(c"display")?,
            user: reader.text(c"user")?,
            password: reader.text(c"password")?,
            path: reader.text(c"path")?,
            params: reader.text(c"params")?,
            load_order: reader.text(c"load_order")?,
            dependencies: reader.texts(c"dependencies")?,
            description: reader.text(c"description")?,
            recovery_reboot_msg: reader.text(c"recovery_reboot_msg")?,
            recovery_command: reader.text(c"recovery_command")?,
            svc_type: reader.int(c"svc_type")?,
            start_type: reader.int(c"start_type")?,
            error_control: reader.int(c"error_control")?,
            base_priority: reader.int(c"base_priority")?,
            recovery_delay: reader.int(c"recovery_delay")?,
            recovery_actions: [
                reader.int(c"recovery_action_1")?,
                reader.int(c"recovery_action_2")?,
                reader.int(c"recovery_action_3")?,
            ],
            recovery_reset_period: reader.int(c"recovery_reset_period")?,
            delayed_start: reader.bool(c"delayed_start"),
            recovery_enabled: reader.bool(c"recovery_enabled"),
            extensions: reader.entries(c"extensions")?,
        })
    }
}

struct Reader<'a, 'call> {
    call: &'a Call<'call>,
    number: u32,
}

impl<'call> Reader<'_, 'call> {
    fn value(&self, key: &CStr) -> FieldValue<'call> {
        FIELDS
            .iter()
            .position(|field| field.key == key)
            .map_or(FieldValue::Absent, |index| self.call.field(index))
    }

    fn text(&self, key: &CStr) -> Result<Option<Vec<u8>>, Throwable> {
        match self.value(key) {
            FieldValue::Text(bytes) => self.checked(key, bytes).map(Some),
            FieldValue::Unfit(given) => Err(self.unfit(key, "of type string", given)),
            _ => Ok(None),
        }
    }

    /// One text stands for a list of one; an empty text for an empty list.
    fn texts(&self, key: &CStr) -> Result<Option<Vec<Vec<u8>>>, Throwable> {
        let items = match self.value(key) {
            FieldValue::Texts(items) => items,
            FieldValue::Text(b"") => Vec::new(),
            FieldValue::Text(item) => vec![item],
            FieldValue::Unfit(given) => {
                return Err(self.unfit(key, "a string or a list of strings", given));
            }
            _ => return Ok(None),
        };
        let copies = items.into_iter().map(|item| self.checked(key, item));
        copies.collect::<Result<_, _>>().map(Some)
    }

    fn entries(&self, key: &CStr) -> Result<Option<Extensions>, Throwable> {
        let entries = match self.value(key) {
            FieldValue::Entries(entries) => entries,
            FieldValue::Unfit(given) => return Err(self.unfit(key, "of type array", given)),
            _ => return Ok(None),
        };
        let given = entries.into_iter().map(|(name, value)| {
            let copies = |items: Vec<&[u8]>| {
                let copies = items.into_iter().map(|item| self.checked(key, item));
                copies.collect::<Result<_, _>>()
            };
            let given = match value {
                FieldValue::Bool(bool) => Given::Bool(bool),
                FieldValue::Int(int) => Given::Int(int),
                FieldValue::Text(bytes) => Given::Text(self.checked(key, bytes)?),
                FieldValue::Texts(items) => Given::Texts(copies(items)?),
                FieldValue::Null | FieldValue::Absent => Given::Null,
                FieldValue::Entries(_) | FieldValue::Unfit(_) => {
                    let wanted = "an array of texts, numbers, bools and lists of texts";
                    return Err(self.unfit(key, wanted, "something else"));
                }
            };
            Ok((self.checked(key, name)?, given))
        });
        given.collect::<Result<_, _>>().map(Some)
    }

    fn int(&self, key: &CStr) -> Result<Option<i64>, Throwable> {
        match self.value(key) {
            FieldValue::Int(int) => Ok(Some(int)),
            FieldValue::Unfit(given) => Err(self.unfit(key, "of type int", given)),
            _ => Ok(None),
        }
    }

    fn bool(&self, key: &CStr) -> Option<bool> {
        match self.value(key) {
            FieldValue::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    fn checked(&self, key: &CStr, bytes: &[u8]) -> Result<Vec<u8>, Throwable> {
        if bytes.contains(&0) {
            return Err(Throwable::argument_value(
                self.number,
                &format!(
                    "the value for key '{}' must not contain any null bytes",
                    key.to_string_lossy()
                ),
            ));
        }
        Ok(bytes.to_vec())
    }

    fn unfit(&self, key: &CStr, wanted: &str, given: &str) -> Throwable {
        Throwable::argument_type(
            self.number,
            &format!(
                "the value for key '{}' must be {wanted}, {given} given",
                key.to_string_lossy()
            ),
        )
    }
}
