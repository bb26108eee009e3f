//! Both streams of a run, and files that somebody has named (X65).

use super::*;

/// Adds both streams of a run with these settings.
fn add_both(
    logs: &mut Logs,
    number: u32,
    settings: &[(&str, &str)],
) -> (io::PipeWriter, io::PipeWriter) {
    let streams = OutputStream::ALL.map(|stream| {
        let (reader, writer) = io::pipe().unwrap();
        let pipe = reader.into();
        logs.add(run(number), stream, Some(config(settings)), pipe, false);
        writer
    });
    logs.wake();
    streams.into()
}

#[test]
fn x65_standard_error_has_a_file_of_its_own_and_ends_the_last_lines() {
    let folder = Folder::new("apart");
    let mut logs = folder.logs(u64::MAX);
    let (mut output, mut errors) = add_both(&mut logs, 1, &[("stderr", "file")]);
    for n in 0..20 {
        say(&mut output, &format!("order {n}"));
    }
    say(&mut errors, "out of luck");
    let last = tail(&mut logs, run(1));
    assert!(last.starts_with("order 11\n"), "{last}");
    assert!(last.ends_with("order 19\nout of luck"), "{last}");
    let text = |file: &str| fs::read_to_string(folder.0.join(file)).unwrap();
    assert_eq!(text("a.log").lines().count(), 20);
    assert_eq!(text("a+stderr.log"), "out of luck\n");
    // A service of any name has another file.
    assert!(log_path(&folder.0, &name("a+stderr")).ends_with("a%2Bstderr.log"));
}

#[test]
fn x65_files_of_their_own_are_rotated_and_found_again_where_they_were_named() {
    let folder = Folder::new("named");
    let mut logs = folder.logs(10);
    let path = |file: &str| folder.0.join("own").join(file);
    let settings = [
        ("stdout_file", path("out.log").display().to_string()),
        ("stderr_file", path("err.log").display().to_string()),
    ];
    let settings = settings.each_ref().map(|(key, text)| (*key, &**text));
    let (mut output, mut errors) = add_both(&mut logs, 1, &settings);
    for n in 0..3 {
        for (file, pipe) in [("out", &mut output), ("err", &mut errors)] {
            say(pipe, &format!("{file} number {n}"));
            tail(&mut logs, run(1));
        }
    }
    let text = |file: &str| fs::read_to_string(path(file)).unwrap();
    for file in ["out", "err"] {
        assert_eq!(text(&format!("{file}.log")), format!("{file} number 2\n"));
        assert_eq!(text(&format!("{file}.log.1")), format!("{file} number 1\n"));
        assert_eq!(text(&format!("{file}.log.2")), format!("{file} number 0\n"));
    }
    // Moved away with its folder: the next line is where it should be.
    fs::rename(folder.0.join("own"), folder.0.join("moved")).unwrap();
    say(&mut errors, "again");
    assert!(tail(&mut logs, run(1)).ends_with("again"));
    assert_eq!(text("err.log"), "again\n");
    assert!(!folder.0.join("a.log").exists() && !folder.0.join("a+stderr.log").exists());
}

#[test]
fn x65_two_streams_into_one_file_keep_every_line() {
    let folder = Folder::new("shared");
    let mut logs = folder.logs(u64::MAX);
    let path = folder.0.join("both.log").display().to_string();
    let settings = [("stdout_file", &*path), ("stderr_file", &*path)];
    let (mut output, mut errors) = add_both(&mut logs, 1, &settings);
    for n in 0..100 {
        say(&mut output, &format!("out {n}"));
        say(&mut errors, &format!("err {n}"));
        if n % 10 == 0 {
            tail(&mut logs, run(1));
        }
    }
    tail(&mut logs, run(1));
    let text = fs::read_to_string(path).unwrap();
    for stream in ["out", "err"] {
        let lines = text.lines().filter(|line| line.starts_with(stream));
        let expected: Vec<String> = (0..100).map(|n| format!("{stream} {n}")).collect();
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }
}
