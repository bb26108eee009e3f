//! Where lines go beside files (X60).

use super::*;
use crate::output_losses::OutputLoss;

/// Sinks that this test reads.
struct Readers {
    stdout: BufReader<io::PipeReader>,
    journal: UnixDatagram,
    syslog: UnixDatagram,
}

fn logs_with_sinks(folder: &Folder) -> (Logs, Readers) {
    let (stdout, ours) = io::pipe().unwrap();
    let path = |what: &str| folder.0.join(what);
    let readers = Readers {
        stdout: BufReader::new(stdout),
        journal: UnixDatagram::bind(path("journal")).unwrap(),
        syslog: UnixDatagram::bind(path("syslog")).unwrap(),
    };
    let sinks = Sinks::with(ours.into(), null(), path("journal"), path("syslog"));
    let settings = folder.settings(u64::MAX);
    let logs = Logs::with_sinks(settings, Teller::to_nobody(), None, sinks).unwrap();
    (logs, readers)
}

fn message(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 512];
    let length = socket.recv(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[test]
fn x60_output_goes_to_the_standard_output_the_journal_and_syslog() {
    let folder = Folder::new("sinks");
    let (mut logs, mut readers) = logs_with_sinks(&folder);
    let mut first = add_with(&mut logs, 1, &[("output_copy", "stdout")]);
    first.write_all(b"one\nt").unwrap();
    first.write_all(b"wo\n").unwrap();
    let mut line = String::new();
    readers.stdout.read_line(&mut line).unwrap();
    readers.stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "a | one\na | two\n");
    tail(&mut logs, run(1));
    assert_eq!(text(file_of(&folder)), "one\ntwo\n", "as it was printed");
    let mut second = add_with(
        &mut logs,
        2,
        &[("output", "journal"), ("output_copy", "syslog")],
    );
    second.write_all(b"a reason\nno end").unwrap();
    drop(second);
    assert_eq!(tail(&mut logs, run(2)), "a reason\nno end", "for the event");
    for line in ["a reason", "no end"] {
        assert_eq!(message(&readers.syslog), format!("<30>a: {line}"));
        let entry = message(&readers.journal);
        let length =
            String::from_utf8(vec![u8::try_from(line.len()).unwrap(), 0, 0, 0, 0, 0, 0, 0]);
        let field = format!("MESSAGE\n{}{line}\n", length.unwrap());
        assert!(
            entry.contains("SYSLOG_IDENTIFIER\n") && entry.ends_with(&field),
            "{entry:?}"
        );
    }
    assert_eq!(
        text(file_of(&folder)),
        "one\ntwo\n",
        "not what went elsewhere"
    );
}

#[test]
fn x60_a_reader_that_reads_nothing_holds_no_service_up() {
    let folder = Folder::new("stuck");
    let (mut logs, readers) = logs_with_sinks(&folder);
    let mut writer = add_with(&mut logs, 1, &[("output_copy", "stdout")]);
    let line = "x".repeat(99) + "\n";
    for _ in 0..5000 {
        writer.write_all(line.as_bytes()).unwrap();
    }
    tail(&mut logs, run(1));
    assert_eq!(text(file_of(&folder)).len(), 500_000);
    drop(readers);
}

fn null() -> OwnedFd {
    fs::File::options()
        .write(true)
        .open("/dev/null")
        .unwrap()
        .into()
}

#[test]
fn x64_lines_that_a_slow_reader_loses_are_told() {
    let folder = Folder::new("slow");
    let (mut logs, mut readers) = logs_with_sinks(&folder);
    let (told, losses) = channel();
    logs.signals().tell_losses(move |_, loss| {
        // The test may be over.
        let _ = told.send(loss);
    });
    let mut writer = add_with(&mut logs, 1, &[("output_copy", "stdout")]);
    let line = "x".repeat(99) + "\n";
    for _ in 0..5000 {
        writer.write_all(line.as_bytes()).unwrap();
    }
    let Ok(OutputLoss::Begun(why)) = losses.recv() else {
        panic!("it is told");
    };
    assert!(why.contains("standard output"), "{why}");
    tail(&mut logs, run(1));
    // What is in the pipe is read; then there is room for a line.
    let mut read = 0;
    while rustix::io::ioctl_fionread(readers.stdout.get_ref()).unwrap() > 0 {
        let length = readers.stdout.fill_buf().unwrap().len();
        readers.stdout.consume(length);
        read += length;
    }
    say(&mut writer, "kept");
    // "a | " stands before each.
    let lost = 500_000 - read / 104 * 100;
    match losses.recv() {
        Ok(OutputLoss::Over(bytes)) => assert_eq!(bytes, lost as u64),
        other => panic!("{other:?}"),
    }
}
