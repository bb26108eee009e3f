//! Named policies over several services (X101 to X104): a change reaches all services that use the policy, or none,
//! also if an engine dies meanwhile.

use std::collections::BTreeSet;

use relance_engine::command::ConfigRequest;
use relance_scm::config::Rules;
use relance_scm::failure_actions::{ActionList, FailureActionsChange};
use relance_scm::manager::Outcome;
use relance_scm::security::Sid;
use relance_scm::settings::{FAILURE_RULES, RECOVERY_POLICY};
use relance_scm::{
    Caller, ConfigChange, PolicyChange, PolicyName, ScmError, ServiceConfig, ServiceKind,
    ServiceName, Win32Error,
};
use relance_testkit::simulation::World;

fn name(number: u32) -> ServiceName {
    ServiceName::new(format!("s{number}")).expect("a legal name")
}

fn policy() -> PolicyName {
    "workers".parse().expect("a legal name")
}

fn actions(notation: &str) -> ConfigChange {
    let list: ActionList = notation.parse().expect("actions");
    ConfigChange {
        failure_actions: Some(FailureActionsChange {
            actions: Some(list.0),
            ..FailureActionsChange::default()
        }),
        ..ConfigChange::default()
    }
}

fn set(notation: &str) -> ConfigRequest {
    let change = actions(notation);
    ConfigRequest::Policy(policy(), PolicyChange::Set(Box::new(change)))
}

/// A change that gives a service the policy, or takes it out of it.
fn of_policy(is_given: bool) -> ConfigChange {
    let mut change = ConfigChange::default();
    let name = is_given.then(|| policy().as_str().into());
    change.extensions.set(RECOVERY_POLICY, name);
    change
}

fn ask(world: &mut World, change: ConfigRequest) -> Result<Outcome, ScmError> {
    let pending = world.configure(vec![change]);
    world.behave();
    let answer = pending.take().expect("it was answered");
    answer.map(|outcomes| outcomes[0])
}

fn change(world: &mut World, number: u32, change: ConfigChange) -> Result<Outcome, ScmError> {
    ask(world, ConfigRequest::Change(name(number), Box::new(change)))
}

/// A world with a policy that so many services use.
fn world(count: u32) -> World {
    let mut world = World::new();
    assert_eq!(ask(&mut world, set("restart/1000")), Ok(Outcome::Created));
    for number in 1..=count {
        let mut config = ServiceConfig::new(name(number), "/bin/worker");
        config.kind = ServiceKind::Program;
        let policy = Some(policy().as_str().into());
        config.extensions.set(RECOVERY_POLICY, policy);
        let _created = world.create(config);
        world.behave();
    }
    world
}

/// What the services have, without doubles.
fn lists(world: &World) -> BTreeSet<String> {
    let configs = world.records().map(|record| &record.config);
    let lists = configs.map(|config| ActionList(config.failure_actions.actions.to_vec()));
    lists.map(|list| list.to_string()).collect()
}

fn code(answer: Result<Outcome, ScmError>) -> Win32Error {
    answer.expect_err("refused").code()
}

#[test]
fn x102_a_change_reaches_all_that_use_a_policy_in_one_commit() {
    let mut world = world(3);
    let commits = world.disk().commits();
    assert_eq!(ask(&mut world, set("restart/7000")), Ok(Outcome::Changed));
    assert_eq!(lists(&world), ["restart/7000".to_owned()].into());
    assert_eq!(world.disk().commits(), commits + 1);
    assert_eq!(ask(&mut world, set("restart/7000")), Ok(Outcome::Unchanged));
    let log = world.log();
    let changed = log.iter().filter(|entry| entry.event_id == 1164);
    let parameters: Vec<_> = changed.map(|entry| entry.parameters.clone()).collect();
    assert_eq!(parameters, [["workers", "3"]]);
}

