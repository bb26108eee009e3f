//! The run journal, as a guardian finds it after another was killed.

use std::path::PathBuf;

use relance_engine::linux::fuzzing;

const BOOT: &str = "5c2bd1f0-53cd-4f0e-9a8f-3b1c4f1f6e2a";

/// A file of this thread's own.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

thread_local! {
    static PLACE: Place = place();
}

fn place() -> Place {
    let thread = std::thread::current().id();
    let name = format!("relance-fuzz-{}-{thread:?}", std::process::id());
    Place(std::env::temp_dir().join(name))
}

/// What is found is found again, whatever else is in the file, and there is room for more. Nothing of another
/// boot is found.
pub(super) fn file(input: &[u8]) {
    PLACE.with(|place| {
        let write = || std::fs::write(&place.0, input).expect("room for a small file");
        let read =
            |boot, records| fuzzing::journal(&place.0, boot, records).expect("an ordinary file");
        write();
        let found = read(BOOT, 200);
        // Runs that were never executed leave nothing.
        assert_eq!(read(BOOT, 0), found);
        if !found.is_empty() {
            assert!(read("another", 0).is_empty(), "runs of another boot");
            assert!(read(BOOT, 0).is_empty(), "they are gone");
        }
    });
}
