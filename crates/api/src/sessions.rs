//! Who has signed in from elsewhere than the socket: links that work once, sessions, tokens.
//!
//! A session is a capability: whoever shows its secret is the caller it stands for, with the role it
//! was given by an administrator. Only hashes are kept, in a file of the state folder, so that an
//! engine that is started again knows them (`docs/adr/0050-console-sessions.md`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use relance_scm::security::Sid;
use relance_scm::{Caller, ScmError, Win32Error};
use relance_wire::api::{LinkReply, Role, SessionBody, TokenReply, TokenRequest};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long a link can be used.
const LINK_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long a session lasts.
const SESSION_LIFE: Duration = Duration::from_secs(12 * 3600);
/// Days a token lasts when nobody says otherwise.
const TOKEN_DAYS: u32 = 365;
/// Links, sessions and tokens at a time: what a mistake in a loop can make.
const ENTRIES_MAX: usize = 1000;
/// Bytes of a secret.
const SECRET_LEN: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Link,
    Session,
    Token,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    kind: Kind,
    /// SHA-256 of the secret, in hexadecimal digits.
    hash: String,
    role: Role,
    name: String,
    created_at_ms: i64,
    expires_at_ms: i64,
}

impl Entry {
    /// The beginning of the hash: enough to name it, useless to sign in.
    fn id(&self) -> &str {
        &self.hash[..12]
    }

    fn body(&self) -> SessionBody {
        SessionBody {
            id: self.id().to_owned(),
            name: self.name.clone(),
            role: self.role,
            token: self.kind == Kind::Token,
            created_at_ms: self.created_at_ms,
            expires_at_ms: Some(self.expires_at_ms),
        }
    }

    /// The caller it stands for. A reader is nobody in particular: it sees what every local peer
    /// sees (A21).
    fn caller(&self) -> Caller {
        let mut sids = vec![Sid::Interactive, Sid::AuthenticatedUsers, Sid::Everyone];
        if self.role == Role::Administrator {
            sids.push(Sid::Administrators);
        }
        let what = match self.kind {
            Kind::Link | Kind::Session => "console session of",
            Kind::Token => "token",
        };
        Caller {
            name: format!("{what} {}", self.name).into(),
            sids: sids.into(),
        }
    }
}

/// All links, sessions and tokens of a manager.
#[derive(Debug)]
pub struct Sessions {
    file: PathBuf,
    console: Option<String>,
    entries: Mutex<Vec<Entry>>,
}

