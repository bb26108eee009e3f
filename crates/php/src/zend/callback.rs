//! PHP functions that call back: the same rules as in `function`, step by step. Between two calls of
//! the callable nothing but plain memory is live.

use super::abi::{ACC_PUBLIC, ACC_STATIC, ExecuteData, SUCCESS, TYPE_FALSE, TYPE_INT, Zval};
use super::arguments::RawArguments;
use super::deliver::{deliver, throw};
use super::engine::engine;
use super::fields::RawFields;
use super::function::Call;
use super::outbox;
use super::outcome::{PhpResult, Throwable, Value};
use super::signature::{Registration, Signature};

/// A function with a callable as its second argument.
pub(crate) trait CallingFunction: 'static {
    /// Its name, parameters and return type.
    const SIGNATURE: &'static Signature;

    /// Refuses the call before its arguments are parsed.
    ///
    /// # Errors
    /// What to throw.
    fn admit(given: u32) -> Result<(), Throwable>;

    /// Before the first call of the callable.
    ///
    /// # Errors
    /// What to throw.
    fn begin(call: &mut Call<'_>) -> Result<(), Throwable>;

    /// What to do after so many calls.
    ///
    /// # Errors
    /// What to throw.
    fn next(call: &mut Call<'_>, turns: u64) -> Result<Next, Throwable>;
}

/// What a [`CallingFunction`] does next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    /// Call the callable with this int, or null.
    Call(Option<i64>),
    /// Return to PHP.
    Return,
}

/// Position of the callable among the arguments.
const CALLABLE: usize = 1;

/// A row for the table of a class's methods.
pub(crate) const fn static_method<F: CallingFunction>() -> Registration {
    Registration {
        signature: F::SIGNATURE,
        handler: enter::<F>,
        flags: ACC_PUBLIC | ACC_STATIC,
    }
}

/// The engine calls this for the PHP function `F`.
unsafe extern "C-unwind" fn enter<F: CallingFunction>(
    frame: *mut ExecuteData,
    returned: *mut Zval,
) {
    // SAFETY: as in `function::enter`.
    unsafe {
        let given = (*frame).this.extra;
        if !done(|| F::admit(given).map(|()| Value::Null), returned) {
            return;
        }
        let mut arguments = RawArguments::new(given);
        if !arguments.parse(F::SIGNATURE) {
            return;
        }
        let callable = arguments.callable(CALLABLE);
        if !(engine().symbols.zend_is_callable)(callable, 0, std::ptr::null_mut()) {
            const NO_CALLABLE: &std::ffi::CStr = c"must be a valid callback";
            (engine().symbols.zend_argument_type_error)(2, NO_CALLABLE.as_ptr());
            return;
        }
        let fields = RawFields::EMPTY;
        let call = || Call::new(&arguments, &fields);
        if !done(|| F::begin(&mut call()).map(|()| Value::Null), returned) {
            return;
        }
        let mut turns = 0;
        loop {
            let mut next = Next::Return;
            let step = || {
                next = F::next(&mut call(), turns)?;
                Ok(Value::Null)
            };
            if !done(step, returned) {
                return;
            }
            let Next::Call(argument) = next else { return };
            if !call_back(callable, argument) {
                return;
            }
            turns += 1;
        }
    }
}

/// Does a part of the work; `false` when it has thrown.
///
/// # Safety
/// A PHP function is being called on this thread. May leave by `longjmp`.
unsafe fn done(work: impl FnOnce() -> PhpResult, returned: *mut Zval) -> bool {
    let answer = outbox::keep(work);
    // SAFETY: the outbox keeps the answer until it is discarded here.
    unsafe {
        let succeeded = (*answer).is_ok();
        match &*answer {
            Ok(_) => deliver(answer, returned),
            Err(failure) => throw(failure),
        }
        outbox::discard(answer);
        succeeded
    }
}

/// Calls the callable; `false` when it threw, or returned false.
///
/// # Safety
/// As in [`done`]; `callable` is a live zval that can be called.
unsafe fn call_back(callable: *mut Zval, argument: Option<i64>) -> bool {
    /// `IS_UNDEF`: what a call that threw has returned.
    const TYPE_UNDEF: u32 = 0;
    let mut argument = argument.map_or(Zval::NULL, |int| Zval::scalar(TYPE_INT, int));
    let mut result = Zval::scalar(TYPE_UNDEF, 0);
    // SAFETY: one argument and a place for the result, both plain zvals.
    unsafe {
        let called = (engine().symbols._call_user_function_impl)(
            std::ptr::null_mut(),
            callable,
            &raw mut result,
            1,
            &raw mut argument,
            std::ptr::null_mut(),
        );
        let goes_on = called == SUCCESS && !matches!(result.kind(), TYPE_UNDEF | TYPE_FALSE);
        (engine().symbols.zval_ptr_dtor)(&raw mut result);
        goes_on
    }
}
