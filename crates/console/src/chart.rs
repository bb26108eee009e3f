//! Time lines as SVG: spans of running and being down, marks for what happened.
//!
//! Colours come from the style sheet; each drawing says in words what it shows.

use maud::{Markup, html};
use relance_texts::console;

use crate::lang::Lang;
use crate::time;

/// Width of a drawing's time axis, in its own units.
const WIDTH: i64 = 1000;
/// Height of a lane.
const LANE: i64 = 44;
/// Room for the axis below.
const AXIS: i64 = 26;
/// Marks of one kind that are nearer to each other than this are drawn as one.
const NEAR: i64 = 12;
/// Most rows of the table below a drawing.
const TABLE_MAX: usize = 200;

/// What a span of time was like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanKind {
    Up,
    /// Down after a failure.
    Failed,
    /// Stopped because somebody wanted it.
    Stopped,
}

impl SpanKind {
    fn class(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) kind: SpanKind,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkKind {
    Failure,
    Action,
    Reset,
    Ignored,
}

/// Something that happened at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: i64,
    pub(crate) kind: MarkKind,
    /// What, for the hover text.
    pub(crate) label: String,
    /// Its page.
    pub(crate) href: Option<String>,
}

/// One line of time. Times are milliseconds, all of the same clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) spans: Vec<Span>,
    pub(crate) marks: Vec<Mark>,
}

impl Lane {
    /// Share of the time that it ran, of the time that it was meant to; `None` when it never was.
    #[allow(clippy::cast_precision_loss, reason = "per cent")]
    pub(crate) fn availability(&self) -> Option<f64> {
        let total = |kind| -> i64 {
            let spans = self.spans.iter().filter(|span| span.kind == kind);
            spans.map(|span| span.to - span.from).sum()
        };
        let (up, failed) = (total(SpanKind::Up), total(SpanKind::Failed));
        (up + failed > 0).then(|| up as f64 * 100.0 / (up + failed) as f64)
    }
}

/// When restarts are due. A log says that an action follows, and later that the service runs: this
/// tells whether the one was because of the other.
#[derive(Debug, Default)]
pub(crate) struct DueRestarts(Vec<i64>);

impl DueRestarts {
    /// A restart follows.
    pub(crate) fn add(&mut self, due: i64) {
        self.0.push(due);
    }

    /// Takes off one that was due by then: it was carried out, or could not be.
    pub(crate) fn take(&mut self, by: i64) -> bool {
        let due = self.0.iter().position(|due| *due <= by);
        due.map(|index| self.0.swap_remove(index)).is_some()
    }

    /// All that were due were cancelled.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Which clock the axis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis<'a> {
    /// Since the beginning.
    Relative,
    /// The viewer's; and where the entries are listed that a mark stands for.
    Wall(&'a str),
}

/// One lane as a drawing.
pub(crate) fn draw(
    lane: &Lane,
    from: i64,
    to: i64,
    axis: Axis<'_>,
    label: &str,
    lang: Lang,
) -> Markup {
    let length = (to - from).max(1);
    let x = |at: i64| (at.clamp(from, to) - from) * WIDTH / length;
    let height = LANE + AXIS;
    html! {
        div.drawing tabindex="0" role="group" aria-label=(label) {
            svg.chart viewBox={ "-12 0 " (WIDTH + 24) " " (height) } data-from=(from) data-to=(to) {
            rect.ground x="0" y="14" width=(WIDTH) height="18" rx="3" {}
            @for span in &lane.spans {
                rect class=(span.kind.class()) x=(x(span.from)) y="14"
                    width=((x(span.to) - x(span.from)).max(1)) height="18" {
                    title { (word(span.kind, lang)) }
                }
            }
            @for cluster in clusters(&lane.marks, x) { (cluster.draw(axis, lang)) }
            @for tick in ticks(from, to) {
                line.tick x1=(x(tick)) x2=(x(tick)) y1="36" y2="42" {}
                text.tick x=(x(tick)) y="58" text-anchor=(anchor(x(tick)))
                    data-time=[matches!(axis, Axis::Wall(_)).then_some(tick)] data-span=(length) {
                    @match axis {
                        Axis::Relative => { "+" (time::duration(u64::try_from(tick - from).unwrap_or_default(), lang)) }
                        Axis::Wall(_) => (time::iso(tick))
                    }
                }
            }
        }
        }
    }
}

/// Marks of one kind that stand together.
struct Cluster<'a> {
    x: i64,
    marks: Vec<&'a Mark>,
}

