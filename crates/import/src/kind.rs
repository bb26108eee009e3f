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
        let begins = |word: &str| text.lines().any(|line| line.trim_start().starts_with(word));
        let has_key = |key: &str| {
            let mut lines = text.lines();
            lines.any(|line| {
                line.trim_start_matches(['"', '\'', ' ', '\t', '{'])
                    .starts_with(key)
            })
        };
        match ending {
            "service" | "timer" | "socket" | "target" | "path" | "mount" => {
                return Some(Self::Systemd);
            }
            "reg" => return Some(Self::Nssm),
            "xml" if text.contains("<ServiceDto") || text.contains("<ExecutablePath") => {
                return Some(Self::Servy);
            }
            "xml" if text.contains("<service") => return Some(Self::Winsw),
            "js" | "cjs" | "mjs" | "pm2" => return Some(Self::Pm2),
            "json" if text.contains("\"ExecutablePath\"") => return Some(Self::Servy),
            "json"
                if ["\"apps\"", "\"script\"", "\"pm_exec_path\""]
                    .iter()
                    .any(|key| text.contains(key)) =>
            {
                return Some(Self::Pm2);
            }
            "yml" | "yaml" if begins("services:") => return Some(Self::Compose),
            "yml" | "yaml" if begins("apps:") || has_key("script") => return Some(Self::Pm2),
            "json" | "yml" | "yaml" | "xml" => return None,
            "cron" | "crontab" => return Some(Self::Cron),
            "bat" | "cmd" | "ps1" if text.to_ascii_lowercase().contains("nssm") => {
                return Some(Self::Nssm);
            }
            _ => {}
        }
        if name.contains("procfile") {
            return Some(Self::Procfile);
        }
        let sections = [
            "[program:",
            "[supervisord]",
            "[eventlistener:",
            "[group:",
            "[fcgi-program:",
            "[include]",
        ];
        if sections.into_iter().any(begins) {
            return Some(Self::Supervisord);
        }
        if ["[Service]", "[Unit]", "[Timer]", "[Install]"]
            .into_iter()
            .any(begins)
        {
            return Some(Self::Systemd);
        }
        if text.starts_with("Windows Registry Editor") || text.starts_with("REGEDIT4") {
            return Some(Self::Nssm);
        }
        let is_crontab =
            name == "crontab" || path.components().any(|part| part.as_os_str() == "cron.d");
        let is_cron_line = |line: &str| {
            let mut fields = line.split_whitespace();
            let times = fields.by_ref().take(5);
            times
                .filter(|field| field.starts_with(|c: char| c == '*' || c.is_ascii_digit()))
                .count()
                == 5
        };
        (is_crontab || text.lines().any(is_cron_line)).then_some(Self::Cron)
    }
}

/// The text of a file: UTF-8, or UTF-16 as Windows exports the registry; what is neither is shown as it can be.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|pair| of([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => units(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => units(u16::from_be_bytes),
        _ => {
            let text = String::from_utf8_lossy(bytes);
            text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
        }
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
        assert_eq!(kind("e.config.yml", "apps:\n"), Some(Kind::Pm2));
        assert_eq!(
            kind("app.json", "{\"ExecutablePath\": 1}"),
            Some(Kind::Servy)
        );
        assert_eq!(kind("Procfile.dev", "web: x"), Some(Kind::Procfile));
        assert_eq!(kind("02.Procfile.dev", "web: x"), Some(Kind::Procfile));
        assert_eq!(kind("jobs", "*/5 * * * * x\n"), Some(Kind::Cron));
        assert_eq!(kind("readme.txt", "hello"), None);
    }

    #[test]
    fn a_registry_export_is_utf_16() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("é\r\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&bytes), "é\r\n");
    }
}
