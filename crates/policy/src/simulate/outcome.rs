//! What a time line comes to, for those who expect something of it: the actions in their order, the time down.

use std::time::Duration;

use relance_scm::ServiceState;
use relance_scm::event::Event;
use relance_scm::failure_actions::RecoveryAction;

use super::script::Happening;
use super::timeline::{Occurrence, Timeline};
use crate::time::Time;

impl Timeline {
    /// What followed each failure, with its time; `None`: nothing.
    pub fn actions(&self) -> impl Iterator<Item = (Time, Option<RecoveryAction>)> {
        self.logged().filter_map(|(at, event)| {
            let Event::Failed { action, .. } = event else {
                return None;
            };
            Some((at, *action))
        })
    }

    /// When the service was given up (X83), if it was.
    #[must_use]
    pub fn gave_up_at(&self) -> Option<Time> {
        let mut logged = self.logged();
        logged.find_map(|(at, event)| matches!(event, Event::GaveUp { .. }).then_some(at))
    }

    /// How long the service was down although nobody had stopped it; `None`: it stays down.
    #[must_use]
    pub fn time_down(&self) -> Option<Duration> {
        let mut down = Duration::ZERO;
        let mut since = None;
        let mut is_asked = false;
        for entry in &self.entries {
            match &entry.what {
                Occurrence::Happened(what) => {
                    is_asked = matches!(
                        what,
                        Happening::Stop | Happening::ExitInStop(_) | Happening::StoppedInStop(_)
                    );
                }
                Occurrence::Logged(Event::StateEntered(ServiceState::Stopped)) => {
                    since = (!is_asked).then_some(entry.at);
                }
                Occurrence::Logged(Event::StateEntered(ServiceState::Running)) => {
                    down += since
                        .take()
                        .map_or(Duration::ZERO, |since| entry.at - since);
                }
                Occurrence::Ignored(_)
                | Occurrence::Refused(_)
                | Occurrence::CounterReset
                | Occurrence::Logged(_)
                | Occurrence::CommandRun(_)
                | Occurrence::Rebooted => {}
            }
        }
        since.is_none().then_some(down)
    }
}
