//! Output that is lost, and that is kept again: what is told of both, and what is tried again.

use std::io;
use std::time::Instant;

use relance_policy::ServiceId;
use relance_scm::manager::OutputStream;

use super::{StreamId, Thread, file_of};
use crate::linux::logs::plan::Sink;
use crate::linux::logs::problem::{self, Trouble};
use crate::output_losses::OutputLoss;

/// Of which stream of which service output is lost, and on the way where; `None`: to its file.
pub(super) type LossKey = (ServiceId, OutputStream, Option<Sink>);

impl Thread {
    /// Output of an existing service could not be kept, or could not be kept if there were any.
    pub(super) fn lost(&mut self, id: StreamId, bytes: usize, error: &io::Error) {
        let Some(plan) = self.pipes.get(&id).and_then(|pipe| pipe.plan.as_ref()) else {
            return;
        };
        let (file, path) = (file_of(id), plan.file.path());
        let why = || problem::not_written(path, error).to_string();
        let begun = self
            .losses
            .lost(loss_of(id, None), bytes, Instant::now(), why);
        let (is_open, _) = self.files.state(file);
        let trouble = Trouble {
            sentence: problem::lost(path, error),
            is_closed: !is_open,
        };
        self.troubles.note(&self.files.signals, file, Some(trouble));
        self.tell(id, begun);
    }

    /// Output was kept, or would be kept.
    pub(super) fn kept(&mut self, id: StreamId) {
        let over = self.losses.kept(loss_of(id, None));
        let (_, sentence) = self.files.state(file_of(id));
        let trouble = sentence.map(|sentence| Trouble {
            sentence,
            is_closed: false,
        });
        self.troubles
            .note(&self.files.signals, file_of(id), trouble);
        self.tell(id, over);
    }

    /// Lines that a slow reader has not taken are lost there, though they may be in the file.
    pub(super) fn tell_of_sinks(&mut self, id: StreamId) {
        for (sink, handed) in self.sinks.take_handed() {
            let key = loss_of(id, Some(sink));
            if handed.dropped > 0 {
                let why = || sink.takes_nothing().to_owned();
                let begun = self.losses.lost(key, handed.dropped, Instant::now(), why);
                self.tell(id, begun);
            }
            if handed.is_taken {
                let over = self.losses.kept(key);
                self.tell(id, over);
            }
        }
    }

    fn tell(&self, id: StreamId, loss: Option<OutputLoss>) {
        if let Some(loss) = loss {
            self.files.signals.tell(id.0.service, loss);
        }
    }

    /// Tries to open what could not be opened, so that what was mended is seen before something is printed.
    pub(super) fn retry(&mut self) {
        self.troubles.retried();
        let streams = self.pipes.keys().copied();
        let closed = streams.filter(|id| self.troubles.is_closed(file_of(*id)));
        let streams: Vec<_> = closed.collect();
        for id in streams {
            let pipe = self.pipes.get(&id);
            let Some(plan) = pipe.and_then(|pipe| pipe.plan.as_ref()) else {
                continue;
            };
            let opened = self.files.output(file_of(id), plan).map(drop);
            match opened {
                Ok(()) => self.kept(id),
                Err(error) => self.lost(id, 0, &error),
            }
        }
    }
}

/// What is known of losses of a stream in one place.
fn loss_of((run, stream): StreamId, sink: Option<Sink>) -> LossKey {
    (run.service, stream, sink)
}
