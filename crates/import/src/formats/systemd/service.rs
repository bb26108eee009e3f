//! A service unit that is being converted, and what every key of it can become.

use relance_texts::{Message, import};

use super::specifier::Names;
use super::{Key, Unit};
use crate::draft::{Draft, Given, Origin};
use crate::report::FileReport;
use crate::work::{Converter, Work};

/// A unit that is being converted.
pub(super) struct Service<'a, 'w, 'f> {
    pub(super) unit: &'a Unit,
    pub(super) names: Names<'a>,
    pub(super) draft: Draft,
    pub(super) work: &'w mut Work<'f>,
    pub(super) before: Vec<String>,
}

impl Converter<&Key> for Service<'_, '_, '_> {
    fn origin(&self, key: &Key) -> Origin {
        key.origin()
    }

    fn parts(&mut self) -> (&mut Draft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl Service<'_, '_, '_> {
    /// Keeps what a setting takes that this version may or may not have.
    pub(super) fn keep_if_known(
        &mut self,
        key: &Key,
        setting: &str,
        value: impl Into<Given>,
        otherwise: impl Message,
    ) {
        let known = setting
            .strip_prefix("extensions.")
            .is_none_or(|key| relance_scm::settings::find_extension(key).is_some());
        if known {
            self.keep(key, setting, value);
        } else {
            self.lost(key, otherwise);
        }
    }

    /// With its specifiers filled in.
    pub(super) fn filled(&mut self, key: &Key, setting: &str, text: &str) -> String {
        let (text, unknown) = self.names.fill_in(text);
        for specifier in unknown {
            self.changed(key, setting, import::Specifier { specifier });
        }
        text
    }
}
