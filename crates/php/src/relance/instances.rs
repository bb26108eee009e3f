//! Instances of a template (X52): how many there are.

use relance_scm::{ScmError, ServiceName};

use crate::backend;
use crate::failure;
use crate::functions::open::MACHINE;
use crate::machine::Target;
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

php_function!(
    /// Makes a template like `worker@` have this many instances, copies of the lowest one; surplus ones are told to stop
    /// and are gone then. Gives the names of those that were `added` and `removed`.
    pub(super) Scale = c"Relance\\scale" (
        Parameter::required(c"template", ParameterKind::String),
        Parameter::required(c"instances", ParameterKind::Int),
        MACHINE,
    ) -> Array,
    scale,
);

fn scale(call: &mut Call<'_>) -> PhpResult {
    let template = failure::utf8(call.bytes(0), "")?;
    let Ok(instances) = u32::try_from(call.int(1)) else {
        return Err(Throwable::argument_value(2, "must be between 1 and 1000"));
    };
    let target = Target::read(call.bytes(2), "")?;
    let failed = |error: ScmError| failure::with_reason(&error, "", true);
    let backend = backend::connect(&target).map_err(failed)?;
    let scaled = backend.scale(template, instances).map_err(failed)?;
    match scaled.problems.into_iter().next() {
        Some((_, error)) => Err(failed(error)),
        None => Ok(names(&scaled.added, &scaled.removed)),
    }
}

fn names(added: &[ServiceName], removed: &[ServiceName]) -> Value {
    let list = |names: &[ServiceName]| {
        let texts = names.iter().map(|name| Value::from(name.as_str()));
        Value::List(texts.collect())
    };
    Value::Map(vec![
        ("added".into(), list(added)),
        ("removed".into(), list(removed)),
    ])
}
