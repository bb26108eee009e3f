//! The guardian's side of control channels when it stops services without the engine: it sends STOP
//! and acknowledges each report, so that a service goes through its last steps as usual.

use std::io;
use std::os::fd::OwnedFd;

use relance_scm::{Control, Win32Error};
use relance_wire::channel::{ControlRequest, Done, ManagerFrame, ServiceFrame};
use rustix::event::epoll;

use super::super::channel::{Channel, PEEK_LEN, Seen};
use super::super::protocol::{RunKey, token};
use super::{Guardian, TOKEN_FAREWELL};

/// Above the number of every control that an engine sends to a run: a service ignores numbers that it has seen.
const LAST_CONTROL: u32 = u32::MAX;

impl Guardian {
    /// Tells a service to stop, if it has a control channel here.
    pub(super) fn say_stop(&mut self, key: RunKey) -> bool {
        let channel = self.runs.get(&key).and_then(|run| run.channel.as_deref());
        let watched = channel.map(|channel| watch(&self.epoll, channel, key));
        let Some(Ok(mut channel)) = watched else {
            return false;
        };
        channel.send(&ManagerFrame::Control(ControlRequest {
            id: LAST_CONTROL,
            code: Control::Stop.to_raw(),
        }));
        self.farewells.insert(key, channel);
        true
    }

    /// A frame from a service that is being stopped.
    pub(super) fn farewell(&mut self, key: RunKey) {
        let Some(channel) = self.farewells.get_mut(&key) else {
            return;
        };
        channel.flush();
        let mut buffer = vec![0; PEEK_LEN];
        for seen in channel.look(&mut buffer) {
            let Seen::Frame(frame, position) = seen else {
                continue;
            };
            if let ServiceFrame::Status(status) = frame {
                channel.send(&ManagerFrame::Done(Done {
                    number: status.number,
                    code: Win32Error::SUCCESS.to_raw(),
                }));
            }
            channel.take_off(position, &mut buffer);
        }
    }
}

fn watch(epoll: &OwnedFd, channel: &OwnedFd, key: RunKey) -> io::Result<Channel> {
    let channel = Channel::new(channel.try_clone()?);
    let data = epoll::EventData::new_u64(token(key.into()) | TOKEN_FAREWELL);
    let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
    epoll::add(epoll, &channel, data, flags)?;
    Ok(channel)
}