fn clusters(marks: &[Mark], x: impl Fn(i64) -> i64) -> Vec<Cluster<'_>> {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| mark.at);
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    for mark in sorted {
        let at = x(mark.at);
        let near = clusters
            .iter_mut()
            .rev()
            .find(|cluster| cluster.marks[0].kind == mark.kind && at - cluster.x < NEAR);
        match near {
            Some(cluster) => cluster.marks.push(mark),
            None => clusters.push(Cluster {
                x: at,
                marks: vec![mark],
            }),
        }
    }
    clusters
}

impl Cluster<'_> {
    fn draw(&self, axis: Axis<'_>, lang: Lang) -> Markup {
        let first = self.marks[0];
        let count = self.marks.len();
        let label = if count == 1 {
            first.label.clone()
        } else {
            let rest = console::AndMore { count: count - 1 };
            format!("{} {}", first.label, lang.say(rest))
        };
        let href = match (axis, count) {
            (Axis::Relative, _) => None,
            (_, 1) => first.href.clone(),
            // Those of the time of these marks, and what else happened then.
            (Axis::Wall(events), _) => {
                let last = self.marks.last().map_or(first.at, |mark| mark.at);
                let (since, until) = (time::iso(first.at), time::iso(last + 1));
                Some(format!("{events}&since={since}&until={until}"))
            }
        };
        let below = (first.kind == MarkKind::Action).then_some(42);
        let shape = html! {
            (symbol(first.kind, self.x, &label))
            @if count > 1 { text.count x=(self.x + 8) y=(below.unwrap_or(11)) aria-hidden="true" { (count) } }
        };
        html! {
            @if let Some(href) = href { a href=(href) aria-label=(label) { (shape) } }
            @else { (shape) }
        }
    }
}

/// The same in words, for those who do not see it, and for exact times.
pub(crate) fn table(lane: &Lane, lang: Lang) -> Markup {
    let mut rows: Vec<(i64, Markup)> = Vec::new();
    for span in &lane.spans {
        let lasted = u64::try_from(span.to - span.from).unwrap_or_default();
        let text = html! { (word(span.kind, lang)) ", " (time::duration(lasted, lang)) };
        rows.push((span.from, text));
    }
    for mark in &lane.marks {
        let text = html! {
            @if let Some(href) = &mark.href { a href=(href) { (mark.label) } } @else { (mark.label) }
        };
        rows.push((mark.at, text));
    }
    rows.sort_by_key(|(at, _)| *at);
    let skipped = rows.len().saturating_sub(TABLE_MAX);
    html! {
        details {
            summary { (console::AS_A_TABLE.of(lang)) }
            table {
                thead { tr { th scope="col" { (console::WHEN.of(lang)) } th scope="col" { (console::WHAT.of(lang)) } } }
                tbody { @for (at, text) in rows.iter().skip(skipped).rev() { tr { td { (time::moment(*at)) } td { (text) } } } }
            }
        }
    }
}

fn word(kind: SpanKind, lang: Lang) -> &'static str {
    match kind {
        SpanKind::Up => console::RUNNING.of(lang),
        SpanKind::Failed => console::DOWN_AFTER_A_FAILURE.of(lang),
        SpanKind::Stopped => console::STOPPED_ON_REQUEST.of(lang),
    }
}

/// Texts at the ends stay inside.
fn anchor(x: i64) -> &'static str {
    match x {
        ..30 => "start",
        970.. => "end",
        _ => "middle",
    }
}

