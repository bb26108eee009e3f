//! The queue, in virtual time.

use std::sync::Arc;

use relance_scm::notice::NoticeKind;
use relance_texts::Lang;

use super::*;
use crate::message::Message;

struct World {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
    store: Store,
    cursor: u64,
    now: i64,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notices.db");
        let store = Store::open(&path).unwrap();
        let mut world = Self {
            _folder: folder,
            path,
            store,
            cursor: 0,
            now: 0,
        };
        let target = |name: &str| TargetInfo {
            name: name.to_owned(),
            ..TargetInfo::default()
        };
        world
            .store
            .set_targets(&[target("ops"), target("mail")])
            .unwrap();
        world
    }

    fn put(&mut self, kind: NoticeKind, service: &str) {
        self.put_with(kind, service, |_| ());
    }

    fn put_with(&mut self, kind: NoticeKind, service: &str, change: impl Fn(&mut New)) {
        self.cursor += 1;
        let mut new = New {
            target: "ops".into(),
            key: format!("{kind} cause"),
            names_all: false,
            message: Message::said(kind, self.now, Some(service), None),
            machine: Arc::from("web1"),
            lang: Lang::En,
            gather_ms: 5_000,
            repeat_ms: 60_000,
            keep_ms: 86_400_000,
        };
        change(&mut new);
        let fold = Fold::default();
        self.store
            .advance(Some(self.cursor), &fold, &[new], self.now)
            .unwrap();
    }

    /// Kills the process: another one opens the queue.
    fn die(&mut self) {
        self.store = Store::open(&self.path).unwrap();
    }

    /// Waits for the next message and tells it.
    fn tell(&mut self) -> (String, Vec<String>) {
        let waiting = self.begin();
        self.store.told("ops", waiting.number, self.now).unwrap();
        (waiting.message.kind.clone(), services(&waiting))
    }

    fn begin(&mut self) -> Waiting {
        loop {
            match self.store.next("ops", self.now).unwrap() {
                Next::Now(waiting) => {
                    self.store.claim(waiting.number).unwrap();
                    return *waiting;
                }
                Next::At(at) => self.now = at,
                Next::Nothing => panic!("nothing waits"),
            }
        }
    }
}

fn services(waiting: &Waiting) -> Vec<String> {
    let services = waiting.message.services.iter();
    services.map(|subject| subject.name.clone()).collect()
}

#[test]
fn x89_forty_workers_with_one_cause_are_one_message_and_so_is_its_end() {
    let mut world = World::new();
    for worker in 0..40 {
        world.now += 50;
        world.put(NoticeKind::GiveUp, &format!("w{worker}"));
    }
    world.now = 20_000;
    for worker in 0..40 {
        world.put(NoticeKind::Recovery, &format!("w{worker}"));
    }
    let (kind, services) = world.tell();
    assert_eq!((&*kind, services.len()), ("give-up", 40));
    let (kind, services) = world.tell();
    assert_eq!((&*kind, services.len()), ("recovery", 40));
    assert_eq!(world.store.next("ops", world.now), Ok(Next::Nothing));
    let titles: Vec<_> = read(&world.path)
        .unwrap()
        .messages
        .into_iter()
        .map(|message| message.title)
        .collect();
    assert_eq!(
        titles,
        [
            "40 services failed on web1 and stay down",
            "40 services are well again on web1"
        ]
    );
}

#[test]
fn x89_more_services_than_a_message_names_are_counted_once_or_told_in_several() {
    for (names_all, messages) in [(false, vec![100]), (true, vec![100, 100, 50])] {
        let mut world = World::new();
        for worker in (0..250).chain(0..250) {
            let name = format!("w{worker}");
            world.put_with(NoticeKind::GiveUp, &name, |new| new.names_all = names_all);
        }
        let titles = read(&world.path).unwrap().messages;
        let title = titles[0].title.clone();
        let count = if names_all { 100 } else { 250 };
        assert!(title.starts_with(&format!("{count} services ")), "{title}");
        let told: Vec<_> = messages.iter().map(|_| world.tell().1.len()).collect();
        assert_eq!(told, messages);
        assert_eq!(world.now, 5_000, "each of them at once");
        assert_eq!(world.store.next("ops", world.now), Ok(Next::Nothing));
    }
}

#[test]
fn x93_a_message_that_had_to_wait_for_its_time_is_tried_as_long_as_any() {
    let mut world = World::new();
    let keep = |new: &mut New| new.keep_ms = 10_000;
    world.put_with(NoticeKind::Failure, "w1", keep);
    world.tell();
    world.put_with(NoticeKind::Failure, "w1", keep);
    assert_eq!(world.tell().1, ["w1"], "60 s after the first");
}

