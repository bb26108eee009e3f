//! The web console's process: who can look into it, what it does when thousands call, and what becomes of
//! the manager when there can be no console.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use relance_scm::Caller;
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_scm::manager::{
    ConsoleInfo, ServiceManager, Watched, WatchedChange, next_change, wait,
};
use relance_testkit::daemon::Daemon;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::{copy_of_relance, relance, write_program};

/// An address that no other test has, and a port of it.
pub(crate) fn address() -> SocketAddr {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    let ip = [127, high, low, COUNT.fetch_add(1, Ordering::Relaxed)];
    let listener = TcpListener::bind(SocketAddr::from((ip, 0))).expect("a free port");
    listener.local_addr().expect("it is bound")
}

/// A daemon with a console at this address, which reaches its socket.
pub(crate) fn daemon(address: SocketAddr) -> Daemon {
    let daemon = Daemon::with(relance(), &["--console", &address.to_string()]);
    open_to_all(&daemon);
    daemon
}

/// The console may be another user.
pub(crate) fn open_to_all(daemon: &Daemon) {
    let all = fs::Permissions::from_mode(0o755);
    fs::set_permissions(daemon.folder(), all).expect("our folder");
}

fn is_root() -> bool {
    let is_root = rustix::process::getuid().is_root();
    if !is_root {
        eprintln!("not run: needs root");
    }
    is_root
}

#[test]
fn it_runs_although_its_account_cannot_reach_the_programs_folder() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder"); // Mode 700, as that of /root.
    let program = copy_of_relance(folder.path());
    let address = address();
    let daemon = Daemon::with(&program, &["--console", &address.to_string()]);
    open_to_all(&daemon);
    assert!(get(address, "").contains("HTTP/1.1 "));
    let info = console(&daemon);
    assert_eq!(info.problem, None);
    let name = fs::read_to_string(format!("/proc/{}/comm", info.pid));
    assert_eq!(name.expect("it runs"), "relance\n");
}

fn console(daemon: &Daemon) -> ConsoleInfo {
    let info = daemon.ask(|scm, caller, reply| scm.query_manager(caller, reply));
    info.expect("it answers").console.expect("one is wanted")
}

/// The first entry of the manager's with this id, once it is there.
fn entry(daemon: &Daemon, id: u32) -> LogEntry {
    let manager = daemon.manager();
    let caller = Caller::system();
    let mut watch = manager.watch(&caller, None).expect("it can be watched");
    let filter = EventFilter {
        event_ids: vec![id],
        ..EventFilter::default()
    };
    let found = wait(|reply| manager.find_events(&caller, filter, reply)).expect("the log");
    if let Some(entry) = found.entries.into_iter().next() {
        return entry;
    }
    loop {
        match next_change(&mut *watch) {
            Some(Watched::Change(_, WatchedChange::Logged(entry))) if entry.event_id == id => {
                return (*entry).clone();
            }
            Some(_) => {}
            None => panic!("the manager is gone"),
        }
    }
}

