//! The table of tools: what becomes of values, and that each tool is a command.

use super::*;

fn words(tool: &str, given: &Value) -> Result<String, String> {
    let tool = Tool::find(tool, true).expect("a tool");
    let given = given.as_object().expect("an object").clone();
    let words = tool.words(&given, &["--socket=/s".into()]);
    words
        .map(|words| {
            let words = words.iter().map(|word| word.to_string_lossy());
            words.collect::<Vec<_>>().join(" ")
        })
        .map_err(|failure| failure.sentence(relance_texts::Lang::En))
}

#[test]
fn values_become_options_and_names_stand_behind_them() {
    let given = json!({ "services": ["a", "--all"], "failed": true });
    assert_eq!(
        words("list", &given),
        Ok("list --socket=/s --failed -- a --all".into())
    );
    let given = json!({ "ids": [7031, "7034"], "limit": 5, "since": null, "text": "--follow" });
    let asked = "events --socket=/s --id=7031 --id=7034 --text=--follow --limit=5";
    assert_eq!(words("events", &given), Ok(asked.into()));
    assert_eq!(
        words("list", &json!({ "failed": false })),
        Ok("list --socket=/s".into())
    );
}

#[test]
fn values_of_another_kind_are_refused_with_what_is_wanted() {
    for (tool, given, wanted) in [
        (
            "list",
            json!({ "failed": "yes" }),
            "failed is true or false",
        ),
        ("events", json!({ "limit": 0 }), "from 1 to 500"),
        ("events", json!({ "limit": -1 }), "from 1 to 500"),
        ("why", json!({ "services": [] }), "with one at least"),
        ("why", json!({ "services": [{}] }), "a list of texts"),
        ("output", json!({ "service": ["a"] }), "service is a text"),
    ] {
        let said = words(tool, &given).expect_err("refused");
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn every_tool_is_a_command_that_takes_its_parameters() {
    let commands = crate::commands::whole();
    for tool in TOOLS {
        let name = if tool.name == "output" {
            "logs"
        } else {
            tool.name
        };
        let command = commands.find_subcommand(name).expect(name);
        for parameter in tool.parameters {
            if let Becomes::Option(option) = parameter.becomes {
                let mut known = command.get_arguments().filter_map(clap::Arg::get_long);
                assert!(
                    known.any(|known| option == format!("--{known}")),
                    "{option}"
                );
            }
        }
        let schema = Value::Object(tool.schema());
        assert_eq!(schema["type"], "object");
        let properties = schema["properties"].as_object().expect("an object");
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{name}");
        }
    }
}

#[test]
fn a_long_list_has_an_end_and_failed_services_first() {
    let service = |id: u32, name: String| {
        let config =
            relance_scm::ServiceConfig::new(crate::cli::name(&name).expect("a name"), "/bin/a");
        crate::testing::never_ran(id, &config)
    };
    let mut services: Vec<_> = (0..300)
        .map(|id| service(id, format!("s{id:03}")))
        .collect();
    services[299]
        .recovery
        .pending
        .push(relance_scm::manager::PendingInfo {
            due: relance_scm::event_log::Timestamp(0),
            action: relance_scm::RecoveryAction::new(relance_scm::RecoveryActionKind::Restart, 1),
            failure_count: 1,
            executing: false,
            delayed_by: None,
        });
    let found = relance_scm::manager::Enumeration {
        services,
        ..Default::default()
    };
    let listed = answer::list(&found);
    assert_eq!(listed["services"].as_array().map(Vec::len), Some(200));
    assert_eq!(listed["services"][0]["name"], "s299");
    assert_eq!(listed["services_not_shown"], 100);
}

#[test]
fn values_of_variables_are_not_passed_on() {
    let status = json!([{ "config": { "name": "a", "environment": ["KEY=hunter2", "B="] } }]);
    let mut hidden = status.clone();
    answer::hide(&mut hidden);
    assert_eq!(
        hidden[0]["config"]["environment"],
        json!(["KEY=(not shown)", "B=(not shown)"])
    );
    assert_eq!(hidden[0]["config"]["name"], "a");
}
