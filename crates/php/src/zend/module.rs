//! `get_module`: how PHP takes the extension in, and what it calls when the module and each request
//! start and end.
//!
//! The entry repeats the API number and build id of the PHP that loads us, which is why one file
//! serves every PHP. A PHP that we do not know is refused: PHP compares the build ids, prints both
//! and goes on without us, and our side of that message says which versions we know and how to try
//! all the same.

use std::ffi::{CStr, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::abi::{ModuleEntry, SUCCESS};
use super::class::Class;
use super::constant::{self, Constant, ModuleNumber};
use super::engine::{self, Found, Identity};
use super::errors::{self, Observer};
use super::ini::Switch;
use super::log::LogLine;
use super::outbox;
use super::outcome::Throwable;
use super::signature::{Registration, function_table};

/// The extension: all that the binding knows of it.
pub(crate) trait Extension: 'static {
    /// The name under which PHP knows it.
    const NAME: &'static CStr;
    /// `phpversion(NAME)`
    const VERSION: &'static CStr;
    /// Its functions, table by table in the order of registration.
    const FUNCTIONS: &'static [&'static [Registration]];
    /// Its global constants.
    const CONSTANTS: &'static [(&'static CStr, Constant)];
    /// Its settings of php.ini.
    const SETTINGS: &'static [&'static Switch];

    /// Who is told of PHP's errors.
    type Errors: Observer;

    /// Its classes.
    fn classes() -> &'static [&'static dyn Class];

    /// Looks at the environment, before anything is registered.
    fn start();

    /// What PHP code gets to see of a panic with this message: a defect of the extension.
    fn defect(message: &str) -> Throwable;

    /// The request ends, for whatever reason; what is written to `line` goes to PHP's error log.
    fn end_request(line: &mut LogLine);

    /// After that line was logged.
    fn leave_request();

    /// Prints its part of `phpinfo()`.
    fn info();
}

/// Makes a type that implements [`Extension`] the one of this library: defines `get_module`, which PHP
/// looks up in the file and calls first.
macro_rules! get_module {
    ($extension:ty) => {
        #[allow(unsafe_code, reason = "PHP finds the function by its name")]
        #[unsafe(no_mangle)]
        extern "C" fn get_module() -> *const std::ffi::c_void {
            $crate::zend::module::entry::<$extension>()
        }
    };
}
pub(crate) use get_module;

/// The entry for the PHP that we met last.
static ENTRY: AtomicPtr<ModuleEntry> = AtomicPtr::new(null_mut());

/// The entry that PHP takes in, and writes to. Lives as long as PHP.
pub(crate) fn entry<E: Extension>() -> *const c_void {
    let entry = match catch_unwind(engine::find) {
        Ok(Ok(Found::Same)) => return ENTRY.load(Ordering::Acquire).cast(),
        Ok(Ok(Found::New(identity))) => new_entry::<E>(identity, function_table(E::FUNCTIONS)),
        Ok(Err(refused)) => new_entry::<E>(refused, null()),
        Err(_panic) => new_entry::<E>(Identity::UNKNOWN, null()),
    };
    let entry = Box::into_raw(Box::new(entry));
    ENTRY.store(entry, Ordering::Release);
    entry.cast()
}

fn new_entry<E: Extension>(identity: Identity, functions: *const c_void) -> ModuleEntry {
    ModuleEntry {
        size: u16::try_from(size_of::<ModuleEntry>()).expect("168"),
        api: identity.api,
        debug: identity.debug,
        zts: identity.zts,
        ini_entries: null(),
        dependencies: null(),
        name: E::NAME.as_ptr(),
        functions,
        module_startup: Some(module_startup::<E>),
        module_shutdown: Some(module_shutdown),
        request_startup: None,
        request_shutdown: Some(request_shutdown::<E>),
        info: Some(info::<E>),
        version: E::VERSION.as_ptr(),
        globals_size: 0,
        globals: null_mut(),
        globals_constructor: null(),
        globals_destructor: null(),
        post_deactivate: null(),
        module_started: 0,
        kind: 0,
        handle: null_mut(),
        module_number: 0,
        build_id: identity.build_id,
    }
}

unsafe extern "C-unwind" fn module_startup<E: Extension>(_kind: c_int, number: c_int) -> c_int {
    const FAILURE: c_int = -1;
    let started = catch_unwind(AssertUnwindSafe(|| start::<E>(ModuleNumber(number))));
    if started.is_ok() { SUCCESS } else { FAILURE }
}

fn start<E: Extension>(module: ModuleNumber) {
    outbox::on_panic(E::defect);
    E::start();
    for (name, value) in E::CONSTANTS {
        constant::register(module, name, value);
    }
    for class in E::classes() {
        class.register();
    }
    for setting in E::SETTINGS {
        setting.register(module);
    }
    errors::observe::<E::Errors>();
}

unsafe extern "C-unwind" fn module_shutdown(_kind: c_int, number: c_int) -> c_int {
    super::ini::unregister(number);
    SUCCESS
}

unsafe extern "C-unwind" fn request_shutdown<E: Extension>(_kind: c_int, _number: c_int) -> c_int {
    let mut line = LogLine::new();
    let _ = catch_unwind(AssertUnwindSafe(|| E::end_request(&mut line)));
    // SAFETY: only the line is live here, which is plain memory.
    unsafe { line.log() };
    let _ = catch_unwind(E::leave_request);
    outbox::discard_all();
    SUCCESS
}

unsafe extern "C-unwind" fn info<E: Extension>(_module: *mut ModuleEntry) {
    E::info();
}
