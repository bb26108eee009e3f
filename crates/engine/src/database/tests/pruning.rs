//! What goes first when the log is too large.

use super::*;

#[test]
fn e12_what_tells_least_goes_first_when_the_log_is_too_large() {
    let mut database = memory();
    let a = record(1, ServiceConfig::new(name("a"), "/a"));
    let failed = Event::Failed {
        failure_count: 1,
        action: None,
    };
    let entry = |number, event: &Event| entry_of_service(number, Timestamp(1), event, &a);
    let genuine = [failed, Event::Deleted];
    let mut entries: Vec<LogEntry> = Vec::new();
    for (number, event) in (1..).zip(&genuine) {
        entries.push(entry(number, event));
    }
    for number in 10..400 {
        let mut flood = entry(number, &Event::StateEntered(ServiceState::Running));
        flood.parameters.push("x".repeat(4000));
        entries.push(flood);
    }
    let batch = Batch {
        entries: entries.into_iter().map(Arc::new).collect(),
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
    database.prune(Timestamp(0), 1 << 20).unwrap();
    let all = EventFilter {
        limit: 1000,
        ..EventFilter::default()
    };
    let left = numbers(&database, all);
    assert_eq!(left[..2], [1, 2], "the oldest, but failures and changes");
    assert_eq!(left.last(), Some(&399), "of the others the newest are left");
    assert!((100..300).contains(&left.len()), "{}", left.len());
}
