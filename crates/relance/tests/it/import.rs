//! Files of other service managers: what `relance import` writes is taken by `relance apply`, and runs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{done, name, relance};

/// The corpora of the fuzz targets are files of every kind, with the oddities of real ones.
fn corpus() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut found = Vec::new();
    for entry in fs::read_dir(root).expect("the corpora").flatten() {
        let folder = entry.file_name().to_string_lossy().into_owned();
        if let Some(kind) = folder.strip_prefix("import_") {
            for file in fs::read_dir(entry.path()).expect("a corpus").flatten() {
                found.push((kind.to_owned(), file.path()));
            }
        }
    }
    assert!(found.len() > 12);
    found
}

fn import(words: &[&str]) -> Output {
    Command::new(relance())
        .arg("import")
        .args(words)
        .output()
        .expect("the program")
}

fn json(output: &Output) -> Value {
    done(output);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn every_line_is_accounted_for_and_what_is_imported_is_applied() {
    let daemon = Daemon::start(relance());
    let folder = TempDir::new().expect("a folder");
    for (at, (kind, path)) in corpus().into_iter().enumerate() {
        let path = path.to_str().expect("a path");
        let found = json(&import(&[
            "--json",
            "--from",
            &kind,
            &format!("--try=t{at}-"),
            path,
        ]));
        let lines = found["files"][0]["lines"].as_array().expect("lines");
        for line in lines {
            let says = |key: &str| line[key].as_array().is_some_and(|list| !list.is_empty());
            match line["fate"].as_str().expect("a fate") {
                "silent" => {}
                "kept" => assert!(
                    says("settings") || line["settings"].is_array(),
                    "{path}: {line}"
                ),
                _ => assert!(says("notes"), "{path}: {line}"),
            }
        }
        let file = folder.path().join(format!("{at}.toml"));
        fs::write(&file, found["toml"].as_str().expect("a file")).expect("written");
        let applied = daemon.relance(&["apply", "--file", file.to_str().expect("a path")]);
        assert!(applied.status.success(), "{path}: {applied:?}");
        let services = found["services"].as_array().expect("names").len();
        let said = String::from_utf8_lossy(&applied.stdout).lines().count();
        assert!(said >= services, "{path}: {said} of {services}");
    }
}

#[test]
fn what_is_imported_starts_with_programs_in_the_place_of_its_own() {
    let daemon = Daemon::start(relance());
    let folder = TempDir::new().expect("a folder");
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).expect("a folder");
    let stand_in = bin.join("worker");
    std::os::unix::fs::symlink("/bin/sleep", &stand_in).expect("a link");
    let program = stand_in.display();
    let conf = folder.path().join("workers.conf");
    let text = format!(
        "[program:w]\ncommand={program} 1000\nnumprocs=2\nstartsecs=0\nautorestart=true\n\
         [program:shell]\ncommand={program} %(ENV_SECONDS)s\nstartsecs=0\nenvironment=SECONDS=\"1000\"\n"
    );
    fs::write(&conf, text).expect("written");
    let unit = folder.path().join("unit.service");
    let text = format!(
        "[Service]\nEnvironment=N=1000\nExecStartPre=/bin/true\nExecStart={program} ${{N}}\nRestart=always\n"
    );
    fs::write(&unit, text).expect("written");
    let out = folder.path().join("services.toml");
    let paths = [
        conf.to_str().expect("a path"),
        unit.to_str().expect("a path"),
        "-o",
        out.to_str().expect("a path"),
    ];
    let said = import(&paths);
    done(&said);
    let report = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        report.contains("relance apply") && report.contains("-> instances"),
        "{report}"
    );
    let again = import(&paths);
    assert!(!again.status.success(), "a file that is there stays");
    done(&daemon.relance(&["apply", "--file", out.to_str().expect("a path")]));
    for service in ["w@1", "w@2", "shell", "unit"] {
        done(&daemon.relance(&["start", service]));
        daemon.wait_for_state(&name(service), ServiceState::Running);
    }
}

#[test]
fn what_cannot_be_imported_is_told_with_its_line() {
    let folder = TempDir::new().expect("a folder");
    let said = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        let output = import(&[path.to_str().expect("a path")]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said("a.json", "{\n\"apps\": [\n").contains("line 3"));
    assert!(said("readme", "hello").contains("--from"));
    assert!(said("a.yml", "services:\n\ta: 1\n").contains("line 2"));
    assert!(said("a.xml", "<service>\n<id>a</name>\n</service>").contains("line 2"));
}