#[test]
fn x102_an_engine_that_dies_leaves_all_changed_or_none() {
    for step in 0..8 {
        let mut world = world(3);
        let pending = world.configure(vec![set("restart/7000")]);
        for moment in 0..step {
            match moment % 4 {
                0 => world.end_turn(),
                1 => {
                    let waiting = world.disk().waiting();
                    world.disk().write(waiting);
                }
                2 => while world.give_commit() {},
                _ => while world.give_fact() {},
            }
        }
        let is_answered = pending.take().is_some();
        world.kill_engine(usize::MAX);
        world.behave();
        let lists = lists(&world);
        assert_eq!(lists.len(), 1, "{lists:?} after {step} steps");
        let is_changed = lists.contains("restart/7000");
        assert!(is_changed || !is_answered, "after {step} steps");
        // The policy says the same as its services: who joins gets what they have.
        let joined = ServiceConfig::new(name(9), "/bin/worker");
        let _created = world.create(joined);
        world.behave();
        assert_eq!(change(&mut world, 9, of_policy(true)), Ok(Outcome::Changed));
        assert_eq!(self::lists(&world), lists, "after {step} steps");
    }
}

#[test]
fn x102_a_full_disk_takes_a_change_back_everywhere() {
    let mut world = world(2);
    world.disk().set_full(true);
    let refused = ask(&mut world, set("restart/7000"));
    assert_eq!(code(refused), Win32Error::DISK_FULL);
    world.disk().set_full(false);
    world.behave();
    assert_eq!(lists(&world), ["restart/1000".to_owned()].into());
    // That of the policy, too: the same change is one again.
    assert_eq!(ask(&mut world, set("restart/7000")), Ok(Outcome::Changed));
}

#[test]
fn x101_settings_of_its_own_beside_a_policy_are_refused() {
    let mut world = world(1);
    let own = change(&mut world, 1, actions("restart/5000"));
    assert_eq!(code(own), Win32Error::INVALID_PARAMETER);
    let emptied = change(&mut world, 1, actions(""));
    assert_eq!(code(emptied), Win32Error::INVALID_PARAMETER);
    // What it is already, it may be told again.
    let same = change(&mut world, 1, actions("restart/1000"));
    assert_eq!(same, Ok(Outcome::Unchanged));
    let both = ConfigChange {
        failure_actions: actions("restart/5000").failure_actions,
        ..of_policy(true)
    };
    assert_eq!(
        code(change(&mut world, 1, both)),
        Win32Error::INVALID_PARAMETER
    );
    // Taken out, it keeps what the policy said, and is changed alone.
    assert_eq!(
        change(&mut world, 1, of_policy(false)),
        Ok(Outcome::Changed)
    );
    assert_eq!(lists(&world), ["restart/1000".to_owned()].into());
    assert_eq!(ask(&mut world, set("restart/7000")), Ok(Outcome::Changed));
    assert_eq!(lists(&world), ["restart/1000".to_owned()].into());
    let own = change(&mut world, 1, actions("restart/5000"));
    assert_eq!(own, Ok(Outcome::Changed));
}

#[test]
fn x121_a_policy_is_given_to_many_services_in_one_commit_or_to_none() {
    let mut world = world(3);
    for number in 1..=3 {
        let taken = change(&mut world, number, of_policy(false));
        assert_eq!(taken, Ok(Outcome::Changed));
        let own = change(&mut world, number, actions("restart/9000"));
        assert_eq!(own, Ok(Outcome::Changed));
    }
    let give = |numbers: &[u32]| {
        let names = numbers.iter().map(|number| name(*number)).collect();
        ConfigRequest::Policy(policy(), PolicyChange::Give(names))
    };
    let refused = ask(&mut world, give(&[1, 2, 4]));
    assert_eq!(code(refused), Win32Error::SERVICE_DOES_NOT_EXIST);
    assert_eq!(lists(&world), ["restart/9000".to_owned()].into());
    let commits = world.disk().commits();
    assert_eq!(ask(&mut world, give(&[1, 2, 3])), Ok(Outcome::Changed));
    assert_eq!(world.disk().commits(), commits + 1);
    assert_eq!(lists(&world), ["restart/1000".to_owned()].into());
    assert_eq!(ask(&mut world, give(&[2])), Ok(Outcome::Unchanged));
}

