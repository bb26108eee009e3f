//! The texts of `$details` as UTF-8, with the context in which upstream complains (T32: error 1113).

use relance_scm::ScmError;
use relance_scm::config::Dependency;

use super::read::Details;
use super::steps::Contexts;
use crate::failure::utf8;
use crate::zend::outcome::Throwable;

/// Texts that the manager can take; `None`: not given.
pub(crate) struct Texts<'a> {
    pub(crate) service: Option<&'a str>,
    pub(crate) display: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) password: Option<&'a str>,
    pub(crate) path: Option<&'a str>,
    pub(crate) params: Option<&'a str>,
    pub(crate) load_order: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) reboot_message: Option<&'a str>,
    pub(crate) command: Option<&'a str>,
}

impl<'a> Texts<'a> {
    /// Checks every text.
    ///
    /// # Errors
    /// 1113's `ValueError` about the first that is not UTF-8.
    pub(crate) fn check(details: &'a Details, contexts: &Contexts) -> Result<Self, Throwable> {
        let main = |text: &'a Option<Vec<u8>>| optional_utf8(text.as_deref(), contexts.main);
        Ok(Self {
            service: main(&details.service)?,
            display: main(&details.display)?,
            user: main(&details.user)?,
            password: main(&details.password)?,
            path: main(&details.path)?,
            params: main(&details.params)?,
            load_order: main(&details.load_order)?,
            description: optional_utf8(details.description.as_deref(), contexts.description)?,
            reboot_message: optional_utf8(
                details.recovery_reboot_msg.as_deref(),
                contexts.failure_actions,
            )?,
            command: optional_utf8(
                details.recovery_command.as_deref(),
                contexts.failure_actions,
            )?,
        })
    }
}

fn optional_utf8<'a>(bytes: Option<&'a [u8]>, context: &str) -> Result<Option<&'a str>, Throwable> {
    bytes.map(|bytes| utf8(bytes, context)).transpose()
}

/// The dependencies as texts; `$details` is argument `number`.
///
/// # Errors
/// A `ValueError` when one is not UTF-8.
pub(crate) fn check_dependencies(
    details: &Details,
    number: u32,
) -> Result<Option<Vec<&str>>, Throwable> {
    let Some(names) = &details.dependencies else {
        return Ok(None);
    };
    let texts = names.iter().map(|name| std::str::from_utf8(name));
    texts.collect::<Result<_, _>>().map(Some).map_err(|_| {
        Throwable::argument_value(
            number,
            "the value for key 'dependencies' must contain valid UTF-8 strings",
        )
    })
}

/// The dependencies as the manager takes them; `+` before a name makes it a group.
///
/// # Errors
/// 123 for an illegal name.
pub(crate) fn parse_dependencies(
    names: Option<Vec<&str>>,
) -> Result<Option<Vec<Dependency>>, ScmError> {
    names
        .map(|names| names.into_iter().map(Dependency::parse).collect())
        .transpose()
}
