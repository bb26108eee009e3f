//! Situations of a first week that people of other service managers have reported, and where they are tested:
//!
//! | reported | tested in |
//! |---|---|
//! | variables of the container (c11), services of the image (c41), give up and end the container (c19), health (c18) | `container` |
//! | `.env` files (c12), umask (c33), open files (c22) | `process_settings`; few descriptors for many services (c23): `scarce` |
//! | a stop while a restart waits (c13), order of a stop (c20), signals and reload (c40) | `stops`, `shutdown`, `servers` |
//! | odd bytes (c16), output of the manager (c26), who reads a log file (c33) | `output`, `log_files` |
//! | final statuses (c21), a folder that is away for a moment (c24) | `exits` |
//! | programs that make daemons of themselves (c25), that die at once (c39) | `starts` |
//! | several equal workers (c27) | `instances`, `selection` |
//! | memory (c35) | `cgroups`, `recycling` |
//!
//! Here are those of the same kinds that were tried beyond these.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{done, name, output_once, output_with, printed, refused, relance};

fn create(daemon: &Daemon, service: &str, options: &[&str], line: &str) {
    let command = ["--", "/bin/sh", "-c", line];
    done(&daemon.relance(&[&["create", service], options, &command].concat()));
}

fn signal(daemon: &Daemon, service: &str, signal: Signal) {
    let process = daemon.query(&name(service)).status.process_id;
    let process = Pid::from_raw(process.cast_signed()).expect("it runs");
    kill_process(process, signal).expect("it is ours");
}

#[test]
fn x24_a_program_that_somebody_has_frozen_still_takes_its_stop() {
    let daemon = Daemon::start(relance());
    let line = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 100000 & wait; done";
    create(&daemon, "a", &["--stop-grace", "20s"], line);
    done(&daemon.relance(&["start", "a"]));
    output_with(&daemon, "a", "up");
    signal(&daemon, "a", Signal::STOP);
    done(&daemon.relance(&["stop", "a"]));
    assert_eq!(output_with(&daemon, "a", "bye"), "up\nbye\n");
}

#[test]
fn a_release_that_is_linked_while_the_old_one_ends_is_the_next_one() {
    let daemon = Daemon::start(relance());
    let folder = |part: &str| daemon.folder().join(part);
    for release in ["1", "2"] {
        fs::create_dir_all(folder("releases").join(release)).expect("a folder");
    }
    symlink("releases/1", folder("current")).expect("a link");
    let current = folder("current").display().to_string();
    let line = "trap 'echo ends; pwd -P; read line <end; exit 0' TERM; pwd -P; \
                while :; do sleep 100000 & wait; done";
    let end = folder("releases/1/end");
    done(
        &std::process::Command::new("mkfifo")
            .arg(&end)
            .output()
            .expect("mkfifo"),
    );
    create(&daemon, "a", &["--working-directory", &current], line);
    done(&daemon.relance(&["start", "a"]));
    output_with(&daemon, "a", "releases/1");
    std::thread::scope(|scope| {
        let restart = scope.spawn(|| daemon.relance(&["restart", "a"]));
        output_with(&daemon, "a", "ends");
        symlink("releases/2", folder("new")).expect("a link");
        fs::rename(folder("new"), &current).expect("it is in its place");
        fs::write(&end, "now\n").expect("somebody reads");
        done(&restart.join().expect("no panic"));
    });
    let printed = output_with(&daemon, "a", "releases/2");
    assert_eq!(printed.matches("releases/1").count(), 2, "{printed}");
}

#[test]
fn a_program_is_replaced_under_its_service_and_the_next_start_takes_the_new_one() {
    let daemon = Daemon::start(relance());
    let program = daemon.folder().join("worker");
    let put = |text: &str| {
        let new = daemon.folder().join("new");
        let script = format!("#!/bin/sh\necho {text}\nexec sleep 100000\n");
        crate::support::write_program(&new, script.as_bytes());
        fs::rename(&new, &program).expect("it is in its place");
    };
    put("old");
    let path = program.display().to_string();
    done(&daemon.relance(&["create", "a", "--", &path]));
    done(&daemon.relance(&["start", "a"]));
    output_with(&daemon, "a", "old");
    put("new");
    done(&daemon.relance(&["restart", "a"]));
    output_with(&daemon, "a", "new");
    fs::remove_file(&program).expect("it is there");
    assert_eq!(daemon.query(&name("a")).status.state, ServiceState::Running);
    let said = refused(&daemon, &["restart", "a"]);
    assert!(said.contains("was not found"), "{said}");
}

