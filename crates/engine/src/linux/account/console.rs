//! The account of the web console: one that nothing else uses, so that no other process may look into
//! the console's memory, where the sessions of administrators are (`docs/adr/0053-console-confined.md`).
//!
//! As root's daemon: the account that the settings name, `relance-console` if there is one (the packages
//! make it), else a number that no account and no process has. The console of a user's own daemon runs as
//! that user, whose every process administers the daemon anyway.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;

use super::super::process::{is_gone, read_text};
use super::super::spawn::Ids;
use super::{Entry, directory, read_list};

/// What the packages call it.
const NAME: &str = "relance-console";
/// The kernel's number for files of unknown owners (`nobody`), which other services also run as.
const NOBODY: u32 = 65_534;
/// Numbers that no convention gives to anybody (systemd's table of users and groups), and that a
/// container with 65536 numbers has.
const UNUSED: RangeInclusive<u32> = 60_578..=61_183;

/// As whom the console runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleAccount(Choice);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Choice {
    /// The daemon's own.
    Own,
    /// A local account, looked up at each start of the console.
    Named(String),
    /// A number that was not in use when it was chosen.
    Number(u32),
    /// The account is missing or cannot be used, for this reason.
    Missing(String),
}

impl ConsoleAccount {
    /// The account that the settings name, or the best one without that.
    #[must_use]
    pub fn choose(wanted: Option<&str>) -> Self {
        let is_root = rustix::process::getuid().is_root();
        Self(match wanted {
            Some(name) if is_root => Choice::Named(name.to_owned()),
            Some(name) => Choice::Missing(format!(
                "only a daemon that runs as root can run the console as {name}; leave console_account \
                 out, and it runs as your own user"
            )),
            None if !is_root => Choice::Own,
            None if Taken::read().is_ok_and(|taken| taken.names.contains(NAME)) => {
                Choice::Named(NAME.to_owned())
            }
            None => unused().map_or_else(
                || {
                    Choice::Missing(format!(
                        "there is no number free to run as; {}",
                        advice(NAME)
                    ))
                },
                Choice::Number,
            ),
        })
    }

    /// The ids of its process; `None`: the daemon's own.
    ///
    /// # Errors
    /// In a sentence, when there is no such account or it is not for this.
    pub(crate) fn ids(&self) -> Result<Option<Ids>, String> {
        match &self.0 {
            Choice::Own => Ok(None),
            Choice::Number(number) => Ok(Some(alone(*number, *number))),
            Choice::Missing(why) => Err(why.clone()),
            Choice::Named(name) => {
                let passwd = read_list("/etc/passwd");
                let passwd =
                    passwd.map_err(|error| format!("/etc/passwd cannot be read: {error}"))?;
                named(name, &passwd).map(Some)
            }
        }
    }
}

/// The process gets no supplementary group.
fn alone(uid: u32, gid: u32) -> Ids {
    Ids {
        uid,
        gid,
        groups: Vec::new(),
    }
}

fn named(name: &str, passwd: &str) -> Result<Ids, String> {
    let mut entries = passwd.lines().filter_map(Entry::parse);
    let entry = entries
        .find(|entry| entry.name == name)
        .ok_or_else(|| format!("there is no local account {name:?}; {}", advice(name)))?;
    if entry.uid == 0 || entry.uid == NOBODY {
        return Err(format!(
            "the console needs an account that nothing else uses, and {name} is not; {}, and name it in \
             console_account",
            advice(NAME)
        ));
    }
    Ok(alone(entry.uid, entry.gid))
}

fn advice(name: &str) -> String {
    format!(
        "make the account with: useradd --system --user-group --no-create-home --home-dir / --shell \
         /usr/sbin/nologin {name}"
    )
}

/// A number that nothing uses. Which one differs from daemon to daemon.
fn unused() -> Option<u32> {
    // What cannot be read may name any number.
    let taken = Taken::read().ok()?;
    let count = UNUSED.end() - UNUSED.start() + 1;
    let first = std::process::id() % count;
    (0..count)
        .map(|offset| UNUSED.start() + (first + offset) % count)
        .filter(|number| taken.is_free(*number))
        // A directory may be slow, so it is asked about a few numbers only.
        .take(3)
        .find(|number| directory::user(&number.to_string()).is_empty())
}

/// What is in use on this machine, by what the system's files and processes say.
#[derive(Debug, Default)]
struct Taken {
    names: BTreeSet<String>,
    numbers: BTreeSet<u32>,
    /// Given to users for their containers.
    ranges: Vec<(u32, u32)>,
    /// What this user namespace has, of users and of groups.
    mapped: [Vec<(u32, u32)>; 2],
}

