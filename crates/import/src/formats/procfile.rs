//! Procfile: a name and a command for a shell on each line.

use relance_texts::import;

use crate::command::{leading_assignments, of_shell};
use crate::draft::{Origin, ServiceDraft};
use crate::report::Lines;
use crate::work::{Input, Work};

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) {
    for input in inputs {
        let file = work.open(input);
        for (lines, line) in work.statements(input, file) {
            let is_name = |name: &str| {
                !name.is_empty()
                    && name
                        .chars()
                        .all(|c| c.is_alphanumeric() || "_-.".contains(c))
            };
            let Some((name, command)) = line
                .split_once(':')
                .filter(|(name, _)| is_name(name.trim()))
            else {
                work.report(file).lost(lines, import::NOT_UNDERSTOOD);
                continue;
            };
            process(name.trim(), command.trim(), input, file, lines, work);
        }
    }
}

fn process(
    name: &str,
    command: &str,
    input: &Input,
    file: usize,
    lines: Lines,
    work: &mut Work<'_>,
) {
    let origin = Some(Origin { file, lines });
    let mut draft = ServiceDraft::new(name);
    let (variables, command) = leading_assignments(command);
    if command.is_empty() {
        work.report(file).lost(lines, import::NO_COMMAND);
        return;
    }
    for variable in variables {
        draft.add("environment", variable, origin);
    }
    draft.set_command(&of_shell(command), origin);
    work.report(file).kept(lines, "command_line");
    folder(&mut draft, input, origin);
    env_file(&mut draft, input, Origin { file, lines }, work);
    match name {
        "release" => {
            draft.set("start_type", "demand", origin);
            work.report(file)
                .changed(lines, "start_type", import::RELEASE);
        }
        _ => {
            draft.set("start_type", "auto", origin);
            draft.set(
                "recovery.actions",
                "restart/1s/restart/5s/restart/30s",
                origin,
            );
            draft.set("recovery.reset_period_secs", "5m", origin);
            work.report(file)
                .changed(lines, "recovery.actions", import::RECOVERY_ADDED);
        }
    }
    if command.contains("$PORT") {
        work.report(file)
            .changed(lines, "command_line", import::SET_PORT);
    }
    if !input.path.is_absolute() {
        work.report(file)
            .changed(lines, "extensions.working_directory", import::SET_FOLDER);
    }
    work.drafts.push(draft);
}

/// The file of variables beside it, which foreman reads, if it is there.
fn env_file(draft: &mut ServiceDraft, input: &Input, origin: Origin, work: &mut Work<'_>) {
    let path = input.path.with_file_name(".env");
    if !path.is_absolute() || !work.is_for_linux() || work.files.read(&path).is_err() {
        return;
    }
    let path = path.display().to_string();
    let key = "extensions.environment_files";
    draft.add(key, format!("-{path}"), Some(origin));
    let report = work.report(origin.file);
    report.changed(origin.lines, key, import::FileOfForeman { path });
}

/// Commands run in the folder of their file.
pub(super) fn folder(draft: &mut ServiceDraft, input: &Input, origin: Option<Origin>) {
    if let Some(folder) = input.path.parent().filter(|folder| folder.is_absolute()) {
        draft.set(
            "extensions.working_directory",
            folder.display().to_string(),
            origin,
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::tests::{Memory, imported};

    #[test]
    fn a_variable_in_front_of_a_command_is_not_one_in_front_of_another_one() {
        let text = "web: A=1 php w.php\nrelease: B=1 && php r.php\n";
        let files = Memory::default().with("/a/Procfile", text);
        let toml = imported(&["/a/Procfile".into()], &files).toml;
        assert!(toml.contains("environment = [\"A=1\"]"), "{toml}");
        assert!(
            toml.contains("\"/bin/sh -c \\\"B=1 && php r.php")
                || toml.contains("'/bin/sh -c \"B=1 && php r.php\"'"),
            "{toml}"
        );
    }

    #[test]
    fn the_variables_of_a_file_beside_it_are_read_at_each_start() {
        let files = Memory::default()
            .with("/a/Procfile", "web: node index.js\n")
            .with("/a/.env", "PORT=1\n")
            .with("/b/Procfile", "web: node index.js\n");
        let toml = |path: &str| imported(&[path.into()], &files).toml;
        let with = toml("/a/Procfile");
        assert!(
            with.contains("environment_files = [\"-/a/.env\"]"),
            "{with}"
        );
        assert!(!toml("/b/Procfile").contains("environment_files"));
    }
}
