//! Reads the file of targets.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::Secret;
use relance_scm::notice::{self, NoticeKind};
use relance_scm::system::{reason, regular};
#[cfg(unix)]
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Lang, Sentence, shown, target};
use toml::{Table, Value};
use ureq::http::HeaderValue;

use super::{
    Authority, Carrier, Hook, HookAccount, Mail, Security, TARGETS_MAX, Target, Targets, Template,
    WebHook,
};
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
pub struct Problem(Sentence);

impl Problem {
    /// In a sentence.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        self.0.clone()
    }
}

/// In English.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

type Read<T> = Result<T, Problem>;
/// Reads a file that the file of targets names.
type Reader<'a> = dyn Fn(&Path, Privacy) -> io::Result<String> + 'a;

fn problem<T>(sentence: impl Into<Sentence>) -> Read<T> {
    Err(Problem(sentence.into()))
}

/// Reads a file of targets, and the files of secrets that it names.
///
/// # Errors
/// When one cannot be read, is not valid, or may be read or written by others.
pub fn load(path: &Path) -> Read<Targets> {
    let at = |problem: Sentence| {
        let path = shown(path.display());
        Problem(target::FileAt { path, problem }.into())
    };
    let text = read(path, Privacy::Secret).map_err(|error| at(reason(&error)))?;
    let parsed = parse(&text, &|file, privacy| {
        read(&path.with_file_name(file), privacy)
    });
    parsed.map_err(|why| at(why.0))
}

/// What others may do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Neither change nor read it.
    Secret,
    /// Not change it.
    Known,
}

/// Reads a file that others may not change.
fn read(path: &Path, privacy: Privacy) -> io::Result<String> {
    let file = regular::open(path)?;
    check(path, &file.metadata()?, privacy)?;
    regular::text(regular::bounded(file, SIZE_MAX)?)
}

#[cfg(unix)]
fn check(path: &Path, about: &std::fs::Metadata, privacy: Privacy) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    let path = || shown(path.display());
    if about.uid() != 0 && about.uid() != own {
        let owner = about.uid();
        return Err(refused(target::FileOwner {
            owner: shown(owner),
            user: shown(own),
            path: path(),
        }));
    }
    // A group may be let read.
    match privacy {
        Privacy::Secret if about.mode() & 0o027 != 0 => {
            Err(refused(target::FileMode { path: path() }))
        }
        Privacy::Known if about.mode() & 0o022 != 0 => {
            Err(refused(target::FileWritable { path: path() }))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn refused(sentence: impl Into<Sentence>) -> io::Error {
    io::Error::other(ScmError::new(Win32Error::ACCESS_DENIED, sentence))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere a file can be refused")]
fn check(_: &Path, _: &std::fs::Metadata, _: Privacy) -> io::Result<()> {
    Ok(())
}

/// Reads the text of a file of targets.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, read: &Reader<'_>) -> Read<Targets> {
    // What stands at the place of an error may be a secret, so only the line is told.
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error
            .span()
            .map_or("", |span| &text[..span.start.min(text.len())]);
        let line = before.lines().count().max(1);
        let problem = error.message();
        Problem(target::FileLine { line, problem }.into())
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
        set_times(&mut keys, &mut targets)?;
        keys.end()?;
    }
    for (name, value) in file.table("target")?.unwrap_or_default() {
        let name = notice::target_name(&name).map_err(|error| Problem(error.to_sentence()))?;
        let Value::Table(table) = value else {
            let section = format!("target.{name}");
            return problem(target::NoTable { section });
        };
        let title = format!("[target.{name}]");
        let mut keys = Keys {
            name: &title,
            table,
            read,
        };
        let read = read_target(name.clone(), &mut keys)?;
        keys.end()?;
        targets.targets.insert(name, Arc::new(read));
    }
    file.end()?;
    if targets.targets.len() > TARGETS_MAX {
        return problem(target::TooManyTargets { most: TARGETS_MAX });
    }
    Ok(targets)
}

/// The section `[notify]`: when it is told, and how long what is to be told is kept.
fn set_times(keys: &mut Keys<'_>, targets: &mut Targets) -> Read<()> {
    keys.set_time("recovered_after", &mut targets.times.recovered_after)?;
    keys.set_time("flapping_period", &mut targets.times.flapping_period)?;
    keys.set_time("still_down_after", &mut targets.times.still_down_after)?;
    keys.set_time("gather", &mut targets.keeping.gather)?;
    keys.set_time("repeat", &mut targets.keeping.repeat)?;
    keys.set_time("keep", &mut targets.keeping.keep)?;
    if targets.keeping.keep.is_zero() {
        return keys.problem(target::KEEP);
    }
    if let Some(count) = keys.take("flapping") {
        let count = count
            .as_integer()
            .and_then(|count| u32::try_from(count).ok());
        targets.times.flapping = match count {
            Some(count) if count <= 100 => count,
            _ => return keys.problem(target::FLAPPING),
        };
    }
    Ok(())
}

fn read_target(name: Box<str>, keys: &mut Keys<'_>) -> Read<Target> {
    let notices = match keys.texts("notices")? {
        None => NoticeKind::USUAL.into(),
        Some(words) => {
            let kinds = notice::read_kinds(&words.join(","));
            kinds.map_err(|error| keys.wrong(error.to_sentence()))?
        }
    };
    let services = keys.texts("services")?.unwrap_or_else(|| vec!["*".into()]);
    let mut timeout = TIMEOUT;
    keys.set_time("timeout", &mut timeout)?;
    if timeout.is_zero() || timeout > TIMEOUT_MAX {
        return keys.problem(target::TIMEOUT);
    }
    let lang = match keys.text("language")? {
        None => Lang::En,
        Some(tag) => Lang::from_tag(&tag).ok_or_else(|| keys.wrong(target::LANGUAGE))?,
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
            return keys.problem(target::COMMAND_PATH);
        }
        let account = match keys.text("account")?.as_deref() {
            None | Some("manager") => HookAccount::Manager,
            Some("service") => HookAccount::Service,
            Some(_) => return keys.problem(target::ACCOUNT),
        };
        let words = words.into();
        found.push(Carrier::Command(Hook { words, account }));
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
        Some(_) => return keys.problem(target::JOURNAL),
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        _ => keys.problem(target::OneWay { ways: ways() }),
    }
}

