//! The stream of changes: server-sent events, read by a thread and handed on.

use std::io::{BufRead, BufReader};
use std::task::{Context, Poll};

use relance_scm::ScmError;
use relance_scm::manager::{Watch, Watched};
use relance_wire::api::StreamItem;

use crate::http::Stream;
use crate::queue::{Feed, Reader};

/// A watch over a socket. Ends with its connection; anyone who wants more watches again from the last
/// generation.
pub(crate) struct SocketWatch(Reader<Watched>);

impl SocketWatch {
    pub(crate) fn start(stream: Stream) -> Result<Self, ScmError> {
        Reader::start("relance-watch", stream, read).map(Self)
    }
}

impl Watch for SocketWatch {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>> {
        self.0.poll_next(context)
    }
}

fn read(stream: Stream, feed: &Feed<Watched>) {
    let mut id = 0;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { break };
        if let Some(number) = line.strip_prefix("id:") {
            id = number.trim().parse().unwrap_or(id);
        } else if let Some(data) = line.strip_prefix("data:") {
            feed.push(item(id, data.trim_start()));
        }
    }
}

/// An item that this version cannot read is as good as missed.
fn item(generation: u64, data: &str) -> Watched {
    let item: Option<StreamItem> = serde_json::from_str(data).ok();
    item.and_then(|item| item.read(generation).ok())
        .unwrap_or(Watched::Gap(generation))
}