/// Sends a request and reads the whole answer.
pub(crate) fn ask(mut stream: impl Read + Write, request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("it is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).expect("somebody listens")
}

pub(crate) fn get(address: SocketAddr, cookie: &str) -> String {
    page(address, cookie, "/")
}

fn page(address: SocketAddr, cookie: &str, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    ask(connect(address), &format!("{head}Cookie: {cookie}\r\n\r\n"))
}

pub(crate) fn post_code(address: SocketAddr, code: &str) -> String {
    let body = format!("code={code}");
    let head = format!(
        "POST /signin HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    ask(connect(address), &(head + &body))
}

/// Signs in; the session's cookie.
pub(crate) fn sign_in(daemon: &Daemon, address: SocketAddr) -> String {
    let link = daemon.relance(&["console", "--no-browser"]).stdout;
    let link = String::from_utf8(link).expect("a link");
    let (_, code) = link.trim().split_once("code=").expect("a code");
    let answer = post_code(address, code);
    let (_, cookie) = answer.split_once("set-cookie: ").expect("a cookie");
    cookie.split(';').next().expect("a value").to_owned()
}

#[test]
fn what_happened_leads_to_the_rule_that_decided_it() {
    let address = address();
    let daemon = daemon(address);
    let cookie = sign_in(&daemon, address);
    let get = |path: &str| page(address, &cookie, path);
    for command in [
        ["create", "once", "--", "/bin/true"].as_slice(),
        &["start", "once"],
        &["wait", "once", "--state", "stopped"],
    ] {
        let done = daemon.relance(command);
        assert!(done.status.success(), "{command:?}: {done:?}");
    }
    let tab = get("/service/general?name=once");
    assert!(tab.contains(r#"(<a href="/rules/X1">X1</a>)"#), "{tab}");
    let rule = get("/rules/X1");
    assert!(
        rule.contains("A program fails when it ends with an error"),
        "{rule}"
    );
    let unknown = get("/rules/none");
    assert!(unknown.starts_with("HTTP/1.1 404"), "{unknown}");
    assert!(
        page(address, "", "/rules/X1").contains("/signin"),
        "for those who are signed in"
    );
}

#[test]
fn nobody_looks_into_the_console_whoever_it_runs_as() {
    if !is_root() {
        return;
    }
    let address = address();
    let daemon = daemon(address);
    sign_in(&daemon, address);
    let pid = console(&daemon).pid;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let value = |name: &str| -> u32 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|line| line.split_whitespace().next());
        value.expect("a value").parse().expect("a number")
    };
    let user = value("Uid:");
    assert!(user != 0 && user != 65_534, "an account of its own");
    assert_eq!((value("NoNewPrivs:"), value("Seccomp:")), (1, 2));

    let as_user = |uid: u32, pid: u32| {
        let files = ["environ", "maps", "mem"].map(|file| format!("/proc/{pid}/{file}"));
        files.map(|file| {
            let mut opener = Command::new("/bin/sh");
            opener.arg("-c").arg(format!("exec 3<{file}"));
            let opened = opener.uid(uid).gid(uid).stderr(Stdio::null()).status();
            opened.expect("a shell").success()
        })
    };
    let mut other = Command::new("/bin/sleep");
    let mut other = other
        .arg("100000")
        .uid(user)
        .gid(user)
        .spawn()
        .expect("it starts");
    assert_eq!(as_user(user, other.id()), [true; 3], "how others are seen");
    for uid in [user, 65_534] {
        assert_eq!(as_user(uid, pid), [false; 3], "user {uid}");
    }
    other.kill().expect("a child of ours");
    other.wait().expect("a child of ours");
}

#[test]
fn a_cookie_is_of_no_use_at_the_managers_socket() {
    let address = address();
    let daemon = daemon(address);
    let cookie = sign_in(&daemon, address);
    assert!(get(address, &cookie).starts_with("HTTP/1.1 200"));
    let (name, secret) = cookie.split_once('=').expect("name and value");
    assert_eq!(name, format!("relance_session_{}", address.port()));
    // The user of the daemon is its console's, and administers anyway.
    if is_root() {
        let socket = UnixStream::connect(daemon.socket()).expect("the manager");
        let head = "GET /v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        let answer = ask(
            socket,
            &format!("{head}Authorization: Bearer {secret}\r\n\r\n"),
        );
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
}

#[test]
fn who_is_signed_in_is_served_beside_thousands_that_say_nothing() {
    let all = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: all.maximum,
        ..all
    };
    setrlimit(Resource::Nofile, raised).expect("up to the hard limit");
    let address = address();
    let daemon = daemon(address);
    let cookie = sign_in(&daemon, address);
    let pid = console(&daemon).pid;
    let half_a_body = "POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\ncode=";
    let bad_cookie = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nCookie: relance_session_{}=x\r\n\r\n",
        address.port()
    );
    let starts = [
        ("", 2000),
        ("GET / HTTP/1.1\r\n", 400),
        (half_a_body, 400),
        (&bad_cookie, 400),
    ];
    for (start, count) in starts {
        let silent: Vec<TcpStream> = (0..count)
            .map(|_| {
                let mut stream = connect(address);
                // It may have had to leave already.
                let _ = stream.write_all(start.as_bytes());
                stream
            })
            .collect();
        assert!(get(address, &cookie).starts_with("HTTP/1.1 200"), "{start}");
        assert_eq!(silent.len(), count);
    }
    assert_eq!(console(&daemon).pid, pid, "it is the same process");
}

