//! The formats of metrics: Prometheus' text, and OpenMetrics for those who ask for it, which has exemplars.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::exemplar::Exemplar;

/// Which format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Prometheus,
    OpenMetrics,
}

impl Format {
    /// What the reader wants.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).map(HeaderValue::as_bytes);
        let wanted = b"application/openmetrics-text";
        let is_wanted =
            accept.is_some_and(|accept| accept.windows(wanted.len()).any(|part| part == wanted));
        if is_wanted {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// Writes families one after the other.
pub(super) struct Writer {
    format: Format,
    text: String,
    name: &'static str,
    is_counter: bool,
}

impl Writer {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            text: String::new(),
            name: "",
            is_counter: false,
        }
    }

    /// Begins a family. The name of a counter is without its `_total`.
    pub(super) fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        (self.name, self.is_counter) = (name, kind == "counter");
        let suffix = match self.format {
            Format::Prometheus if self.is_counter => "_total",
            _ => "",
        };
        let _ = write!(
            self.text,
            "# HELP {name}{suffix} {help}\n# TYPE {name}{suffix} {kind}\n"
        );
    }

    /// A sample of the family.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let suffix = if self.is_counter { "_total" } else { "" };
        self.line(suffix, labels, value, None);
    }

    pub(super) fn line(
        &mut self,
        suffix: &str,
        labels: &[(&str, &str)],
        value: impl std::fmt::Display,
        exemplar: Option<Exemplar>,
    ) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (index, (label, text)) in labels.iter().enumerate() {
            self.text.push(if index == 0 { '{' } else { ',' });
            let _ = write!(self.text, "{label}=\"{}\"", escaped(text));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = write!(self.text, " {value}");
        if let Some(exemplar) = exemplar.filter(|_| self.format == Format::OpenMetrics) {
            let (value, at) = (seconds(exemplar.value_ms), seconds(exemplar.at_ms));
            let _ = write!(
                self.text,
                " # {{event=\"{}\"}} {value} {at}",
                exemplar.event
            );
        }
        self.text.push('\n');
    }

    pub(super) fn end(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
