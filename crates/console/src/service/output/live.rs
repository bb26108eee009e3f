//! The stream of an output: lines that are printed, in batches, and what happens to the service meanwhile.
//!
//! A browser gets a message for each [`TOGETHER`] at most, however many lines there are. Where a service prints
//! more than anybody can read, lines are skipped, and the page says so.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use relance_client::ServiceManager;
use relance_scm::ScmError;
use relance_scm::event_log::LogEntry;
use relance_scm::manager::{FollowOutput, OutputPart, OutputRange, ServiceInfo};
use relance_texts::{Size, console};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Source;
use super::marks::{find, mark};
use crate::hub::Hub;
use crate::lang::Lang;
use crate::output_lines::{Cutter, Line, Lines};
use crate::stream::{Closed, Message, Sender};
use crate::viewer::Viewer;

/// What is printed within this time is sent together.
const TOGETHER: Duration = Duration::from_millis(33);
/// Most bytes of a message.
const BATCH_LEN: usize = 256 << 10;
/// How far behind the end of the output a reader may be before lines are skipped.
const BEHIND_MAX: u64 = 1 << 20;
/// How far before the end the stream then continues.
const LOOKED_AT: u64 = 64 << 10;

/// What a page has of an output.
pub(crate) struct Known {
    /// The position that its lines end at.
    pub(crate) from: u64,
    /// The newest entry of the log that it looked at.
    pub(crate) entry: Option<u64>,
}

/// Follows what a service prints, and what happens to it, after what the page has.
pub(crate) async fn follow(
    viewer: Viewer,
    hub: Arc<Hub>,
    info: Arc<ServiceInfo>,
    source: Source,
    known: Known,
    sender: Sender,
) -> Result<(), Closed> {
    // Before the log is read, so that no entry is between the two.
    let log = hub.log();
    let from = known.from;
    // Refused, or nothing to follow: the page has said so.
    let Ok(output) = open(&viewer, &source, from).await else {
        return Ok(());
    };
    let missed = match known.entry {
        Some(entry) => find(&viewer, &info, Some(entry)).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let mut reader = Reader {
        output,
        log,
        entry: missed.last().map(|entry| entry.number).or(known.entry),
        position: from,
        cutter: Cutter::new(from),
        lang: viewer.lang(),
    };
    for entry in missed {
        if let Some(mark) = mark(&entry, viewer.lang()) {
            sender.send(Message::Output(reader.marked(mark))).await?;
        }
    }
    loop {
        let lines = tokio::select! {
            lines = reader.next(&info) => lines,
            () = sender.closed() => return Err(Closed),
        };
        // The manager has ended the stream; the page begins another.
        let Some(lines) = lines else {
            return sender.send(Message::Missed).await;
        };
        let is_full = bytes_of(&lines) >= BATCH_LEN;
        sender.send(Message::Output(lines)).await?;
        if is_full && let Some(skipped) = reader.catch_up(&viewer, &source).await {
            sender.send(Message::Output(skipped)).await?;
        }
    }
}

fn bytes_of(lines: &Lines) -> usize {
    lines.lines.iter().map(|line| line.0).sum()
}

async fn open(
    viewer: &Viewer,
    source: &Source,
    from: u64,
) -> Result<Box<dyn FollowOutput>, ScmError> {
    let Source { name, stream } = source.clone();
    viewer
        .with(move |manager, caller| manager.follow_output(caller, &name, stream, from))
        .await
}

struct Reader {
    output: Box<dyn FollowOutput>,
    log: Receiver<Arc<LogEntry>>,
    /// The newest entry that the page was told of.
    entry: Option<u64>,
    /// Where what was read ends.
    position: u64,
    cutter: Cutter,
    lang: Lang,
}

impl Reader {
    /// What comes next, gathered for a moment. `None` when there will be no more.
    async fn next(&mut self, info: &ServiceInfo) -> Option<Lines> {
        loop {
            tokio::select! {
                biased;
                part = poll_fn(|task| self.output.poll_next(task)) => return self.gather(part?).await,
                entry = self.log.recv() => match entry {
                    Ok(entry) if self.is_news(&entry, info) => {
                        if let Some(mark) = mark(&entry, self.lang) {
                            self.entry = Some(entry.number);
                            return Some(self.marked(mark));
                        }
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    fn is_news(&self, entry: &LogEntry, info: &ServiceInfo) -> bool {
        let service = entry.service.as_ref().map(|(id, _)| *id);
        service == Some(info.id) && self.entry.is_none_or(|known| entry.number > known)
    }

    async fn gather(&mut self, first: OutputPart) -> Option<Lines> {
        let mut bytes = first.bytes;
        self.position = first.end;
        tokio::time::sleep(TOGETHER).await;
        while bytes.len() < BATCH_LEN {
            let next = poll_fn(|task| self.output.poll_next(task)).now_or_never();
            let Some(Some(part)) = next else { break };
            bytes.extend_from_slice(&part.bytes);
            self.position = part.end;
        }
        Some(self.cutter.feed(&bytes))
    }

    /// The run that printed is over, or another one begins: what it has printed is whole.
    fn marked(&mut self, mark: Line) -> Lines {
        self.cutter.skip_to(self.position);
        let mut lines = self.cutter.feed(b"");
        lines.lines.push(mark);
        lines.entry = self.entry;
        lines
    }

    /// Goes on near the end if that is far away.
    async fn catch_up(&mut self, viewer: &Viewer, source: &Source) -> Option<Lines> {
        let Source { name, stream } = source.clone();
        let last = OutputRange::LastLines(0);
        let end = viewer
            .ask(move |manager, caller, reply| {
                manager.read_output(caller, &name, stream, last, reply);
            })
            .await
            .ok()?
            .end;
        let behind = end.checked_sub(self.position)?;
        if behind < BEHIND_MAX {
            return None;
        }
        let from = end - LOOKED_AT;
        self.output = open(viewer, source, from).await.ok()?;
        let at = self.position;
        self.position = from;
        self.cutter.skip_to(from);
        let mut lines = self.cutter.feed(b"");
        let size = Size(behind - LOOKED_AT).of(self.lang);
        let text = self.lang.say(console::OutputSkipped { size });
        let href = super::part(source, "at", at);
        let row = maud::html! { a.mark.dim href=(href) { (text) } };
        lines.lines.push(Line(0, row.into_string()));
        Some(lines)
    }
}
