//! Probes (X41, X43): looks from outside whether runs are ready, and whether they live.
//!
//! One thread, made when it is first needed, makes all connections and waits for none of them: a target that
//! does not answer keeps neither the owner loop nor another target waiting. While nothing is to be probed it
//! sleeps without a deadline. It reports only results that change something: a run is ready, or it has
//! failed its last attempt. No probe delays another one.
//!
//! `attempt` is one connection, `silence` looks at output, and the guardian runs commands; `plan` reads from
//! the record of a service what to probe.

mod attempt;
mod plan;
mod silence;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use relance_policy::{Notice, RunId, ServiceId, ServiceRecord};
use relance_scm::config::Probe;
use relance_scm::duration::Human;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use attempt::{Attempt, Progress};
use plan::{Command, Plan, Purpose};
use silence::Silence;

use super::verdicts::{Teller, Verdict};
use crate::output::OutputSignals;

/// The engine's side.
pub(super) struct Prober {
    teller: Teller,
    output: Arc<OutputSignals>,
    thread: Option<Connected>,
    /// What is probed.
    plans: BTreeMap<ServiceId, (RunId, Plan)>,
}

struct Connected {
    orders: Sender<Order>,
    /// Wakes the thread.
    wake: Arc<OwnedFd>,
}

/// What the thread is told.
enum Order {
    /// What to probe of a service; `None`: nothing any more.
    Probe(ServiceId, Option<(RunId, Plan)>),
    /// What the command of a run has shown, at the time that this number counts.
    Answer(RunId, u32, Result<(), String>),
}

impl Prober {
    pub(super) fn new(teller: Teller, output: Arc<OutputSignals>) -> Self {
        Self {
            teller,
            output,
            thread: None,
            plans: BTreeMap::new(),
        }
    }

    /// Probes what the record of a service wants now.
    pub(super) fn look_after(&mut self, record: &ServiceRecord) {
        let wanted = Plan::of(record);
        if self.plans.get(&record.id) == wanted.as_ref() {
            return;
        }
        match &wanted {
            Some(wanted) => self.plans.insert(record.id, wanted.clone()),
            None => self.plans.remove(&record.id),
        };
        if let Err(error) = self.order(Order::Probe(record.id, wanted)) {
            tracing::error!(%error, "probes cannot be made");
        }
    }

    /// The service is gone.
    pub(super) fn forget(&mut self, service: ServiceId) {
        if self.plans.remove(&service).is_some() {
            let _ = self.order(Order::Probe(service, None));
        }
    }

    /// The command that shows whether this run lives, and whose rights it has.
    pub(super) fn command_of(&self, run: RunId) -> Option<Command> {
        let (known, plan) = self.plans.get(&run.service)?;
        plan.command.clone().filter(|_| *known == run)
    }

    /// What that command has shown.
    pub(super) fn answer(&mut self, run: RunId, number: u32, result: Result<(), String>) {
        // The thread exists, because it has asked for this.
        let _ = self.order(Order::Answer(run, number, result));
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        if self.thread.is_none() {
            let (teller, output) = (self.teller.clone(), Arc::clone(&self.output));
            self.thread = Some(start(teller, output)?);
        }
        if let Some(thread) = &self.thread {
            // A thread that has ended would have taken the engine with it.
            let _ = thread.orders.send(order);
            wake(&thread.wake);
        }
        Ok(())
    }
}

fn start(teller: Teller, output: Arc<OutputSignals>) -> io::Result<Connected> {
    let woken = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
    let (orders, taken) = channel();
    let mut work = Work {
        orders: taken,
        woken: Arc::clone(&woken),
        teller,
        output,
        targets: BTreeMap::new(),
    };
    let thread = thread::Builder::new().name("probes".to_owned());
    thread.spawn(move || work.run())?;
    Ok(Connected {
        orders,
        wake: woken,
    })
}

fn wake(eventfd: &OwnedFd) {
    let _ = rustix::io::write(eventfd, &1_u64.to_ne_bytes());
}

/// The thread's side.
struct Work {
    orders: Receiver<Order>,
    woken: Arc<OwnedFd>,
    teller: Teller,
    output: Arc<OutputSignals>,
    targets: BTreeMap<ServiceId, Target>,
}

/// A run that is probed.
struct Target {
    run: RunId,
    plan: Plan,
    /// When the next attempt begins.
    due: Instant,
    attempt: Option<Attempt>,
    /// Until when its command may be at work, while it is.
    command_until: Option<Instant>,
    /// Where what is printed is the sign.
    silence: Option<Silence>,
    /// How many attempts there were.
    attempts: u32,
    /// So many have failed in a row.
    failed: u32,
}

impl Target {
    /// Until when the attempt that is under way may take.
    fn until(&self) -> Option<Instant> {
        let attempt = self.attempt.as_ref().map(|attempt| attempt.until);
        attempt.or(self.command_until)
    }
}

impl Work {
    fn run(&mut self) {
        loop {
            self.take_orders();
            self.begin_due(Instant::now());
            let ready = self.wait();
            let now = Instant::now();
            for service in ready {
                self.go_on(service, now);
            }
            let late = |target: &Target| target.until().is_some_and(|until| until <= now);
            let late = self.targets.iter().filter(|(_, target)| late(target));
            for service in late.map(|(service, _)| *service).collect::<Vec<_>>() {
                self.end_command(service);
                let within = self.targets[&service].plan.within;
                let time = Human(within);
                self.ended(service, now, Err(format!("no answer in {time}")));
            }
        }
    }

