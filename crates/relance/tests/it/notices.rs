//! Telling somebody (X86 to X94): the whole way from a process that ends to a receiver, with engines and notifiers that are
//! killed on it. `lasting` is about all that is configured when a guardian is killed.

mod lasting;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use serde_json::Value as Json;

use crate::support::{name, printed, relance};

/// How long something that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";
const ERROR: &str = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n";

/// A receiver: hands over what comes, and answers what the test says.
struct Web {
    url: String,
    got: Receiver<Json>,
    answers: Sender<&'static str>,
}

impl Web {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook/SECRET", listener.local_addr().expect("one"));
        let (tell, got) = channel();
        let (answers, next) = channel();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                // A process that is killed while it sends is heard as far as it came.
                let Some(message) = read(&stream) else {
                    continue;
                };
                if tell.send(message).is_err() {
                    return;
                }
                let Ok(answer) = next.recv() else { return };
                let answer: &str = answer;
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        Self { url, got, answers }
    }

    fn next(&self) -> Json {
        self.got.recv_timeout(PATIENCE).expect("a message comes")
    }

    fn answer(&self, answer: &'static str) {
        self.answers.send(answer).expect("the receiver is there");
    }
}

fn read(stream: &TcpStream) -> Option<Json> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Writes the file of targets beside the settings of the daemon.
fn targets(daemon: &Daemon, text: &str) {
    let written = daemon.folder().join("notify.new");
    fs::write(&written, text).expect("written");
    fs::set_permissions(&written, Permissions::from_mode(0o600)).expect("closed");
    fs::rename(&written, daemon.folder().join("notify.toml")).expect("in its place");
}

/// The notifier, if there is one.
fn notifier(daemon: &Daemon) -> Option<i32> {
    let guardian = daemon.guardian_pid();
    let children = format!("/proc/{guardian}/task/{guardian}/children");
    let children = fs::read_to_string(children).expect("its children");
    let mut pids = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    pids.find(|pid| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words
            .split(|byte| *byte == 0)
            .any(|word| word == b"notifier")
    })
}

