//! Which kind a file is of, by its name and what is in it.

use std::path::Path;

/// A kind of configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// supervisord: INI.
    Supervisord,
    /// Units of systemd: services, timers, drop-ins.
    Systemd,
    /// pm2: ecosystem files and `pm2 save`.
    Pm2,
    /// NSSM: an export of the registry, or a script of `nssm` commands.
    Nssm,
    /// WinSW: XML.
    Winsw,
    /// Servy: XML or JSON.
    Servy,
    /// A Procfile.
    Procfile,
    /// Lines of cron.
    Cron,
    /// docker-compose.
    Compose,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Supervisord,
        Self::Systemd,
        Self::Pm2,
        Self::Nssm,
        Self::Winsw,
        Self::Servy,
        Self::Procfile,
        Self::Cron,
        Self::Compose,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supervisord => "supervisord",
            Self::Systemd => "systemd",
            Self::Pm2 => "pm2",
            Self::Nssm => "nssm",
            Self::Winsw => "winsw",
            Self::Servy => "servy",
            Self::Procfile => "procfile",
            Self::Cron => "cron",
            Self::Compose => "compose",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a file seems to be.
    #[must_use]
    pub fn of(path: &Path, text: &str) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            "service" | "timer" | "socket" | "target" | "path" | "mount" => Some(Self::Systemd),
            "reg" => Some(Self::Nssm),
            "bat" | "cmd" | "ps1" if text.to_ascii_lowercase().contains("nssm") => Some(Self::Nssm),
            "js" | "cjs" | "mjs" | "pm2" => Some(Self::Pm2),
            "ts" | "cts" | "mts" if names_apps(text) => Some(Self::Pm2),
            "cron" | "crontab" => Some(Self::Cron),
            "xml" => of_xml(text),
            "json" | "json5" | "jsonc" => of_json(text),
            "yml" | "yaml" => of_yaml(text).or_else(|| is_compose(&name).then_some(Self::Compose)),
            _ if name.contains("procfile") => Some(Self::Procfile),
            _ => of_text(text).or_else(|| is_crontab(path, &name, text).then_some(Self::Cron)),
        }
    }
}

fn of_xml(text: &str) -> Option<Kind> {
    if text.contains("<ServiceDto") || text.contains("<ExecutablePath") {
        return Some(Kind::Servy);
    }
    text.contains("<service").then_some(Kind::Winsw)
}

fn of_json(text: &str) -> Option<Kind> {
    if text.contains("\"ExecutablePath\"") {
        return Some(Kind::Servy);
    }
    let keys = ["\"apps\"", "\"script\"", "\"pm_exec_path\""];
    let has_key = keys.into_iter().any(|key| text.contains(key));
    (has_key || begins(text, "apps:") || names_apps(text)).then_some(Kind::Pm2)
}

/// Whether it has the two words that every ecosystem file has.
fn names_apps(text: &str) -> bool {
    text.contains("apps")
        && ["script", "exec"]
            .into_iter()
            .any(|word| text.contains(word))
}

/// Whether a file that was found in a folder is to be read as this kind: a program in JavaScript that is not an ecosystem
/// file must not be run.
pub(crate) fn is_meant(kind: Kind, path: &Path, text: &str) -> bool {
    let is_script = path.extension().is_some_and(|ending| {
        let ending = ending.to_ascii_lowercase();
        ["js", "cjs", "mjs", "ts", "cts", "mts"]
            .into_iter()
            .any(|known| ending == known)
    });
    kind != Kind::Pm2 || !is_script || names_apps(text)
}

/// Whether docker compose looks for a file of this name.
fn is_compose(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem == "compose" || stem == "docker-compose"
}

fn of_yaml(text: &str) -> Option<Kind> {
    if begins(text, "services:") {
        return Some(Kind::Compose);
    }
    let is_script = |line: &str| {
        line.trim_start_matches(['"', '\'', ' ', '\t', '{'])
            .starts_with("script")
    };
    (begins(text, "apps:") || text.lines().any(is_script)).then_some(Kind::Pm2)
}

