//! systemd's journal, by its own protocol: fields that can be searched for.

use std::os::unix::net::UnixDatagram;

use relance_scm::notice::NoticeKind;
use relance_scm::system::reason;
use relance_texts::target;

use super::Failed;
use crate::message::Letter;
use crate::targets::Target;

const SOCKET: &str = "/run/systemd/journal/socket";

/// Writes one entry.
pub(super) fn tell(target: &Target, letter: Letter<'_>) -> Result<(), Failed> {
    let entry = entry(target, letter);
    let socket = UnixDatagram::unbound().map_err(|error| not_written(&error))?;
    socket
        .send_to(&entry, SOCKET)
        .map(drop)
        .map_err(|error| not_written(&error))
}

fn not_written(error: &std::io::Error) -> Failed {
    let (path, reason) = (SOCKET, reason(error));
    Failed::later(target::NoJournal { path, reason })
}

fn entry(target: &Target, letter: Letter<'_>) -> Vec<u8> {
    let message = letter.message;
    let title = message.title(letter.machine, target.lang);
    let text = format!("{title}\n{}", message.text(target.lang));
    // Of syslog: error, warning, information.
    let priority = match message.notice_kind() {
        NoticeKind::GiveUp | NoticeKind::StillDown | NoticeKind::Flapping => "3",
        NoticeKind::Failure => "4",
        NoticeKind::Recovery | NoticeKind::Recycling | NoticeKind::Test => "6",
    };
    let mut entry = Vec::new();
    put(&mut entry, "MESSAGE", text.trim_end());
    put(&mut entry, "PRIORITY", priority);
    put(&mut entry, "SYSLOG_IDENTIFIER", "relance");
    put(&mut entry, "RELANCE_NOTICE", &message.kind);
    put(&mut entry, "RELANCE_NOTICE_ID", letter.id);
    for subject in &message.services {
        put(&mut entry, "RELANCE_SERVICE", &subject.name);
    }
    entry
}

/// A field, with its length, so that any value can be one.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    entry.extend_from_slice(name.as_bytes());
    entry.push(b'\n');
    entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}
