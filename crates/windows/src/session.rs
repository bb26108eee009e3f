//! Where this process runs: as a service, or before a person.

use std::ptr::null_mut;

use windows_sys::Win32::System::Console::GetConsoleWindow;
use windows_sys::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};
use windows_sys::Win32::UI::WindowsAndMessaging::WSF_VISIBLE;

/// Whether this process may be a service: its window station is not visible and it has no console
/// window (1.2 of the PHP interface). The service control manager alone knows for certain, and says it
/// (1063) when the process connects.
#[must_use]
pub fn may_be_service() -> bool {
    // SAFETY: has no preconditions.
    let console = unsafe { GetConsoleWindow() };
    console.is_null() && !has_visible_station()
}

fn has_visible_station() -> bool {
    let mut flags = USEROBJECTFLAGS::default();
    let size = u32::try_from(size_of::<USEROBJECTFLAGS>()).expect("12 bytes");
    // SAFETY: the place for the flags has the size that is said; the handle is not ours to close.
    let answer = unsafe {
        GetUserObjectInformationW(
            GetProcessWindowStation(),
            UOI_FLAGS,
            (&raw mut flags).cast(),
            size,
            null_mut(),
        )
    };
    // A station without flags counts as not visible.
    answer != 0 && flags.dwFlags & WSF_VISIBLE.cast_unsigned() != 0
}

/// Whether this process has the rights of an administrator; `None` where that cannot be found out.
#[must_use]
pub fn is_elevated() -> Option<bool> {
    crate::real::privilege::is_elevated().ok()
}

/// The account of this process, without its domain; empty if it cannot be had.
///
/// # Panics
/// Never: the buffer is small.
#[must_use]
pub fn user_name() -> String {
    use windows_sys::Win32::System::WindowsProgramming::GetUserNameW;
    let mut buffer = [0_u16; 257];
    let mut length = u32::try_from(buffer.len()).expect("a small buffer");
    // SAFETY: the buffer has as many units as is said.
    let answer = unsafe { GetUserNameW(buffer.as_mut_ptr(), &raw mut length) };
    if answer == 0 {
        return String::new();
    }
    // The length counts the zero.
    let end = (length as usize).saturating_sub(1);
    String::from_utf16_lossy(&buffer[..end])
}

/// The name of this computer; empty if it cannot be had.
///
/// # Panics
/// Never: the buffer is small.
#[must_use]
pub fn computer_name() -> String {
    use windows_sys::Win32::System::SystemInformation::{
        ComputerNameDnsHostname, GetComputerNameExW,
    };
    let mut buffer = [0_u16; 256];
    let mut length = u32::try_from(buffer.len()).expect("a small buffer");
    // SAFETY: the buffer has as many units as is said.
    let answer = unsafe {
        GetComputerNameExW(
            ComputerNameDnsHostname,
            buffer.as_mut_ptr(),
            &raw mut length,
        )
    };
    if answer == 0 {
        return String::new();
    }
    String::from_utf16_lossy(&buffer[..length as usize])
}
