//! Reads the file of targets.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::Secret;
use relance_scm::notice::{self, NoticeKind};
use relance_texts::Lang;
use toml::{Table, Value};

use super::{Carrier, Mail, Security, TARGETS_MAX, Target, Targets, Template, WebHook};
use crate::message::read_time;

/// How long a try may take if the file does not say.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest that it may be told to take.
const TIMEOUT_MAX: Duration = Duration::from_secs(300);
/// Largest file of targets or of a secret, in bytes.
const SIZE_MAX: u64 = 1 << 20;
/// Where PagerDuty takes events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// What is wrong with a file: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

type Read<T> = Result<T, Problem>;

fn problem<T>(text: impl Into<String>) -> Read<T> {
    Err(Problem(text.into()))
}

/// Reads a file of targets, and the files of secrets that it names.
///
/// # Errors
/// When one cannot be read, is not valid, or may be read or written by others.
pub fn load(path: &Path) -> Read<Targets> {
    let text = read_private(path).map_err(|why| at(path, &why))?;
    let parsed = parse(&text, &|file| read_private(&path.with_file_name(file)));
    parsed.map_err(|why| at(path, &why))
}

fn at(path: &Path, why: &dyn fmt::Display) -> Problem {
    Problem(format!("{}: {why}", path.display()))
}

/// Reads a file that others may neither change nor read.
fn read_private(path: &Path) -> io::Result<String> {
    let file = std::fs::File::open(path)?;
    let about = file.metadata()?;
    check_private(&about)?;
    if about.len() > SIZE_MAX {
        return Err(io::Error::other("the file is too large"));
    }
    io::read_to_string(file)
}