/// By its sections or its first line.
fn of_text(text: &str) -> Option<Kind> {
    let supervisord = [
        "[program:",
        "[supervisord]",
        "[eventlistener:",
        "[group:",
        "[fcgi-program:",
        "[include]",
    ];
    let systemd = ["[Service]", "[Unit]", "[Timer]", "[Install]"];
    if supervisord.into_iter().any(|section| begins(text, section)) {
        return Some(Kind::Supervisord);
    }
    if systemd.into_iter().any(|section| begins(text, section)) {
        return Some(Kind::Systemd);
    }
    let is_export = text.starts_with("Windows Registry Editor") || text.starts_with("REGEDIT4");
    is_export.then_some(Kind::Nssm)
}

/// By its name, its folder, or a line with five times.
fn is_crontab(path: &Path, name: &str, text: &str) -> bool {
    let is_time = |field: &str| field.starts_with(|c: char| c == '*' || c.is_ascii_digit());
    let is_job = |line: &str| {
        let times = line.split_whitespace().take(5);
        times.filter(|field| is_time(field)).count() == 5
    };
    name == "crontab"
        || path.components().any(|part| part.as_os_str() == "cron.d")
        || text.lines().any(is_job)
}

/// Whether a line begins with this word.
fn begins(text: &str, word: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| line.trim_start().starts_with(word))
}

/// The text of a file: UTF-8, or UTF-16 as Windows exports the registry; what is neither is read as Latin-1.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let units = |from: usize, of: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes[from..]
            .chunks_exact(2)
            .map(|pair| of([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => units(2, u16::from_le_bytes),
        [0xFE, 0xFF, ..] => units(2, u16::from_be_bytes),
        // The output of a Windows program in a file: UTF-16 without a byte order mark.
        [1..=0x7F, 0, 1..=0x7F, 0, ..] => units(0, u16::from_le_bytes),
        _ => match str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            // What editors of old wrote: Latin-1, in which every byte is a character.
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_and_content() {
        let kind = |name: &str, text: &str| Kind::of(Path::new(name), text);
        assert_eq!(kind("a.conf", " [program:x]\n"), Some(Kind::Supervisord));
        assert_eq!(kind("10-x.conf", "[Service]\n"), Some(Kind::Systemd));
        assert_eq!(
            kind("docker-compose.yml", "---\nservices:\n"),
            Some(Kind::Compose)
        );
        assert_eq!(
            kind("docker-compose.yml", "web:\n  image: x\n"),
            Some(Kind::Compose)
        );
        assert_eq!(kind("e.config.yml", "apps:\n"), Some(Kind::Pm2));
        assert_eq!(
            kind("app.json", "{\"ExecutablePath\": 1}"),
            Some(Kind::Servy)
        );
        assert_eq!(kind("Procfile.dev", "web: x"), Some(Kind::Procfile));
        assert_eq!(kind("02.Procfile.dev", "web: x"), Some(Kind::Procfile));
        assert_eq!(kind("jobs", "*/5 * * * * x\n"), Some(Kind::Cron));
        assert_eq!(kind("readme.txt", "hello"), None);
        assert_eq!(
            kind("a.json5", "{ apps: [{ script: 'x' }] }"),
            Some(Kind::Pm2)
        );
        let is_meant = |text| is_meant(Kind::Pm2, Path::new("a.JS"), text);
        assert!(
            is_meant("module.exports = { apps: [{ script: 'x' }] }") && !is_meant("listen(80)")
        );
    }

    #[test]
    fn a_registry_export_is_utf_16() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("é\r\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&bytes), "é\r\n");
        let dump = "nssm set a é".encode_utf16().flat_map(u16::to_le_bytes);
        assert_eq!(decode(&dump.collect::<Vec<u8>>()), "nssm set a é");
        assert_eq!(decode(b"user=caf\xE9"), "user=café");
    }
}