/// The keys that name a way, all that there are.
fn ways() -> Vec<&'static str> {
    let of_web = Template::ALL.iter().map(|(key, _)| *key);
    of_web.chain(["command", "mail", "journal"]).collect()
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
        let key = template.name();
        return keys.problem(target::NotWeb { key });
    }
    let token = keys.secret("token")?;
    let is_header = |token: &Secret| HeaderValue::from_str(token.reveal()).is_ok();
    if !token.as_ref().is_none_or(is_header) {
        return keys.problem(target::TOKEN);
    }
    let authority = keys.authority()?;
    Ok(WebHook {
        template,
        url,
        secret,
        token,
        authority,
    })
}

fn mail(to: Vec<Box<str>>, keys: &mut Keys<'_>) -> Read<Mail> {
    let is_address = |text: &str| text.parse::<lettre::message::Mailbox>().is_ok();
    let Some(from) = keys.text("from")? else {
        return keys.problem(target::NO_SENDER);
    };
    if to.is_empty() || !to.iter().all(|to| is_address(to)) || !is_address(&from) {
        return keys.problem(target::ADDRESSES);
    }
    let server = keys
        .text("server")?
        .unwrap_or_else(|| "smtp://localhost:25".into());
    let uri: Option<ureq::http::Uri> = server.parse().ok();
    let wrong = || keys.wrong(target::SERVER);
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
        return keys.problem(target::PASSWORD);
    }
    Ok(Mail {
        from,
        to: to.into(),
        host: host.into(),
        port: uri.port_u16().unwrap_or(port),
        security,
        user,
        password: password.unwrap_or_default(),
        authority: keys.authority()?,
    })
}

/// The keys of a table that are still to be read.
struct Keys<'a> {
    name: &'a str,
    table: Table,
    read: &'a Reader<'a>,
}

impl Keys<'_> {
    /// What is wrong in this section.
    fn wrong(&self, problem: impl Into<Sentence>) -> Problem {
        let (section, problem) = (self.name, problem.into());
        Problem(target::InSection { section, problem }.into())
    }

    fn problem<T>(&self, problem: impl Into<Sentence>) -> Read<T> {
        Err(self.wrong(problem))
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    fn table(&mut self, key: &str) -> Read<Option<Table>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(table)),
            Some(_) => problem(target::NoTable { section: key }),
        }
    }

    fn text(&mut self, key: &str) -> Read<Option<Box<str>>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.into())),
            Some(_) => self.problem(target::Text { key }),
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
            _ => self.problem(target::Texts { key }),
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
                let text = self.read(&file, &path, Privacy::Secret)?;
                Ok(Some(Secret::new(text.trim())))
            }
            _ => self.problem(target::Either { key, file }),
        }
    }

    /// A file that is named by a key.
    fn read(&self, key: &str, path: &str, privacy: Privacy) -> Read<String> {
        let read = (self.read)(Path::new(path), privacy);
        read.map_err(|error| {
            let reason = reason(&error);
            self.wrong(target::SecretFile { key, path, reason })
        })
    }

    /// The authority of one's own, if one is named.
    fn authority(&mut self) -> Read<Option<Authority>> {
        const KEY: &str = "ca_file";
        let Some(path) = self.text(KEY)? else {
            return Ok(None);
        };
        let text = self.read(KEY, &path, Privacy::Known)?;
        let read = Authority::read(&text);
        let path = &*path;
        read.map(Some)
            .ok_or_else(|| self.wrong(target::NoAuthority { key: KEY, path }))
    }

    fn set_time(&mut self, key: &str, time: &mut Duration) -> Read<()> {
        if let Some(text) = self.text(key)? {
            *time = read_time(&text).ok_or_else(|| self.wrong(target::Time { key }))?;
        }
        Ok(())
    }

    /// Nothing else may stand there.
    fn end(self) -> Read<()> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => self.problem(target::UnknownKey { key }),
        }
    }
}

#[cfg(test)]
mod tests;