fn symbol(kind: MarkKind, x: i64, label: &str) -> Markup {
    let (class, path) = match kind {
        MarkKind::Failure => ("failure", format!("M{x} 18l-7 -13h14z")),
        MarkKind::Action => ("action", format!("M{x} 33l6 9h-12z")),
        MarkKind::Reset => ("reset", format!("M{x} 10v26")),
        MarkKind::Ignored => ("ignored", format!("M{} 5l10 10m0 -10l-10 10", x - 5)),
    };
    html! { path class={ "mark " (class) } d=(path) { title { (label) } } }
}

/// Round steps, five to ten of them.
fn ticks(from: i64, to: i64) -> Vec<i64> {
    const STEPS: [i64; 26] = [
        1,
        5,
        10,
        50,
        100,
        500,
        1000,
        5000,
        10_000,
        15_000,
        30_000,
        60_000,
        120_000,
        300_000,
        600_000,
        900_000,
        1_800_000,
        3_600_000,
        7_200_000,
        14_400_000,
        21_600_000,
        43_200_000,
        86_400_000,
        172_800_000,
        604_800_000,
        2_592_000_000,
    ];
    let wanted = (to - from) / 7;
    let step = STEPS
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or(wanted.max(1));
    (0..=10)
        .map(|number| from + number * step)
        .take_while(|tick| *tick <= to)
        .collect()
}

/// What the colours and signs mean.
pub(crate) fn legend(lang: Lang) -> Markup {
    html! {
        ul.legend aria-label=(console::LEGEND.of(lang)) {
            li.up { (console::RUNNING.of(lang)) }
            li.failed { (console::DOWN_AFTER_A_FAILURE.of(lang)) }
            li.stopped { (console::STOPPED_ON_REQUEST.of(lang)) }
            li.failure { (console::FAILURE.of(lang)) }
            li.action { (console::RECOVERY_ACTION.of(lang)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_of_the_time_it_was_meant_to_run() {
        let span = |from, to, kind| Span { from, to, kind };
        let lane = Lane {
            spans: vec![
                span(0, 75, SpanKind::Up),
                span(75, 100, SpanKind::Failed),
                span(100, 1000, SpanKind::Stopped),
            ],
            marks: vec![],
        };
        assert_eq!(lane.availability(), Some(75.0));
        assert_eq!(Lane::default().availability(), None);
    }

    #[test]
    fn ticks_are_round_and_few() {
        for length in [1, 10, 999, 60_000, 3_600_000, 86_400_000 * 30, i64::MAX / 4] {
            let ticks = ticks(0, length);
            assert!((1..=11).contains(&ticks.len()), "{length}: {ticks:?}");
            assert!(ticks.iter().all(|tick| (0..=length).contains(tick)));
        }
    }

    #[test]
    fn labels_are_text() {
        let lane = Lane {
            marks: vec![Mark {
                at: 5,
                kind: MarkKind::Failure,
                label: "<script>".into(),
                href: Some("/x\"y".into()),
            }],
            spans: vec![],
        };
        let svg = draw(&lane, 0, 10, Axis::Wall("/x?y"), "\"><b>", Lang::En).into_string();
        assert!(!svg.contains("<script>") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn marks_that_stand_together_are_one_with_their_number() {
        let mark = |at, kind| Mark {
            at,
            kind,
            label: format!("at {at}"),
            href: Some("/events/1".into()),
        };
        let lane = Lane {
            marks: vec![
                mark(100, MarkKind::Failure),
                mark(105, MarkKind::Failure),
                mark(105, MarkKind::Action),
                mark(500, MarkKind::Failure),
            ],
            spans: vec![],
        };
        let counts: Vec<_> = clusters(&lane.marks, |at| at)
            .iter()
            .map(|cluster| (cluster.x, cluster.marks.len()))
            .collect();
        assert_eq!(counts, [(100, 2), (105, 1), (500, 1)]);
        let svg = draw(
            &lane,
            0,
            1000,
            Axis::Wall("/service/events?name=a"),
            "",
            Lang::En,
        );
        let svg = svg.into_string();
        assert!(svg.contains("until=1970-01-01T00:00:00.106Z"), "{svg}");
    }
}
