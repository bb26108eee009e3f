//! What is drawn, on a terminal in memory, and what keys do.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::manager::{PendingInfo, ServiceInfo, Usage};
use relance_scm::{
    RecoveryAction, RecoveryActionKind, ServiceConfig, ServiceId, ServiceName, ServiceState,
};

use super::super::news::{Act, News, Wish};
use super::*;
use crate::testing::never_ran;
use crate::text::now;

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).expect("a name")
}

fn service(id: u32, text: &str) -> ServiceInfo {
    never_ran(id, &ServiceConfig::new(name(text), "/bin/a"))
}

fn running(id: u32, text: &str) -> ServiceInfo {
    let mut info = service(id, text);
    info.status.state = ServiceState::Running;
    info.status.process_id = 42;
    info
}

/// One that has failed and is restarted in a while.
fn waiting(id: u32, text: &str) -> ServiceInfo {
    let mut info = service(id, text);
    info.recovery.failure_count = 2;
    info.recovery.pending.push(PendingInfo {
        due: Timestamp(now().0 + 59_900),
        action: RecoveryAction::new(RecoveryActionKind::Restart, 60_000),
        failure_count: 2,
        executing: false,
        delayed_by: None,
    });
    info
}

fn model(services: Vec<ServiceInfo>) -> Model {
    let mut model = Model::new(String::new());
    model.take(News::All(services));
    model
}

/// What a terminal of this size shows.
fn screen(model: &mut Model, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
    terminal.draw(|frame| draw(frame, model)).expect("drawn");
    let buffer = terminal.backend().buffer().clone();
    let line = |y| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height).map(|y| line(y).trim_end().to_owned()).collect()
}

