//! `Relance\Service`: a callable as a well-behaved service.
//!
//! ```php
//! Relance\Service::run('worker', function (?int $control): void {
//!     handle_the_next_job();
//! }, intervalMs: 250);
//! ```
//!
//! `run` connects, reports RUNNING and calls the callable again and again, `intervalMs` apart. PAUSE
//! pauses and CONTINUE goes on; a custom control (128 to 255) comes as the argument of the next call,
//! without waiting for the interval. STOP and the shutdown of the system report STOP_PENDING and end
//! `run`, and so does a callable that returns false; STOPPED is reported at the end of the script.
//! What the callable throws comes out of `run`. Each turn is a heartbeat, and so is the wait for the next one:
//! with a watchdog (X40) a turn that hangs is noticed.

use std::time::Instant;

use relance_scm::{Control, ServiceState, Win32Error};

use super::controls::until;
use super::heartbeat;
use crate::dispatcher::DISPATCHER;
use crate::failure;
use crate::functions::service::{admit_start, start_dispatcher};
use crate::zend::callback::{CallingFunction, Next, static_method};
use crate::zend::class::MethodsClass;
use crate::zend::function::Call;
use crate::zend::outcome::Throwable;
use crate::zend::signature::{Parameter, ParameterKind, Signature, Type};

/// The class.
pub(crate) static CLASS: MethodsClass =
    MethodsClass::new(c"Relance\\Service", &[static_method::<Run>()]);

/// Pause between two calls if none is given, milliseconds.
const INTERVAL_DEFAULT_MS: i64 = 1000;

struct Run;

impl CallingFunction for Run {
    const SIGNATURE: &'static Signature = &Signature {
        name: c"run",
        parameters: &[
            Parameter::required(c"name", ParameterKind::String),
            Parameter::required(c"turn", ParameterKind::Callable),
            Parameter::optional(c"intervalMs", ParameterKind::Int, c"1000"),
        ],
        returns: Some(Type::Void),
    };

    fn admit(given: u32) -> Result<(), Throwable> {
        admit_start(given)
    }

    fn begin(call: &mut Call<'_>) -> Result<(), Throwable> {
        if call.given_int(2).is_some_and(|interval| interval < 0) {
            return Err(Throwable::argument_value(
                3,
                "the value must be 0 or more milliseconds",
            ));
        }
        if !start_dispatcher(call.bytes(0), None)? {
            return Err(failure::code(Win32Error::SERVICE_REQUEST_TIMEOUT, ""));
        }
        report(ServiceState::Running)
    }

    fn next(call: &mut Call<'_>, turns: u64) -> Result<Next, Throwable> {
        let interval = match turns {
            0 => 0,
            _ => call.given_int(2).unwrap_or(INTERVAL_DEFAULT_MS),
        };
        let until = until(interval);
        let mut paused = false;
        loop {
            let until = if paused { None } else { until };
            heartbeat::beat();
            let next_beat = heartbeat::interval()
                .filter(|_| !paused)
                .and_then(|time| Instant::now().checked_add(time));
            let wake = until.into_iter().chain(next_beat).min();
            let control = DISPATCHER
                .next_control(wake)
                .map_err(|error| failure::operation(&error, ""))?;
            let now = Instant::now();
            let is_over = until.is_some_and(|until| until <= now);
            let beats = next_beat.is_some_and(|at| at <= now);
            match control.and_then(Control::from_raw) {
                None if beats && !is_over => {}
                None if paused => {}
                None => return Ok(Next::Call(None)),
                Some(Control::Stop | Control::Shutdown | Control::Preshutdown) => {
                    report(ServiceState::StopPending)?;
                    return Ok(Next::Return);
                }
                Some(Control::Pause) => {
                    report(ServiceState::Paused)?;
                    paused = true;
                }
                Some(Control::Continue) => {
                    report(ServiceState::Running)?;
                    paused = false;
                }
                Some(Control::User(_)) => {
                    return Ok(Next::Call(control.map(i64::from)));
                }
                Some(_) => {}
            }
        }
    }
}

fn report(state: ServiceState) -> Result<(), Throwable> {
    DISPATCHER
        .set_status(state.to_raw().into(), 0)
        .map_err(|error| failure::operation(&error, ""))
}
