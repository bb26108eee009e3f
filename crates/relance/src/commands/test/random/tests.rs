use relance_scm::ServiceName;
use relance_scm::config::Rules;

use super::*;

fn service(rules: &str) -> ServiceConfig {
    let mut config = ServiceConfig::new(ServiceName::new("worker").expect("a name"), "/bin/true");
    let rules = Rules::read(rules.lines()).expect("rules");
    config.extensions.set(FAILURE_RULES, rules);
    config
}

#[test]
fn what_rules_name_may_happen() {
    let config = service(
        "exit:75-78=restart/0\nsignal:SEGV,memory-limit=none\nexception:App\\*,watchdog,any=none\n\
         error:5,start,gave-up=run/0",
    );
    let words: Vec<String> = causes(&config).iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "kill 9",
            "exit 1",
            "out-of-memory",
            "exit 75",
            "kill 11",
            "memory-limit",
            "exception App\\",
            "hang",
            "stopped 5"
        ]
    );
    for text in [
        "start",
        "stop",
        "crash @1s",
        "crash, crash",
        "clock 01:00, crash",
        "so",
    ] {
        assert_eq!(failure(text), None, "{text}");
    }
}

#[test]
fn numbers_are_the_same_for_ever() {
    let mut random = Random(1);
    let numbers = [random.next(), random.next()];
    assert_eq!(numbers, [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]);
}
