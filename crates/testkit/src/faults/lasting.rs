//! Services that run through all of it: silent ones that report, ones that print, and PHP scripts that
//! ask and report at each turn. None may notice that a manager dies.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use relance_scm::manager::next_output;
use relance_scm::{Caller, ServiceConfig, ServiceKind, ServiceManager, ServiceName, ServiceState};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::net::sockopt::{Timeout, set_socket_timeout};

use super::{Figures, Php};
use crate::daemon::Daemon;
use crate::puppet::{PATIENCE, Puppet, Stage};

const STEADY: usize = 3;
/// PHP scripts that ask and report.
const ASKING: usize = 2;
/// Lines that are printed for each order; the output of two orders fits into a pipe.
const LINES: u64 = 20;
/// Turns of a PHP service for each order.
const TURNS: u64 = 2;

/// Prints as many numbered lines as it is told.
const SHELL: &str = "exec 8<>ORDERS\nline=0\nwhile read -r count <&8; do\n\
    while [ $count -gt 0 ]; do\n\
    line=$((line + 1)); count=$((count - 1)); echo $line\n\
    done\ndone\n";
const ECHO: &str = "<?php\n$orders = fopen('ORDERS', 'r+');\n$line = 0;\n\
    while (($count = fgets($orders)) !== false) {\n\
    for ($i = 0; $i < (int) $count; $i++) { echo ++$line, \"\\n\"; }\n\
    }\n";
/// Reads its controls, asks and reports at each turn, and says what was thrown.
const ASK: &str = "<?php\n[, $service, $socket] = $argv;\n\
    win32_start_service_ctrl_dispatcher($service);\n\
    win32_set_service_status(WIN32_SERVICE_RUNNING);\n\
    $test = stream_socket_client(\"unix://$socket\");\n\
    stream_set_timeout($test, 86400);\n\
    while (fgets($test) !== false) {\n\
    try {\n\
    win32_get_last_control_message();\n\
    $pid = win32_query_service_status($service)['ProcessId'];\n\
    win32_set_service_status(WIN32_SERVICE_RUNNING);\n\
    fwrite($test, $pid === getmypid() ? \"ok\\n\" : \"it is said to be $pid\\n\");\n\
    } catch (Throwable $error) {\n\
    fwrite($test, strtok($error->getMessage(), \"\\n\") . \"\\n\");\n\
    }\n\
    }\n";

/// See the module.
#[derive(Debug)]
pub(super) struct Lasting {
    steady: Vec<(ServiceName, Puppet)>,
    printing: Vec<Printing>,
    asking: Vec<Asking>,
    /// The processes at the beginning.
    pids: Vec<(ServiceName, u32)>,
}

impl Lasting {
    /// Creates and starts them.
    pub(super) fn start(daemon: &Daemon, php: Option<&Php>) -> Self {
        let interpreter = php.map_or_else(|| PathBuf::from("php"), |php| php.binary.clone());
        let mut lasting = Self {
            steady: (0..STEADY).map(|index| steady(daemon, index)).collect(),
            printing: vec![
                Printing::start(daemon, "print-shell", Path::new("/bin/sh"), SHELL),
                Printing::start(daemon, "print-php", &interpreter, ECHO),
            ],
            asking: Vec::new(),
            pids: Vec::new(),
        };
        if let Some(php) = php {
            let asking = |index| Asking::start(daemon, &format!("ask{index}"), php);
            lasting.asking = (0..ASKING).map(asking).collect();
        }
        let names = lasting.names();
        let pid = |name: &ServiceName| daemon.query(name).status.process_id;
        lasting.pids = names
            .into_iter()
            .map(|name| (name.clone(), pid(&name)))
            .collect();
        lasting
    }

    fn names(&self) -> Vec<ServiceName> {
        let steady = self.steady.iter().map(|(service, _)| service);
        let printing = self.printing.iter().map(|printing| &printing.service);
        let asking = self.asking.iter().map(|asking| &asking.service);
        steady.chain(printing).chain(asking).cloned().collect()
    }

    /// Has all of them go on, without waiting until they have.
    pub(super) fn order(&mut self) {
        for printing in &mut self.printing {
            printing.order();
        }
        for asking in &mut self.asking {
            asking.order();
        }
    }

    /// Waits until the silent ones have reported and the asking ones have had their turns.
    pub(super) fn answer(&mut self, figures: &mut Figures) {
        for (service, puppet) in &mut self.steady {
            if let Err(error) = puppet.report_again(ServiceState::Running) {
                figures.problem(format!("{service} cannot report: {error}"));
            }
        }
        for asking in &mut self.asking {
            asking.answer(figures);
        }
    }

    /// What became of them.
    pub(super) fn count(&mut self, daemon: &Daemon, figures: &mut Figures) {
        figures.services = self.pids.len() as u64;
        for (service, pid) in &self.pids {
            let info = daemon.query(service);
            let first = info.run.is_some_and(|run| run.id.number == 1);
            if info.status.process_id != *pid || !first {
                figures.disturbed += 1;
                figures.problem(format!("{service} was disturbed"));
            }
        }
        for printing in &mut self.printing {
            printing.count(daemon, figures);
        }
    }
}

