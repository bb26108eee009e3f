//! Accounts by name and by security identifier, as Windows knows them.

use std::ptr::{null, null_mut};

use windows_sys::Win32::Security::Authorization::{ConvertSidToStringSidW, ConvertStringSidToSidW};
use windows_sys::Win32::Security::{LookupAccountNameW, LookupAccountSidW};

use crate::api::Result;
use crate::real::buffer::Buffer;
use crate::real::check;
use crate::real::security::Local;
use crate::real::text::{text, wide};

/// Longest security identifier, in bytes.
const SID_LEN_MAX: u32 = 68;
/// Longest name of an account or domain, in characters, with the zero.
const NAME_LEN_MAX: usize = 257;

/// The identifier of an account, as text (`S-1-5-18`), from `name` or `DOMAIN\name`.
///
/// # Errors
/// 1332 when there is no such account.
pub fn sid_of(account: &str) -> Result<String> {
    let account = wide(account);
    let mut sid = Buffer::new(SID_LEN_MAX);
    let mut sid_size = sid.size();
    let mut domain = [0_u16; NAME_LEN_MAX];
    let mut domain_length = units(&domain);
    let mut kind = 0;
    // SAFETY: the name ends with a zero; the buffers have the sizes that are said.
    check(unsafe {
        LookupAccountNameW(
            null(),
            account.as_ptr(),
            sid.pointer(),
            &raw mut sid_size,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    })?;
    let mut sddl = null_mut();
    // SAFETY: the buffer holds an identifier; the place for the text is there.
    check(unsafe { ConvertSidToStringSidW(sid.pointer(), &raw mut sddl) })?;
    let memory = Local(sddl.cast());
    // SAFETY: the call made a text that ends with a zero.
    Ok(unsafe { text(memory.0.cast()) })
}

/// Domain and name of the account with an identifier, given as text or as the two letters of SDDL.
///
/// # Errors
/// 1332 when nobody has it, 1337 when it is none.
pub fn name_of(sid: &str) -> Result<(String, String)> {
    let sid = wide(sid);
    let mut binary = null_mut();
    // SAFETY: the text ends with a zero; the place for the identifier is there.
    check(unsafe { ConvertStringSidToSidW(sid.as_ptr(), &raw mut binary) })?;
    let memory = Local(binary.cast());
    let mut name = [0_u16; NAME_LEN_MAX];
    let mut domain = [0_u16; NAME_LEN_MAX];
    let (mut name_length, mut domain_length) = (units(&name), units(&domain));
    let mut kind = 0;
    // SAFETY: the call made the identifier; the buffers have the sizes that are said.
    check(unsafe {
        LookupAccountSidW(
            null(),
            memory.0.cast(),
            name.as_mut_ptr(),
            &raw mut name_length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    })?;
    let text = |units: &[u16], length: u32| String::from_utf16_lossy(&units[..length as usize]);
    Ok((text(&domain, domain_length), text(&name, name_length)))
}

fn units(buffer: &[u16]) -> u32 {
    u32::try_from(buffer.len()).expect("a small buffer")
}
