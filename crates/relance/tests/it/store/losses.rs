//! Files that are lost under an engine that runs: it writes the database again, before it answers and when it is
//! idle, and refuses changes while it cannot.

use std::fs;

use relance_scm::ServiceConfig;
use relance_scm::config::Secret;
use relance_scm::manager::NewService;

use super::{FAULTS, Inflict, Scene, overwrite_head, row, text};
use crate::support::name;

/// What happens to the files while the engine runs.
const LOSSES: [(&str, Inflict); 5] = [
    ("all files of the database deleted", FAULTS[0].inflict),
    ("the database alone deleted", FAULTS[1].inflict),
    ("another file in the place of the database", |state| {
        fs::remove_file(state.join("relance.db")).expect("a folder of the test's own");
        fs::write(state.join("relance.db"), "precious").expect("a folder of the test's own");
    }),
    ("database and log emptied", FAULTS[2].inflict),
    (
        "the first pages of the database overwritten",
        overwrite_head,
    ),
];

#[test]
fn an_engine_that_runs_writes_a_lost_database_again_before_it_answers() {
    for (what, inflict) in LOSSES {
        let mut scene = Scene::new();
        inflict(&scene.state());
        scene
            .daemon
            .create(ServiceConfig::new(name("later"), "/bin/true"));
        let told = scene.wait_for_entry("1107");
        assert!(told.contains("while the manager ran"), "{what}: {told}");
        let doctor = text(&scene.daemon.relance(&["doctor"]));
        assert!(doctor.contains("service database: "), "{what}: {doctor}");
        scene.kill_engine();
        let later = scene.daemon.query(&name("later"));
        assert_eq!(later.config.command_line.as_ref(), "/bin/true", "{what}");
        let steady = scene.daemon.query(&name("steady"));
        assert_eq!(steady.status.process_id, scene.pid, "{what}");
        assert!(scene.is_undisturbed(), "{what}");
        assert!(scene.daemon.stop().success(), "{what}");
        row(
            &format!("{what}, engine alive"),
            "entry 1107",
            "written again before it answers",
        );
    }
}

#[test]
fn while_a_lost_database_cannot_be_written_again_changes_are_refused_and_services_run_on() {
    let mut scene = Scene::new();
    let moved = scene.state().with_extension("moved");
    fs::rename(scene.state(), &moved).expect("a folder of the test's own");
    let create = |scene: &Scene| {
        let service = NewService {
            config: ServiceConfig::new(name("later"), "/bin/true"),
            password: Secret::new(""),
        };
        scene
            .daemon
            .ask(|scm, caller, reply| scm.create_service(caller, service, reply))
    };
    let refused = create(&scene).expect_err("it would be lost").to_string();
    assert!(refused.contains("cannot be written again"), "{refused}");
    let steady = scene.daemon.query(&name("steady"));
    assert_eq!(steady.status.process_id, scene.pid);
    fs::rename(&moved, scene.state()).expect("a folder of the test's own");
    create(&scene).expect("the files are back");
    assert!(
        scene
            .wait_for_entry("1106")
            .contains("cannot be written again")
    );
    assert!(scene.is_undisturbed());
    assert!(scene.daemon.stop().success());
}

#[test]
fn an_idle_engine_writes_a_lost_database_again_too() {
    for (what, inflict) in LOSSES {
        let mut scene = Scene::new();
        inflict(&scene.state());
        let told = scene.wait_for_entry("1107");
        assert!(told.contains("while the manager ran"), "{what}: {told}");
        scene.kill_engine();
        let steady = scene.daemon.query(&name("steady"));
        assert_eq!(steady.status.process_id, scene.pid, "{what}");
        assert!(scene.is_undisturbed(), "{what}");
        assert!(scene.daemon.stop().success(), "{what}");
    }
}
