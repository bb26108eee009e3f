//! The file of a service's output, by the name of the service.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use relance_scm::ServiceName;

/// The file that holds the output of a service. Characters that no file name should have are
/// written as `%XX`.
#[must_use]
pub fn log_path(folder: &Path, name: &ServiceName) -> PathBuf {
    let mut file = String::new();
    for c in name.key().chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') || (c == '.' && !file.is_empty()) {
            file.extend(c.to_lowercase());
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(file, "%{byte:02X}");
            }
        }
    }
    // A file name has at most 255 bytes; the tail of a longer one is told apart by its sum.
    if file.len() > 200 {
        let sum = file.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let cut = (0..=180)
            .rev()
            .find(|at| file.is_char_boundary(*at))
            .unwrap_or(0);
        file.truncate(cut);
        let _ = write!(file, "~{sum:016x}");
    }
    folder.join(format!("{file}.log"))
}
