//! A service that is started and stopped in good order without a pause: none of its ends may be taken for
//! a crash.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use relance_scm::manager::ServiceInfo;
use relance_scm::{Control, ServiceName};

use super::Figures;
use crate::daemon::Daemon;
use crate::puppet::{Puppet, Stage};

/// See the module.
#[derive(Debug)]
pub(super) struct Stops {
    stage: Stage,
    service: ServiceName,
}

impl Stops {
    pub(super) fn create(daemon: &Daemon) -> Self {
        let stage = Stage::new(daemon.folder(), "stopped");
        let config = stage.service("stopped", "restart/0");
        let service = config.service_name.clone();
        daemon.create(config);
        Self { stage, service }
    }

    /// Starts and stops until something is done.
    pub(super) fn go_on_while(&self, daemon: &Daemon, something: impl FnOnce()) {
        let enough = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !enough.load(Ordering::SeqCst) {
                    self.start_and_stop(daemon);
                }
            });
            // It stops even if that panics.
            let _enough = OnDrop(&enough);
            something();
        });
    }

    fn start_and_stop(&self, daemon: &Daemon) {
        let service = &self.service;
        let known = newest_run(&daemon.query(service));
        let began = || newest_run(&daemon.query(service)) > known;
        thread::scope(|scope| {
            // The request may have to be repeated: the engine that took the request was killed.
            scope.spawn(|| while daemon.start_service(service).is_err() && !began() {});
            let mut puppet = self.stage.next_run();
            puppet.run();
            stop(daemon, service, &mut puppet);
            daemon.wait_until(service, |info| {
                info.run.is_none() && newest_run(info) > known
            });
        });
    }

    pub(super) fn count(&self, daemon: &Daemon, figures: &mut Figures) {
        let info = daemon.query(&self.service);
        figures.clean_stops = u64::from(newest_run(&info));
        let failures = daemon.events_with_ids(&self.service, &[7031, 7034]);
        if info.recovery.failure_count != 0 || !failures.is_empty() {
            figures.problem(format!("a clean stop was counted: {failures:?}"));
        }
    }
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn newest_run(info: &ServiceInfo) -> u32 {
    let run = info.run.as_ref().map(|run| run.id.number);
    let ended = info.last_end.as_ref().map(|end| end.run.number);
    run.or(ended).unwrap_or(0)
}

fn stop(daemon: &Daemon, service: &ServiceName, puppet: &mut Puppet) {
    // 1053 or a broken connection if the engine was killed meanwhile; the control is delivered all the same.
    let _ = daemon.control(service, Control::Stop);
    puppet.stopped(0, 0);
}
