//! Files as people write them, right and wrong.

use relance_scm::ServiceConfig;
use relance_scm::settings::RETRY_FAILED_STARTS;

use super::*;

/// The configurations of a TOML text.
fn configs(text: &str) -> Vec<ServiceConfig> {
    let read = read_one("a.toml", text).unwrap_or_else(|problems| panic!("{}", problems.error()));
    read.services
        .into_iter()
        .map(|found| found.service.config)
        .collect()
}

fn json(text: &str) -> Vec<ServiceConfig> {
    let read = read_one("a.json", text).unwrap_or_else(|problems| panic!("{}", problems.error()));
    read.services
        .into_iter()
        .map(|found| found.service.config)
        .collect()
}

fn refusal(file: &str, text: &str) -> String {
    let read = read_one(file, text);
    read.expect_err("it is wrong").error().to_string()
}

#[test]
fn what_is_not_called_a_service_is_a_program() {
    let text = "[[service]]\nname = 'a'\ncommand_line = '/a'\n\
                [[service]]\nname = 'b'\ncommand_line = '/b'\nkind = 'service'\n";
    let kinds: Vec<_> = configs(text)
        .iter()
        .map(|config| config.kind.name())
        .collect();
    assert_eq!(kinds, ["program", "service"]);
}

#[test]
fn what_people_of_other_managers_write_is_answered_with_what_stands_for_it() {
    let text = "[[service]]\nname = 'a'\ncommand_line = '/a'\ndepends_on = ['b']\n";
    assert_eq!(
        refusal("a.toml", text),
        "a.toml:4:1: a: there is no depends_on; do you mean dependencies?"
    );
    let yaml = refusal("a.yaml", "services:\n  a:\n    command: x\n");
    assert!(
        yaml.starts_with("a.yaml:1:") && yaml.contains("this is YAML"),
        "{yaml}"
    );
    // A file is judged by what is in it.
    assert!(read_one("a.yml", "[[service]]\nname = 'a'\ncommand_line = '/a'\n").is_ok());
}

