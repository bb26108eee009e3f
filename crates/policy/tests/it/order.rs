//! D8, D11: the order of the starts at boot.

use proptest::prelude::*;
use relance_policy::order::{BootPlan, OutOfOrder, order};
use relance_scm::ServiceName;
use relance_scm::config::{Dependency, ServiceConfig, StartType};

fn service(name: &str, group: &str, needs: &[&str]) -> ServiceConfig {
    let mut config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/a");
    config.start_type = StartType::Auto;
    config.load_order_group = group.into();
    let dependencies = needs.iter().map(|text| match text.strip_prefix('+') {
        Some(group) => Dependency::Group(group.into()),
        None => Dependency::Service(ServiceName::new(*text).unwrap()),
    });
    config.dependencies = dependencies.collect();
    config
}

fn plan(services: &[ServiceConfig], groups: &[&str]) -> BootPlan<String> {
    let groups: Vec<Box<str>> = groups.iter().map(|group| (*group).into()).collect();
    let plan = order(services.iter().enumerate(), &groups);
    let names = |ids: Vec<usize>| {
        let names = ids.iter().map(|id| services[*id].service_name.to_string());
        names.collect::<Vec<_>>()
    };
    BootPlan {
        stages: plan.stages.into_iter().map(names).collect(),
        delayed: names(plan.delayed),
        out_of_order: plan
            .out_of_order
            .into_iter()
            .map(|(id, need)| (services[id].service_name.to_string(), need))
            .collect(),
    }
}

#[test]
fn d8_listed_groups_then_other_groups_then_no_group() {
    let services = [
        service("plain", "", &[]),
        service("later", "zeta", &[]),
        service("sooner", "Alpha", &[]),
        service("second", "two", &[]),
        service("first", "ONE", &[]),
    ];
    let plan = plan(&services, &["one", "two"]);
    assert_eq!(
        plan.stages,
        [["first"], ["second"], ["sooner"], ["later"], ["plain"]]
    );
}

#[test]
fn d8_within_a_group_what_is_needed_comes_first() {
    let services = [
        service("c", "", &["b", "missing"]),
        service("b", "", &["A"]),
        service("a", "", &[]),
    ];
    assert_eq!(plan(&services, &[]).stages, [["a", "b", "c"]]);
}

#[test]
fn d1_a_needed_group_comes_before_who_needs_it() {
    let services = [service("user", "g", &["+G"]), service("member", "g", &[])];
    assert_eq!(plan(&services, &[]).stages, [["member", "user"]]);
}

#[test]
fn e_7019_7020_what_needs_a_later_group_is_named() {
    let services = [
        service("wants-service", "one", &["plain", "in-two"]),
        service("wants-group", "one", &["+TWO"]),
        service("in-two", "two", &["wants-group", "+one"]),
        service("plain", "", &["+two"]),
    ];
    let expected = [
        ("wants-service".to_owned(), OutOfOrder::Service),
        ("wants-group".to_owned(), OutOfOrder::Group),
    ];
    assert_eq!(plan(&services, &["one", "two"]).out_of_order, expected);
    assert_eq!(plan(&services, &["two", "one"]).out_of_order.len(), 1);
}

#[test]
fn c14_c16_only_automatic_services_and_delayed_ones_last() {
    let mut delayed = service("delayed", "", &[]);
    delayed.delayed_auto_start = true;
    let mut demand = service("demand", "", &[]);
    demand.start_type = StartType::Demand;
    let mut disabled = service("disabled", "", &[]);
    disabled.start_type = StartType::Disabled;
    let plan = plan(&[delayed, demand, disabled, service("auto", "", &[])], &[]);
    assert_eq!(
        (plan.stages, plan.delayed),
        (vec![vec!["auto".into()]], vec!["delayed".into()])
    );
}

proptest! {
    #[test]
    fn every_automatic_service_is_started_once_whatever_depends_on_what(
        needs in prop::collection::vec(prop::collection::vec(0_usize..12, 0..4), 1..12),
        groups in prop::collection::vec(0_usize..4, 12),
    ) {
        let name = |index: usize| format!("s{index}");
        let services: Vec<ServiceConfig> = needs.iter().enumerate().map(|(index, needs)| {
            let needs: Vec<String> = needs.iter().map(|need| name(*need)).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            service(&name(index), ["", "a", "b", "c"][groups[index]], &needs)
        }).collect();
        let mut started: Vec<String> = plan(&services, &["b"]).stages.concat();
        started.sort();
        let mut all: Vec<String> = (0..services.len()).map(name).collect();
        all.sort();
        prop_assert_eq!(started, all);
    }
}