/// Ends the notifier, if there is one just now.
fn kill_notifier(daemon: &Daemon) {
    if let Some(pid) = notifier(daemon).and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Everything is told at once.
const AT_ONCE: &str = "[notify]\ngather = \"0s\"\nrepeat = \"0s\"\nrecovered_after = \"1ms\"\n";

/// A service that fails, each with another cause: those of one cause are one message.
fn failing(daemon: &Daemon, service: &str, status: u8) {
    let script = format!("exit {status}");
    let words = [
        "create",
        service,
        "--actions",
        "none/0",
        "--reset",
        "1h",
        "--notify",
        "ops",
        "--",
        "/bin/sh",
        "-c",
        &script,
    ];
    printed(daemon, &words);
}

#[test]
fn x94_a_test_goes_the_whole_way_and_nothing_is_there_before_the_file_is() {
    let daemon = Daemon::start(relance());
    assert_eq!(notifier(&daemon), None, "X90: no file, no process");
    assert!(!daemon.folder().join("state/notices.db").exists());
    let place = daemon.folder().join("notify.toml").display().to_string();
    let listed = printed(&daemon, &["notify", "list"]);
    assert!(listed.contains(&place), "{listed}");
    let absent = daemon.relance(&["notify", "test", "ops"]);
    let said = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert!(
        !absent.status.success() && said.contains(&place),
        "it is said at once: {said}"
    );
    let web = Web::open();
    web.answer(OK);
    targets(
        &daemon,
        &format!("{AT_ONCE}[target.ops]\nwebhook = \"{}\"\n", web.url),
    );
    let told = printed(&daemon, &["notify", "test", "ops"]);
    assert!(told.contains("ops was told"), "{told}");
    let message = web.next();
    assert_eq!(
        (&message["kind"], &message["services"]),
        (&"test".into(), &Json::Array(vec![]))
    );
    let missing = daemon.relance(&["notify", "test", "mail"]);
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(
        !missing.status.success() && said.contains("there are ops"),
        "{said}"
    );
    let list = printed(&daemon, &["notify", "list"]);
    assert!(
        list.contains("webhook") && list.contains("127.0.0.1"),
        "{list}"
    );
    for words in [
        &["notify", "list", "--json"][..],
        &["notify", "queue", "--json"],
        &["events", "--json"],
    ] {
        assert!(
            !printed(&daemon, words).contains("SECRET"),
            "X92: {words:?}"
        );
    }
    let pid = notifier(&daemon).expect("it is there");
    for file in ["cmdline", "environ"] {
        let words = fs::read(format!("/proc/{pid}/{file}")).expect("its words");
        assert!(
            !String::from_utf8_lossy(&words).contains("SECRET"),
            "X92: {file}"
        );
    }
}

#[test]
fn x87_giving_up_and_being_well_again_are_told_to_those_whom_the_service_names() {
    let daemon = Daemon::start(relance());
    let web = Web::open();
    let file = format!(
        "{AT_ONCE}[target.ops]\nwebhook = \"{0}\"\n[target.other]\nwebhook = \"{0}\"\nnotices = \"all\"\n",
        web.url
    );
    targets(&daemon, &file);
    web.answer(OK);
    printed(&daemon, &["notify", "test", "ops"]);
    web.next();
    let flag = daemon.folder().join("well");
    let script = format!("test -e {} && exec sleep 1000; exit 3", flag.display());
    let words = [
        "create",
        "worker",
        "--actions",
        "restart/0",
        "--restart-limit",
        "1",
        "--reset",
        "1h",
        "--notify",
        "ops=give-up,recovery",
        "--",
        "/bin/sh",
        "-c",
        &script,
    ];
    printed(&daemon, &words);
    daemon.start_service(&name("worker")).expect("it starts");
    let message = web.next();
    assert_eq!(message["kind"], "give-up", "{message}");
    assert_eq!(message["cause"], "exit status 3");
    assert_eq!(message["services"][0]["name"], "worker");
    // The recovery does not wait for an answer: it is over, while the target has not answered.
    daemon.wait_until(&name("worker"), |info| info.recovery.gave_up);
    let why = printed(&daemon, &["why", "worker"]);
    assert!(why.contains("A message to ops (give-up) waits."), "{why}");
    web.answer(OK);
    fs::write(&flag, "").expect("written");
    daemon.start_service(&name("worker")).expect("it starts");
    let message = web.next();
    assert_eq!(
        (&message["kind"], &message["over"]),
        (&"recovery".into(), &true.into())
    );
    // It is answered; what follows is on record when the next test is over.
    web.answer(OK);
    web.answer(OK);
    printed(&daemon, &["notify", "test", "ops"]);
    let status = printed(&daemon, &["status", "worker"]);
    assert!(status.contains("Told ops (recovery)"), "{status}");
    let nobody = printed(&daemon, &["config", "worker"]);
    assert!(nobody.contains("ops=recovery,give-up"), "{nobody}");
}

#[test]
fn x93_nothing_is_lost_or_told_under_another_id_when_everything_is_killed_on_the_way() {
    let mut daemon = Daemon::start(relance());
    let web = Web::open();
    targets(
        &daemon,
        &format!("{AT_ONCE}[target.ops]\nwebhook = \"{}\"\n", web.url),
    );
    web.answer(OK);
    printed(&daemon, &["notify", "test", "ops"]);
    web.next();
    for (service, status) in [("a", 1), ("b", 2), ("c", 3)] {
        failing(&daemon, service, status);
    }
    daemon.start_service(&name("a")).expect("it starts");
    let first = web.next();
    assert_eq!(first["services"][0]["name"], "a");
    // The target has the message, and the process dies before that is on record.
    daemon.kill_engine();
    kill_notifier(&daemon);
    web.answer(OK);
    let again = web.next();
    assert_eq!(again["id"], first["id"]);
    // It refuses; meanwhile others fail, and engine, notifier and guardian are killed.
    web.answer(ERROR);
    daemon.start_service(&name("b")).expect("it starts");
    daemon.kill_engine();
    daemon.start_service(&name("c")).expect("it starts");
    daemon.wait_for_state(&name("c"), ServiceState::Stopped);
    let refusal = "The notify target ops cannot be reached";
    while !printed(&daemon, &["events", "--id", "1156"]).contains(refusal) {}
    daemon.kill_guardian();
    daemon.start_again();
    let mut told: Vec<(Json, Json)> = Vec::new();
    while told.len() < 3 {
        let message = web.next();
        web.answer(OK);
        let one = (
            message["id"].clone(),
            message["services"][0]["name"].clone(),
        );
        // A try whose process was killed comes again.
        if told.last() != Some(&one) {
            told.push(one);
        }
    }
    let names: Vec<_> = told.iter().map(|(_, name)| name.clone()).collect();
    assert_eq!(names, ["a", "b", "c"], "in their order, each with one id");
    assert_eq!(told[0].0, first["id"]);
}

#[test]
fn x91_a_command_gets_the_message_and_one_that_hangs_is_killed_with_all_it_started() {
    let daemon = Daemon::start(relance());
    let folder = daemon.folder().display().to_string();
    let tell = format!("{folder}/tell");
    fs::write(&tell, format!("#!/bin/sh\ncat >{folder}/$1.json\n")).expect("written");
    fs::set_permissions(&tell, Permissions::from_mode(0o700)).expect("can be run");
    let hang = format!("{folder}/hang");
    fs::write(
        &hang,
        format!("#!/bin/sh\nsleep 1000 &\necho $! >{folder}/left\nwait\n"),
    )
    .expect("written");
    fs::set_permissions(&hang, Permissions::from_mode(0o700)).expect("can be run");
    targets(
        &daemon,
        &format!(
            "[target.good]\ncommand = [\"{tell}\", \"got\"]\n[target.bad]\ncommand = \"{hang}\"\ntimeout = \"2s\"\n"
        ),
    );
    printed(&daemon, &["notify", "test", "good"]);
    let got = fs::read(daemon.folder().join("got.json")).expect("it was told");
    let got: Json = serde_json::from_slice(&got).expect("JSON");
    assert_eq!(got["kind"], "test");
    let failed = daemon.relance(&["notify", "test", "bad"]);
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(said.contains("longer than 2 s"), "{said}");
    // On a slow machine it may have been killed before it had begun.
    let Ok(left) = fs::read_to_string(daemon.folder().join("left")) else {
        return;
    };
    let left = left
        .trim()
        .parse()
        .ok()
        .and_then(Pid::from_raw)
        .expect("a number");
    if let Ok(left) = pidfd_open(left, PidfdFlags::empty()) {
        wait_for_end(&left);
    }
}

fn wait_for_end(process: &OwnedFd) {
    let patience = Timespec::try_from(PATIENCE).expect("a time");
    let ended = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&patience));
    assert_eq!(ended, Ok(1), "it is killed");
}