#[test]
fn refused_sign_ins_are_in_the_log_and_do_not_fill_it() {
    let address = address();
    let daemon = daemon(address);
    for _ in 0..50 {
        let answer = post_code(address, &"0".repeat(64));
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    let first = entry(&daemon, 1133);
    let from = address.ip().to_string();
    // A connection from this machine has the address that it goes to, or the first one there is.
    let seen = &first.parameters[0];
    assert!(
        seen.starts_with(&from) || seen.starts_with("127.0.0.1"),
        "{seen}"
    );
    assert!(seen.contains("(through "), "{seen}");
    assert_eq!(first.parameters[1], "1");
    let filter = EventFilter {
        event_ids: vec![1133],
        ..EventFilter::default()
    };
    let all = daemon.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    assert_eq!(all.expect("the log").entries.len(), 1, "one a minute");
}

#[test]
fn a_long_body_of_a_stranger_is_not_read() {
    let address = address();
    let _daemon = daemon(address);
    let head = format!(
        "POST /control HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n"
    );
    let answer = ask(connect(address), &head);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[test]
fn a_taken_port_keeps_no_manager_from_running() {
    let address = address();
    let taken = TcpListener::bind(address).expect("it was free");
    let daemon = daemon(address);
    let create = ["create", "a", "--", "/bin/true"];
    assert!(daemon.relance(&create).status.success());
    let said = entry(&daemon, 1131);
    assert!(
        said.parameters[0].contains(&address.to_string()),
        "{said:?}"
    );
    assert!(console(&daemon).problem.is_some());
    let doctor = daemon.relance(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(3));
    let text = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(text.contains("problem  console:"), "{text}");
    // Who has the port would get the code, and could use it at the manager's socket.
    let link = daemon.relance(&["console", "--no-browser"]);
    assert!(!link.status.success() && link.stdout.is_empty(), "{link:?}");
    assert!(String::from_utf8_lossy(&link.stderr).contains("another program may answer"));
    // A new engine knows, and does not say it again.
    daemon.kill_engine();
    assert!(console(&daemon).problem.is_some());
    drop(taken);
    entry(&daemon, 1132);
    assert_eq!(console(&daemon).problem, None);
    let filter = EventFilter {
        event_ids: vec![1131],
        ..EventFilter::default()
    };
    let all = daemon.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    let all = all.expect("the log").entries;
    assert_eq!(all.len(), 1, "{all:#?}");
}

#[test]
fn a_missing_account_keeps_no_manager_from_running() {
    let address = address();
    let mut daemon = daemon(address);
    assert!(daemon.stop().success());
    let settings = "console_account = \"no-such-account\"\n";
    fs::write(daemon.folder().join("relance.toml"), settings).expect("our folder");
    daemon.start_again();
    let said = entry(&daemon, 1131);
    assert!(said.parameters[0].contains("no-such-account"), "{said:?}");
    if is_root() {
        assert!(said.parameters[0].contains("useradd --system"), "{said:?}");
    }
    assert_eq!(console(&daemon).pid, 0);
}

#[test]
fn the_link_is_in_no_command_line() {
    let address = address();
    let daemon = daemon(address);
    let folder = daemon.folder().join("desktop");
    fs::create_dir(&folder).expect("our folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("our folder");
    let pipe = folder.join("arguments");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let browser = folder.join("xdg-open");
    let script = format!("#!/bin/sh\necho \"$@\" >{}\n", pipe.display());
    write_program(&browser, script.as_bytes());
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new(relance())
        .arg("console")
        .env("RELANCE_SOCKET", daemon.socket())
        .env("DISPLAY", ":9")
        .env("XDG_RUNTIME_DIR", &folder)
        .env("PATH", format!("{}:{path}", folder.display()))
        .stderr(Stdio::null())
        .output()
        .expect("it runs");
    let link = String::from_utf8(output.stdout).expect("a link");
    let (_, code) = link.trim().split_once("code=").expect("a code");
    let arguments = fs::read_to_string(&pipe).expect("the browser was started");
    assert!(!arguments.contains(code), "{arguments}");
    let page = fs::read_to_string(arguments.trim()).expect("a page of ours");
    assert!(page.contains(link.trim()), "{page}");
}