#[test]
fn log_files_stay_where_they_were_and_streams_as_they_were() {
    let folder = TempDir::new().expect("a folder");
    let imported = |file: &str, text: &str, words: &[&str]| {
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        let arguments = [&[path.to_str().expect("a path")], words].concat();
        let output = import(&arguments);
        done(&output);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let has = |said: &str, settings: &[&str]| {
        for setting in settings {
            assert!(said.contains(setting), "{setting}: {said}");
        }
    };
    let conf = "[program:a]\ncommand=/bin/true\nstdout_logfile=/srv/a/%(program_name)s.log\n\
                [program:b]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=/srv/b.err\n\
                [program:c]\ncommand=/bin/true\nredirect_stderr=true\nstderr_logfile=/srv/no\n";
    let said = imported("supervisord.conf", conf, &[]);
    has(
        &said,
        &[
            "stdout_file = \"/srv/a/a.log\"\nextensions.stderr = \"file\"",
            "output = \"null\"",
            "stderr_file = \"/srv/b.err\"",
        ],
    );
    assert!(!said.contains("\"/srv/no\""), "{said}");
    let said = imported("try.conf", conf, &["--try"]);
    assert!(
        !said.contains("\"/srv/"),
        "the old manager writes there: {said}"
    );
    let unit =
        "[Service]\nExecStart=/bin/true\nStandardOutput=append:/srv/%N.out\nStandardError=null\n";
    let said = imported("a.service", unit, &[]);
    has(
        &said,
        &["stdout_file = \"/srv/a.out\"", "stderr = \"null\""],
    );
    let apps = r#"{"apps": [{"name": "a", "script": "/bin/true", "out_file": "/srv/o", "error_file": "/srv/e"}]}"#;
    let said = imported("ecosystem.json", apps, &[]);
    has(
        &said,
        &["stdout_file = \"/srv/o\"", "stderr_file = \"/srv/e\""],
    );
    let nssm = "nssm install a /bin/true\nnssm set a AppStdout C:\\\\o.log\nnssm set a AppStderr C:\\\\e.log\n";
    let said = imported("a.cmd", nssm, &["--from", "nssm"]);
    has(&said, &["stderr = \"file\""]);
}

#[test]
fn what_is_too_long_is_told_as_such() {
    let folder = TempDir::new().expect("a folder");
    let said = |file: &str, text: &str, status: i32| {
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        let output = import(&[path.to_str().expect("a path"), "-o", "/nowhere/x"]);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let long = format!("[Service]\nExecStart=/bin/a {}\n", "x".repeat(40_000));
    let report = said("long.service", &long, 2);
    assert!(
        report.contains("1 lost") && report.contains("does not take it"),
        "{report}"
    );
    // Half of a file would be another configuration.
    let huge = format!("[program:a]\ncommand=/a\n{}", "#\n".repeat(9 << 20));
    let refused = said("huge.conf", &huge, 3);
    assert!(refused.contains("too large"), "{refused}");
}

#[test]
fn a_folder_of_a_program_in_javascript_is_read_and_not_run() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("not run: needs node");
        return;
    }
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    };
    let ran = folder.path().join("ran");
    let server = format!("require('fs').writeFileSync('{}', 'x');", ran.display());
    write("server.js", &server);
    write(
        "node_modules/a/ecosystem.config.js",
        "module.exports = { apps: [{ script: 'a.js' }] };",
    );
    // What the file prints is not what it exports.
    write(
        "ecosystem.config.js",
        "console.log('{}'); module.exports = { apps: [{ name: 'web', script: 'npm', args: 'start' }] };",
    );
    let found = json(&import(&[
        "--json",
        folder.path().to_str().expect("a path"),
    ]));
    assert_eq!(found["services"], serde_json::json!(["web"]));
    assert!(!ran.exists());
}

#[test]
fn a_line_of_which_windows_refuses_a_part_is_changed_and_not_lost() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("jobs.cron");
    fs::write(&path, "*/5 * * * * root /bin/worker --once\n").expect("written");
    let path = path.to_str().expect("a path");
    let found = json(&import(&["--json", "--for", "windows", path]));
    let line = &found["files"][0]["lines"][0];
    assert_eq!(line["fate"], "changed", "{line}");
    assert!(line.to_string().contains("Task Scheduler"), "{line}");
    let toml = found["toml"].as_str().expect("a file");
    assert!(toml.contains("/bin/worker --once"), "{toml}");
    assert!(!toml.contains("schedule"), "{toml}");
}

#[test]
fn an_instance_with_drop_ins_is_there_once_among_those_that_are_named() {
    let folder = TempDir::new().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write(
        "q@.service",
        "[Service]\nExecStart=/bin/sleep 1\nRestart=always\n",
    );
    write("q@a.service.d/x.conf", "[Service]\nRestartSec=7\n");
    let path = folder.path().to_str().expect("a path");
    let found = json(&import(&["--json", "--instances", "a,b", path]));
    let names = found["services"].as_array().expect("names");
    let mut names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["q@a", "q@b"]);
    let toml = found["toml"].as_str().expect("a file");
    assert_eq!(toml.matches("restart/7s").count(), 1, "{toml}");
}