#[test]
fn x103_a_policy_that_is_used_stays() {
    let mut world = world(2);
    let gone = || ConfigRequest::Policy(policy(), PolicyChange::Delete);
    let error = ask(&mut world, gone()).expect_err("it is used");
    assert_eq!(error.code(), Win32Error::BUSY);
    assert!(error.sentence().contains("s1, s2"), "{error}");
    for number in 1..=2 {
        assert_eq!(
            change(&mut world, number, of_policy(false)),
            Ok(Outcome::Changed)
        );
    }
    assert_eq!(ask(&mut world, gone()), Ok(Outcome::Deleted));
    assert_eq!(code(ask(&mut world, gone())), Win32Error::NOT_FOUND);
    let joined = change(&mut world, 1, of_policy(true));
    assert_eq!(code(joined), Win32Error::NOT_FOUND);
    world.kill_engine(usize::MAX);
    world.behave();
    let joined = change(&mut world, 1, of_policy(true));
    assert_eq!(code(joined), Win32Error::NOT_FOUND);
}

#[test]
fn x104_administrators_change_policies_and_others_the_services_they_may_change() {
    let mut world = world(1);
    let other = |security: &str| {
        let mut config = ServiceConfig::new(name(2), "/bin/worker");
        config.security = Some(Box::new(security.parse().expect("a descriptor")));
        config
    };
    let user = Caller {
        name: "uid 33".into(),
        sids: [Sid::UnixUser(33), Sid::Everyone].into(),
        session: None,
    };
    // CHANGE_CONFIG alone is not enough for a list that restarts; with START it is.
    for (security, expected) in [
        ("D:(A;;CCDC;;;S-1-22-1-33)", Err(Win32Error::ACCESS_DENIED)),
        ("D:(A;;CCDCRP;;;S-1-22-1-33)", Ok(Outcome::Changed)),
    ] {
        world.set_caller(Caller::system());
        let _created = world.create(other(security));
        world.behave();
        world.set_caller(user.clone());
        let given = change(&mut world, 2, of_policy(true)).map_err(|error| error.code());
        assert_eq!(given, expected, "{security}");
        assert_eq!(
            code(ask(&mut world, set("restart/7000"))),
            Win32Error::ACCESS_DENIED
        );
        world.set_caller(Caller::system());
        let _gone = world.delete(&name(2));
        world.behave();
    }
    // Only an administrator may set a reboot, by a policy too.
    assert_eq!(ask(&mut world, set("reboot/0")), Ok(Outcome::Changed));
    let _created = world.create(other("D:(A;;CCDCRP;;;S-1-22-1-33)"));
    world.behave();
    world.set_caller(user);
    let given = change(&mut world, 2, of_policy(true));
    assert_eq!(code(given), Win32Error::ACCESS_DENIED);
}

fn rule(text: &str) -> ConfigChange {
    let mut change = ConfigChange::default();
    let rules = Rules::read([text]).expect("a rule");
    change.extensions.set(FAILURE_RULES, rules);
    change
}

#[test]
fn r51_r52_the_list_of_a_rule_needs_the_rights_that_any_list_needs() {
    let mut world = World::new();
    let user = Caller {
        name: "uid 33".into(),
        sids: [Sid::UnixUser(33), Sid::Everyone].into(),
        session: None,
    };
    for (number, security) in [
        (1, "D:(A;;CCDC;;;S-1-22-1-33)"),
        (2, "D:(A;;CCDCRP;;;S-1-22-1-33)"),
    ] {
        let mut config = ServiceConfig::new(name(number), "/bin/worker");
        config.security = Some(Box::new(security.parse().expect("a descriptor")));
        let _created = world.create(config);
        world.behave();
    }
    let denied = Err(Win32Error::ACCESS_DENIED);
    for (number, text, expected) in [
        (1, "any=run/0", Ok(Outcome::Changed)),
        (1, "exit:75=run/0/restart/0", denied),
        (2, "exit:75=run/0/restart/0", Ok(Outcome::Changed)),
        (2, "gave-up=reboot/0", denied),
    ] {
        world.set_caller(user.clone());
        let by_hand = change(&mut world, number, rule(text)).map_err(|error| error.code());
        assert_eq!(by_hand, expected, "{text} by hand");
        world.set_caller(Caller::system());
        let set = PolicyChange::Set(Box::new(rule(text)));
        ask(&mut world, ConfigRequest::Policy(policy(), set)).expect("an administrator");
        world.set_caller(user.clone());
        let given = change(&mut world, number, of_policy(true)).map_err(|error| error.code());
        assert_eq!(given, expected, "{text} by a policy");
        if given.is_ok() {
            let _own = change(&mut world, number, of_policy(false));
        }
    }
}
