//! Values that a service keeps in the registry, below its key `Parameters`: Windows lets administrators
//! and the system write there, and takes them away with the service.

use relance_scm::{ScmError, Win32Error};

use crate::api::{self, RegistryValue};
use crate::error::error;
use crate::manager::parameters_key;
use crate::real::{Real, registry};

/// The texts below one key, by their names.
#[derive(Clone, Debug)]
pub struct ServiceValues {
    key: String,
}

impl ServiceValues {
    /// Those of a service; with `subkey` those in a key below.
    #[must_use]
    pub fn new(service_name: &str, subkey: Option<&str>) -> Self {
        let key = parameters_key(service_name);
        let key = match subkey {
            Some(subkey) => format!(r"{key}\{subkey}"),
            None => key,
        };
        Self { key }
    }

    /// The text of this name; `None` if there is none.
    ///
    /// # Errors
    /// 5 for those who may not read it.
    pub fn read(&self, name: &str) -> Result<Option<String>, ScmError> {
        match registry::read("", &self.key, name) {
            Ok(RegistryValue::Text(text)) => Ok(Some(text)),
            // Of another kind, so not ours.
            Ok(_) | Err(Win32Error::FILE_NOT_FOUND) => Ok(None),
            Err(code) => Err(error(&Real, code)),
        }
    }

    /// All texts.
    ///
    /// # Errors
    /// 5 for those who may not read them.
    pub fn list(&self) -> Result<Vec<String>, ScmError> {
        let mut texts = Vec::new();
        for name in said(registry::value_names("", &self.key))? {
            // One that has gone meanwhile is none.
            texts.extend(self.read(&name)?);
        }
        Ok(texts)
    }

    /// Writes a text.
    ///
    /// # Errors
    /// 5 for everybody but administrators and the system.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ScmError> {
        let data = RegistryValue::Text(text.to_owned());
        said(registry::write("", &self.key, name, &data))
    }

    /// Deletes a text; whether it was there. If several callers delete it at the same time, one of
    /// them gets `true`.
    ///
    /// # Errors
    /// 5 for everybody but administrators and the system.
    pub fn delete(&self, name: &str) -> Result<bool, ScmError> {
        said(registry::delete("", &self.key, name))
    }
}

fn said<T>(answer: api::Result<T>) -> Result<T, ScmError> {
    answer.map_err(|code| error(&Real, code))
}