#[test]
fn a_script_that_others_can_write_to_is_not_run() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("not run: needs node");
        return;
    }
    let ours = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let shared = TempDir::new().expect("a folder where everybody may make folders");
    let ran = ours.path().join("ran");
    let text = format!(
        "require('fs').writeFileSync('{}', 'x'); module.exports = {{ apps: [{{ name: 'w' + 'eb', script: 'a' }}] }};",
        ran.display()
    );
    let script = |folder: &Path| folder.join("ecosystem.config.js");
    for folder in [&ours, &shared] {
        fs::write(script(folder.path()), &text).expect("written");
    }
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
    };
    let imported = |folder: &TempDir| {
        let path = script(folder.path());
        let found = import(&["--json", path.to_str().expect("a path")]);
        let ran = fs::remove_file(&ran).is_ok();
        let said = [&found.stdout[..], &found.stderr[..]].concat();
        (ran, String::from_utf8_lossy(&said).into_owned())
    };
    let refused = |folder: &TempDir, why: &str| {
        let (ran, said) = imported(folder);
        assert!(!ran && said.contains("with your rights"), "{said}");
        assert!(said.contains(why), "{said}");
    };
    mode(&script(ours.path()), 0o644);
    let (ran_ours, found) = imported(&ours);
    assert!(ran_ours && found.contains("web"), "{found}");
    mode(&script(ours.path()), 0o666);
    refused(&ours, "chmod go-w");
    mode(&script(ours.path()), 0o644);
    mode(ours.path(), 0o777);
    refused(&ours, "others may write to the folder");
    mode(ours.path(), 0o755);
    refused(&shared, "copy it to a folder of your own");
    if !rustix::process::getuid().is_root() {
        eprintln!("partly not run: needs root");
        return;
    }
    chown(script(ours.path()), Some(65534), None).expect("root may");
    refused(&ours, "belongs to");
    let link = ours.path().join("link.config.js");
    symlink(script(ours.path()), &link).expect("a link");
    let found = import(&["--json", link.to_str().expect("a path")]);
    assert!(!ran.exists(), "{found:?}");
}

#[test]
fn what_another_user_writes_is_not_read_with_the_rights_of_root() {
    if !rustix::process::getuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let write = |file: &str, text: &str, owner: u32, mode: u32| {
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        chown(&path, Some(owner), Some(owner)).expect("root may");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
        path
    };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).expect("ours");
    let program = |name: &str, token: &str| {
        format!("[program:{name}]\ncommand=/bin/{name}\nenvironment=TOKEN=\"{token}\"\n")
    };
    write("secret.conf", &program("a", "top-secret"), 0, 0o600);
    write("known.conf", &program("b", "known-text"), 0, 0o644);
    let written = folder.path().join("services.toml");
    let including = |files: &str| {
        let text = format!("[include]\nfiles = {files}\n");
        let path = write("supervisord.conf", &text, 65534, 0o644);
        let words = [path.to_str(), Some("-o"), written.to_str()];
        import(&words.map(|word| word.expect("a path")))
    };
    let refused = including("known.conf secret.conf");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && !written.exists(), "{said}");
    assert!(
        said.contains("secret.conf") && said.contains("may not read it"),
        "{said}"
    );
    done(&including("known.conf"));
    let toml = fs::read_to_string(&written).expect("written");
    assert!(toml.contains("known-text"), "{toml}");
    let mode = fs::metadata(&written)
        .expect("written")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "values of variables may be secrets");
}

/// The first block of a guide in this language.
fn block(guide: &str, language: &str) -> String {
    let begin = format!("```{language}\n");
    let (_, rest) = guide.split_once(&begin).expect("a block");
    let (block, _) = rest.split_once("```").expect("its end");
    block.to_owned()
}

#[test]
fn guides_show_what_an_import_writes() {
    let folder = TempDir::new().expect("a folder");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let services = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\downloader";
    for (guide, language, file, system) in [
        ("from-supervisord.md", "ini", "horizon.conf", "linux"),
        ("from-pm2.md", "js", "ecosystem.config.js", "linux"),
        ("from-systemd.md", "ini", "queue.service", "linux"),
        ("from-nssm.md", "text", "downloader.reg", "windows"),
    ] {
        let guide = fs::read_to_string(docs.join(guide)).expect("a guide");
        let mut text = block(&guide, language);
        if system == "windows" {
            // The guide shows the lines that matter.
            let text_of_keys = text.replace("[...", services);
            text = format!(
                "Windows Registry Editor Version 5.00\n\n{services}\\Parameters]\n{text_of_keys}"
            );
        }
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        let found = json(&import(&[
            "--json",
            "--for",
            system,
            path.to_str().expect("a path"),
        ]));
        let toml = found["toml"].as_str().expect("a file").lines();
        let toml: Vec<&str> = toml.skip_while(|line| !line.starts_with("[[")).collect();
        let shown = block(&guide, "toml");
        assert_eq!(toml, shown.trim_end().lines().collect::<Vec<_>>(), "{file}");
    }
}
