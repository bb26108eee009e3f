use crate::formats::tests::{Memory, imported};

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