#[test]
fn x32_a_command_line_for_a_shell_is_told_as_such() {
    let daemon = Daemon::start(relance());
    let said = |service: &str, words: &[&str]| {
        let output = daemon.relance(&[&["create", service, "--"], words].concat());
        done(&output);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let folder = daemon.folder().display().to_string();
    let rows: [(&[&str], &str); 5] = [
        (&["php /srv/none.php"], "-- php /srv/none.php"),
        (&["APP_ENV=prod", "php", "a.php"], "--env APP_ENV=prod"),
        (&["cd", "/srv", "&&", "php", "a.php"], "--working-directory"),
        (&["sleep", "5", ">/dev/null"], ">/dev/null in the command"),
        (&[&folder], "is a folder"),
    ];
    for (number, (words, part)) in rows.into_iter().enumerate() {
        let said = said(&format!("w{number}"), words);
        assert!(said.contains(part), "{words:?}: {said}");
    }
    let said = refused(&daemon, &["start", "w4"]);
    assert!(
        said.contains("is a folder") && !said.contains("chmod"),
        "{said}"
    );
}

#[test]
fn a_file_that_is_only_where_the_one_who_types_is_is_told_with_the_option_that_helps() {
    let daemon = Daemon::start(relance());
    let folder = daemon.folder().join("app");
    fs::create_dir(&folder).expect("a folder");
    let script = folder.join("worker.sh");
    fs::write(&script, "#!/bin/sh\nexec sleep 100000\n").expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let advice = format!("--working-directory {}", folder.display());
    let said = |words: &[&str]| {
        let output = daemon.client(words).current_dir(&folder).output();
        let output = output.expect("the program runs");
        done(&output);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (service, words) in [("a", &["./worker.sh"][..]), ("b", &["sh", "worker.sh"])] {
        let told = said(&[&["create", service, "--"], words].concat());
        assert!(told.contains(&advice), "{words:?}: {told}");
        let path = folder.display().to_string();
        done(&daemon.relance(&["config", service, "--working-directory", &path]));
        done(&daemon.relance(&["start", service]));
    }
    let path = script.display().to_string();
    assert_eq!(said(&["create", "c", "--", &path]), "");
    assert_eq!(
        said(&[
            "create",
            "d",
            "--working-directory",
            "/tmp",
            "--",
            "sh",
            "worker.sh"
        ]),
        ""
    );
}

#[test]
fn who_has_read_enough_of_the_output_ends_logs_without_an_error() {
    let daemon = Daemon::start(relance());
    let line = "seq 100000; echo all; exec sleep 100000";
    create(&daemon, "a", &[], line);
    done(&daemon.relance(&["start", "a"]));
    output_once(&daemon, "a", |text| text.ends_with("all\n"));
    for json in [&[][..], &["--json"]] {
        let words = [&["logs", "a", "-n", "100000"], json].concat();
        let mut logs = daemon
            .client(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut reader = BufReader::new(logs.stdout.take().expect("a pipe"));
        let mut first = String::new();
        reader.read_line(&mut first).expect("a line");
        drop(reader);
        let output = logs.wait_with_output().expect("our child");
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn a_socket_that_a_cleaner_has_removed_is_made_again() {
    let mut daemon = Daemon::start(relance());
    create(&daemon, "a", &[], "exec sleep 100000");
    done(&daemon.relance(&["start", "a"]));
    let process = daemon.query(&name("a")).status.process_id;
    let moved = daemon.folder().join("moved");
    for (number, removes) in [true, false, true].into_iter().enumerate() {
        if removes {
            fs::remove_file(daemon.socket()).expect("it is there");
        } else {
            fs::rename(daemon.socket(), &moved).expect("it is there");
        }
        while !daemon.socket().exists() {
            std::thread::yield_now();
        }
        // The engine before may have answered in its last moment.
        let events = ["events", "--id", "1140", "--json"];
        while printed(&daemon, &events).lines().count() != number + 1 {}
        assert_eq!(daemon.query(&name("a")).status.process_id, process);
    }
    assert!(daemon.stop().success());
}

#[test]
fn a_socket_that_nobody_makes_again_is_told_and_comes_back_when_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let socket = path("run/relance.sock");
    let daemon = Daemon::on(relance(), &path("state"), &socket);
    create(&daemon, "a", &[], "exec sleep 100000");
    done(&daemon.relance(&["start", "a"]));
    let process = daemon.query(&name("a")).status.process_id;
    let guardian = daemon.guardian_pid();
    let signal = |signal| {
        let guardian = Pid::from_raw(guardian.cast_signed()).expect("a process id");
        kill_process(guardian, signal).expect("it runs");
    };
    signal(Signal::STOP);
    fs::remove_file(&socket).expect("it is there");
    let said = refused(&daemon, &["list"]);
    let advice = format!("kill -HUP {guardian}");
    assert!(
        said.contains("was removed") && said.contains(&advice),
        "{said}"
    );
    signal(Signal::CONT);
    while !socket.exists() {
        std::thread::yield_now();
    }
    // With its folder and its lock.
    fs::rename(path("run"), path("moved")).expect("it is there");
    signal(Signal::HUP);
    while !socket.exists() {
        std::thread::yield_now();
    }
    assert_eq!(daemon.query(&name("a")).status.process_id, process);
    assert!(path("run/relance.sock.lock").exists());
}

#[test]
fn two_services_may_share_a_log_file_and_keep_their_lines() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("shared.log").display().to_string();
    for service in ["a", "b"] {
        let line = format!(
            "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo {service}$i; done; echo >&3; exec sleep 100000"
        );
        let options = ["--stdout-file", &file, "--ready", "fd:3"];
        create(&daemon, service, &options, &line);
    }
    done(&daemon.relance(&["start", "a", "b"]));
    // What a service has printed is in the file before its end is told.
    done(&daemon.relance(&["stop", "a", "b"]));
    let text = fs::read_to_string(&file).expect("the file");
    let of = |service: &str| {
        text.lines()
            .filter(|line| line.starts_with(service))
            .count()
    };
    assert_eq!((of("a"), of("b"), text.lines().count()), (500, 500, 1000));
}

#[test]
fn a_program_that_has_ended_at_once_had_run_for_milliseconds() {
    let daemon = Daemon::start(relance());
    done(&daemon.relance(&["create", "a", "--", "/bin/true"]));
    done(&daemon.relance(&["start", "a"]));
    let why = printed(&daemon, &["why", "a"]);
    assert!(!why.contains("for 0 s"), "{why}");
}
