//! PHP functions written in Rust: parse, copy, work, build the result.
//!
//! The order is the rule that keeps `longjmp` harmless. Parsing and building call the engine, which
//! may leave at any call; nothing with a destructor is live then. The work in between is ordinary
//! Rust, calls nothing that can leave, and its panics become exceptions.

use super::abi::{ACC_PUBLIC, ExecuteData, Handler, Object, Zval};
use super::arguments::RawArguments;
use super::deliver::{deliver, throw};
use super::fields::{Field, FieldValue, RawFields};
use super::object::{self, Stored};
use super::outbox;
use super::outcome::{PhpResult, Throwable, Value};
use super::signature::{Registration, Signature};

/// A PHP function or method.
pub(crate) trait PhpFunction: 'static {
    /// Its name, parameters and return type.
    const SIGNATURE: &'static Signature;

    /// The keys to read from its array argument, if it has one.
    const FIELDS: &'static [Field] = &[];

    /// Refuses the call before its `given` arguments are parsed.
    ///
    /// # Errors
    /// What to throw.
    fn admit(given: u32) -> Result<(), Throwable> {
        let _ = given;
        Ok(())
    }

    /// Does the work.
    ///
    /// # Errors
    /// What to throw.
    fn call(call: &mut Call<'_>) -> PhpResult;
}

/// Declares a PHP function: a type that implements [`PhpFunction`].
macro_rules! php_function {
    (
        $(#[$doc:meta])*
        $vis:vis $type:ident = $name:literal ($($parameter:expr),* $(,)?) $(-> $returns:ident)?,
        $work:expr
        $(, admit: $admit:expr)?
        $(, fields: $fields:expr)?
        $(,)?
    ) => {
        $(#[$doc])*
        $vis struct $type;

        impl $crate::zend::function::PhpFunction for $type {
            const SIGNATURE: &'static $crate::zend::signature::Signature =
                &$crate::zend::signature::Signature {
                    name: $name,
                    parameters: &[$($parameter),*],
                    returns: php_function!(@returns $($returns)?),
                };
            $(const FIELDS: &'static [$crate::zend::fields::Field] = $fields;)?
            $(fn admit(given: u32) -> Result<(), $crate::zend::outcome::Throwable> {
                $admit(given)
            })?
            fn call(
                call: &mut $crate::zend::function::Call<'_>,
            ) -> $crate::zend::outcome::PhpResult {
                ($work(call)).into()
            }
        }
    };
    (@returns) => { None };
    (@returns $returns:ident) => { Some($crate::zend::signature::Type::$returns) };
}
pub(crate) use php_function;

/// A call under way: its arguments, the keys read from its array argument, and `$this`.
pub(crate) struct Call<'call> {
    arguments: &'call RawArguments,
    fields: &'call RawFields,
    this: *mut Object,
}

impl<'call> Call<'call> {
    /// A call of a function that is not a method.
    pub(super) const fn new(arguments: &'call RawArguments, fields: &'call RawFields) -> Self {
        Self {
            arguments,
            fields,
            this: std::ptr::null_mut(),
        }
    }

    /// A string argument; `b""` when absent or null.
    pub(crate) fn bytes(&self, index: usize) -> &'call [u8] {
        // SAFETY: the call lasts for `'call`.
        unsafe { self.arguments.bytes(index) }.unwrap_or_default()
    }

    /// An int argument; 0 when absent.
    pub(crate) fn int(&self, index: usize) -> i64 {
        self.arguments.int(index)
    }

    /// An int argument, if it was given.
    pub(crate) fn given_int(&self, index: usize) -> Option<i64> {
        self.arguments
            .given(index)
            .then(|| self.arguments.int(index))
    }

    /// A bool argument, if it was given.
    pub(crate) fn given_bool(&self, index: usize) -> Option<bool> {
        self.arguments
            .given(index)
            .then(|| self.arguments.bool(index))
    }

    /// What was found at key number `index` of the function's `FIELDS`.
    pub(crate) fn field(&self, index: usize) -> FieldValue<'call> {
        // SAFETY: the fields are released after the call's work.
        unsafe { self.fields.value(index) }
    }

    /// What `$this` holds, if it holds an `S`.
    pub(crate) fn this<S: Stored>(&self) -> Option<&S> {
        // SAFETY: the call keeps its object alive, and `set_this` needs `self` for itself.
        unsafe { object::value_of(self.this) }
    }

    /// Makes `$this` hold `value`.
    pub(crate) fn set_this<S: Stored>(&mut self, value: S) {
        // SAFETY: as in `this`.
        unsafe { object::replace(self.this, value) };
    }
}

/// A row for the table of functions.
pub(crate) const fn function<F: PhpFunction>() -> Registration {
    method::<F>(ACC_PUBLIC)
}

/// A row for the table of a class's methods; `flags` are its `ZEND_ACC_*`.
pub(super) const fn method<F: PhpFunction>(flags: u32) -> Registration {
    let handler: Handler = enter::<F>;
    Registration {
        signature: F::SIGNATURE,
        handler,
        flags,
    }
}

/// The engine calls this for the PHP function `F`.
unsafe extern "C-unwind" fn enter<F: PhpFunction>(frame: *mut ExecuteData, returned: *mut Zval) {
    // SAFETY: the engine passes the frame of a call of `F` and the zval for its result. All that
    // lives across its functions is plain memory and the outbox.
    unsafe {
        let this = (*frame).this;
        if !admitted::<F>(this.extra) {
            return;
        }
        let mut arguments = RawArguments::new(this.extra);
        if !arguments.parse(F::SIGNATURE) {
            return;
        }
        let mut fields = RawFields::EMPTY;
        if !F::FIELDS.is_empty() && !fields.read(arguments.array(), F::FIELDS) {
            return;
        }
        let work = || {
            F::call(&mut Call {
                arguments: &arguments,
                fields: &fields,
                this: this.as_object(),
            })
        };
        let answer = outbox::keep(work);
        fields.release();
        deliver(answer, returned);
        outbox::discard(answer);
    }
}

/// Whether the call may go on; if not, its refusal is thrown.
///
/// # Safety
/// A PHP function is being called on this thread. May leave by `longjmp`.
unsafe fn admitted<F: PhpFunction>(given: u32) -> bool {
    let admission = outbox::keep(|| F::admit(given).map(|()| Value::Null));
    // SAFETY: the outbox keeps the refusal until it is discarded here.
    unsafe {
        let refusal = (*admission).as_ref().err();
        if let Some(failure) = refusal {
            throw(failure);
        }
        let admitted = refusal.is_none();
        outbox::discard(admission);
        admitted
    }
}
