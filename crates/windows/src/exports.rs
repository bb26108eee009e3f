//! Symbols of the program that loaded us: PHP's engine lies in one of its modules, under names that
//! compilers decorate.

use std::ffi::{CStr, CString, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};

use crate::real::text::wide;

/// Modules in which PHP's engine may lie: the two builds of its library, else the program itself (a
/// PHP that is linked as one file).
const MODULES: [Option<&str>; 3] = [Some("php8.dll"), Some("php8ts.dll"), None];

/// A symbol that every engine exports, by which its module is known.
const LANDMARK: &CStr = c"module_registry";

/// Sizes of arguments that a `__vectorcall` name may end with: `name@@8` has one of a word. On x64 the
/// convention is the ordinary one for what PHP passes, only the name differs.
const DECORATIONS: std::ops::RangeInclusive<usize> = 0..=8;

/// The address of a symbol of PHP's engine, under its plain name or a decorated one; null if there is
/// none.
#[must_use]
pub fn address_of(name: &CStr) -> *mut c_void {
    static ENGINE: OnceLock<usize> = OnceLock::new();
    let engine = *ENGINE.get_or_init(|| find_engine().map_or(0, |module| module as usize));
    let engine = engine as HMODULE;
    if engine.is_null() {
        return null_mut();
    }
    symbol(engine, name)
        .or_else(|| {
            DECORATIONS.into_iter().find_map(|words| {
                let decorated = [name.to_bytes(), format!("@@{}", words * 8).as_bytes()].concat();
                symbol(engine, &CString::new(decorated).ok()?)
            })
        })
        .unwrap_or(null_mut())
}

fn find_engine() -> Option<HMODULE> {
    MODULES.into_iter().find_map(|module| {
        let name = module.map(wide);
        let name = name.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: the name ends with a zero, or is null for the program itself. The module stays
        // loaded as long as the engine that loaded us.
        let module = unsafe { GetModuleHandleW(name) };
        (!module.is_null() && symbol(module, LANDMARK).is_some()).then_some(module)
    })
}

fn symbol(module: HMODULE, name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the module is loaded and the name ends with a zero.
    let address = unsafe { GetProcAddress(module, name.as_ptr().cast()) };
    address.map(|address| address as *mut c_void)
}

/// Keeps the module that holds this code loaded until the process ends: threads of a service run it
/// after the program has let go of it.
pub fn stay_loaded() {
    use windows_sys::Win32::System::LibraryLoader::{
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN, GetModuleHandleExW,
    };
    let flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
    let here: *const u16 = stay_loaded as fn() as *const u16;
    let mut module = null_mut();
    // SAFETY: the address lies in this module; a failure leaves things as they were.
    unsafe { GetModuleHandleExW(flags, here, &raw mut module) };
}
