//! A service unit that is being converted, and what every key of it can become.

use relance_texts::import;

use super::specifier::Names;
use super::{Key, Unit};
use crate::draft::{Origin, ServiceDraft};
use crate::report::FileReport;
use crate::work::{Converter, Place, Work};

/// A unit that is being converted.
pub(super) struct Service<'a, 'w, 'f> {
    pub(super) unit: &'a Unit,
    pub(super) names: Names<'a>,
    pub(super) draft: ServiceDraft,
    pub(super) work: &'w mut Work<'f>,
    pub(super) before: Vec<String>,
}

/// A key knows the file it stands in: that of the unit, or a drop-in.
impl Place for &Key {
    fn origin(self, _file: usize) -> Origin {
        Key::origin(self)
    }
}

impl Converter for Service<'_, '_, '_> {
    fn origin(&self, place: impl Place) -> Origin {
        place.origin(self.unit.file())
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl Service<'_, '_, '_> {
    /// With the name of this instance for `%i`, where that is not filled in at a start.
    pub(super) fn of_this_instance(&self, text: &str) -> String {
        let instance = self.draft.name.rsplit_once('@').map(|(_, name)| name);
        match instance.filter(|_| self.names.is_instance) {
            Some(instance) => text.replace("%i", instance),
            None => text.to_owned(),
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
