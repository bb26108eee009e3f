use std::path::PathBuf;

use super::*;

const BOOT: &str = "5c2bd1f0-53cd-4f0e-9a8f-3b1c4f1f6e2a";

/// A journal in a file of the test's own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let file = format!("relance-journal-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(file))
    }

    fn open(&self) -> (Journal, Vec<Entry>) {
        self.open_in(BOOT)
    }

    fn open_in(&self, boot: &str) -> (Journal, Vec<Entry>) {
        Journal::open(&self.0, boot).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn intent(number: u32) -> Intent {
    Intent {
        run: RunKey(3, number),
        birth: 77,
        secret: u128::MAX.to_string().into(),
        channel: true,
        output: false,
        stop_signal: 64,
        stop_grace_ms: Some(3_600_000),
        group: Some(Group(9)),
    }
}

const MARK_OF_TEST: Mark = Mark {
    pid: 4711,
    at_ns: 78,
};

const END_OF_TEST: End = End {
    exit: Exit::Signal(6),
    at_ns: 99,
    memory_kills: 2,
    left: 3,
};

/// What the process of a run does.
fn mark(journal: &Journal, slot: &Slot) {
    let witness = journal.witness(slot);
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&MARK_OF_TEST.pid.to_le_bytes());
    bytes[8..].copy_from_slice(&MARK_OF_TEST.at_ns.to_le_bytes());
    journal
        .file
        .write_all_at(&bytes, witness.at.cast_unsigned())
        .unwrap();
}

#[test]
fn a_successor_learns_of_every_run_as_far_as_it_had_come() {
    let place = Place::new("stages");
    let (mut journal, found) = place.open();
    assert_eq!(found, []);
    journal.run(&intent(1)).unwrap();
    let running = journal.run(&intent(2)).unwrap();
    mark(&journal, &running);
    let ended = journal.run(&intent(3)).unwrap();
    mark(&journal, &ended);
    journal.end(&ended, END_OF_TEST);
    let over = journal.run(&intent(4)).unwrap();
    mark(&journal, &over);
    journal.end(&over, END_OF_TEST);
    journal.free(over);
    let command = journal.command(ActionKey(3, 8)).unwrap();
    mark(&journal, &command);
    journal.command(ActionKey(3, 9)).unwrap();
    let stop_command = journal.stop_command(RunKey(3, 2)).unwrap();
    mark(&journal, &stop_command);
    journal.stop_command(RunKey(3, 9)).unwrap();
    drop(journal);
    let (_, found) = place.open();
    let run = |slot, number, end| Entry::Run {
        slot,
        intent: intent(number),
        mark: MARK_OF_TEST,
        end,
        asked: Asked::default(),
    };
    let expected = [
        run(running, 2, None),
        run(ended, 3, Some(END_OF_TEST)),
        Entry::Command {
            slot: command,
            action: ActionKey(3, 8),
            pid: 4711,
        },
        Entry::StopCommand {
            slot: stop_command,
            run: RunKey(3, 2),
            mark: MARK_OF_TEST,
        },
    ];
    assert_eq!(found, expected);
}

#[test]
fn x24_a_successor_learns_how_far_a_stop_was() {
    let place = Place::new("asked");
    let (mut journal, _) = place.open();
    let stages = [
        Asked::default(),
        Asked {
            main: true,
            ..Asked::default()
        },
        Asked {
            main: true,
            rest: true,
            command: true,
        },
    ];
    for (number, asked) in (1..).zip(stages) {
        let slot = journal.run(&intent(number)).unwrap();
        mark(&journal, &slot);
        journal.asked(&slot, asked);
    }
    drop(journal);
    let (mut journal, found) = place.open();
    let mut told = Vec::new();
    for entry in found {
        let Entry::Run { slot, asked, .. } = entry else {
            panic!("only runs were written");
        };
        told.push(asked);
        journal.free(slot);
    }
    assert_eq!(told, stages);
    let again = journal.run(&intent(4)).unwrap();
    mark(&journal, &again);
    drop(journal);
    let (_, found) = place.open();
    let Some(Entry::Run { asked, .. }) = found.first() else {
        panic!("one run was written");
    };
    assert_eq!(*asked, Asked::default());
}

#[test]
fn a_slot_is_used_again_without_a_trace_of_what_it_held() {
    let place = Place::new("again");
    let (mut journal, _) = place.open();
    let first = journal.run(&intent(1)).unwrap();
    mark(&journal, &first);
    journal.end(&first, END_OF_TEST);
    let number = first.0;
    journal.free(first);
    assert_eq!(journal.run(&intent(2)).unwrap().0, number);
    drop(journal);
    assert_eq!(place.open().1, [], "the second was never executed");
}

#[test]
fn it_grows_and_keeps_what_it_has() {
    let place = Place::new("growth");
    let (mut journal, _) = place.open();
    let runs = GROWTH + 2;
    for number in 1..=runs {
        let slot = journal.run(&intent(number)).unwrap();
        mark(&journal, &slot);
    }
    drop(journal);
    let (journal, found) = place.open();
    assert_eq!(found.len(), runs as usize);
    assert_eq!(journal.len, 2 * GROWTH);
}

#[test]
fn another_boot_makes_it_void() {
    let place = Place::new("boot");
    let (mut journal, _) = place.open();
    let slot = journal.run(&intent(1)).unwrap();
    mark(&journal, &slot);
    drop(journal);
    assert_eq!(place.open_in("another").1, []);
    assert_eq!(place.open().1, [], "and it is gone");
}

#[test]
fn rubbish_and_what_is_cut_off_are_passed_over() {
    let place = Place::new("rubbish");
    let mut random = fastrand::Rng::with_seed(9);
    let whole = {
        let (mut journal, _) = place.open();
        for number in 1..=3 {
            let slot = journal.run(&intent(number)).unwrap();
            mark(&journal, &slot);
        }
        std::fs::read(&place.0).unwrap()
    };
    for round in 0..500 {
        let mut bytes = whole[..random.usize(..=whole.len())].to_vec();
        for _ in 0..random.usize(..20) {
            let len = bytes.len().min(5 * SLOT_LEN);
            if len > 0 {
                bytes[random.usize(..len)] = random.u8(..);
            }
        }
        std::fs::write(&place.0, &bytes).unwrap();
        let (mut journal, found) = place.open();
        assert!(found.len() <= 3, "round {round}");
        let slot = journal.run(&intent(9)).unwrap();
        mark(&journal, &slot);
        drop(journal);
        let (_, again) = place.open();
        assert_eq!(again.len(), found.len() + 1, "round {round}");
    }
    for bytes in [
        &b"x"[..],
        &[0xff; 4096],
        b"relance run journal, format 2, boot x",
    ] {
        std::fs::write(&place.0, bytes).unwrap();
        assert_eq!(place.open().1, []);
    }
}

#[test]
fn a_disk_without_room_keeps_no_run_from_starting() {
    let place = Place::new("full");
    let (mut journal, _) = place.open();
    journal.file = File::open(&place.0).unwrap();
    assert_eq!(journal.run(&intent(1)), None);
    assert!(journal.is_failing);
}
