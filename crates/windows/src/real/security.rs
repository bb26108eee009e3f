//! Security descriptors of services, as SDDL.

use std::ptr::null_mut;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION,
    PSECURITY_DESCRIPTOR,
};
use windows_sys::Win32::System::Services::{QueryServiceObjectSecurity, SetServiceObjectSecurity};

use super::buffer::sized;
use super::check;
use super::services::raw;
use super::text::{text, wide};
use crate::api::{RawHandle, Result};

/// Owner, group and access list; the audit list needs a privilege of its own (A26).
const PARTS: u32 =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

/// Memory that a call allocated.
pub(crate) struct Local(pub(crate) *mut std::ffi::c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: allocated by the system for us, freed once.
        unsafe { LocalFree(self.0) };
    }
}

pub(super) fn query(service: RawHandle) -> Result<String> {
    let mut descriptor = sized(1024, |buffer, needed| {
        let size = buffer.size();
        // SAFETY: the buffer has the size that is said.
        check(unsafe {
            QueryServiceObjectSecurity(raw(service), PARTS, buffer.pointer(), size, needed)
        })
    })?;
    // SAFETY: the buffer holds a descriptor.
    unsafe { to_sddl(descriptor.pointer()) }
}

pub(super) fn set(service: RawHandle, sddl: &str) -> Result<()> {
    let descriptor = from_sddl(sddl)?;
    // SAFETY: the call made a descriptor.
    check(unsafe {
        SetServiceObjectSecurity(raw(service), DACL_SECURITY_INFORMATION, descriptor.0)
    })
}

/// A descriptor as Windows itself spells it.
pub(crate) fn respell(sddl: &str) -> Result<String> {
    let descriptor = from_sddl(sddl)?;
    // SAFETY: the call made a descriptor.
    unsafe { to_sddl(descriptor.0) }
}

/// # Safety
/// The pointer leads to a descriptor.
unsafe fn to_sddl(descriptor: PSECURITY_DESCRIPTOR) -> Result<String> {
    let mut sddl = null_mut();
    // SAFETY: as this function's; the place for the text is there.
    check(unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor,
            SDDL_REVISION_1,
            PARTS,
            &raw mut sddl,
            null_mut(),
        )
    })?;
    let memory = Local(sddl.cast());
    // SAFETY: the call made a text that ends with a zero.
    Ok(unsafe { text(memory.0.cast()) })
}

fn from_sddl(sddl: &str) -> Result<Local> {
    let sddl = wide(sddl);
    let mut descriptor: PSECURITY_DESCRIPTOR = null_mut();
    // SAFETY: the text ends with a zero; the place for the descriptor is there.
    check(unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            sddl.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            null_mut(),
        )
    })?;
    Ok(Local(descriptor))
}
