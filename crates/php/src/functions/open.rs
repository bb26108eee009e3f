//! What all control-side functions begin with: the service's name, the manager, the service.

use relance_scm::ServiceName;

use crate::backend::{self, Backend};
use crate::failure;
use crate::machine::Target;
use crate::zend::function::Call;
use crate::zend::outcome::Throwable;
use crate::zend::signature::{Parameter, ParameterKind};

/// `string $servicename`
pub(crate) const SERVICE_NAME: Parameter =
    Parameter::required(c"servicename", ParameterKind::String);
/// `string $machine = ''`, which takes null as well (0.2).
pub(crate) const MACHINE: Parameter =
    Parameter::optional(c"machine", ParameterKind::StringOrSilentNull, c"''");

/// What is said when the manager, or the service in it, cannot be opened.
#[derive(Clone, Copy)]
pub(crate) struct Contexts {
    pub(crate) manager: &'static str,
    pub(crate) service: &'static str,
}

impl Contexts {
    /// Nothing is said.
    pub(crate) const EMPTY: Self = Self::both("");

    /// The same for both.
    pub(crate) const fn both(context: &'static str) -> Self {
        Self {
            manager: context,
            service: context,
        }
    }
}

/// A service of a manager that answers. Whether it exists shows when it is asked for.
pub(crate) struct Opened {
    pub(crate) backend: Backend,
    pub(crate) name: ServiceName,
}

/// The service's name, argument 1.
///
/// # Errors
/// A `ValueError` when it is empty.
pub(crate) fn service_name<'call>(call: &Call<'call>) -> Result<&'call [u8], Throwable> {
    at_least_one_byte(call, 0)
}

/// As [`service_name`], for functions that take a name of one byte for empty (B20).
///
/// # Errors
/// A `ValueError` when it is shorter than two bytes.
pub(crate) fn at_least_two_bytes<'call>(
    call: &Call<'call>,
    index: usize,
) -> Result<&'call [u8], Throwable> {
    let number = u32::try_from(index).map_or(0, |index| index + 1);
    match call.bytes(index) {
        short if short.len() < 2 => Err(empty(number)),
        text => Ok(text),
    }
}

/// An argument that must not be empty.
///
/// # Errors
/// A `ValueError` when it is.
pub(crate) fn at_least_one_byte<'call>(
    call: &Call<'call>,
    index: usize,
) -> Result<&'call [u8], Throwable> {
    let number = u32::try_from(index).map_or(0, |index| index + 1);
    match call.bytes(index) {
        b"" => Err(empty(number)),
        text => Ok(text),
    }
}

/// The complaint about an empty argument.
pub(crate) fn empty(number: u32) -> Throwable {
    Throwable::argument_value(number, "the value cannot be empty")
}

/// Reaches the manager of `$machine` for the service `name`.
///
/// # Errors
/// 1113's `ValueError`, 1722 when no manager answers, 123 for an illegal name.
pub(crate) fn open(name: &[u8], machine: &[u8], contexts: Contexts) -> Result<Opened, Throwable> {
    let target = Target::read(machine, contexts.manager)?;
    let name = failure::utf8(name, contexts.service)?;
    let backend =
        backend::connect(&target).map_err(|error| failure::operation(&error, contexts.manager))?;
    let name =
        ServiceName::new(name).map_err(|error| failure::operation(&error, contexts.service))?;
    Ok(Opened { backend, name })
}

/// Reaches the manager of this machine.
///
/// # Errors
/// 1722 when none answers.
pub(crate) fn manager(context: &'static str) -> Result<Backend, Throwable> {
    let target = Target::read(b"", context)?;
    backend::connect(&target).map_err(|error| failure::operation(&error, context))
}
