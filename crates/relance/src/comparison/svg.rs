//! The same as a picture: a bar for each policy, green while the service runs, red while it is down though nobody has
//! stopped it, with a mark at each failure.

use std::fmt::Write as _;
use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::Timeline;

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 20.0;
const LANE: f64 = 60.0;
const BAR: f64 = 20.0;

/// The picture.
pub(super) fn drawn(titles: &[String; 2], timelines: &[Timeline; 2]) -> String {
    let ends = timelines.each_ref().map(|timeline| timeline.end);
    let end = ends[0].max(ends[1]).max(Time::from_millis(1));
    let (width, height) = (WIDTH + 2.0 * MARGIN, 2.0 * LANE + 3.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (lane, (title, timeline)) in titles.iter().zip(timelines).enumerate() {
        let top = MARGIN + LANE * if lane == 0 { 0.0 } else { 1.0 };
        draw(&mut svg, top, title, timeline, end);
    }
    let (right, bottom) = (MARGIN + WIDTH, height - MARGIN / 2.0);
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{bottom}\">0 s</text>\
         <text x=\"{right}\" y=\"{bottom}\" text-anchor=\"end\">{end}</text>"
    );
    svg + "</svg>\n"
}

fn draw(svg: &mut String, top: f64, title: &str, timeline: &Timeline, end: Time) {
    let x = |at: Time| MARGIN + WIDTH * seconds(at) / seconds(end);
    let bar = top + BAR;
    let _ = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{}\">{}</text>",
        top + BAR * 0.7,
        escaped(title)
    );
    let mut rect = |from: Time, until: Time, colour: &str| {
        let (x, width) = (x(from), x(until) - x(from));
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{bar}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>"
        );
    };
    rect(Time::ZERO, end, "#2e7d32");
    for (from, until) in timeline.times_down() {
        rect(from, until.unwrap_or(end), "#c62828");
    }
    for (at, _) in timeline.actions() {
        let x = x(at);
        let (from, until) = (bar - 3.0, bar + BAR + 3.0);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from}\" y2=\"{until}\" stroke=\"#000\"/>"
        );
    }
}

fn seconds(at: Time) -> f64 {
    Duration::from_nanos(at.as_nanos()).as_secs_f64()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use relance_policy::simulate::simulate;
    use relance_scm::failure_actions::RecoveryAction;
    use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceName};

    use super::*;

    #[test]
    fn each_policy_has_its_bar_its_times_down_and_its_failures() {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/bin/a");
        let restart = RecoveryAction::new(RecoveryActionKind::Restart, 1000);
        config.failure_actions.actions = [restart].into();
        let script = "crash @10s, crash @20s".parse().unwrap();
        let timelines = [simulate(&config, &script), simulate(&config, &script)];
        let svg = drawn(&["a <b>".to_owned(), "c".to_owned()], &timelines);
        assert!(svg.contains("a &lt;b&gt;"));
        assert_eq!(svg.matches("#2e7d32").count(), 2);
        assert_eq!(svg.matches("#c62828").count(), 4);
        assert_eq!(svg.matches("<line").count(), 4);
    }
}
