//! Entries in, notices out, in virtual time.

use super::*;

/// Services by their numbers, and what was told: when, of which, what.
#[derive(Default)]
struct World {
    fold: Fold,
    times: Times,
    told: Vec<(i64, u32, NoticeKind)>,
}

const RESTART: What = What::Failed(1, Some((RecoveryActionKind::Restart, 1000)));
const NOTHING: What = What::Failed(1, None);

impl World {
    fn note(&mut self, notices: Vec<Notice>) {
        for notice in notices {
            let service = notice.service.trim_start_matches('w').parse().unwrap();
            if notice.kind != NoticeKind::Recovery || notice.told.contains("ops") {
                self.told.push((notice.at / 1000, service, notice.kind));
            }
            self.fold.told(&notice.service, "ops");
        }
    }

    fn pass(&mut self, second: i64) {
        let notices = self.fold.pass(&self.times, second * 1000);
        self.note(notices);
    }

    fn at(&mut self, second: i64, service: u32, what: &What) {
        self.pass(second);
        // Kept and read back, as another process would.
        self.fold = serde_json::from_str(&serde_json::to_string(&self.fold).unwrap()).unwrap();
        let name = format!("w{service}");
        let of = (service, &*name);
        let notice = self.fold.take(&self.times, second * 1000, of, what, None);
        self.note(notice.into_iter().collect());
    }
}

#[test]
fn x87_a_failure_and_that_it_is_well_again_after_some_time() {
    let mut world = World::default();
    world.at(0, 1, &RESTART);
    world.at(1, 1, &What::Running);
    world.at(3, 1, &RESTART);
    world.at(4, 1, &What::Running);
    world.pass(60);
    let failure = NoticeKind::Failure;
    assert_eq!(
        world.told,
        [
            (0, 1, failure),
            (3, 1, failure),
            (14, 1, NoticeKind::Recovery)
        ]
    );
    assert_eq!(
        world.fold,
        Fold::default(),
        "nothing is kept of a service that is well"
    );
}

#[test]
fn x87_giving_up_is_told_once_whatever_entries_say_it_and_again_after_a_start() {
    let mut world = World::default();
    world.at(0, 1, &NOTHING);
    world.at(0, 1, &What::GaveUp);
    world.at(9, 1, &What::Running);
    world.at(12, 1, &NOTHING);
    let gave_up = NoticeKind::GiveUp;
    assert_eq!(world.told, [(0, 1, gave_up), (12, 1, gave_up)]);
}

#[test]
fn x87_a_service_that_is_still_down_is_told_once() {
    let mut world = World::default();
    world.at(0, 1, &NOTHING);
    world.at(10, 1, &NOTHING);
    assert_eq!(world.fold.next(&world.times), Some(300_000));
    world.pass(100_000);
    let down = NoticeKind::StillDown;
    assert_eq!(world.told, [(0, 1, NoticeKind::GiveUp), (300, 1, down)]);
    world.at(100_001, 1, &What::Running);
    world.pass(200_000);
    assert_eq!(world.told.last(), Some(&(100_011, 1, NoticeKind::Recovery)));
}

#[test]
fn x88_one_that_fails_again_and_again_is_told_as_that_until_it_was_calm() {
    let mut world = World::default();
    for second in 0..100 {
        world.at(second * 2, 1, &RESTART);
        world.at(second * 2 + 1, 1, &What::Running);
    }
    let told: Vec<_> = world.told.iter().map(|(_, _, kind)| *kind).collect();
    let mut expected = vec![NoticeKind::Failure; 4];
    expected.push(NoticeKind::Flapping);
    assert_eq!(told, expected);
    world.pass(199 + 599);
    assert_eq!(world.told.len(), 5);
    world.pass(199 + 600);
    assert_eq!(world.told.last(), Some(&(799, 1, NoticeKind::Recovery)));
}

#[test]
fn x87_what_somebody_has_seen_to_is_not_told_any_more() {
    let mut world = World::default();
    world.at(0, 1, &RESTART);
    world.at(1, 1, &What::Over);
    world.at(2, 1, &What::Running);
    world.pass(10_000);
    assert_eq!(world.told.len(), 1);
}

#[test]
fn x87_a_planned_restart_is_told_without_an_incident() {
    let mut world = World::default();
    world.at(0, 1, &What::Recycled);
    world.at(1, 1, &What::Running);
    world.pass(10_000);
    assert_eq!(world.told, [(0, 1, NoticeKind::Recycling)]);
}

#[test]
fn x88_what_is_remembered_of_a_service_is_bounded() {
    let mut world = World {
        times: Times {
            flapping: 0,
            ..Times::default()
        },
        ..World::default()
    };
    for second in 0..1000 {
        world.at(second / 10, 1, &RESTART);
    }
    assert!(serde_json::to_string(&world.fold).unwrap().len() < 2000);
}
