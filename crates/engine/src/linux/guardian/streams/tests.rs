use std::fs::File;
use std::io::{Read, Write};

use super::*;

const RUN: RunKey = RunKey(3, 4);
const OUTPUT: StreamKey = StreamKey(RUN, OutputStream::Output);

struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("relance-streams-{}-{test}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn streams(&self) -> Streams {
        Streams::take_over(self.0.clone())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name != SPARE).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn epoll() -> OwnedFd {
    epoll::create(epoll::CreateFlags::CLOEXEC).unwrap()
}

/// The tokens of what has happened.
fn happened(epoll: &OwnedFd) -> Vec<u64> {
    let mut events = Vec::with_capacity(8);
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    epoll::wait(
        epoll,
        rustix::buffer::spare_capacity(&mut events),
        Some(&at_once),
    )
    .unwrap();
    let token = |event: epoll::Event| event.data.u64();
    events.into_iter().map(token).collect()
}

fn read_some(streams: &Streams) -> io::Result<String> {
    let mut bytes = [0; 100];
    let length = rustix::io::read(&**streams.reader(OUTPUT).unwrap(), &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
}

#[test]
fn what_is_printed_while_no_guardian_lives_is_read_by_the_next() {
    let folder = Folder::new("next");
    let mut streams = folder.streams();
    let mut service = File::from(streams.make(OUTPUT, None).unwrap());
    service.write_all(b"one\n").unwrap();
    assert_eq!(read_some(&streams).unwrap(), "one\n");
    drop(streams);
    // Nobody else has it open: a pipe that only has a writer would end it here.
    service.write_all(b"two\n").unwrap();
    let mut streams = folder.streams();
    assert_eq!(read_some(&streams).unwrap(), "two\n");
    service.write_all(b"three\n").unwrap();
    assert_eq!(read_some(&streams).unwrap(), "three\n");
    let epoll = epoll();
    streams.release(RUN);
    streams.tidy(&epoll);
    assert_eq!(folder.names(), ["3.4"], "the service still has it");
    drop(service);
    assert_eq!(
        happened(&epoll),
        [stream_token(RUN.into(), OutputStream::Output)]
    );
    streams.ended(OUTPUT);
    assert!(folder.names().is_empty() && streams.reader(OUTPUT).is_none());
}

#[test]
fn a_stream_goes_when_its_rest_has_been_read() {
    let folder = Folder::new("rest");
    let mut streams = folder.streams();
    let mut service = File::from(streams.make(OUTPUT, None).unwrap());
    service.write_all(b"last words").unwrap();
    drop(service);
    let epoll = epoll();
    streams.release(RUN);
    streams.tidy(&epoll);
    assert_eq!(folder.names(), ["3.4"]);
    assert_eq!(read_some(&streams).unwrap(), "last words");
    streams.tidy(&epoll);
    assert!(folder.names().is_empty() && streams.reader(OUTPUT).is_none());
}

#[test]
fn a_stream_that_ended_without_a_guardian_is_told_and_goes() {
    let folder = Folder::new("gone");
    drop(folder.streams().make(OUTPUT, None).unwrap());
    let mut streams = folder.streams();
    assert_eq!(streams.keys().collect::<Vec<_>>(), [OUTPUT]);
    assert_eq!(read_some(&streams).unwrap(), "", "its end");
    streams.release(RUN);
    streams.tidy(&epoll());
    assert!(folder.names().is_empty());
}

#[test]
fn a_child_that_keeps_many_streams_does_not_use_up_the_descriptors() {
    let folder = Folder::new("many");
    let mut streams = folder.streams();
    let epoll = epoll();
    let key = |number| RunKey(1, number);
    let output = |number| StreamKey(key(number), OutputStream::Output);
    let other = streams.make(OUTPUT, None).unwrap();
    streams.release(RUN);
    let kept: Vec<OwnedFd> = (0..40)
        .map(|number| {
            let kept = streams.make(output(number), None).unwrap();
            streams.release(key(number));
            streams.tidy(&epoll);
            kept
        })
        .collect();
    assert_eq!(streams.keys().count(), STREAMS_AFTER_RUNS_MAX + 1);
    assert_eq!(folder.names().len(), STREAMS_AFTER_RUNS_MAX + 1);
    assert!(streams.reader(output(39)).is_some() && streams.reader(OUTPUT).is_some());
    drop((kept, other));
}

#[test]
fn a_name_that_is_there_already_is_made_anew() {
    let folder = Folder::new("again");
    let before = folder.streams().make(OUTPUT, None).unwrap();
    let mut streams = folder.streams();
    let service = streams.make(OUTPUT, None).unwrap();
    rustix::io::write(&before, b"before").unwrap();
    rustix::io::write(&service, b"now").unwrap();
    assert_eq!(read_some(&streams).unwrap(), "now");
}

#[test]
fn one_is_ready_for_the_next_run_and_a_guardian_that_is_killed_leaves_it() {
    let folder = Folder::new("ready");
    let mut streams = folder.streams();
    drop(streams.make(OUTPUT, None).unwrap());
    streams.tidy(&epoll());
    let ready = folder.0.join(SPARE);
    assert!(ready.exists());
    let mut service = File::from(
        streams
            .make(StreamKey(RunKey(3, 5), OutputStream::Output), None)
            .unwrap(),
    );
    service.write_all(b"five").unwrap();
    assert!(!ready.exists() && folder.0.join("3.5").exists());
    streams.tidy(&epoll());
    drop(streams);
    let mut streams = folder.streams();
    assert_eq!(streams.keys().count(), 2, "what is ready is not a run's");
    drop(streams.make(OUTPUT, None).unwrap());
    streams.tidy(&epoll());
    streams.close(&epoll());
    assert!(!ready.exists());
}

#[test]
fn where_no_name_can_be_made_a_reader_is_there_all_the_same() {
    let folder = Folder::new("nameless");
    fs::write(&folder.0, "no folder").unwrap();
    let mut streams = folder.streams();
    let mut service = File::from(streams.make(OUTPUT, None).unwrap());
    service.write_all(b"one").unwrap();
    assert_eq!(read_some(&streams).unwrap(), "one");
    drop(streams);
    service.write_all(b"two").expect("it reads itself");
    let mut read = [0; 3];
    service.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"two");
    fs::remove_file(&folder.0).unwrap();
}