#[test]
fn x89_a_message_about_the_same_comes_a_minute_later_and_a_service_is_named_once() {
    let mut world = World::new();
    world.put(NoticeKind::Failure, "w1");
    world.tell();
    let first = world.now;
    for _ in 0..10 {
        world.put(NoticeKind::Failure, "w1");
    }
    let (_, services) = world.tell();
    assert_eq!(services, ["w1"]);
    assert_eq!(world.now - first, 60_000);
}

#[test]
fn x89_what_comes_while_a_message_is_on_its_way_waits_as_long_as_after_it() {
    let mut world = World::new();
    world.put(NoticeKind::GiveUp, "w1");
    let first = world.begin();
    let begun = world.now;
    world.put(NoticeKind::GiveUp, "w2");
    world.put(NoticeKind::GiveUp, "w3");
    world.store.told("ops", first.number, world.now).unwrap();
    assert_eq!(world.tell().1, ["w2", "w3"]);
    assert_eq!(world.now - begun, 60_000);
}

#[test]
fn x89_what_is_told_last_is_how_it_is() {
    let mut world = World::new();
    world.put(NoticeKind::Failure, "w1");
    world.put(NoticeKind::Recovery, "w1");
    world.put(NoticeKind::Failure, "w1");
    let told: Vec<_> = (0..3).map(|_| world.tell().0).collect();
    assert_eq!(told, ["failure", "recovery", "failure"]);
}

#[test]
fn x93_a_target_that_answers_500_for_an_hour_is_told_all_in_order_afterwards_with_the_ids_of_before()
 {
    let mut world = World::new();
    let (mut tries, mut first_id) = (0, None);
    let mut put = 0;
    while world.now < 3_600_000 {
        let kind = if put % 2 == 0 {
            NoticeKind::Failure
        } else {
            NoticeKind::Recovery
        };
        world.put(kind, &format!("w{put}"));
        put += 1;
        let waiting = world.begin();
        let first = first_id.get_or_insert_with(|| waiting.id.clone());
        assert_eq!(&waiting.id, first, "one message at a time, with one id");
        world
            .store
            .failed("ops", waiting.number, ("500", None), world.now)
            .unwrap();
        tries += 1;
        world.die();
    }
    assert!(
        (18..25).contains(&tries),
        "with pauses up to 5 min: {tries}"
    );
    let waits = read(&world.path).unwrap().targets[1].waiting;
    assert_eq!(waits, put);
    let told: Vec<_> = (0..put).map(|_| world.tell().1.remove(0)).collect();
    let expected: Vec<_> = (0..put).map(|number| format!("w{number}")).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_queue_that_is_just_being_made_has_nothing_yet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notices.db");
    // As far as a reader sees of it before the tables are there.
    std::fs::write(&path, "").unwrap();
    assert_eq!(read(&path).unwrap(), Notices::default());
}

#[test]
fn x93_a_queue_is_bounded_and_what_is_dropped_is_counted_once() {
    let mut world = World::new();
    for number in 0..1100 {
        let kind = if number % 2 == 0 {
            NoticeKind::Failure
        } else {
            NoticeKind::Recovery
        };
        world.put(kind, "w1");
    }
    assert_eq!(read(&world.path).unwrap().targets[1].waiting, 1000);
    assert_eq!(world.store.take_dropped("ops"), Ok(100));
    assert_eq!(world.store.take_dropped("ops"), Ok(0));
    world.now = 86_405_000;
    assert_eq!(world.store.next("ops", world.now), Ok(Next::Nothing));
    assert_eq!(world.store.take_dropped("ops"), Ok(1000), "too old");
    world.put(NoticeKind::Failure, "w1");
    assert!(read(&world.path).unwrap().messages.len() <= 502);
}

#[test]
fn x93_a_process_that_dies_between_telling_and_its_record_tells_with_the_same_id() {
    let mut world = World::new();
    world.put(NoticeKind::GiveUp, "w1");
    let before = world.begin();
    world.die();
    // It was on its way, so nothing joins it.
    world.put(NoticeKind::GiveUp, "w2");
    let again = world.begin();
    assert_eq!(
        (again.id, services(&before)),
        (before.id, vec!["w1".to_owned()])
    );
    assert_eq!(world.store.cursor(), Ok(Some(2)));
}

#[test]
fn x93_messages_for_a_target_do_not_wait_for_another() {
    let mut world = World::new();
    world.put(NoticeKind::GiveUp, "w1");
    assert_eq!(world.store.next("mail", world.now), Ok(Next::Nothing));
    assert_eq!(world.store.awaited(), Ok(vec!["ops".into()]));
}