impl Sessions {
    /// Reads the file, which need not exist. `console` is the address of the console, to be told
    /// with each link.
    ///
    /// A file that cannot be read signs everybody out, which is safe, and is said in the log.
    #[must_use]
    pub fn load(file: PathBuf, console: Option<String>) -> Self {
        let entries = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(file = %file.display(), %error, "sessions are forgotten");
                Vec::new()
            }),
            Err(_) => Vec::new(),
        };
        Self {
            file,
            console,
            entries: Mutex::new(entries),
        }
    }

    /// A link that signs in once.
    pub(crate) fn create_link(&self, caller: &Caller, role: Role) -> Result<LinkReply, ScmError> {
        check_administrator(caller)?;
        let name = whose(caller);
        let (code, entry) = self.add(Kind::Link, role, name, LINK_LIFE)?;
        Ok(LinkReply {
            code,
            expires_at_ms: entry.expires_at_ms,
            console: self.console.clone(),
        })
    }

    /// Exchanges a link's code for a session.
    pub(crate) fn sign_in(&self, code: &str) -> Result<TokenReply, ScmError> {
        let hash = hash(code);
        let mut entries = self.entries();
        let found = entries
            .iter()
            .position(|entry| entry.kind == Kind::Link && entry.hash == hash);
        // Removed before anything else: a link works once, whatever happens next.
        let link = found.map(|index| entries.remove(index));
        drop(entries);
        let Some(link) = link.filter(|link| link.expires_at_ms > now_ms()) else {
            return Err(denied(
                "this link was used already or is too old; ask for a new one with `relance console`",
            ));
        };
        let (token, entry) = self.add(Kind::Session, link.role, link.name, SESSION_LIFE)?;
        Ok(TokenReply {
            token,
            session: entry.body(),
        })
    }

    /// A token for scripts.
    pub(crate) fn create_token(
        &self,
        caller: &Caller,
        request: &TokenRequest,
    ) -> Result<TokenReply, ScmError> {
        check_administrator(caller)?;
        let invalid = |sentence: &str| Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        let name = request.name.trim();
        if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return invalid("a token's name has 1 to 64 characters; say what it is for");
        }
        let days = request.days.unwrap_or(TOKEN_DAYS);
        if !(1..=3650).contains(&days) {
            return invalid("a token lasts 1 to 3650 days");
        }
        let life = Duration::from_secs(u64::from(days) * 24 * 3600);
        let (token, entry) = self.add(Kind::Token, request.role, name.to_owned(), life)?;
        Ok(TokenReply {
            token,
            session: entry.body(),
        })
    }

    /// The sessions and tokens there are.
    pub(crate) fn list(&self, caller: &Caller) -> Result<Vec<SessionBody>, ScmError> {
        check_administrator(caller)?;
        let now = now_ms();
        let entries = self.entries();
        let listed = entries
            .iter()
            .filter(|entry| entry.kind != Kind::Link && entry.expires_at_ms > now);
        Ok(listed.map(Entry::body).collect())
    }

    /// Ends a session or token.
    pub(crate) fn end(&self, caller: &Caller, id: &str) -> Result<(), ScmError> {
        check_administrator(caller)?;
        self.remove(|entry| entry.id() == id)
    }

    /// Ends the session with this secret.
    pub(crate) fn sign_out(&self, secret: &str) -> Result<(), ScmError> {
        let hash = hash(secret);
        self.remove(|entry| entry.hash == hash)
    }

    fn remove(&self, which: impl Fn(&Entry) -> bool) -> Result<(), ScmError> {
        let mut entries = self.entries();
        let before = entries.len();
        entries.retain(|entry| !which(entry));
        if entries.len() == before {
            return Err(ScmError::new(
                Win32Error::NOT_FOUND,
                "there is no such session or token; it may have ended by itself",
            ));
        }
        self.save(&entries)
    }

    /// The session or token with this secret.
    pub(crate) fn find(&self, secret: &str) -> Result<(SessionBody, Caller), ScmError> {
        let hash = hash(secret);
        let now = now_ms();
        let entries = self.entries();
        let entry = entries.iter().find(|entry| {
            entry.kind != Kind::Link && entry.hash == hash && entry.expires_at_ms > now
        });
        entry
            .map(|entry| (entry.body(), entry.caller()))
            .ok_or_else(|| {
                ScmError::new(
                    Win32Error::LOGON_FAILURE,
                    "this session has ended or never was; sign in with a link from `relance console`",
                )
            })
    }

    fn add(
        &self,
        kind: Kind,
        role: Role,
        name: String,
        life: Duration,
    ) -> Result<(String, Entry), ScmError> {
        let secret = secret()?;
        let now = now_ms();
        let entry = Entry {
            kind,
            hash: hash(&secret),
            role,
            name,
            created_at_ms: now,
            expires_at_ms: now.saturating_add(life.as_millis().try_into().unwrap_or(i64::MAX)),
        };
        let mut entries = self.entries();
        entries.retain(|entry| entry.expires_at_ms > now);
        if entries.len() >= ENTRIES_MAX {
            return Err(ScmError::new(
                Win32Error::NOT_ENOUGH_QUOTA,
                "there are too many sessions; end some with `relance console sessions --end ID`",
            ));
        }
        entries.push(entry.clone());
        self.save(&entries)?;
        Ok((secret, entry))
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes beside the file and renames, so that there is always a whole one.
    fn save(&self, entries: &[Entry]) -> Result<(), ScmError> {
        let write = || -> std::io::Result<()> {
            let new = self.file.with_extension("new");
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&new)?;
            file.write_all(&serde_json::to_vec(entries)?)?;
            file.sync_all()?;
            fs::rename(&new, &self.file)
        };
        write().map_err(|error| {
            ScmError::new(
                Win32Error::WRITE_FAULT,
                format!(
                    "{} cannot be written ({error}); is the disk full?",
                    self.file.display()
                ),
            )
        })
    }
}

