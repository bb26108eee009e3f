//! Servers as Debian packages them, run as services: created, started, reloaded, stopped, killed.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{done, name, output_once, output_with, redis, relance};

/// A server in a folder of its own, which listens on a socket there.
struct Server {
    daemon: Daemon,
    service: &'static str,
}

impl Server {
    /// `None` where it is not installed.
    fn new(service: &'static str, program: &str) -> Option<Self> {
        if !Path::new(program).exists() {
            eprintln!("not run: needs {program}; cargo xtask test cargo installs it");
            return None;
        }
        let daemon = Daemon::with_manual_clock(relance());
        Some(Self { daemon, service })
    }

    fn path(&self, below: &str) -> PathBuf {
        self.daemon.folder().join(below)
    }

    /// Creates it with a restart after 1 s, starts it, and waits until it has said that it listens.
    fn start(&self, options: &[&str], command: &[&str], ready: &str) {
        let create = ["create", self.service, "--actions=restart/1s", "--reset=1h"];
        let all = [&create[..], options, &["--"], command].concat();
        done(&self.daemon.relance(&all));
        done(&self.daemon.relance(&["start", self.service]));
        output_with(&self.daemon, self.service, ready);
    }

    fn pid(&self) -> u32 {
        self.daemon.query(&name(self.service)).status.process_id
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("it runs");
        kill_process(pid, signal).expect("it is ours");
    }

    /// What it answers to a request.
    fn ask(&self, request: &str, end: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("it listens");
        answer(&mut stream, end)
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(self.path("server.sock")).expect("it listens")
    }

    /// Kills it, and waits until it is back and has said so.
    fn kill_and_recover(&self, ready: &str) {
        let before = self.pid();
        self.signal(Signal::KILL);
        (self.daemon).wait_until(&name(self.service), |info| {
            info.recovery.failure_count == 1 && info.recovery.pending.len() == 1
        });
        self.daemon.advance(Duration::from_secs(1));
        (self.daemon).wait_for_state(&name(self.service), ServiceState::Running);
        assert_ne!(self.pid(), before);
        self.said_again(ready);
    }

    /// Waits until it has said this twice.
    fn said_again(&self, ready: &str) {
        let once = output_with(&self.daemon, self.service, ready);
        let first = once.find(ready).expect("it is there") + ready.len();
        output_once(&self.daemon, self.service, |text| {
            text.get(first..).is_some_and(|rest| rest.contains(ready))
        });
    }

    /// Stops it; it ends by itself.
    fn stop(&self) {
        done(&self.daemon.relance(&["stop", self.service]));
        let entries = self.daemon.events_with_ids(&name(self.service), &[7031]);
        assert!(entries.len() <= 1, "a stop is not a failure");
        let ended = self.daemon.query(&name(self.service)).status;
        assert_eq!(ended.state, ServiceState::Stopped);
    }
}

/// Reads until a text has come.
fn answer(stream: &mut UnixStream, end: &str) -> String {
    let (mut text, mut part) = (String::new(), [0; 4096]);
    while !text.contains(end) {
        let len = stream.read(&mut part).expect("it answers");
        assert!(len > 0, "it closed the connection after {text:?}");
        text.push_str(&String::from_utf8_lossy(&part[..len]));
    }
    text
}

#[test]
fn redis_keeps_its_data_when_it_is_killed() {
    let Some(server) = Server::new("redis", "/usr/bin/redis-server") else {
        return;
    };
    let socket = server.path("server.sock").display().to_string();
    let folder = server.daemon.folder().display().to_string();
    server.start(&[], &redis(&socket, &folder), "ready to accept connections");
    assert_eq!(server.ask("SET key value\r\n", "\r\n"), "+OK\r\n");
    server.kill_and_recover("ready to accept connections");
    assert_eq!(server.ask("GET key\r\n", "value\r\n"), "$5\r\nvalue\r\n");
    server.stop();
    output_with(&server.daemon, "redis", "ready to exit, bye bye");
}

#[test]
fn memcached_comes_back_when_it_is_killed() {
    let Some(server) = Server::new("memcached", "/usr/bin/memcached") else {
        return;
    };
    let socket = server.path("server.sock").display().to_string();
    let command = ["memcached", "-u", "root", "-vv", "-s", &socket];
    // It says nothing by itself: it is ready, and lives, as long as it takes connections.
    let takes = format!("unix:{socket}");
    server.start(
        &["--ready", &takes, "--probe", &takes],
        &command,
        "server listening",
    );
    assert_eq!(
        server.ask("set key 0 0 5\r\nvalue\r\n", "\r\n"),
        "STORED\r\n"
    );
    server.kill_and_recover("server listening");
    assert_eq!(
        server.ask("get key\r\n", "END\r\n"),
        "END\r\n",
        "a new process"
    );
    server.stop();
    output_with(&server.daemon, "memcached", "Exiting normally");
}

