//! The output of a service as it comes, read by a thread and handed on.

use std::io::Read;
use std::task::{Context, Poll};

use relance_scm::ScmError;
use relance_scm::manager::{FollowOutput, OutputPart};

use crate::http::Stream;
use crate::queue::{Feed, Reader};

/// Most bytes of a part.
const PART_LEN: usize = 64 * 1024;

/// Output over a socket. Ends with its connection.
pub(crate) struct SocketFollow(Reader<OutputPart>);

impl SocketFollow {
    pub(crate) fn start(stream: Stream, from: u64) -> Result<Self, ScmError> {
        Reader::start("relance-output", stream, move |stream, feed| {
            read(stream, from, feed);
        })
        .map(Self)
    }
}

impl FollowOutput for SocketFollow {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<OutputPart>> {
        self.0.poll_next(context)
    }
}

fn read(mut stream: Stream, from: u64, feed: &Feed<OutputPart>) {
    let mut end = from;
    let mut buffer = vec![0; PART_LEN];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        end += length as u64;
        let bytes = buffer[..length].to_vec();
        feed.push(OutputPart { bytes, end });
    }
}