/// The account behind a caller, without what kind of session it used.
fn whose(caller: &Caller) -> String {
    let name = caller.name.as_ref();
    name.strip_prefix("console session of ")
        .unwrap_or(name)
        .to_owned()
}

fn check_administrator(caller: &Caller) -> Result<(), ScmError> {
    if caller.is_administrator() {
        return Ok(());
    }
    Err(denied(
        "only an administrator gives links and tokens; ask one, or run it as root",
    ))
}

fn denied(sentence: &str) -> ScmError {
    ScmError::new(Win32Error::ACCESS_DENIED, sentence)
}

fn secret() -> Result<String, ScmError> {
    let mut bytes = [0; SECRET_LEN];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()).map_err(
        |error| {
            ScmError::new(
                Win32Error::INTERNAL_ERROR,
                format!("the kernel gives no random numbers: {error}"),
            )
        },
    )?;
    Ok(hex(&bytes))
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store in a folder of its own.
    fn sessions(test: &str) -> Sessions {
        let folder = std::env::temp_dir().join(format!("relance-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("sessions.json");
        let _ = fs::remove_file(&file);
        Sessions::load(file, Some("http://127.0.0.1:1".into()))
    }

    fn user() -> Caller {
        Caller {
            name: "user 33".into(),
            sids: [Sid::Interactive].into(),
        }
    }

    #[test]
    fn a_link_signs_in_once() {
        let sessions = sessions("link");
        let link = sessions
            .create_link(&Caller::system(), Role::Administrator)
            .unwrap();
        let reply = sessions.sign_in(&link.code).unwrap();
        let (session, caller) = sessions.find(&reply.token).unwrap();
        assert_eq!(session.role, Role::Administrator);
        assert!(caller.is_administrator());
        let again = sessions.sign_in(&link.code).unwrap_err();
        assert_eq!(again.code(), Win32Error::ACCESS_DENIED);
        // The code itself opens nothing.
        assert!(sessions.find(&link.code).is_err());
    }

    #[test]
    fn another_engine_knows_them_and_the_file_holds_no_secret() {
        let sessions = sessions("file");
        let request = TokenRequest {
            name: "prometheus".into(),
            role: Role::Reader,
            days: Some(1),
        };
        let reply = sessions.create_token(&Caller::system(), &request).unwrap();
        let text = fs::read_to_string(&sessions.file).unwrap();
        assert!(!text.contains(&reply.token));
        let next = Sessions::load(sessions.file.clone(), None);
        let (session, caller) = next.find(&reply.token).unwrap();
        assert!(session.token && !caller.is_administrator());
        next.end(&Caller::system(), &session.id).unwrap();
        assert!(next.find(&reply.token).is_err());
    }

    #[test]
    fn only_administrators_give_rights_away() {
        let sessions = sessions("rights");
        let request = TokenRequest {
            name: "x".into(),
            role: Role::Administrator,
            days: None,
        };
        assert!(sessions.create_link(&user(), Role::Reader).is_err());
        assert!(sessions.create_token(&user(), &request).is_err());
        assert!(sessions.list(&user()).is_err());
        assert!(sessions.end(&user(), "x").is_err());
    }

    #[test]
    fn what_has_expired_is_nothing() {
        let sessions = sessions("expired");
        let secret = "s";
        sessions.entries().push(Entry {
            kind: Kind::Session,
            hash: hash(secret),
            role: Role::Administrator,
            name: "root".into(),
            created_at_ms: 0,
            expires_at_ms: 1,
        });
        assert!(sessions.find(secret).is_err());
    }

    #[test]
    fn a_token_says_what_it_is_for_and_ends() {
        let sessions = sessions("token");
        for (name, days) in [("", None), ("x\n", None), ("x", Some(0)), ("x", Some(9999))] {
            let request = TokenRequest {
                name: name.into(),
                role: Role::Reader,
                days,
            };
            let refused = sessions.create_token(&Caller::system(), &request);
            let fine = name.trim() == "x" && days.is_none();
            assert_eq!(refused.is_ok(), fine, "{name:?} {days:?}");
        }
    }
}