#[test]
fn x93_the_process_that_tells_ends_with_its_guardian() {
    let mut daemon = Daemon::start(relance());
    targets(&daemon, "[target.ops]\nwebhook = \"http://127.0.0.1:9/\"\n");
    let notifier = loop {
        // Anything that happens has the guardian look for the file.
        printed(&daemon, &["notify", "list"]);
        let process = notifier(&daemon).and_then(Pid::from_raw);
        if let Some(Ok(process)) = process.map(|pid| pidfd_open(pid, PidfdFlags::empty())) {
            break process;
        }
    };
    daemon.kill_guardian();
    wait_for_end(&notifier);
}

#[test]
fn x90_a_file_that_is_wrong_changes_nothing_and_is_named() {
    let daemon = Daemon::start(relance());
    let web = Web::open();
    targets(
        &daemon,
        &format!("[target.ops]\nwebhook = \"{}\"\n", web.url),
    );
    web.answer(OK);
    printed(&daemon, &["notify", "test", "ops"]);
    web.next();
    targets(&daemon, "[target.ops]\nwebhok = \"https://SECRET/\"\n");
    web.answer(OK);
    printed(&daemon, &["notify", "test", "ops"]);
    web.next();
    let list = printed(&daemon, &["notify", "list"]);
    assert!(
        list.contains("needs one way") && !list.contains("SECRET"),
        "{list}"
    );
    let events = printed(&daemon, &["events", "--id", "1159"]);
    assert_eq!(events.matches("needs one way").count(), 1, "{events}");
    let file = daemon.folder().join("notify.toml").display().to_string();
    let check = daemon.relance(&["notify", "check", &file]);
    assert!(!check.status.success(), "{check:?}");
}

