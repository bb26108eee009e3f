//! Who asked, beside the entries of the log (X67).

use relance_scm::event_log::By;

use super::*;

/// X67: a version before this one has written rows without an author.
#[test]
fn x67_who_asked_is_kept_and_found_and_older_rows_have_nobody() {
    let mut database = memory();
    let web = record(1, ServiceConfig::new(name("web"), "/web"));
    let author = Author {
        name: "user 33".into(),
        uid: Some(33),
        service: Some("worker".into()),
    };
    let all = [
        None,
        Some(By::Manager),
        Some(By::Schedule),
        Some(By::Caller(author)),
    ];
    let entries = (1_u64..).zip(&all).map(|(number, by)| {
        let event = Event::StateEntered(ServiceState::Running);
        let mut entry = entry_of_service(number, Timestamp(1), &event, &web);
        entry.details.by = by.clone();
        Arc::new(entry)
    });
    let batch = Batch {
        entries: entries.collect(),
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
    let before = "INSERT INTO events VALUES (9, 1, 'Application', 1, 4, 1, 'web', '[]', NULL, 0,
        '{\"author\":{\"name\":\"root\",\"uid\":0,\"service\":null}}')";
    database.connection.execute(before, []).unwrap();
    let find = |filter: &EventFilter, sight: &Sight| {
        let page = events::find(&database.connection, filter, sight).unwrap();
        let entries = page.entries.into_iter();
        entries.map(|entry| entry.details.by).collect::<Vec<_>>()
    };
    let any = EventFilter::default();
    let mut expected = all.to_vec();
    expected.push(None);
    assert_eq!(find(&any, &Sight::All), expected);
    let asked = EventFilter {
        asked: true,
        ..EventFilter::default()
    };
    assert_eq!(find(&asked, &Sight::All), all[3..]);
    let named = EventFilter {
        text: Some("user 33".into()),
        ..EventFilter::default()
    };
    assert_eq!(find(&named, &Sight::All), all[3..]);
    // It cannot be guessed by a search either.
    let reader = Sight::Of {
        services: vec![ServiceId(1)],
        readable: vec![ServiceId(1)],
    };
    assert_eq!(find(&named, &reader), []);
}