/// A web server with one page, and one that the test answers itself.
fn nginx(page: &str) -> Option<Server> {
    let server = Server::new("nginx", "/usr/sbin/nginx")?;
    configure(&server, page);
    let (file, socket) = (server.path("nginx.conf"), server.path("server.sock"));
    // A server that was killed leaves its socket behind, and nginx does not take it away.
    let line = format!(
        "rm -f {socket}; exec nginx -c {file} -g 'daemon off;'",
        socket = socket.display(),
        file = file.display()
    );
    let graceful = [
        "--stop-signal=QUIT",
        "--stop-grace=1h",
        "--reload-signal=HUP",
    ];
    server.start(
        &graceful,
        &["/bin/sh", "-c", &line],
        "start worker process ",
    );
    Some(server)
}

fn configure(server: &Server, page: &str) {
    let folder = server.daemon.folder().display().to_string();
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = kinds.map(|kind| format!("{kind}_temp_path {folder}/temporary;"));
    let temporary = temporary.join("\n");
    let text = format!(
        "user root;
        pid {folder}/nginx.pid;
        error_log stderr notice;
        worker_processes 1;
        events {{}}
        http {{
            access_log off;
            {temporary}
            server {{
                listen unix:{folder}/server.sock;
                location / {{ return 200 '{page}\\n'; }}
                location /slow {{ proxy_pass http://unix:{folder}/behind.sock; }}
            }}
        }}"
    );
    fs::write(server.path("nginx.conf"), text).expect("a folder");
}

const PAGE: &str = "GET / HTTP/1.0\r\n\r\n";

#[test]
fn x23_nginx_reads_its_settings_again_and_comes_back_when_it_is_killed() {
    let Some(server) = nginx("one") else { return };
    server.ask(PAGE, "one\n");
    let before = server.pid();
    configure(&server, "two");
    done(&server.daemon.relance(&["reload", "nginx"]));
    // The worker with the old settings is gone.
    output_with(&server.daemon, "nginx", "exited with code 0");
    server.ask(PAGE, "two\n");
    assert_eq!(server.pid(), before);
    server.kill_and_recover("getrlimit");
    server.said_again("start worker processes");
    server.ask(PAGE, "two\n");
    server.stop();
}

#[test]
fn a_stop_of_nginx_lets_a_request_end() {
    let Some(server) = nginx("one") else { return };
    let behind = UnixListener::bind(server.path("behind.sock")).expect("a socket");
    let mut client = server.connect();
    client
        .write_all(b"GET /slow HTTP/1.0\r\n\r\n")
        .expect("it listens");
    let (mut request, _) = behind.accept().expect("nginx passes the request on");
    answer(&mut request, "\r\n\r\n");
    done(&server.daemon.relance(&["stop", "--no-wait", "nginx"]));
    output_with(&server.daemon, "nginx", "gracefully shutting down");
    request
        .write_all(b"HTTP/1.0 200 OK\r\n\r\nslow\n")
        .expect("nginx reads");
    drop(request);
    answer(&mut client, "slow\n");
    (server.daemon).wait_for_state(&name("nginx"), ServiceState::Stopped);
    assert!(
        server
            .daemon
            .events_with_ids(&name("nginx"), &[7031])
            .is_empty()
    );
}

#[test]
fn x41_redis_says_when_it_is_ready_and_what_it_does() {
    let Some(server) = Server::new("redis", "/usr/bin/redis-server") else {
        return;
    };
    let socket = server.path("server.sock").display().to_string();
    let folder = server.daemon.folder().display().to_string();
    let command = [
        "redis-server",
        "--supervised",
        "systemd",
        "--port",
        "0",
        "--unixsocket",
        &socket,
        "--dir",
        &folder,
    ];
    server.start(&["--ready=notify"], &command, "ready to accept connections");
    let info = (server.daemon).wait_for_state(&name(server.service), ServiceState::Running);
    let said = info.run.and_then(|run| run.status_text);
    assert_eq!(said.as_deref(), Some("Ready to accept connections"));
    server.kill_and_recover("ready to accept connections");
    server.stop();
}

#[test]
fn x41_nginx_is_ready_when_it_takes_connections() {
    let Some(server) = Server::new("nginx", "/usr/sbin/nginx") else {
        return;
    };
    configure(&server, "one");
    let file = server.path("nginx.conf").display().to_string();
    let ready = format!("--ready=unix:{}", server.path("server.sock").display());
    let command = ["nginx", "-c", &file, "-g", "daemon off;"];
    server.start(
        &[&ready, "--stop-signal=QUIT"],
        &command,
        "start worker process ",
    );
    (server.daemon).wait_for_state(&name(server.service), ServiceState::Running);
    server.ask(PAGE, "one\n");
    server.stop();
}

#[test]
fn x41_x42_systemd_notify_is_heard_from_a_script() {
    let Some(server) = Server::new("script", "/usr/bin/systemd-notify") else {
        return;
    };
    let line = "systemd-notify --ready --status='1 of 2 done' && echo told; sleep 3600 & wait";
    server.start(&["--ready=notify"], &["/bin/sh", "-c", line], "told");
    let info = (server.daemon).wait_for_state(&name("script"), ServiceState::Running);
    let said = info.run.and_then(|run| run.status_text);
    assert_eq!(said.as_deref(), Some("1 of 2 done"));
    server.stop();
}