fn press(model: &mut Model, key: char) -> Vec<Wish> {
    let code = match key {
        '\n' => KeyCode::Enter,
        key => KeyCode::Char(key),
    };
    model.take(News::Input(Event::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

#[test]
fn a_small_terminal_shows_states_countdown_output_and_keys() {
    let mut model = model(vec![
        running(1, "mailer"),
        waiting(2, "worker"),
        service(3, "idle"),
    ]);
    model.take(News::Output(
        name("idle"),
        b"hello \x1b[31mred\x1b[0m\n\x1b]0;evil\x07\n".to_vec(),
    ));
    let screen = screen(&mut model, 80, 24);
    assert!(
        screen[0].starts_with("3 services, 1 running, 1 failed"),
        "{screen:#?}"
    );
    assert!(screen[1].contains("NAME") && screen[1].contains("CPU") && screen[1].contains("NEXT"));
    assert!(
        screen[2].starts_with("idle") && screen[3].contains("RUNNING"),
        "{screen:#?}"
    );
    assert!(
        screen[4].starts_with("worker") && screen[4].contains("restart in"),
        "{screen:#?}"
    );
    let all = screen.join("\n");
    assert!(
        all.contains("Output of idle") && all.contains("hello red"),
        "{all}"
    );
    assert!(
        all.contains("\\u{1b}]0;evil"),
        "nothing reaches the terminal: {all}"
    );
    assert!(screen[23].contains("q quit"), "{screen:#?}");
    assert!(screen.iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_has_no_room_is_cut_with_a_sign_and_times_are_those_of_a_clock() {
    let mut late = waiting(1, "a-name-that-a-program-has-made");
    late.recovery.pending[0].due = Timestamp(now().0 + 3_599_900);
    let mut model = model(vec![late]);
    let narrow = screen(&mut model, 80, 24);
    assert!(narrow[2].starts_with("a-name-that-… "), "{narrow:#?}");
    assert!(narrow[2].ends_with("restart 59:59"), "{narrow:#?}");
    assert!(screen(&mut model, 200, 24)[2].contains("restart in 59 min 59 s"));
    assert_eq!(clock(Human(Duration::from_secs(3725))), "1:02:05");
    assert_eq!(clock(Human(Duration::from_secs(90_000))), "1 d 1 h");
    assert_eq!(cut("日本語".to_owned(), 4), "日…");
}

#[test]
fn a_wide_terminal_shows_entries_beside_output_and_a_tiny_one_says_so() {
    let mut model = model(vec![running(1, "mailer")]);
    let wide = screen(&mut model, 200, 50).join("\n");
    assert!(
        wide.contains("Output of mailer") && wide.contains("Events of mailer"),
        "{wide}"
    );
    assert!(screen(&mut model, 30, 6).join(" ").contains("too small"));
    for (width, height) in [(40, 8), (41, 9), (79, 15), (80, 16), (119, 23), (500, 3)] {
        screen(&mut model, width, height);
        press(&mut model, '?');
        screen(&mut model, width, height);
        press(&mut model, 'q');
    }
}

#[test]
fn stop_and_force_ask_and_a_restart_of_several_too() {
    let mut model = model(vec![running(1, "w@1"), running(2, "w@2"), running(3, "x")]);
    press(&mut model, 'g');
    assert_eq!(
        press(&mut model, 'r'),
        [Wish::Do(Act::Restart, vec![name("w@1")])]
    );
    assert!(press(&mut model, 't').is_empty());
    let shown = screen(&mut model, 80, 24);
    assert!(shown[23].starts_with("stop w@1? [y/N]"), "{shown:#?}");
    assert!(press(&mut model, 'n').is_empty());
    assert!(press(&mut model, 'x').is_empty());
    assert_eq!(
        press(&mut model, 'y'),
        [Wish::Do(Act::Force, vec![name("w@1")])]
    );
    assert!(press(&mut model, 'g').is_empty());
    let shown = screen(&mut model, 80, 24);
    assert!(shown[2].starts_with("+ w@ (2)"), "{shown:#?}");
    assert!(press(&mut model, 'r').is_empty());
    assert_eq!(
        press(&mut model, 'y'),
        [Wish::Do(Act::Restart, vec![name("w@1"), name("w@2")])]
    );
    assert_eq!(press(&mut model, 'w'), [Wish::Why(name("w@1"))]);
    assert_eq!(press(&mut model, 'q'), [Wish::Quit]);
}

/// A left click.
fn click(model: &mut Model, column: u16, row: u16) {
    let event = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    model.take(News::Input(Event::Mouse(event)));
}

fn press_key(model: &mut Model, code: KeyCode) -> Vec<Wish> {
    model.take(News::Input(Event::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

/// The names of the rows of the table.
fn names(model: &mut Model) -> Vec<String> {
    let count = model.rows.len();
    let shown = screen(model, 80, 40);
    let names = shown[2..2 + count].iter();
    names
        .map(|line| line.split("  ").find(|part| !part.trim().is_empty()))
        .map(|name| name.unwrap_or_default().trim().to_owned())
        .collect()
}

/// Ten instances, of which the second has failed twice, between two other services.
fn instances() -> Model {
    let mut services = vec![service(100, "a"), running(101, "z")];
    services.extend((1..=10).map(|id| match id {
        2 => waiting(id, "w@2"),
        _ => running(id, &format!("w@{id}")),
    }));
    model(services)
}

#[test]
fn x52_instances_are_one_row_with_totals_that_opens() {
    let mut model = instances();
    let used = |cpu_ms| {
        let usage = |id| Usage {
            service: ServiceId(id),
            cpu_ms,
            memory_bytes: 1 << 20,
            memory_peak_bytes: None,
            processes: 1,
        };
        News::Usage((1..=10).map(usage).collect())
    };
    model.take(used(0));
    assert_eq!(names(&mut model), ["a", "+ w@ (10)", "z"]);
    let group = screen(&mut model, 120, 24)[3].clone();
    // The one that has failed does not run.
    for total in ["9 RUNNING, 1 STOPPED", "9.0 MiB", " 2 "] {
        assert!(group.contains(total), "{total}: {group}");
    }
    press(&mut model, 'j');
    assert!(press_key(&mut model, KeyCode::Enter).is_empty());
    let opened = names(&mut model);
    assert_eq!(opened[..4], ["a", "- w@ (10)", "w@1", "w@2"]);
    assert_eq!(opened[10..], ["w@9", "w@10", "z"], "by their numbers");
    assert_eq!(model.shown_ids().len(), 10, "each once");
    press(&mut model, 'j');
    press(&mut model, 'j');
    assert_eq!(
        press_key(&mut model, KeyCode::Enter),
        [Wish::Why(name("w@2"))]
    );
    // It stays open when something changes, and in another order.
    model.take(News::Removed(name("w@7")));
    press(&mut model, 'o');
    assert_eq!(names(&mut model)[..3], ["- w@ (9)", "w@2", "w@1"]);
    assert_eq!(model.chosen().map(|(name, _)| name), Some(name("w@2")));
    press_key(&mut model, KeyCode::Left);
    assert_eq!(names(&mut model), ["+ w@ (9)", "z", "a"]);
    assert!(press(&mut model, 't').is_empty(), "it asks for all of them");
    assert!(screen(&mut model, 80, 24)[23].starts_with("stop w@1, w@2, w@3, …?"));
    press(&mut model, 'n');
    press_key(&mut model, KeyCode::Left);
    press_key(&mut model, KeyCode::Right);
    assert_eq!(model.rows.len(), 12);
    press_key(&mut model, KeyCode::Right);
    assert_eq!(model.rows.len(), 12, "it is open");
}

#[test]
fn x52_the_mouse_opens_instances() {
    let mut model = instances();
    screen(&mut model, 80, 40);
    click(&mut model, 8, 3);
    assert_eq!(model.rows.len(), 3, "it was chosen");
    click(&mut model, 8, 3);
    assert_eq!(model.rows.len(), 13);
    screen(&mut model, 80, 40);
    click(&mut model, 0, 5);
    assert_eq!(model.rows.len(), 13, "an instance has nothing to open");
    click(&mut model, 1, 3);
    assert_eq!(model.rows.len(), 3, "on the mark");
    press(&mut model, 'g');
    assert_eq!(model.rows.len(), 12);
    assert!(screen(&mut model, 80, 40)[0].contains("instances one by one"));
}

#[test]
fn filters_and_orders_keep_the_chosen_service() {
    let mut model = model(vec![running(1, "a"), service(2, "b"), waiting(3, "worker")]);
    press(&mut model, 'j');
    press(&mut model, 'j');
    assert_eq!(model.chosen().map(|(name, _)| name), Some(name("worker")));
    press(&mut model, 'o');
    let shown = screen(&mut model, 80, 24);
    assert!(
        shown[2].starts_with("worker") && shown[0].contains("by state"),
        "{shown:#?}"
    );
    assert_eq!(model.chosen().map(|(name, _)| name), Some(name("worker")));
    for key in "/wor\n".chars() {
        press(&mut model, key);
    }
    assert_eq!(model.rows.len(), 1);
    press(&mut model, 'f');
    assert_eq!(model.rows.len(), 1);
    model.take(News::Service(Box::new(running(3, "worker"))));
    assert!(
        screen(&mut model, 80, 24)
            .join("\n")
            .contains("No service matches")
    );
}

#[test]
fn the_mouse_chooses_rows_and_sorts_by_columns() {
    let mut model = model(vec![running(1, "a"), running(2, "b"), waiting(3, "c")]);
    screen(&mut model, 80, 24);
    click(&mut model, 3, 3);
    assert_eq!(model.chosen().map(|(name, _)| name), Some(name("b")));
    click(&mut model, 3, 9);
    assert_eq!(
        model.chosen().map(|(name, _)| name),
        Some(name("b")),
        "there is no row"
    );
    click(&mut model, 17, 1);
    assert!(screen(&mut model, 80, 24)[2].starts_with('c'));
}

#[test]
fn usage_is_asked_of_the_rows_that_are_shown() {
    let services = (0..1000)
        .map(|id| running(id, &format!("s{id:04}")))
        .collect();
    let mut model = model(services);
    screen(&mut model, 80, 24);
    let ids = model.shown_ids();
    assert!(
        ids.len() < 24 && ids.first() == Some(&ServiceId(0)),
        "{}",
        ids.len()
    );
    let used = |cpu_ms| {
        News::Usage(vec![Usage {
            service: ServiceId(0),
            cpu_ms,
            memory_bytes: 64 << 20,
            memory_peak_bytes: None,
            processes: 1,
        }])
    };
    model.take(used(0));
    let first = screen(&mut model, 80, 24);
    assert!(first[2].contains("64.0 MiB"), "{}", first[2]);
    model.take(used(10));
    assert!(screen(&mut model, 80, 24)[2].contains('%'));
    press(&mut model, 'k');
    model.take(News::Input(Event::Key(KeyEvent::new(
        KeyCode::End,
        KeyModifiers::NONE,
    ))));
    let last = screen(&mut model, 80, 24);
    assert!(
        last.iter().any(|line| line.starts_with("s0999")),
        "{last:#?}"
    );
}

/// An entry about a service, so many minutes ago.
fn entry(number: u64, id: u32, minutes: i64, event: &relance_scm::event::Event) -> LogEntry {
    LogEntry {
        number,
        at: Timestamp(now().0 - minutes * 60_000 + 1_000),
        service: Some((ServiceId(id), "worker".into())),
        source: relance_scm::event::EventSource::ServiceControlManager,
        event_id: event.id(),
        level: event.level(),
        parameters: event.parameters("worker", "worker"),
        details: Default::default(),
    }
}

#[test]
fn time_lines_show_when_a_service_was_down_and_why() {
    use relance_scm::event::Event::{Failed, StateEntered};
    let mut model = model(vec![running(1, "a"), running(2, "worker"), service(3, "z")]);
    let failed = Failed {
        failure_count: 1,
        action: None,
    };
    model.take(News::Past(vec![
        entry(1, 2, 20, &failed),
        entry(2, 2, 20, &StateEntered(ServiceState::Stopped)),
        entry(3, 2, 10, &StateEntered(ServiceState::Running)),
    ]));
    let later = entry(4, 2, 0, &failed);
    model.take(News::Logged(later.clone().into()));
    let narrow = screen(&mut model, 80, 24).join("\n");
    assert!(
        !narrow.contains("30 min") && narrow.contains("CPU"),
        "{narrow}"
    );
    press(&mut model, 'l');
    let narrow = screen(&mut model, 80, 24);
    assert!(
        narrow[1].contains("30 min") && !narrow[1].contains("CPU"),
        "{narrow:#?}"
    );
    let wide = screen(&mut model, 200, 50);
    assert!(
        wide[1].contains("30 min") && wide[1].contains("CPU"),
        "{wide:#?}"
    );
    assert!(wide[2].contains(&"=".repeat(30)), "{wide:#?}");
    let down = format!("{}{}{}", "=".repeat(10), "x".repeat(11), "=".repeat(9));
    assert!(wide[3].contains(&down), "{wide:#?}");
    assert!(wide[4].contains(&".".repeat(30)), "{wide:#?}");
    // One that was made a moment ago has no time before.
    let installed = relance_scm::event::Event::Installed {
        image_path: "a".into(),
        start_type: relance_scm::config::StartType::Demand,
        account_name: "root".into(),
    };
    model.take(News::Logged(entry(5, 3, 15, &installed).into()));
    let wide = screen(&mut model, 200, 50);
    assert!(
        !wide[4].contains(&".".repeat(16)) && wide[4].contains(&".".repeat(14)),
        "{wide:#?}"
    );
    // What was taken is not taken twice.
    model.take(News::Logged(later.into()));
}
