//! Opens a sign-in link in the desktop's browser, without anybody else seeing it.
//!
//! Every user of a machine may read every command line, so the link is in none: the browser is told to
//! open a page that only this user can read, and that leads to the link. The page is replaced by the next
//! one; its link works once, and for ten minutes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::private_file;

/// Opens it where there is a desktop and a folder of this user alone; it was printed anyway.
pub(super) fn open(url: &str) {
    let Some(folder) = private_folder() else {
        return;
    };
    if let Ok(page) = write_page(&folder, url) {
        let mut command = opener(&page);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _ = command.spawn();
    }
}

/// Writes the page that leads to the link.
fn write_page(folder: &Path, url: &str) -> io::Result<PathBuf> {
    let path = folder.join("relance-console.html");
    let _ = fs::remove_file(&path);
    let url = url.replace('&', "&amp;").replace('"', "&quot;");
    let page = format!(
        "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n\
         <title>Relance</title>\n<a href=\"{url}\">Relance</a>\n"
    );
    private_file::write(&path, &page)?;
    Ok(path)
}

/// The folder of this user's session, if there is a desktop.
#[cfg(unix)]
fn private_folder() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;

    let mut desktops = ["DISPLAY", "WAYLAND_DISPLAY"].iter();
    desktops.find(|variable| std::env::var_os(variable).is_some())?;
    let folder = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?);
    let about = fs::symlink_metadata(&folder).ok()?;
    let own = rustix::process::getuid().as_raw();
    (about.is_dir() && about.uid() == own && about.mode() & 0o777 == 0o700).then_some(folder)
}

#[cfg(unix)]
fn opener(page: &Path) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(page);
    command
}

/// Each user of Windows has a folder of its own for such files.
#[cfg(windows)]
#[allow(
    clippy::unnecessary_wraps,
    reason = "elsewhere there may be no desktop"
)]
fn private_folder() -> Option<PathBuf> {
    Some(std::env::temp_dir())
}

#[cfg(windows)]
fn opener(page: &Path) -> Command {
    let mut command = Command::new("rundll32");
    command.arg("url.dll,FileProtocolHandler").arg(page);
    command
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn the_page_is_for_this_user_alone_and_never_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        fs::write(&other, "precious").unwrap();
        symlink(&other, folder.path().join("relance-console.html")).unwrap();
        let page = write_page(folder.path(), "http://127.0.0.1:1/signin?code=ab&x=\"").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        assert_eq!(fs::metadata(&page).unwrap().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&page).unwrap();
        assert!(text.contains("url=http://127.0.0.1:1/signin?code=ab&amp;x=&quot;\""));
        write_page(folder.path(), "http://next").expect("it replaces its own");
    }
}