#[test]
fn x89_a_scenario_says_what_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let guide = include_str!("../../../../docs/notify.md");
    let blocks: Vec<&str> = guide
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    fs::write(folder.path().join("worker.toml"), blocks[1]).expect("written");
    let file = folder.path().join("worker.test.toml");
    fs::write(&file, blocks[2]).expect("written");
    let test = || {
        let mut command = Command::new(relance());
        command
            .current_dir(folder.path())
            .args(["test", "worker.test.toml"]);
        let output = command.output().expect("it runs");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    assert!(test().0, "{}", test().1);
    let wrong = blocks[2].replace("told = [\"give-up\"]", "told = [\"flapping\"]");
    fs::write(&file, wrong).expect("written");
    let (holds, said) = test();
    assert!(
        !holds && said.contains("it told give-up instead of flapping"),
        "{said}"
    );
}

/// A command that ends with 0 if it runs under these ids, in these groups.
fn if_it_is(ids: &str) -> String {
    format!(
        "command = [\"/bin/sh\", \"-c\", \"test \\\"$(id -u) $(id -G)\\\" = '{}'\"]\n",
        ids.trim()
    )
}

#[test]
fn x107_a_command_runs_as_the_manager_or_as_the_service_that_it_is_told_of() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let daemon = Daemon::start(relance());
    let ids = |account: &[&str]| {
        let ids = ["-u", "-G"].map(|option| {
            let mut words = Command::new("id");
            let output = words.arg(option).args(account).output().expect("it runs");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        });
        ids.join(" ")
    };
    let file = format!(
        "{AT_ONCE}[target.service]\n{}account = \"service\"\n[target.manager]\n{}",
        if_it_is(&ids(&["nobody"])),
        if_it_is(&ids(&[])),
    );
    targets(&daemon, &file);
    // A test is about no service: it runs as the least of all accounts.
    printed(&daemon, &["notify", "test", "service"]);
    for (service, status) in [("a", 1), ("b", 2)] {
        failing(&daemon, service, status);
        printed(&daemon, &["config", service, "--account", "nobody"]);
        let both = [
            "failure", service, "--notify", "service", "--notify", "manager",
        ];
        printed(&daemon, &both);
        let _ = daemon.start_service(&name(service));
        daemon.wait_until(&name(service), |info| info.recovery.failure_count == 1);
    }
    // Messages of a target are told in their order, so those are told when these are.
    printed(&daemon, &["notify", "test", "service"]);
    printed(&daemon, &["notify", "test", "manager"]);
    let queue = printed(&daemon, &["notify", "queue", "--json"]);
    let queue: Json = serde_json::from_str(&queue).expect("JSON");
    let told = queue["messages"].as_array().expect("messages").iter();
    let told = told.filter(|message| message["kind"] == "give-up");
    let told: Vec<_> = told
        .map(|message| {
            assert_eq!(message["state"], "told", "{message}");
            (
                &message["target"],
                message["services"].as_array().map(Vec::len),
            )
        })
        .collect();
    let of = |target: &str| told.iter().filter(|told| told.0 == target).count();
    assert_eq!(of("service"), 2, "one for each service: {queue}");
    assert!(of("manager") >= 1, "{queue}");
}