#[test]
fn what_is_no_pipe_is_left_alone() {
    let folder = Folder::new("foreign");
    fs::create_dir(&folder.0).unwrap();
    fs::write(folder.0.join("1.2"), "a file").unwrap();
    fs::write(folder.0.join("readme"), "a file").unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.0.join("1.3")).unwrap();
    assert_eq!(folder.streams().keys().count(), 0);
    assert_eq!(folder.names().len(), 3);
}

#[test]
fn only_the_account_of_the_service_can_open_its_stream() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new("owner");
    let mut streams = folder.streams();
    let own = rustix::process::getuid();
    let owner = if own.is_root() { 65534 } else { own.as_raw() };
    drop(streams.make(OUTPUT, Some(owner)).unwrap());
    let stream = fs::metadata(folder.0.join("3.4")).unwrap();
    assert_eq!((stream.uid(), stream.mode() & 0o777), (owner, 0o600));
    assert_eq!(fs::metadata(&folder.0).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn standard_error_that_is_apart_is_found_again_and_goes_with_its_run() {
    let folder = Folder::new("errors");
    let mut streams = folder.streams();
    let [output, errors] = StreamKey::of(RUN);
    let kept = [output, errors].map(|key| streams.make(key, None).unwrap());
    drop(streams);
    let mut streams = folder.streams();
    assert_eq!(streams.keys().collect::<Vec<_>>(), [output, errors]);
    assert_eq!(streams.of_errors(), 1);
    let epoll = epoll();
    streams.release(RUN);
    streams.tidy(&epoll);
    drop(kept);
    let mut tokens = happened(&epoll);
    tokens.sort_unstable();
    let ended = |stream| stream_token(RUN.into(), stream);
    assert_eq!(tokens, OutputStream::ALL.map(ended));
    for token in tokens {
        let (run, stream) = super::super::super::protocol::stream_of(token);
        streams.ended(StreamKey(run.into(), stream));
    }
    assert!(folder.names().is_empty());
}
