use crate::Fate;
use crate::formats::tests::{Memory, imported};

#[test]
fn what_docker_compose_does_not_read_is_told_and_what_needs_several_needs_each() {
    let files = Memory::default()
        .with(
            "/c/docker-compose.yml",
            "services:\n  web:\n    image: x\n    depends_on: [db, db, job]\n  db:\n    image: y\n  \
             web:\n    image: z\n  job:\n    image: x\n    deploy: {replicas: 2}\n",
        )
        .with("/old/docker-compose.yml", "web:\n  image: x\n")
        .with("/list/compose.yml", "services: [a, b]\n");
    let found = imported(&["/c/docker-compose.yml".into()], &files);
    assert_eq!(found.services, ["web", "db", "job@"]);
    let needed = "dependencies = [\"db\", \"job@1\", \"job@2\"]";
    assert!(found.toml.contains(needed), "{}", found.toml);
    let fate = |line: usize| found.files[0].lines[line - 1].fate;
    assert_eq!(
        [fate(2), fate(7), fate(8)],
        [Fate::Changed, Fate::Lost, Fate::Lost]
    );
    for path in ["/old/docker-compose.yml", "/list/compose.yml"] {
        let found = imported(&[path.into()], &files);
        assert!(found.services.is_empty());
        let lines = found.files[0].lines.iter();
        assert!(lines.clone().all(|line| line.fate == Fate::Lost), "{path}");
    }
}

#[test]
fn times_of_a_health_check_are_read_as_docker_does() {
    let files = Memory::default().with(
        "/c/docker-compose.yml",
        "services:\n  web:\n    healthcheck:\n      test: 'true'\n      interval: 0s\n      timeout: 1ms\n      \
         start_period: 0s\n      retries: 0\n",
    );
    let found = imported(&["/c/docker-compose.yml".into()], &files);
    for part in [
        "probe_interval_ms = \"30s\"",
        "probe_timeout_ms = \"100ms\"",
        "probe_failures = \"3\"",
    ] {
        assert!(found.toml.contains(part), "{part}: {}", found.toml);
    }
    let timeout = found.files[0]
        .lines
        .iter()
        .find(|line| line.text.contains("1ms"));
    let notes = timeout.expect("its line").notes.iter();
    let said = notes
        .map(|note| note.of(relance_texts::Lang::En))
        .collect::<Vec<_>>();
    assert!(said[0].contains("so this is 0.1 s"), "{said:?}");
}

#[test]
fn what_a_health_check_says_and_no_setting_takes_is_told() {
    let files = Memory::default().with(
        "/c/docker-compose.yml",
        "services:\n  web:\n    healthcheck:\n      test: 'true'\n      interval: soon\n      retries: 1e3\n      \
         start_interval: 5s\n  db:\n    healthcheck:\n      test: 'true'\n      retries: 5000\n",
    );
    let found = imported(&["/c/docker-compose.yml".into()], &files);
    let fate = |line: usize| found.files[0].lines[line - 1].fate;
    assert_eq!([fate(5), fate(6), fate(7)], [Fate::Lost; 3]);
    assert_eq!(fate(11), Fate::Changed);
    let said = &found.files[0].lines[10].notes;
    let said: Vec<_> = said
        .iter()
        .map(|note| note.of(relance_texts::Lang::En))
        .collect();
    assert!(
        said.iter().any(|note| note.contains("this is 1000")),
        "{said:?}"
    );
    assert!(
        found.toml.contains("probe_failures = \"1000\""),
        "{}",
        found.toml
    );
}