#[test]
fn x52_a_template_is_so_many_services() {
    let text = "[[service]]\nname = 'w@'\ninstances = 3 # so many\ncommand_line = '/w %i'\n\
                display_name = 'Worker %i'\n\
                [[service]]\nname = 'b@'\ncommand_line = '/b'\ninstances = ['eu', 7]\n";
    let services = configs(text);
    let names: Vec<_> = services
        .iter()
        .map(|config| config.service_name.as_str())
        .collect();
    assert_eq!(names, ["w@1", "w@2", "w@3", "b@eu", "b@7"]);
    assert_eq!(&*services[1].display_name, "Worker 2");
    assert_eq!(&*services[3].display_name, "b@eu");
    let service = "[[service]]\ncommand_line = '/w'\n";
    for (more, expected) in [
        (
            "name = 'w'\ninstances = 3\n",
            "a.toml:4:13: w: the name of several instances ends in @; write w@",
        ),
        (
            "name = 'w@'\ninstances = 0\n",
            "a.toml:4:13: w@: instances is a number from 1 to 1000",
        ),
        ("name = 'w@'\ninstances = 'x'\n", "a.toml:4:13"),
        ("name = 'w@'\ninstances = ['']\n", "a.toml:4:13"),
    ] {
        let error = refusal("a.toml", &format!("{service}{more}"));
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn errors_of_programs_are_failures_unless_the_file_says_otherwise() {
    let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
    let flag = |text: &str| configs(text)[0].failure_actions_on_non_crash_failures;
    assert!(flag(service));
    assert!(!flag(&format!(
        "{service}recovery = {{ on_error_stop = false }}\n"
    )));
    assert!(!flag(&format!("{service}kind = 'service'\n")));
    assert!(
        json(r#"{"name": "a", "command_line": "/a"}"#)[0].failure_actions_on_non_crash_failures
    );
    let off = configs(&format!(
        "{service}recovery = {{ on_error_stop = false }}\n"
    ));
    let exported = serde_json::to_string(&relance_wire::api::ConfigBody::from(&off[0])).unwrap();
    assert_eq!(json(&exported), off, "what was exported stays as it is");
}

#[test]
fn x14_failed_starts_of_programs_are_failures_unless_the_file_says_otherwise() {
    let is_retried = |config: &ServiceConfig| config.extensions.get(RETRY_FAILED_STARTS);
    let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
    let of_toml = |more: &str| is_retried(&configs(&format!("{service}{more}"))[0]);
    assert!(of_toml(""));
    assert!(of_toml("extensions = { umask = '027' }\n"));
    assert!(!of_toml("extensions = { retry_failed_starts = false }\n"));
    assert!(!of_toml("kind = 'service'\n"));
    assert!(is_retried(
        &json(r#"{"name": "a", "command_line": "/a"}"#)[0]
    ));
}

#[test]
fn json_is_one_service_or_several() {
    let a = r#"{"name": "a", "command_line": "/a"}"#;
    let b = r#"{"name": "b", "command": ["/b", "x y"]}"#;
    assert_eq!(json(a)[0].service_name.as_str(), "a");
    assert_eq!(&*json(&format!("[{a}, {b}]"))[1].command_line, "/b \"x y\"");
    assert_eq!(
        json(&format!(r#"{{"$schema": "x", "service": [{a}]}}"#)).len(),
        1
    );
    let template = r#"{"name": "w@", "command_line": "/w", "instances": 2}"#;
    assert_eq!(json(template).len(), 2);
}

#[test]
fn values_are_read_as_people_write_them() {
    let config = &configs(
        "[[service]]\nname = 'a'\ncommand = ['/a', 'b c']\npreshutdown_timeout_ms = '3m'\ndelayed_auto_start = 'no'\n\
         environment = { A = '1', B = 2 }\n\
         recovery = { actions = [{ kind = 'restart', delay_ms = '5s' }, { kind = 'none' }], reset_period_secs = '1h' }\n\
         extensions = { stop_grace_ms = '30s' }\n",
    )[0];
    assert_eq!(&*config.command_line, "/a \"b c\"");
    let environment: Vec<_> = config
        .environment
        .iter()
        .map(|v| (v.name(), v.value()))
        .collect();
    assert_eq!(environment, [("A", "1"), ("B", "2")]);
    assert_eq!(config.failure_actions.actions.len(), 2);
    assert_eq!(config.failure_actions.actions[0].delay_ms(), 5000);
}

#[test]
fn everything_that_is_wrong_is_named_with_its_place() {
    let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
    let wrong = [
        ("nam = 'x'", "4:1: a: there is no nam; do you mean name?"),
        ("zzz = 1", "4:1: a: there is no setting zzz"),
        (
            "stop_grace_ms = 1",
            "4:1: a: stop_grace_ms does not stand here; write extensions.stop_grace_ms",
        ),
        (
            "extensions.stop_grace = '1s'",
            "4:12: a: there is no stop_grace; do you mean stop_grace_ms?",
        ),
        (
            "extensions.stop_grace_ms = [1]",
            "4:29: a: stop_grace_ms: expected milliseconds",
        ),
        ("extensions.umask = 'x'", "4:20: a: umask:"),
        (
            "recovery.reset_period_secs = 'soon'",
            "4:30: a: reset_period_secs:",
        ),
        (
            "recovery.reset_period_secs = true",
            "4:30: a: reset_period_secs:",
        ),
        ("recovery.actions = 'restart'", "4:20: a:"),
        (
            "recovery.actions = [{ kind = 'restart', delay = 1 }]",
            "4:49: a: an action is { kind",
        ),
        ("recovery.actions = 3", "4:20: a: actions:"),
        ("recovery = 1", "4:12: a: recovery is a table"),
        ("kind = 'daemon'", "4:8: a:"),
        ("kind = 1", "4:8: a:"),
        ("environment = ['A=1', 'B']", "4:15: a:"),
        ("environment = ['A=1', 2]", "4:23: a: environment: expected"),
        (
            "environment = { A = [] }",
            "4:21: a: a variable of the environment",
        ),
        (
            "dependencies = 'b'\nstart_type = 'boot'",
            "5:14: a: start_type:",
        ),
        (
            "command = ['/a']",
            "4:1: a: command and command_line say the same",
        ),
        (
            "command = '/a b'",
            "4:11: a: command is the command word by word",
        ),
        ("password = { fil = 'x' }", "4:12: a: expected a text"),
        (
            "password = { env = 'NO_SUCH' }",
            "4:12: a: the environment has no variable NO_SUCH",
        ),
        (
            "delayed_auto_start = 'perhaps'",
            "4:22: a: delayed_auto_start:",
        ),
        ("security = 'D:(x'", "4:12: a:"),
        ("account_name = ", "4:16: "),
        ("name = 'b'", "4:1: "),
        (
            "[services]",
            "4:2: there is no services; do you mean service?",
        ),
        ("[[service]]\nname = 'b'", "5:8: b: there is no command"),
        (
            "[[service]]\ncommand_line = 'b'",
            "4:1: a service has no name",
        ),
        (
            "[[service]]\nname = 'A'\ncommand_line = 'b'",
            "5:8: A is described here and at a.toml:2:8",
        ),
        (
            "[variables]\n'a b' = 1",
            "5:1: a b cannot be the name of a variable",
        ),
    ];
    for (more, expected) in wrong {
        let error = refusal("a.toml", &format!("{service}{more}\n"));
        assert!(
            error.starts_with(&format!("a.toml:{expected}")),
            "{more}\n{error}"
        );
        assert!(!error.contains("untagged"), "{error}");
    }
}

#[test]
fn json_has_places_too_and_all_problems_are_said_at_once() {
    let text = "[\n {\"name\": \"a\", \"command_line\": \"/a\", \"kind\": 2},\n {\"name\": 3}\n]";
    let error = refusal("a.json", text);
    assert!(
        error.contains("a.json:2:46: a:") && error.contains("a.json:3:11:"),
        "{error}"
    );
    for (wrong, place) in [
        ("1", "1:1"),
        (r#"{"service": 1}"#, "1:13"),
        ("{\n\"a\": }", "2:6"),
        ("[1]", "1:2"),
        (
            r#"{"name": "a", "name": "b", "command_line": "c"}"#,
            "1:15: a: name stands here twice",
        ),
    ] {
        let error = refusal("a.json", wrong);
        assert!(
            error.starts_with(&format!("a.json:{place}")),
            "{wrong}: {error}"
        );
    }
}

#[test]
fn a_file_without_end_is_not_read() {
    let kind = |bytes: &[u8]| {
        let read = regular::bounded(bytes, 3).and_then(regular::text);
        read.map_err(|error| error.kind())
    };
    assert_eq!(kind(b"abc"), Ok("abc".to_owned()));
    assert_eq!(kind(b"abcd"), Err(ErrorKind::FileTooLarge));
    assert_eq!(kind(b"\xff"), Err(ErrorKind::InvalidData));
    let error = read_text(Path::new("/dev/zero")).expect_err("it has no end");
    assert_eq!(
        error.sentence(),
        "/dev/zero cannot be read: it is too large"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_that_a_file_names_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).expect("a pipe");
    let main = folder.path().join("main.toml");
    let refused = |text: &str| {
        fs::write(&main, text).expect("written");
        let read = read(std::slice::from_ref(&main), &[], &Disk::OWN);
        read.expect_err("it is refused").error().to_string()
    };
    for text in [
        "include = 'pipe'",
        "[variables]\nX = { file = 'pipe' }",
        "[[service]]\nname = 'a'\ncommand = ['/a']\npassword = { file = 'pipe' }",
    ] {
        let error = refused(text);
        assert!(error.contains("main.toml:"), "{error}");
        assert!(error.contains("is not a regular file"), "{error}");
    }
}

#[test]
fn what_is_included_without_end_is_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |number: usize| folder.path().join(format!("{number}.toml"));
    for number in 0..=INCLUDES_DEEP_MAX + 1 {
        let next = format!("include = '{}.toml'", number + 1);
        fs::write(path(number), next).expect("written");
    }
    let read = |deep: usize| {
        fs::write(path(deep), "").expect("written");
        read(&[path(0)], &[], &Disk::OWN).map_err(Problems::error)
    };
    let error = read(INCLUDES_DEEP_MAX + 1).expect_err("it is too deep");
    assert!(error.to_string().contains("more than 32 files"), "{error}");
    assert!(read(INCLUDES_DEEP_MAX).expect("legal").services.is_empty());
}

#[test]
fn files_include_others_and_share_their_variables() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, text).expect("written");
        path
    };
    let main = file(
        "main.toml",
        "include = ['conf.d/*.toml', 'more.json']\n\
         [variables]\nAPP = '/srv/app'\nLOG = '${APP}/log'\nKEY = { file = 'key' }\nUSER_OF = { env = 'NOBODY', default = 'x' }\n\
         [[service]]\nname = 'a'\ncommand_line = '${APP}/a ${HOME} ${SET}'\npassword = { env = 'PASSWORD' }\n\
         environment = ['KEY=${KEY}']\n",
    );
    file("key", "s3cret\n");
    file(
        "conf.d/b.toml",
        "[variables]\nAPP = 'not this'\n[[service]]\nname = 'b'\ncommand_line = '${LOG}'\n",
    );
    file("conf.d/other.txt", "nonsense");
    file("more.json", r#"{"name": "c", "command_line": "/c"}"#);
    let disk = Disk {
        environment: &|name| (name == "PASSWORD").then(|| "hunter2".to_owned()),
        ..Disk::OWN
    };
    let set = [("SET".to_owned(), "set".to_owned())];
    let found = read(std::slice::from_ref(&main), &set, &disk)
        .map_err(Problems::error)
        .expect("legal");
    let lines: Vec<_> = found
        .services
        .iter()
        .map(|found| &*found.service.config.command_line)
        .collect();
    assert_eq!(lines, ["/srv/app/a ${HOME} set", "/srv/app/log", "/c"]);
    assert_eq!(
        found.services[0].service.config.environment[0].value(),
        "s3cret"
    );
    assert_eq!(
        found.services[0].service.password,
        relance_scm::config::Secret::new("hunter2")
    );
    assert!(
        found.secrets.contains(&"s3cret".to_owned())
            && found.secrets.contains(&"hunter2".to_owned())
    );

    let misspelt = [("SETT".to_owned(), "set".to_owned())];
    let error = read(std::slice::from_ref(&main), &misspelt, &disk)
        .expect_err("nobody uses it")
        .error()
        .to_string();
    assert!(error.contains("--set SETT: no file has ${SETT}"), "{error}");

    let circle = file("circle.toml", "include = 'again.toml'\n");
    file("again.toml", "\ninclude = 'circle.toml'\n");
    let error = read(&[circle], &[], &disk)
        .expect_err("a circle")
        .error()
        .to_string();
    assert!(
        error.contains("again.toml:2:11: ") && error.contains("circle.toml -> "),
        "{error}"
    );
    let missing = file("missing.toml", "include = 'nowhere.toml'\n");
    let error = read(&[missing], &[], &disk)
        .expect_err("not there")
        .error()
        .to_string();
    assert!(
        error.contains("missing.toml:1:11: ") && error.contains("nowhere.toml cannot be read"),
        "{error}"
    );
}

#[test]
fn what_the_reader_of_a_format_says_is_a_detail_of_our_sentence() {
    for (file, text, place, format) in [
        ("a.toml", "[[service]]\nname = \n", "a.toml:2:", "TOML"),
        ("a.json", "[\n{\"name\": }]", "a.json:2:", "JSON"),
    ] {
        let error = read_one(file, text).expect_err("it is wrong").error();
        let said = error.to_sentence();
        let english = said.of(relance_texts::Lang::En);
        let expected = format!("what stands here cannot be read; the reader of {format} says: ");
        assert!(
            english.starts_with(place) && english.contains(&expected),
            "{english}"
        );
        let french = said.of(relance_texts::Lang::Fr);
        let expected = format!("le lecteur de {format} dit (en anglais)");
        assert!(
            french.starts_with(place) && french.contains(&expected),
            "{french}"
        );
    }
}