    fn take_orders(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Probe(service, wanted) => {
                    self.end_command(service);
                    self.targets.remove(&service);
                    if let Some((run, plan)) = wanted {
                        let target = self.target(run, plan);
                        self.targets.insert(service, target);
                    }
                }
                Order::Answer(run, number, result) => self.take_answer(run, number, result),
            }
        }
    }

    fn target(&self, run: RunId, plan: Plan) -> Target {
        let is_output = plan.target.probe == Probe::Output;
        Target {
            run,
            due: Instant::now() + plan.first(run),
            attempt: None,
            command_until: None,
            silence: is_output.then(|| Silence::new(self.output.moves(run))),
            attempts: 0,
            failed: 0,
            plan,
        }
    }

    /// A result that is late, or that belongs to an earlier target, is ignored.
    fn take_answer(&mut self, run: RunId, number: u32, result: Result<(), String>) {
        let is_awaited = self.targets.get(&run.service).is_some_and(|target| {
            target.run == run && target.attempts == number && target.command_until.is_some()
        });
        if is_awaited {
            self.ended(run.service, Instant::now(), result);
        }
    }

    /// Has the command of a service killed if one is at work.
    fn end_command(&mut self, service: ServiceId) {
        if let Some(target) = self.targets.get_mut(&service)
            && target.command_until.take().is_some()
        {
            self.teller.tell(target.run, Verdict::EndProbe);
        }
    }

    fn begin_due(&mut self, now: Instant) {
        let due = |target: &Target| target.until().is_none() && target.due <= now;
        let due = self.targets.iter().filter(|(_, target)| due(target));
        for service in due.map(|(service, _)| *service).collect::<Vec<_>>() {
            let Some(target) = self.targets.get_mut(&service) else {
                continue;
            };
            target.attempts = target.attempts.saturating_add(1);
            target.due = now + target.plan.pause(target.run, target.attempts);
            if let Some(silence) = &mut target.silence {
                let printed = silence.is_broken().then_some(());
                let result = printed.ok_or_else(|| "it printed nothing".to_owned());
                self.ended(service, now, result);
                continue;
            }
            if target.plan.command.is_some() {
                target.command_until = Some(now + target.plan.within);
                self.teller
                    .tell(target.run, Verdict::RunProbe(target.attempts));
                continue;
            }
            match Attempt::begin(&target.plan.target, now + target.plan.within) {
                Ok(attempt) => target.attempt = Some(attempt),
                Err(error) => self.ended(service, now, Err(error.to_string())),
            }
        }
    }

    /// Waits for the next thing to happen; the services whose attempt can go on.
    fn wait(&self) -> Vec<ServiceId> {
        let attempts: Vec<_> = (self.targets.iter())
            .filter_map(|(service, target)| Some((*service, target.attempt.as_ref()?)))
            .collect();
        let mut fds = vec![PollFd::new(&*self.woken, PollFlags::IN)];
        let flags = |attempt: &Attempt| attempt.waits_for();
        fds.extend(
            (attempts.iter())
                .map(|(_, attempt)| PollFd::from_borrowed_fd(attempt.as_fd(), flags(attempt))),
        );
        let next = self.targets.values();
        let next = next.map(|target| target.until().unwrap_or(target.due));
        let pause = next.min().map(|at| {
            // Rounded up, or the thread would wake too early and spin.
            let pause = at.saturating_duration_since(Instant::now()) + Duration::from_micros(1);
            Timespec {
                tv_sec: i64::try_from(pause.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: pause.subsec_nanos().into(),
            }
        });
        if poll(&mut fds, pause.as_ref()).is_err() {
            return Vec::new(); // A signal.
        }
        if !fds[0].revents().is_empty() {
            let _ = rustix::io::read(&*self.woken, &mut [0; 8]);
        }
        let ready = attempts.iter().zip(&fds[1..]);
        let ready = ready.filter(|(_, fd)| !fd.revents().is_empty());
        ready.map(|((service, _), _)| *service).collect()
    }

    fn go_on(&mut self, service: ServiceId, now: Instant) {
        let Some(attempt) = (self.targets.get_mut(&service)).and_then(|t| t.attempt.as_mut())
        else {
            return;
        };
        match attempt.go_on() {
            Progress::Waits => {}
            Progress::Ended(result) => self.ended(service, now, result),
        }
    }

    /// What an attempt has shown.
    fn ended(&mut self, service: ServiceId, now: Instant, result: Result<(), String>) {
        let Some(target) = self.targets.get_mut(&service) else {
            return;
        };
        target.attempt = None;
        target.command_until = None;
        target.due = target.due.max(now);
        let notice = match (target.plan.purpose, result) {
            (Purpose::Ready, Err(_)) => return,
            (Purpose::Ready, Ok(())) => Notice::Ready,
            (Purpose::Live, Ok(())) => {
                target.failed = 0;
                return;
            }
            (Purpose::Live, Err(error)) => {
                target.failed += 1;
                if target.failed < target.plan.failures {
                    return;
                }
                Notice::Unwell(target.plan.verdict(&error).into())
            }
        };
        let run = target.run;
        // The next probe is not decided here: it follows from the record.
        self.targets.remove(&service);
        self.teller.tell(run, Verdict::Noticed(notice));
    }
}
