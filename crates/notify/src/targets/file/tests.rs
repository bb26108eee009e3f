//! Files of targets, right and wrong.

use super::*;

fn read(text: &str) -> Read<Targets> {
    parse(text, &|path, _| match path.to_str() {
        Some("key") => Ok("https://example.org/SECRET\n".to_owned()),
        _ => Err(io::ErrorKind::NotFound.into()),
    })
}

#[test]
fn x90_each_way_to_tell_somebody_can_be_written() {
    let targets = read(
        r#"
        [notify]
        gather = "2s"
        flapping = 0
        [target.a]
        slack_file = "key"
        notices = ["give-up", "recovery"]
        services = ["web*", "mails"]
        language = "fr"
        [target.b]
        command = ["/usr/local/bin/tell", "now"]
        timeout = "30s"
        [target.c]
        mail = ["ops@example.org", "Anna <anna@example.org>"]
        from = "relance@example.org"
        server = "smtps://mail.example.org"
        user = "relance"
        password = "SECRET"
        [target.d]
        pagerduty = "SECRET"
        [target.e]
        journal = true
        [target.f]
        webhook = "http://127.0.0.1:9/x"
        secret = "SECRET"
        token = "SECRET"
        "#,
    )
    .unwrap();
    assert_eq!(targets.targets.len(), 6);
    assert_eq!(targets.times.flapping, 0);
    let shown = format!("{targets:?}");
    assert!(!shown.contains("SECRET"), "{shown}");
    let infos: Vec<_> = targets
        .targets
        .values()
        .map(|target| target.info())
        .collect();
    assert!(!format!("{infos:?}").contains("SECRET"));
    assert_eq!(
        (&*infos[0].carrier, &*infos[0].place),
        ("slack", "example.org")
    );
    let of = |service: &str, kind| {
        let named = targets.of(service, &Default::default(), kind);
        named
            .iter()
            .map(|target| target.name.to_string())
            .collect::<String>()
    };
    assert_eq!(of("WEB1", NoticeKind::GiveUp), "abcdef");
    assert_eq!(of("queue", NoticeKind::GiveUp), "bcdef");
    assert_eq!(of("web1", NoticeKind::StillDown), "bcdef");
    assert_eq!(of("web1", NoticeKind::Failure), "");
}

#[test]
fn x90_what_is_wrong_is_named_without_the_secret() {
    for (text, says) in [
        ("[target.a]", "one way"),
        (
            "[target.a]\nwebhook = \"https://a/b\"\nca_file = \"key\"",
            "no certificate",
        ),
        (
            "[target.a]\ncommand = [\"/a\"]\naccount = \"SECRET\"",
            "\"manager\" or \"service\"",
        ),
        (
            "[target.a]\njournal = true\naccount = \"service\"",
            "nothing is called account",
        ),
        ("[target.a]\nslack = \"SECRET\"", "whole address"),
        (
            "[target.a]\nslack = \"https://SECRET/x\"\njournal = true",
            "one way",
        ),
        (
            "[target.a]\njournal = true\nnotices = \"sometimes\"",
            "sometimes",
        ),
        (
            "[target.a]\njournal = true\nchannel = \"SECRET\"",
            "nothing is called channel",
        ),
        ("[target.nobody]\njournal = true", "nobody"),
        ("[target.a]\nslack = \"SECRET", "line 2"),
        ("[target.a]\nslack_file = \"none\"", "slack_file: none"),
        ("[target.a]\ncommand = \"tell\"", "whole path"),
        ("[target.a]\nmail = \"x\"\nfrom = \"y@z\"", "addresses"),
        (
            "[target.a]\nmail = \"x@y.z\"\nfrom = \"y@z\"\nuser = \"u\"",
            "belong together",
        ),
        ("[target.a]\njournal = true\ntimeout = \"2h\"", "at most 5m"),
        ("[notify]\nflapping = 1000", "flapping"),
        ("[notify]\nrepeat = \"often\"", "repeat is a time"),
        ("[notify]\nkeep = \"0s\"", "not 0"),
        (
            "[target.a]\nwebhook = \"https://a/b\"\ntoken = \"SECRET\\nX: y\"",
            "token is one line",
        ),
        ("other = 1", "nothing is called other"),
    ] {
        let problem = read(text).unwrap_err().to_string();
        assert!(
            problem.contains(says) && !problem.contains("SECRET"),
            "{text}: {problem}"
        );
    }
}

#[cfg(unix)]
#[test]
fn x92_a_file_that_others_can_read_or_change_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.toml");
    std::fs::write(&path, "[target.a]\njournal = true\n").unwrap();
    for (mode, is_used) in [
        (0o600, true),
        (0o640, true),
        (0o644, false),
        (0o660, false),
        (0o602, false),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load(&path).is_ok(), is_used, "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn x94_a_pipe_in_the_place_of_a_secret_keeps_nobody_waiting() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.toml");
    std::fs::write(&path, "[target.a]\nslack_file = \"key\"\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (at, name) in [(&folder.path().join("key"), "key"), (&path, "notify.toml")] {
        let _ = std::fs::remove_file(at);
        let mut pipe = std::process::Command::new("mkfifo");
        assert!(pipe.args(["-m", "600"]).arg(at).status().unwrap().success());
        let said = load(&path).unwrap_err().to_string();
        assert!(
            said.contains(name) && said.contains("not a regular file"),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[test]
fn x108_an_authority_that_others_can_change_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.toml");
    let text = "[target.a]\nwebhook = \"https://a/b\"\nca_file = \"own.pem\"\n";
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let authority = folder.path().join("own.pem");
    let pem = include_str!("../../carriers/certificates/authority.pem");
    std::fs::write(&authority, pem).unwrap();
    for (mode, is_used) in [(0o644, true), (0o664, false), (0o646, false)] {
        std::fs::set_permissions(&authority, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load(&path).is_ok(), is_used, "{mode:o}");
    }
}