impl Taken {
    fn read() -> io::Result<Self> {
        let mut taken = Self::default();
        for line in read_list("/etc/passwd")?.lines() {
            if let Some(entry) = Entry::parse(line) {
                taken.numbers.extend([entry.uid, entry.gid]);
                taken.names.insert(entry.name);
            }
        }
        let number = |line: &str| -> Option<u32> { line.split(':').nth(2)?.parse().ok() };
        taken
            .numbers
            .extend(read_list("/etc/group")?.lines().filter_map(number));
        for file in ["/etc/subuid", "/etc/subgid"] {
            taken
                .ranges
                .extend(read_list(file)?.lines().filter_map(granted));
        }
        for process in fs::read_dir("/proc")?.flatten() {
            if process.file_name().to_string_lossy().parse::<u32>().is_ok() {
                taken.numbers.extend(ids_in(&process.path())?);
            }
        }
        let maps = [
            read_list("/proc/self/uid_map")?,
            read_list("/proc/self/gid_map")?,
        ];
        taken.mapped = maps.map(|map| map.lines().filter_map(mapped).collect());
        Ok(taken)
    }

    fn is_free(&self, number: u32) -> bool {
        let within = |ranges: &[(u32, u32)]| {
            let mut ranges = ranges.iter();
            ranges.any(|(first, count)| number >= *first && number - first < *count)
        };
        !self.numbers.contains(&number)
            && !within(&self.ranges)
            && self.mapped.iter().all(|ranges| within(ranges))
    }
}

/// The users and groups of a process; none if it has ended. Its name may hold any bytes.
fn ids_in(process: &Path) -> io::Result<Vec<u32>> {
    match read_text(process.join("status")) {
        Ok(status) => Ok(ids_of(&status)),
        Err(error) if is_gone(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The numbers that a line of `/etc/subuid` grants: the first, and how many.
fn granted(line: &str) -> Option<(u32, u32)> {
    let mut fields = line.trim().split(':').skip(1);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// The numbers that a line of `/proc/self/uid_map` has inside: the first, and how many.
fn mapped(line: &str) -> Option<(u32, u32)> {
    let mut fields = line.split_whitespace();
    Some((fields.next()?.parse().ok()?, fields.nth(1)?.parse().ok()?))
}

/// All users and groups in `/proc/PID/status`.
fn ids_of(status: &str) -> Vec<u32> {
    let lines = status.lines();
    let of_ids = lines.filter_map(|line| {
        let (key, values) = line.split_once(':')?;
        matches!(key, "Uid" | "Gid" | "Groups").then_some(values)
    });
    of_ids
        .flat_map(str::split_whitespace)
        .filter_map(|number| number.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
                          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n\
                          relance-console:x:990:989::/:/usr/sbin/nologin\n";

    #[test]
    fn an_account_that_others_use_or_that_is_missing_is_refused_with_the_command_that_makes_one() {
        assert_eq!(named("relance-console", PASSWD), Ok(alone(990, 989)));
        for refused in ["root", "nobody", "missing"] {
            let error = named(refused, PASSWD).unwrap_err();
            assert!(error.contains("useradd --system"), "{error}");
        }
    }

    #[test]
    fn a_number_is_free_when_no_account_process_or_container_has_it() {
        let all = vec![(0, 100)];
        let taken = Taken {
            numbers: ids_of("Name:\tx\nUid:\t5\t6\t7\t8\nGid:\t9\t9\t9\t9\nGroups:\t10 11 \n")
                .into_iter()
                .collect(),
            ranges: granted("anna:20:10").into_iter().collect(),
            mapped: [all.clone(), mapped("  0  4000  50").into_iter().collect()],
            ..Taken::default()
        };
        for used in [5, 6, 7, 8, 9, 10, 11, 20, 29, 50, 100] {
            assert!(!taken.is_free(used), "{used}");
        }
        for free in [4, 12, 30, 49] {
            assert!(taken.is_free(free), "{free}");
        }
    }

    /// A process may have any bytes for a name, and still uses its number.
    #[test]
    fn a_process_whose_name_is_no_text_has_its_number() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(OsStr::from_bytes(b"caf\xe9"));
        std::os::unix::fs::symlink("/bin/cat", &program).unwrap();
        let mut child = std::process::Command::new(&program)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let own = rustix::process::getuid().as_raw();
        let found = ids_in(&Path::new("/proc").join(child.id().to_string())).unwrap();
        assert!(found.contains(&own), "{found:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
        let gone = ids_in(&Path::new("/proc").join(child.id().to_string()));
        assert_eq!(gone.unwrap(), [0; 0]);
    }

    #[test]
    fn without_settings_there_is_an_account_that_is_not_nobody() {
        let ids = ConsoleAccount::choose(None).ids().unwrap();
        if !rustix::process::getuid().is_root() {
            assert_eq!(ids, None);
            return;
        }
        let ids = ids.unwrap();
        assert!(ids.uid != 0 && ids.uid != NOBODY && ids.groups.is_empty());
    }
}
