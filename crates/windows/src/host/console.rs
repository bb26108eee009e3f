//! Asking programs to stop: Ctrl-Break through a shared console, WM_CLOSE to their windows.

use windows_sys::Win32::Foundation::{HWND, LPARAM};
use windows_sys::Win32::System::Console::{
    AllocConsole, CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent, GetConsoleWindow,
    SetConsoleCtrlHandler,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GetWindowThreadProcessId, PostMessageW, SW_HIDE, ShowWindow, WM_CLOSE,
};
use windows_sys::core::BOOL;

/// Gives this process a console, hidden, which its children share: Ctrl-Break only reaches processes
/// of one's own console, and a service has none.
///
/// Without one the windows are closed all the same, and the job ends what is left.
pub(super) fn share() {
    // SAFETY: these have no preconditions; a process that has a console keeps it.
    unsafe {
        if AllocConsole() != 0 {
            let window = GetConsoleWindow();
            if !window.is_null() {
                ShowWindow(window, SW_HIDE);
            }
        }
        // What is sent to the console is not meant for the host.
        SetConsoleCtrlHandler(Some(take), 1);
    }
}

unsafe extern "system" fn take(_event: u32) -> BOOL {
    1
}

/// Sends Ctrl-Break to the process group of a program.
pub(super) fn send_break(process_id: u32) {
    // SAFETY: has no preconditions. Where there is no console nothing is sent.
    unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, process_id) };
}

/// Asks all windows of these processes to close.
pub(super) fn close_windows(processes: &[u32]) {
    let list = processes.to_vec();
    let parameter: *const Vec<u32> = &raw const list;
    // SAFETY: the function gets the list, which lives until the call is over.
    unsafe { EnumWindows(Some(close_if_theirs), parameter as LPARAM) };
}

unsafe extern "system" fn close_if_theirs(window: HWND, processes: LPARAM) -> BOOL {
    // SAFETY: `close_windows` gave the list.
    let processes = unsafe { &*(processes as *const Vec<u32>) };
    let mut owner = 0;
    // SAFETY: the place for the number is there; a window that has gone belongs to nobody.
    unsafe {
        GetWindowThreadProcessId(window, &raw mut owner);
        if processes.contains(&owner) {
            PostMessageW(window, WM_CLOSE, 0, 0);
        }
    }
    1
}
