mod sinks;
mod streams;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use relance_policy::ServiceId;
use relance_scm::ServiceName;
use relance_scm::config::ExtensionsChange;
use relance_scm::settings::find_extension;
use rustix::event::epoll;

use super::files::Output;
use super::recent::last_lines;
use super::*;
use crate::linux::place::{FileRights, OutputPlace};

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

fn run(number: u32) -> RunId {
    RunId {
        service: ServiceId(1),
        number,
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("relance-logs-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn settings(&self, bytes_max: u64) -> LogSettings {
        LogSettings {
            folder: self.0.clone(),
            bytes_max,
            files_max: 2,
            copy: None,
        }
    }

    fn logs(&self, bytes_max: u64) -> Logs {
        Logs::start(self.settings(bytes_max), Teller::to_nobody(), None).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The thread of the logs ends a little later, and may make a file here until then.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn add(logs: &mut Logs, number: u32) -> io::PipeWriter {
    let (reader, writer) = io::pipe().unwrap();
    logs.add(
        run(number),
        OutputStream::Output,
        Some(config(&[])),
        reader.into(),
        false,
    );
    logs.wake();
    writer
}

/// A service with these settings.
fn config(settings: &[(&str, &str)]) -> Arc<ServiceConfig> {
    let mut config = ServiceConfig::new(name("a"), "");
    let mut change = ExtensionsChange::default();
    for (key, text) in settings {
        let setting = find_extension(key).unwrap();
        change.add(setting, Some(setting.parse(text).unwrap()));
    }
    config.extensions.apply(&change);
    Arc::new(config)
}

/// The same as `add`, with settings.
fn add_with(logs: &mut Logs, number: u32, settings: &[(&str, &str)]) -> io::PipeWriter {
    let (reader, writer) = io::pipe().unwrap();
    logs.add(
        run(number),
        OutputStream::Output,
        Some(config(settings)),
        reader.into(),
        false,
    );
    logs.wake();
    writer
}

/// Prints a line in one piece: `writeln!` writes several, between which the thread may read.
fn say(writer: &mut io::PipeWriter, line: &str) {
    writer.write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn tail(logs: &mut Logs, run: RunId) -> String {
    let tail = logs.tail(run);
    logs.wake();
    tail.recv().unwrap()
}

#[test]
fn output_goes_to_the_file_and_its_last_lines_to_whoever_asks() {
    let folder = Folder::new("tail");
    let mut logs = folder.logs(u64::MAX);
    let mut first = add(&mut logs, 1);
    say(&mut first, "first run");
    assert_eq!(tail(&mut logs, run(1)), "first run");
    let mut second = add(&mut logs, 2);
    for n in 0..20 {
        say(&mut second, &format!("line {n}"));
    }
    let tail = tail(&mut logs, run(2));
    assert!(
        tail.starts_with("line 10\n") && tail.ends_with("line 19"),
        "{tail}"
    );
    let text = fs::read_to_string(log_path(&folder.0, &name("A"))).unwrap();
    assert!(
        text.starts_with("first run\nline 0\n"),
        "one file a service, in order"
    );
}

#[test]
fn a_run_that_printed_nothing_has_no_last_lines_of_others() {
    let folder = Folder::new("nothing");
    let mut logs = folder.logs(u64::MAX);
    let mut first = add(&mut logs, 1);
    say(&mut first, "of another run");
    assert_eq!(tail(&mut logs, run(1)), "of another run");
    let _second = add(&mut logs, 2);
    assert_eq!(tail(&mut logs, run(2)), "");
    assert_eq!(
        tail(&mut logs, run(3)),
        "",
        "nor has one that does not exist"
    );
}

#[test]
fn a_pipe_that_has_ended_wakes_nobody_and_its_last_lines_stay_until_the_run_is_forgotten() {
    let folder = Folder::new("ended");
    let wake = Arc::new(eventfd(0, EventfdFlags::NONBLOCK).unwrap());
    let (_requests, receiver) = channel();
    let settings = folder.settings(u64::MAX);
    let mut thread = Thread::new(
        settings,
        Arc::default(),
        wake,
        None,
        receiver,
        Sinks::new().unwrap(),
        Teller::to_nobody(),
    )
    .unwrap();
    let (reader, mut writer) = io::pipe().unwrap();
    // As the guardian does.
    let _duplicate = reader.try_clone().unwrap();
    thread.add(
        (run(1), OutputStream::Output),
        Some(&config(&[])),
        reader.into(),
        false,
    );
    say(&mut writer, "the reason");
    drop(writer);
    thread.readable((run(1), OutputStream::Output));
    let mut events = Vec::with_capacity(1);
    let at_once = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let room = rustix::buffer::spare_capacity(&mut events);
    epoll::wait(&thread.epoll, room, Some(&at_once)).unwrap();
    assert!(events.is_empty(), "nothing can come any more");
    assert_eq!(thread.tail(run(1)), "the reason");
    thread.forget(run(1));
    assert!(thread.pipes.is_empty());
}

#[test]
fn a_run_that_is_forgotten_may_still_print() {
    let folder = Folder::new("forgotten");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add(&mut logs, 1);
    logs.forget(run(1));
    say(&mut writer, "a child that stayed");
    assert_eq!(tail(&mut logs, run(1)), "a child that stayed");
}

#[test]
fn a_long_file_is_rotated_and_old_ones_go() {
    let folder = Folder::new("rotate");
    let mut logs = folder.logs(1000);
    let mut writer = add(&mut logs, 1);
    for n in 0..5 {
        say(&mut writer, &n.to_string().repeat(1000));
        tail(&mut logs, run(1));
    }
    let path = log_path(&folder.0, &name("a"));
    let first = |suffix: &str| {
        fs::read_to_string(format!("{}{suffix}", path.display())).map(|t| t.chars().next())
    };
    assert_eq!(first("").unwrap(), Some('4'));
    assert_eq!(first(".1").unwrap(), Some('3'));
    assert_eq!(first(".2").unwrap(), Some('2'));
    assert!(first(".3").is_err());
}

#[test]
fn output_that_cannot_be_written_is_dropped_and_the_service_goes_on() {
    let folder = Folder::new("dropped");
    let mut logs = folder.logs(u64::MAX);
    fs::create_dir(log_path(&folder.0, &name("a"))).unwrap();
    let mut writer = add(&mut logs, 1);
    // More than a pipe holds: it would block for ever if nobody took it.
    writer.write_all(&vec![b'x'; 1024 * 1024]).unwrap();
    drop(writer);
    assert_eq!(tail(&mut logs, run(1)), "");
}

#[test]
fn any_name_makes_a_file_name() {
    let folder = Path::new("/l");
    let path = |text: &str| log_path(folder, &name(text)).to_string_lossy().into_owned();
    assert_eq!(path("Mail Service"), "/l/mail service.log");
    assert_eq!(path("..x"), "/l/%2E.x.log");
    assert_eq!(path("a:b*"), "/l/a%3Ab%2A.log");
    assert_eq!(path("éA"), path("Éa"));
    let long = path(&"é".repeat(256));
    assert!(long.len() < 255);
    assert_ne!(long, path(&format!("{}x", "é".repeat(255))));
}

#[test]
fn the_first_of_the_last_lines_is_whole() {
    assert_eq!(last_lines(b"cut\nwhole\n", false), "whole");
    assert_eq!(last_lines(b"first\nsecond", true), "first\nsecond");
    assert_eq!(last_lines(b"", true), "");
    assert_eq!(last_lines(b"\xff\xfe\n", true), "\u{fffd}\u{fffd}");
}

fn file_of(folder: &Folder) -> PathBuf {
    log_path(&folder.0, &name("a"))
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn x30_a_file_that_was_moved_or_removed_is_made_again() {
    let folder = Folder::new("moved");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add(&mut logs, 1);
    let path = file_of(&folder);
    let aside = folder.0.join("aside");
    let mut print = |line: &str| {
        say(&mut writer, line);
        tail(&mut logs, run(1))
    };
    print("one");
    fs::rename(&path, &aside).unwrap();
    assert_eq!(print("two"), "two");
    assert_eq!(text(&aside), "one\n");
    fs::remove_file(&path).unwrap();
    print("three");
    assert_eq!(text(&path), "three\n");
    // Another file in its place is written to, as logrotate's `create` makes one.
    fs::rename(&path, &aside).unwrap();
    fs::write(&path, "").unwrap();
    print("four");
    assert_eq!(text(&path), "four\n");
    // The whole folder.
    fs::remove_dir_all(&folder.0).unwrap();
    assert_eq!(print("five"), "five");
    assert_eq!(text(&path), "five\n");
}

#[test]
fn x30_a_link_that_was_put_in_the_place_of_a_file_is_not_written_through() {
    let folder = Folder::new("planted");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add(&mut logs, 1);
    say(&mut writer, "one");
    tail(&mut logs, run(1));
    let victim = folder.0.join("victim");
    fs::write(&victim, "untouched").unwrap();
    fs::remove_file(file_of(&folder)).unwrap();
    std::os::unix::fs::symlink(&victim, file_of(&folder)).unwrap();
    say(&mut writer, "two");
    assert_eq!(tail(&mut logs, run(1)), "");
    assert_eq!(text(&victim), "untouched");
}

#[test]
fn x30_a_file_that_was_truncated_goes_on_at_its_beginning_and_what_others_append_stays() {
    let folder = Folder::new("truncated");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add(&mut logs, 1);
    let path = file_of(&folder);
    let mut print = |line: &str| {
        say(&mut writer, line);
        tail(&mut logs, run(1));
    };
    print("one");
    print("two");
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(0)
        .unwrap();
    print("three");
    assert_eq!(text(&path), "three\n");
    let mut other = fs::File::options().append(true).open(&path).unwrap();
    other.write_all(b"by hand\n").unwrap();
    print("four");
    assert_eq!(text(&path), "three\nby hand\nfour\n");
}

#[test]
fn x30_a_file_that_is_truncated_in_the_moment_it_is_written_to_has_no_hole() {
    let folder = Folder::new("hole");
    let path = file_of(&folder);
    let (reader, mut writer) = io::pipe().unwrap();
    let reader = OwnedFd::from(reader);
    for (before, line) in [("a long line before\n", "after\n"), ("x\n", "y\n")] {
        fs::write(&path, "").unwrap();
        let mut output = Output::open(
            OutputPlace::in_log_folder(path.clone()),
            FileRights::default(),
        )
        .unwrap();
        writer.write_all(before.as_bytes()).unwrap();
        output.append(&reader, 100).unwrap();
        // It is not asked again where the file ends.
        fs::write(&path, "").unwrap();
        writer.write_all(line.as_bytes()).unwrap();
        output.append(&reader, 100).unwrap();
        assert_eq!(text(&path), line);
        writer.write_all(b"more\n").unwrap();
        output.append(&reader, 100).unwrap();
        assert_eq!(text(&path), format!("{line}more\n"));
    }
    // Zeros that were printed are not taken for a hole.
    writer.write_all(&[0; 100]).unwrap();
    fs::write(&path, "").unwrap();
    let mut output = Output::open(
        OutputPlace::in_log_folder(path.clone()),
        FileRights::default(),
    )
    .unwrap();
    output.append(&reader, 50).unwrap();
    output.append(&reader, 50).unwrap();
    assert_eq!(text(&path), "\0".repeat(100));
}

#[test]
fn x30_asked_for_it_makes_the_files_of_silent_services_again() {
    let folder = Folder::new("reopen");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add(&mut logs, 1);
    say(&mut writer, "one");
    tail(&mut logs, run(1));
    fs::rename(file_of(&folder), folder.0.join("aside")).unwrap();
    logs.reopen();
    assert_eq!(tail(&mut logs, run(1)), "");
    assert_eq!(text(file_of(&folder)), "");
}

#[test]
fn x60_lines_in_the_file_begin_with_the_time() {
    let folder = Folder::new("stamps");
    let mut logs = folder.logs(u64::MAX);
    let mut writer = add_with(&mut logs, 1, &[("log_timestamps", "yes")]);
    for part in ["one\ntw", "o\n"] {
        writer.write_all(part.as_bytes()).unwrap();
        tail(&mut logs, run(1));
    }
    let lines = text(file_of(&folder));
    let words: Vec<_> = lines
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    assert_eq!(
        words.iter().map(|(_, line)| *line).collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert!(
        words
            .iter()
            .all(|(stamp, _)| stamp.len() == 24 && stamp.ends_with('Z')),
        "{lines}"
    );
}

#[test]
fn x61_a_file_is_put_aside_for_its_age_and_at_a_start() {
    let folder = Folder::new("age");
    let mut logs = folder.logs(u64::MAX);
    let path = file_of(&folder);
    let older = |n: u32| text(format!("{}.{n}", path.display()));
    let mut first = add_with(&mut logs, 1, &[("log_max_age_ms", "1ms")]);
    first.write_all(b"one\n").unwrap();
    tail(&mut logs, run(1));
    let begun = fs::metadata(&path).unwrap().created().unwrap();
    while begun
        .elapsed()
        .is_ok_and(|age| age < Duration::from_millis(1))
    {
        std::thread::yield_now();
    }
    first.write_all(b"two\n").unwrap();
    tail(&mut logs, run(1));
    assert_eq!((text(&path), older(1)), ("two\n".into(), "one\n".into()));
    for number in [2, 3] {
        add_with(&mut logs, number, &[("log_rotate_at_start", "yes")]);
        tail(&mut logs, run(number));
        assert_eq!(
            (text(&path), older(1)),
            (String::new(), "two\n".into()),
            "empty ones stay"
        );
    }
}

#[test]
fn x61_a_line_that_comes_in_pieces_stays_in_one_file_unless_it_is_very_long() {
    let folder = Folder::new("pieces");
    let mut logs = folder.logs(4);
    let path = file_of(&folder);
    let older = format!("{}.1", path.display());
    let mut writer = add(&mut logs, 1);
    let mut print = |text: &str| {
        writer.write_all(text.as_bytes()).unwrap();
        tail(&mut logs, run(1));
    };
    for piece in ["a line ", "in pieces", "\n", "next"] {
        print(piece);
    }
    assert_eq!(
        (text(&path), text(&older)),
        ("next".into(), "a line in pieces\n".into())
    );
    let long = "x".repeat(32 * 1024);
    for _ in 0..3 {
        print(&long);
    }
    assert_eq!(
        (text(&path), text(&older)),
        (long.clone(), format!("next{long}{long}"))
    );
}

#[test]
fn x61_files_that_were_put_aside_are_compressed_and_the_oldest_go() {
    let folder = Folder::new("compress");
    let mut logs = folder.logs(u64::MAX);
    let path = file_of(&folder);
    let settings = [
        ("log_compress", "yes"),
        ("log_max_size", "1K"),
        ("log_files", "2"),
    ];
    let mut writer = add_with(&mut logs, 1, &settings);
    for n in 0..5 {
        say(&mut writer, &n.to_string().repeat(1023));
        tail(&mut logs, run(1));
    }
    let older = |n: u32| PathBuf::from(format!("{}.{n}.gz", path.display()));
    while older(1).exists() && path.with_extension("log.1").exists() || !older(1).exists() {
        std::thread::yield_now();
    }
    let line = |digit: &str| digit.repeat(1023) + "\n";
    let unpacked = |n| {
        let mut text = String::new();
        let mut packed = flate2::read::GzDecoder::new(fs::File::open(older(n)).unwrap());
        packed.read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!((unpacked(1), unpacked(2)), (line("3"), line("2")));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 3);
}

#[test]
fn x62_the_mode_of_a_log_file_is_what_is_set() {
    let folder = Folder::new("mode");
    let mut logs = folder.logs(u64::MAX);
    let mode = || fs::metadata(file_of(&folder)).unwrap().permissions().mode() & 0o777;
    for (number, set, expected) in [(1, "", 0o640), (2, "604", 0o604), (3, "", 0o604)] {
        add_with(&mut logs, number, &[("log_mode", set)]);
        tail(&mut logs, run(number));
        assert_eq!(mode(), expected, "one that is there keeps its mode");
        fs::rename(file_of(&folder), folder.0.join("aside")).unwrap();
        fs::rename(folder.0.join("aside"), file_of(&folder)).unwrap();
        logs.reopen();
    }
}
