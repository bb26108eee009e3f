//! Who asked for what is told to those who may know it (X67).

use relance_scm::event_log::{Author, By};

use super::*;

#[test]
fn x67_who_asked_is_told_to_those_who_may_read_the_configuration() {
    let folder =
        Folder(std::env::temp_dir().join(format!("relance-authors-{}", std::process::id())));
    let (handle, entry) = manager(&folder);
    let record = handle.publisher.find(&ServiceName::new("a").unwrap());
    let mut record = ServiceRecord::clone(&record.unwrap());
    let mut config = ServiceConfig::clone(&record.config);
    // Everybody may see the status, and nothing else.
    config.security = Some(Box::new("D:(A;;GA;;;BA)(A;;LC;;;WD)".parse().unwrap()));
    record.config = config.into();
    let author = Author {
        name: "user 33".into(),
        uid: Some(33),
        service: None,
    };
    record.asked = Some(Arc::new(relance_policy::Asked {
        start: Some(Arc::new(author.clone())),
        ..Default::default()
    }));
    let record = Arc::new(record);
    handle
        .publisher
        .publish([publisher::Change::Service(Arc::clone(&record))]);
    let mut entry = LogEntry::clone(&entry);
    entry.details.by = Some(By::Caller(author));
    let entry = Arc::new(entry);
    let by = |caller: &Caller| {
        let entry = crate::sight::visible_entry(caller, &handle.publisher, &entry);
        entry.and_then(|entry| entry.details.by.as_ref().map(By::kind))
    };
    assert_eq!(by(&user(34, 0, 1)), Some("hidden"));
    assert_eq!(
        by(&user(33, 0, 1)),
        Some("caller"),
        "what it asked for itself"
    );
    assert_eq!(by(&caller(&[Sid::Administrators])), Some("caller"));
    let told = |caller: &Caller| access::told_record(caller, &record).asked.is_some();
    assert!(!told(&user(34, 0, 1)) && told(&caller(&[Sid::Administrators])));
}
