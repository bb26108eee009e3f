//! Accounts by name and by security identifier, as Windows knows them.

use std::ptr::{null, null_mut};

use relance_scm::Win32Error;
use relance_scm::security::{SecurityDescriptor, Sid};
use windows_sys::Win32::NetworkManagement::NetManagement::{
    LG_INCLUDE_INDIRECT, LOCALGROUP_USERS_INFO_0, MAX_PREFERRED_LENGTH, NetApiBufferFree,
    NetUserGetLocalGroups,
};
use windows_sys::Win32::Security::Authorization::{ConvertSidToStringSidW, ConvertStringSidToSidW};
use windows_sys::Win32::Security::{LookupAccountNameW, LookupAccountSidW};

use crate::api::Result;
use crate::real::buffer::Buffer;
use crate::real::check;
use crate::real::security::{Local, respell};
use crate::real::text::{text, wide};

/// Longest security identifier, in bytes.
const SID_LEN_MAX: u32 = 68;
/// Longest name of an account or domain, in characters, with the zero.
const NAME_LEN_MAX: usize = 257;

/// The identifier of an account, from `name` or `DOMAIN\name`.
///
/// # Errors
/// 1332 when there is no such account.
pub fn sid_of(account: &str) -> Result<Sid> {
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
    let mut number = null_mut();
    // SAFETY: the buffer holds an identifier; the place for the text is there.
    check(unsafe { ConvertSidToStringSidW(sid.pointer(), &raw mut number) })?;
    let memory = Local(number.cast());
    // SAFETY: the call made a text that ends with a zero.
    let number = unsafe { text(memory.0.cast()) };
    // Known accounts have two letters in the descriptors that Windows writes, and must here.
    let spelled = respell(&format!("D:(A;;RC;;;{number})"))?;
    let descriptor: SecurityDescriptor = spelled
        .parse()
        .map_err(|_| Win32Error::INVALID_SECURITY_DESCR)?;
    let entry = descriptor.dacl.into_iter().next();
    entry.map(|entry| entry.sid).ok_or(Win32Error::NONE_MAPPED)
}

/// The local groups that an account is in, also through other groups; none if that is unknown.
#[must_use]
pub fn groups_of(account: &str) -> Vec<Sid> {
    let account = wide(account);
    let mut groups: *mut LOCALGROUP_USERS_INFO_0 = null_mut();
    let (mut read, mut total) = (0, 0);
    // SAFETY: the name ends with a zero; the places for results are there. What the call allocates is
    // freed below, after the names in it were copied.
    unsafe {
        let answer = NetUserGetLocalGroups(
            null(),
            account.as_ptr(),
            0,
            LG_INCLUDE_INDIRECT,
            (&raw mut groups).cast(),
            MAX_PREFERRED_LENGTH,
            &raw mut read,
            &raw mut total,
        );
        if answer != 0 || groups.is_null() {
            return Vec::new();
        }
        let names = (0..read as usize).map(|i| text((*groups.add(i)).lgrui0_name));
        let names: Vec<String> = names.collect();
        NetApiBufferFree(groups.cast());
        names.iter().filter_map(|name| sid_of(name).ok()).collect()
    }
}

/// Domain and name of the account with an identifier.
///
/// # Errors 1332 for an unknown identifier, 1337 for a text that is not an
/// identifier.
pub fn name_of(sid: &Sid) -> Result<(String, String)> {
    let sid = wide(&sid.to_string());
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
