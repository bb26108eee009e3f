//! Privileges of this process.

use std::ptr::{null, null_mut};

use relance_scm::Win32Error;
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, LUID};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, GetTokenInformation, LUID_AND_ATTRIBUTES, LookupPrivilegeValueW,
    SE_PRIVILEGE_ENABLED, TOKEN_ADJUST_PRIVILEGES, TOKEN_ELEVATION, TOKEN_PRIVILEGES, TOKEN_QUERY,
    TokenElevation,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::text::wide;
use super::{check, last_error};
use crate::api::Result;

/// Whether this process has the rights of an administrator, which Windows takes from what is started
/// without asking for them.
pub(crate) fn is_elevated() -> Result<bool> {
    let mut token: HANDLE = null_mut();
    let mut elevation = TOKEN_ELEVATION::default();
    let size = u32::try_from(size_of::<TOKEN_ELEVATION>()).expect("4 bytes");
    let mut length = 0;
    // SAFETY: the places for results are there and have the sizes that are said; the token is closed
    // once.
    unsafe {
        check(OpenProcessToken(
            GetCurrentProcess(),
            TOKEN_QUERY,
            &raw mut token,
        ))?;
        let answer = check(GetTokenInformation(
            token,
            TokenElevation,
            (&raw mut elevation).cast(),
            size,
            &raw mut length,
        ));
        CloseHandle(token);
        answer?;
    }
    Ok(elevation.TokenIsElevated != 0)
}

/// Enables `SeShutdownPrivilege`, which every administrator has and none has enabled (R52).
pub(super) fn enable_shutdown() -> Result<()> {
    let name = wide("SeShutdownPrivilege");
    let mut luid = LUID::default();
    let mut token: HANDLE = null_mut();
    // SAFETY: the name ends with a zero, the places for results are there, the token is closed once.
    unsafe {
        check(LookupPrivilegeValueW(null(), name.as_ptr(), &raw mut luid))?;
        let access = TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY;
        check(OpenProcessToken(
            GetCurrentProcess(),
            access,
            &raw mut token,
        ))?;
        let privileges = TOKEN_PRIVILEGES {
            PrivilegeCount: 1,
            Privileges: [LUID_AND_ATTRIBUTES {
                Luid: luid,
                Attributes: SE_PRIVILEGE_ENABLED,
            }],
        };
        let answer = check(AdjustTokenPrivileges(
            token,
            0,
            &raw const privileges,
            0,
            null_mut(),
            null_mut(),
        ));
        // The call succeeds even where the privilege is not held, and says so beside its answer.
        let outcome = last_error();
        CloseHandle(token);
        answer?;
        match outcome {
            Win32Error::SUCCESS => Ok(()),
            _ => Err(Win32Error::PRIVILEGE_NOT_HELD),
        }
    }
}
