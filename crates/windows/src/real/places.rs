//! Folders of the system.

use std::path::PathBuf;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::MAX_PATH;
use windows_sys::Win32::UI::Shell::{CSIDL_COMMON_APPDATA, SHGetFolderPathW};

/// The folder for the data of programs. Asked for and not read from the environment, in which it may
/// be another one for a service than for who controls it.
pub(crate) fn program_data() -> PathBuf {
    let mut path = [0_u16; MAX_PATH as usize];
    let folder = CSIDL_COMMON_APPDATA.cast_signed();
    // SAFETY: the buffer has the size that the call demands; nobody's identity, no flags.
    let answer = unsafe { SHGetFolderPathW(null_mut(), folder, null_mut(), 0, path.as_mut_ptr()) };
    if answer != 0 {
        return r"C:\ProgramData".into();
    }
    let end = path
        .iter()
        .position(|unit| *unit == 0)
        .unwrap_or(path.len());
    String::from_utf16_lossy(&path[..end]).into()
}
