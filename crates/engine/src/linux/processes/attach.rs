//! The way back of a process that has lost its control channel: it brings another one, and the secret of
//! its run.

use std::io;
use std::os::fd::OwnedFd;

use relance_policy::RunId;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, error, shown};
use relance_wire::channel::{ManagerFrame, Refused};
use rustix::event::epoll;

use super::LinuxProcesses;
use crate::linux::channel::Channel;
use crate::linux::protocol::token;

impl LinuxProcesses {
    /// A process that lost its channel attaches with a new one. A refusal is sent over that
    /// channel.
    pub(crate) fn attach(
        &mut self,
        run: RunId,
        secret: &str,
        socket: OwnedFd,
    ) -> Result<(), ScmError> {
        let result = self.may_attach(run, secret, &socket);
        let mut channel = match self.runs.get(&run) {
            Some(known) if result.is_ok() => Channel::after(socket, known.channel.as_deref()),
            _ => Channel::new(socket),
        };
        if let Err(error) = &result {
            channel.send(&ManagerFrame::Refused(Refused {
                code: error.code().to_raw(),
                message: error.sentence().to_owned(),
            }));
        } else if let Some(known) = self.runs.get_mut(&run) {
            known.channel = Some(Box::new(channel));
            self.look(run);
        }
        result
    }

    fn may_attach(&self, run: RunId, secret: &str, socket: &OwnedFd) -> Result<(), ScmError> {
        let refused = |code, sentence: Sentence| Err(ScmError::new(code, sentence));
        let Some(known) = self.runs.get(&run).filter(|known| known.end.is_none()) else {
            return refused(Win32Error::NOT_FOUND, error::NO_RUN.into());
        };
        if !known.secret.is_proven_by(secret) {
            return refused(Win32Error::ACCESS_DENIED, error::WRONG_SECRET.into());
        }
        watch_channel(&self.epoll, socket, run).or_else(|problem| {
            let error = shown(problem);
            refused(
                Win32Error::INTERNAL_ERROR,
                error::NotWatched { error }.into(),
            )
        })
    }
}

/// Watches a channel for frames, and for room to write.
pub(super) fn watch_channel(epoll: &OwnedFd, socket: &OwnedFd, run: RunId) -> io::Result<()> {
    let data = epoll::EventData::new_u64(token(run));
    let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
    Ok(epoll::add(epoll, socket, data, flags)?)
}
