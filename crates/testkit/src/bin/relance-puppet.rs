//! A service that does exactly what a test tells it: `relance-puppet SOCKET`.
//!
//! It connects to the test's socket, says `run PID`, and takes orders, one a line. Each is answered
//! with `ok` or with the error; a control that the manager sends is told as `control CODE`. When the
//! test goes away, so does the puppet. `relance_testkit::puppet` is the other side.

#![allow(
    clippy::exit,
    reason = "ending at any moment, with any code, is what a puppet is for"
)]

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use relance_client::hosted::{self, Hosted};
use relance_client::{ServiceManager, Target, connect};
use relance_scm::manager::wait;
use relance_scm::status::RawStatusReport;
use relance_scm::{Caller, EndCause, EndCauseKind, ServiceName};
use relance_wire::channel::CHANNEL_VARIABLE;

/// How long the manager may take to welcome the puppet; a test that hangs ends by this.
const WELCOME_WITHIN: Duration = Duration::from_secs(60);

/// The line to the test.
#[derive(Clone)]
struct Test(Arc<Mutex<UnixStream>>);

impl Test {
    /// The puppet ends when its test has gone away.
    fn tell(&self, line: &str) {
        let mut stream = self.0.lock().expect("nobody panics with it");
        if writeln!(stream, "{line}").is_err() {
            process::exit(0);
        }
    }
}

struct Puppet {
    test: Test,
    hosted: Option<Hosted>,
    /// What the handler answers to controls.
    answer: Arc<AtomicU32>,
}

fn main() {
    let socket = env::args().nth(1).expect("the socket of a test");
    let Ok(stream) = UnixStream::connect(&socket) else {
        process::exit(3);
    };
    let orders = BufReader::new(stream.try_clone().expect("a descriptor"));
    let mut puppet = Puppet {
        test: Test(Arc::new(Mutex::new(stream))),
        hosted: None,
        answer: Arc::default(),
    };
    puppet.test.tell(&format!("run {}", process::id()));
    for order in orders.lines() {
        let Ok(order) = order else { break };
        match puppet.obey(&order) {
            Ok(()) => puppet.test.tell("ok"),
            Err(error) => puppet.test.tell(&error.replace('\n', " ")),
        }
    }
    process::exit(0);
}

impl Puppet {
    fn obey(&mut self, order: &str) -> Result<(), String> {
        let words: Vec<&str> = order.split(' ').collect();
        let number = |index: usize| -> u32 {
            let word = words.get(index).unwrap_or(&"0");
            word.parse().expect("a number")
        };
        match words[0] {
            "hello" => self.hello(),
            // state, accepted, win32, specific, checkpoint, hint
            "report" => self.report(RawStatusReport {
                state: number(1),
                controls_accepted: number(2),
                win32_exit_code: number(3),
                service_specific_exit_code: number(4),
                checkpoint: number(5),
                wait_hint_ms: number(6),
            }),
            "query" => query(),
            "cause" => self.tell_cause(words[1], words.get(2..).unwrap_or_default()),
            "answer" => {
                self.answer.store(number(1), Ordering::SeqCst);
                Ok(())
            }
            "exit" => process::exit(number(1).cast_signed()),
            "print" => print(order.split_once(' ').unwrap_or_default().1.as_bytes(), true),
            "flood" => flood(number(1)),
            "beat" => say("WATCHDOG=1"),
            // Lines, separated by blanks.
            "say" => say(&words[1..].join("\n")),
            // The same so many times, as fast as it is taken.
            "say-often" => (0..number(1)).try_for_each(|_| say(&words[2..].join("\n"))),
            "ready" => ready(words[1]),
            "rubbish" => write_to_channel(b"\x00\xffrubbish}{\n"),
            "long-frame" => write_to_channel(&vec![b'x'; 10 << 20]),
            "environment" => Err(env::var(words[1]).unwrap_or_default()),
            other => panic!("unknown order {other}"),
        }
    }

    fn hello(&mut self) -> Result<(), String> {
        let (test, answer) = (self.test.clone(), Arc::clone(&self.answer));
        let handler = move |code: u32, _: &hosted::Reporter<'_>| {
            test.tell(&format!("control {code}"));
            answer.load(Ordering::SeqCst)
        };
        let (hosted, _) = hosted::connect(WELCOME_WITHIN, handler).map_err(|e| e.to_string())?;
        self.hosted = Some(hosted);
        Ok(())
    }

    fn tell_cause(&self, kind: &str, text: &[&str]) -> Result<(), String> {
        let hosted = self.hosted.as_ref().expect("hello comes first");
        let kind = EndCauseKind::from_name(kind).ok_or("no such cause")?;
        hosted.tell_cause(&EndCause::new(kind, &text.join(" ")));
        Ok(())
    }

    fn report(&self, report: RawStatusReport) -> Result<(), String> {
        let hosted = self.hosted.as_ref().expect("hello comes first");
        hosted.report(report).map_err(|error| error.to_string())
    }
}

/// Asks the manager about its own service, as a script may do in every turn of its loop.
fn query() -> Result<(), String> {
    let name = env::var("RELANCE_SERVICE").map_err(|error| error.to_string())?;
    let name = ServiceName::new(name).map_err(|error| error.to_string())?;
    let ask = || {
        let manager = connect(&Target::Local)?;
        wait(|reply| manager.query_status(&Caller::system(), &name, reply))
    };
    ask().map(|_| ()).map_err(|error| error.to_string())
}

fn print(bytes: &[u8], line: bool) -> Result<(), String> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| if line { out.write_all(b"\n") } else { Ok(()) })
        .and_then(|()| out.flush())
        .map_err(|error| error.to_string())
}

/// Prints this many bytes without a line end.
fn flood(bytes: u32) -> Result<(), String> {
    let part = [b'y'; 4096];
    let mut left = bytes as usize;
    while left > 0 {
        let len = left.min(part.len());
        print(&part[..len], false)?;
        left -= len;
    }
    Ok(())
}

/// What any program says by systemd's protocol.
fn say(text: &str) -> Result<(), String> {
    let socket = env::var("NOTIFY_SOCKET").map_err(|error| error.to_string())?;
    let sent = UnixDatagram::unbound().and_then(|own| own.send_to(text.as_bytes(), socket));
    sent.map(drop).map_err(|error| error.to_string())
}

/// A line on the descriptor of this number.
fn ready(number: &str) -> Result<(), String> {
    let number: RawFd = number.parse().map_err(|_| "no number".to_owned())?;
    // SAFETY: the descriptor was handed over for this, and nobody closes it.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    let written = rustix::io::write(descriptor, b"\n");
    written.map(drop).map_err(|error| error.to_string())
}

/// Writes past the client library, as a broken service would.
fn write_to_channel(mut bytes: &[u8]) -> Result<(), String> {
    let number = env::var(CHANNEL_VARIABLE).map_err(|error| error.to_string())?;
    let fd: RawFd = number.parse().map_err(|_| "no number".to_owned())?;
    // SAFETY: the descriptor stays open until the process ends: nobody has taken it yet.
    let channel = unsafe { BorrowedFd::borrow_raw(fd) };
    while !bytes.is_empty() {
        match rustix::io::write(channel, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::AGAIN) => {
                let mut poll = [rustix::event::PollFd::new(
                    &channel,
                    rustix::event::PollFlags::OUT,
                )];
                rustix::event::poll(&mut poll, None).map_err(|error| error.to_string())?;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}