#[cfg(unix)]
fn check_private(about: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    if about.uid() != 0 && about.uid() != own {
        let owner = about.uid();
        return Err(io::Error::other(format!(
            "it belongs to user {owner}, who could change it; run: chown {own}"
        )));
    }
    // A group may be let read.
    if about.mode() & 0o027 != 0 {
        return Err(io::Error::other(
            "others may read or change it, and it has secrets; run: chmod 600",
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere a file can be refused")]
fn check_private(_: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Reads the text of a file of targets.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, read: &dyn Fn(&Path) -> io::Result<String>) -> Read<Targets> {
    // What stands at the place of an error may be a secret, so only the line is told.
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error
            .span()
            .map_or("", |span| &text[..span.start.min(text.len())]);
        let line = before.lines().count().max(1);
        Problem(format!("line {line}: {}", error.message()))
    })?;
    let mut file = Keys {
        name: "the file",
        table,
        read,
    };
    let mut targets = Targets::default();
    if let Some(section) = file.table("notify")? {
        let mut keys = Keys {
            name: "[notify]",
            table: section,
            read,
        };
        keys.set_time("recovered_after", &mut targets.times.recovered_after)?;
        keys.set_time("flapping_period", &mut targets.times.flapping_period)?;
        keys.set_time("still_down_after", &mut targets.times.still_down_after)?;
        keys.set_time("gather", &mut targets.keeping.gather)?;
        keys.set_time("repeat", &mut targets.keeping.repeat)?;
        keys.set_time("keep", &mut targets.keeping.keep)?;
        if let Some(count) = keys.take("flapping") {
            let count = count
                .as_integer()
                .and_then(|count| u32::try_from(count).ok());
            targets.times.flapping = match count {
                Some(count) if count <= 100 => count,
                _ => return problem("[notify]: flapping is a number from 0 to 100"),
            };
        }
        keys.end()?;
    }
    for (name, value) in file.table("target")?.unwrap_or_default() {
        let name = notice::target_name(&name).map_err(|error| Problem(error.to_string()))?;
        let Value::Table(table) = value else {
            return problem(format!("[target.{name}] is not a table"));
        };
        let title = format!("[target.{name}]");
        let mut keys = Keys {
            name: &title,
            table,
            read,
        };
        let target = target(name.clone(), &mut keys)?;
        keys.end()?;
        targets.targets.insert(name, Arc::new(target));
    }
    file.end()?;
    if targets.targets.len() > TARGETS_MAX {
        return problem(format!("there are at most {TARGETS_MAX} targets"));
    }
    Ok(targets)
}

fn target(name: Box<str>, keys: &mut Keys<'_>) -> Read<Target> {
    let notices = match keys.texts("notices")? {
        None => NoticeKind::USUAL.into(),
        Some(words) => {
            let kinds = notice::read_kinds(&words.join(","));
            kinds.map_err(|error| Problem(format!("{}: {error}", keys.name)))?
        }
    };
    let services = keys.texts("services")?.unwrap_or_else(|| vec!["*".into()]);
    let mut timeout = TIMEOUT;
    keys.set_time("timeout", &mut timeout)?;
    if timeout.is_zero() || timeout > TIMEOUT_MAX {
        return problem(format!("{}: timeout is at most 5m, and not 0", keys.name));
    }
    let lang = match keys.text("language")? {
        None => Lang::En,
        Some(tag) => Lang::from_tag(&tag)
            .ok_or_else(|| Problem(format!("{}: language is en or fr", keys.name)))?,
    };
    Ok(Target {
        name,
        carrier: carrier(keys)?,
        notices,
        services: services.into(),
        timeout,
        lang,
    })
}

fn carrier(keys: &mut Keys<'_>) -> Read<Carrier> {
    let mut found = Vec::new();
    if let Some(words) = keys.texts("command")? {
        if words
            .first()
            .is_none_or(|program| !program.starts_with('/'))
        {
            return problem(format!(
                "{}: command is a list that begins with the whole path of a program",
                keys.name
            ));
        }
        found.push(Carrier::Command(words.into()));
    }
    for (key, template) in Template::ALL {
        if let Some(secret) = keys.secret(key)? {
            found.push(Carrier::Web(Box::new(web_hook(template, secret, keys)?)));
        }
    }
    if let Some(to) = keys.texts("mail")? {
        found.push(Carrier::Mail(Box::new(mail(to, keys)?)));
    }
    match keys.take("journal") {
        None => {}
        Some(Value::Boolean(true)) => found.push(Carrier::Journal),
        Some(_) => return problem(format!("{}: journal is true or left out", keys.name)),
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        _ => problem(format!(
            "{} needs one way: webhook, slack, teams, discord, ntfy, pagerduty, alertmanager, command, mail or journal",
            keys.name
        )),
    }
}

/// A pager's key is its secret; with the others the address may be one.
fn web_hook(template: Template, given: Secret, keys: &mut Keys<'_>) -> Read<WebHook> {
    let (url, secret) = match template {
        Template::PagerDuty => {
            let url = keys.text("url")?.unwrap_or_else(|| PAGERDUTY.into());
            (Secret::new(url), Some(given))
        }
        _ => (given, keys.secret("secret")?),
    };
    let uri: Result<ureq::http::Uri, _> = url.reveal().parse();
    let is_web = uri.is_ok_and(|uri| {
        uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https"))
    });
    if !is_web {
        return problem(format!(
            "{}: {} is not a whole address like https://host/path",
            keys.name,
            template.name()
        ));
    }
    let token = keys.secret("token")?;
    Ok(WebHook {
        template,
        url,
        secret,
        token,
    })
}

fn mail(to: Vec<Box<str>>, keys: &mut Keys<'_>) -> Read<Mail> {
    let name = keys.name;
    let is_address = |text: &str| text.parse::<lettre::message::Mailbox>().is_ok();
    let Some(from) = keys.text("from")? else {
        return problem(format!("{name}: from is missing: the sender's address"));
    };
    if to.is_empty() || !to.iter().all(|to| is_address(to)) || !is_address(&from) {
        return problem(format!(
            "{name}: mail and from are addresses like ops@example.org"
        ));
    }
    let server = keys
        .text("server")?
        .unwrap_or_else(|| "smtp://localhost:25".into());
    let uri: Option<ureq::http::Uri> = server.parse().ok();
    let wrong = || {
        Problem(format!(
            "{name}: server is an address like smtps://mail.example.org or smtp://mail.example.org:587"
        ))
    };
    let uri = uri.ok_or_else(wrong)?;
    let host = uri.host().ok_or_else(wrong)?;
    let is_here = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let (security, port) = match uri.scheme_str() {
        Some("smtps") => (Security::Tls, 465),
        Some("smtp") if is_here => (Security::None, 25),
        Some("smtp") => (Security::StartTls, 587),
        _ => return Err(wrong()),
    };
    let user = keys.text("user")?;
    let password = keys.secret("password")?;
    if user.is_some() != password.is_some() {
        return problem(format!("{name}: user and password belong together"));
    }
    Ok(Mail {
        from,
        to: to.into(),
        host: host.into(),
        port: uri.port_u16().unwrap_or(port),
        security,
        user,
        password: password.unwrap_or_default(),
    })
}

/// The keys of a table that are still to be read.
struct Keys<'a> {
    name: &'a str,
    table: Table,
    read: &'a dyn Fn(&Path) -> io::Result<String>,
}

impl Keys<'_> {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    fn table(&mut self, key: &str) -> Read<Option<Table>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(table)),
            Some(_) => problem(format!("[{key}] is not a table")),
        }
    }

    fn text(&mut self, key: &str) -> Read<Option<Box<str>>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.into())),
            Some(_) => problem(format!("{}: {key} is a text", self.name)),
        }
    }

    /// A text, or several.
    fn texts(&mut self, key: &str) -> Read<Option<Vec<Box<str>>>> {
        let items = match self.take(key) {
            None => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(one) => vec![one],
        };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text.into()),
            _ => problem(format!("{}: {key} is a text or a list of texts", self.name)),
        });
        texts.collect::<Read<_>>().map(Some)
    }

    /// A secret, or the file that it is in.
    fn secret(&mut self, key: &str) -> Read<Option<Secret>> {
        let file = format!("{key}_file");
        match (self.text(key)?, self.text(&file)?) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(Secret::new(text))),
            (None, Some(path)) => {
                let text = (self.read)(Path::new(&*path))
                    .map_err(|why| Problem(format!("{}: {file}: {path}: {why}", self.name)))?;
                Ok(Some(Secret::new(text.trim())))
            }
            _ => problem(format!("{}: either {key} or {file}", self.name)),
        }
    }

    fn set_time(&mut self, key: &str, time: &mut Duration) -> Read<()> {
        if let Some(text) = self.text(key)? {
            *time = read_time(&text).ok_or_else(|| {
                Problem(format!("{}: {key} is a time like 10s, 5m or 1h", self.name))
            })?;
        }
        Ok(())
    }

    /// Nothing else may stand there.
    fn end(self) -> Read<()> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => problem(format!("{}: nothing is called {key}", self.name)),
        }
    }
}

#[cfg(test)]
mod tests;