fn steady(daemon: &Daemon, index: usize) -> (ServiceName, Puppet) {
    let name = format!("steady{index}");
    let stage = Stage::new(daemon.folder(), &name);
    let config = stage.service(&name, "restart/0");
    let service = config.service_name.clone();
    daemon.create(config);
    let puppet = daemon.run_puppet(&stage, &service);
    (service, puppet)
}

fn file(daemon: &Daemon, service: &ServiceName, what: &str) -> PathBuf {
    daemon.folder().join(format!("{service}.{what}"))
}

/// A program that prints.
#[derive(Debug)]
struct Printing {
    service: ServiceName,
    orders: File,
    told: u64,
}

impl Printing {
    fn start(daemon: &Daemon, name: &str, interpreter: &Path, script: &str) -> Self {
        let service = ServiceName::new(name).expect("a legal name");
        let (orders, body) = (
            file(daemon, &service, "orders"),
            file(daemon, &service, "body"),
        );
        mknodat(CWD, &orders, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        let script = script.replace("ORDERS", &orders.display().to_string());
        fs::write(&body, script).expect("a writable folder");
        let line = format!("{} {}", interpreter.display(), body.display());
        let mut config = ServiceConfig::new(service.clone(), line);
        config.kind = ServiceKind::Program;
        daemon.create(config);
        daemon.start_service(&service).expect("it starts");
        // Open at both ends, so that nobody waits for the other.
        let mut options = OpenOptions::new();
        let orders = options.read(true).write(true).open(orders).expect("a pipe");
        Self {
            service,
            orders,
            told: 0,
        }
    }

    fn order(&mut self) {
        writeln!(self.orders, "{LINES}").expect("open at both ends");
        self.told += LINES;
    }

    /// Compares its output with what it was told to print.
    fn count(&mut self, daemon: &Daemon, figures: &mut Figures) {
        self.order();
        figures.lines += self.told;
        if daemon.query(&self.service).run.is_none() {
            figures.lines_lost += LINES;
            return figures.problem(format!("{} prints no more", self.service));
        }
        let text = output_until(daemon, &self.service, &format!("\n{}\n", self.told));
        let wanted: Vec<String> = (1..=self.told).map(|line| line.to_string()).collect();
        let printed: BTreeSet<&str> = text.lines().collect();
        let is_lost = |line: &&String| !printed.contains(line.as_str());
        let lost = wanted.iter().filter(is_lost).count() as u64;
        figures.lines_lost += lost;
        if lost == 0 && !text.lines().eq(wanted.iter()) {
            figures.problem(format!("{}: lines are doubled or torn", self.service));
        }
    }
}

/// All that a service has printed, once a text is at its end.
fn output_until(daemon: &Daemon, service: &ServiceName, end: &str) -> String {
    let manager = daemon.manager();
    let mut output = manager
        .follow_output(
            &Caller::system(),
            service,
            relance_scm::manager::OutputStream::Output,
            0,
        )
        .expect("output can be followed");
    let mut bytes: Vec<u8> = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.extend(
            next_output(&mut *output)
                .expect("the manager goes on")
                .bytes,
        );
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A PHP service that calls the manager at each turn.
#[derive(Debug)]
struct Asking {
    service: ServiceName,
    stream: UnixStream,
    answers: BufReader<UnixStream>,
    waiting: u64,
}

impl Asking {
    fn start(daemon: &Daemon, name: &str, php: &Php) -> Self {
        let service = ServiceName::new(name).expect("a legal name");
        let (socket, body) = (
            file(daemon, &service, "turns"),
            file(daemon, &service, "body"),
        );
        let listener = UnixListener::bind(&socket).expect("a socket for the script");
        set_socket_timeout(&listener, Timeout::Recv, Some(PATIENCE)).expect("a time-out");
        fs::write(&body, ASK).expect("a writable folder");
        let line = format!(
            "{} -d extension={} {} {service} {}",
            php.binary.display(),
            php.extension.display(),
            body.display(),
            socket.display()
        );
        daemon.create(ServiceConfig::new(service.clone(), line));
        daemon.start_service(&service).expect("it starts");
        let (stream, _) = listener.accept().expect("the script comes");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let answers = BufReader::new(stream.try_clone().expect("a descriptor"));
        Self {
            service,
            stream,
            answers,
            waiting: 0,
        }
    }

    fn order(&mut self) {
        for _ in 0..TURNS {
            // A service that has ended shows because it does not answer.
            let _ = writeln!(self.stream, "turn");
        }
        self.waiting += TURNS;
    }

    fn answer(&mut self, figures: &mut Figures) {
        for _ in 0..std::mem::take(&mut self.waiting) {
            let mut answer = String::new();
            let read = self.answers.read_line(&mut answer);
            figures.turns += 1;
            if answer != "ok\n" {
                figures.turns_failed += 1;
                let said = read.map_or_else(|error| error.to_string(), |_| answer);
                figures.problem(format!("{}: {:?}", self.service, said.trim_end()));
            }
        }
    }
}
