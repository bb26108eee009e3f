//! The whole output as a file, read and sent part by part.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{StreamExt as _, unfold};
use relance_client::ServiceManager;
use relance_scm::manager::OutputRange;
use relance_scm::{ScmError, ServiceName};

use super::Source;
use crate::form::Query;
use crate::reply::Answer;
use crate::viewer::Viewer;

/// `GET /output/download?name=NAME`
pub(crate) async fn download(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let source = Source::of(&form, &form.name()?);
    // Refused before anything is sent, if it is.
    let first = part(&viewer, &source, 0).await?;
    let rest = unfold(
        (viewer, source.clone(), Some(first)),
        |(viewer, source, next)| async move {
            let (bytes, end) = next?;
            let next = part(&viewer, &source, end).await.ok();
            // Shorter than before: it was rotated.
            let next = next.filter(|(bytes, next)| !bytes.is_empty() && *next > end);
            Some((Ok::<_, std::io::Error>(bytes), (viewer, source, next)))
        },
    );
    // What compresses it asks again behind its end.
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!(
                "attachment; filename=\"{}{}.log\"",
                file_name(&source.name),
                source
                    .word()
                    .map_or_else(String::new, |word| format!(".{word}"))
            ),
        ),
    ];
    Ok((headers, Body::from_stream(rest.fuse())).into_response())
}

async fn part(viewer: &Viewer, source: &Source, from: u64) -> Result<(Vec<u8>, u64), ScmError> {
    let Source { name, stream } = source.clone();
    let range = OutputRange::From(from);
    let part = viewer
        .ask(move |manager, caller, reply| {
            manager.read_output(caller, &name, stream, range, reply);
        })
        .await?;
    Ok((part.bytes, part.end))
}

/// A name that is one on every system.
fn file_name(name: &ServiceName) -> String {
    let is_kept = |c: char| c.is_ascii_alphanumeric() || "-_@.".contains(c);
    name.as_str()
        .chars()
        .map(|c| if is_kept(c) { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_the_header() {
        let name = ServiceName::new("a\"; b@1").unwrap();
        assert_eq!(file_name(&name), "a___b@1");
    }
}
