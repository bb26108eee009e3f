//! The engine that loaded us: its symbols and its layout, found once by `get_module`.

use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::abi::{HashTable, ModuleEntry, Zval};
use super::symbols::{Symbols, address_of};
use super::versions::{self, ASSUME_API, Layout};

/// The running PHP.
pub(super) struct Engine {
    /// Its functions and variables.
    pub(super) symbols: Symbols,
    /// Where things lie in it.
    pub(super) layout: &'static Layout,
    /// Whether it is a debug build, in which the allocator takes file and line.
    pub(super) debug: bool,
}

/// The engine found last. We are never unloaded, but PHP can be (Apache does it at a restart), and
/// comes back at other addresses.
static ENGINE: AtomicPtr<Engine> = AtomicPtr::new(std::ptr::null_mut());

/// The running PHP.
pub(super) fn engine() -> &'static Engine {
    // SAFETY: null or an engine that `find` leaked.
    unsafe { ENGINE.load(Ordering::Acquire).as_ref() }
        .expect("get_module found the engine before PHP could call anything here")
}

/// What [`find`] found.
pub(super) enum Found {
    /// A PHP that we have not met yet.
    New(Identity),
    /// The PHP that loaded us before.
    Same,
}

/// What a module entry must repeat to be loaded by this PHP.
#[derive(Clone, Copy)]
pub(super) struct Identity {
    pub(super) api: u32,
    pub(super) debug: u8,
    pub(super) zts: u8,
    pub(super) build_id: *const c_char,
}

impl Identity {
    /// Of a program that is not a PHP we could ask; it will refuse this.
    pub(super) const UNKNOWN: Self = Self {
        api: 0,
        debug: 0,
        zts: 0,
        build_id: c"unknown".as_ptr(),
    };
}

/// Finds the running PHP.
///
/// # Errors
/// An identity that PHP refuses, with our reason where PHP prints the build id of a module that does
/// not fit: the one message a module can give while it is refused.
pub(super) fn find() -> Result<Found, Identity> {
    let core = core_module().ok_or(Identity::UNKNOWN)?;
    let identity = Identity {
        api: core.api,
        debug: core.debug,
        zts: core.zts,
        build_id: core.build_id,
    };
    if usize::from(core.size) != size_of::<ModuleEntry>() {
        return Err(refusal(identity, unknown_api(core.api)));
    }
    let api = assumed_api().unwrap_or(core.api);
    let Some(layout) = versions::layout(api) else {
        return Err(refusal(identity, unknown_api(api)));
    };
    let symbols = Symbols::find().map_err(|missing| refusal(identity, lacks(missing)))?;
    // SAFETY: as in `engine`.
    let before = unsafe { ENGINE.load(Ordering::Acquire).as_ref() };
    let is_same = |before: &Engine| {
        before.symbols.module_registry == symbols.module_registry && before.layout.api == layout.api
    };
    if before.is_some_and(is_same) {
        return Ok(Found::Same);
    }
    let found = Box::new(Engine {
        symbols,
        layout,
        debug: core.debug != 0,
    });
    ENGINE.store(Box::into_raw(found), Ordering::Release);
    Ok(Found::New(identity))
}

/// The module entry of PHP's core, in the list of modules; looked up before all other symbols, so that
/// what is said of those reaches the user.
fn core_module() -> Option<&'static ModuleEntry> {
    type Find = unsafe extern "C-unwind" fn(*const HashTable, *const c_char, usize) -> *mut Zval;
    const CORE: &CStr = c"core";
    let registry: *const HashTable = address_of(c"module_registry").cast();
    let find = address_of(c"zend_hash_str_find");
    if registry.is_null() || find.is_null() {
        return None;
    }
    // SAFETY: the type is this function's in PHP's headers. The registry lives as long as PHP; its
    // values are pointers to module entries.
    unsafe {
        let find = std::mem::transmute::<*mut c_void, Find>(find);
        let found = find(registry, CORE.as_ptr(), CORE.count_bytes());
        found.as_ref()?.payload.module.as_ref()
    }
}

fn assumed_api() -> Option<u32> {
    std::env::var(ASSUME_API).ok()?.trim().parse().ok()
}

fn lacks(symbol: &CStr) -> String {
    format!(
        "a PHP that has {}, which this one lacks",
        symbol.to_string_lossy()
    )
}

fn unknown_api(api: u32) -> String {
    format!(
        "one of {}, not {api}; a newer win32service may know it; to try this one all the same, set \
         the environment variable {ASSUME_API}={} (the newest it knows)",
        versions::known(),
        versions::newest().api,
    )
}

fn refusal(identity: Identity, reason: String) -> Identity {
    let reason = CString::new(reason).unwrap_or_default();
    Identity {
        // PHP prints it after we returned, and we are never unloaded.
        build_id: reason.into_raw(),
        ..identity
    }
}
