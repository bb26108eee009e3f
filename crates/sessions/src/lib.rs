//! Who has signed in from elsewhere than the socket: links that work once, sessions, tokens.
//!
//! A session is a capability: a client that shows its secret is the caller it stands for, with the role it
//! was given by an administrator. Only hashes are kept, in a [`Store`]: a file of the engine's
//! ([`FileStore`], `docs/adr/0050-console-sessions.md`), or where the console of Windows keeps them
//! (`docs/adr/0052-windows-console.md`). `entry` is what is kept of each.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod entry;
#[cfg(unix)]
mod file;

use std::fmt;
use std::time::Duration;

use relance_scm::{Caller, ScmError, Win32Error};
use relance_texts::{Sentence, Words, error, shown};
use relance_wire::api::{LinkReply, Role, SessionBody, TokenReply, TokenRequest};

pub use entry::Entry;
use entry::{Kind, hash, hex};
#[cfg(unix)]
pub use file::FileStore;

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

/// Where entries are kept, by the hashes of their secrets.
pub trait Store: fmt::Debug + Send + Sync {
    /// The entry with this hash.
    ///
    /// # Errors
    /// When the place cannot be read.
    fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError>;

    /// All entries, the oldest first.
    ///
    /// # Errors
    /// When the place cannot be read.
    fn list(&self) -> Result<Vec<Entry>, ScmError>;

    /// Keeps an entry.
    ///
    /// # Errors
    /// When the place cannot be written; 5 for those who may not.
    fn add(&self, entry: Entry) -> Result<(), ScmError>;

    /// Forgets an entry; whether it was there. Of those who ask at the same time one is told that it
    /// was.
    ///
    /// # Errors
    /// When the place cannot be written; 5 for those who may not.
    fn remove(&self, hash: &str) -> Result<bool, ScmError>;
}

/// All links, sessions and tokens of a manager.
#[derive(Debug)]
pub struct Sessions {
    store: Box<dyn Store>,
    console: Option<String>,
}

impl Sessions {
    /// Those of a store. `console` is the address of the console, to be told with each link.
    pub fn new(store: impl Store + 'static, console: Option<String>) -> Self {
        Self {
            store: Box::new(store),
            console,
        }
    }

    /// Whether there is a console for links to lead to.
    #[must_use]
    pub fn has_console(&self) -> bool {
        self.console.is_some()
    }

    /// A link that signs in once.
    ///
    /// # Errors
    /// 5 for callers that are not administrators.
    pub fn create_link(&self, caller: &Caller, role: Role) -> Result<LinkReply, ScmError> {
        check_administrator(caller)?;
        let (code, entry) = self.add(Kind::Link, role, whose(caller), LINK_LIFE)?;
        Ok(LinkReply {
            code,
            expires_at_ms: entry.expires_at_ms,
            console: self.console.clone(),
        })
    }

    /// Exchanges a link's code for a session that only connections of one Unix user can use. So a
    /// cookie that somebody got hold of opens nothing at the manager's socket.
    ///
    /// # Errors
    /// 5 for a code that was used or is too old.
    pub fn sign_in(&self, code: &str, through: Option<u32>) -> Result<TokenReply, ScmError> {
        let hash = hash(code);
        let link = self
            .store
            .find(&hash)?
            .filter(|entry| entry.kind == Kind::Link);
        // Removed before anything else: a link works once, whatever happens next, and for one of
        // those who use it at the same time.
        let is_first = link.is_some() && self.store.remove(&hash)?;
        let Some(link) = link.filter(|link| is_first && !link.is_over()) else {
            return Err(denied(error::LINK_USED));
        };
        let (token, entry) = self.keep(|secret| Entry {
            through,
            ..Entry::new(Kind::Session, secret, link.role, link.name, SESSION_LIFE)
        })?;
        Ok(TokenReply {
            token,
            session: entry.body(),
        })
    }

    /// A token for scripts.
    ///
    /// # Errors
    /// 5 for callers that are not administrators, 87 for a bad name or number of days.
    pub fn create_token(
        &self,
        caller: &Caller,
        request: &TokenRequest,
    ) -> Result<TokenReply, ScmError> {
        check_administrator(caller)?;
        let invalid = |sentence: Words| Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        let name = request.name.trim();
        if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return invalid(error::TOKEN_NAME);
        }
        let days = request.days.unwrap_or(TOKEN_DAYS);
        if !(1..=3650).contains(&days) {
            return invalid(error::TOKEN_DAYS);
        }
        let life = Duration::from_secs(u64::from(days) * 24 * 3600);
        let (token, entry) = self.add(Kind::Token, request.role, name.to_owned(), life)?;
        Ok(TokenReply {
            token,
            session: entry.body(),
        })
    }

    /// The sessions and tokens there are.
    ///
    /// # Errors
    /// 5 for callers that are not administrators.
    pub fn list(&self, caller: &Caller) -> Result<Vec<SessionBody>, ScmError> {
        check_administrator(caller)?;
        let entries = self.store.list()?;
        let listed = entries
            .iter()
            .filter(|entry| entry.kind != Kind::Link && !entry.is_over());
        Ok(listed.map(Entry::body).collect())
    }

    /// Ends a session or token.
    ///
    /// # Errors
    /// 5 for callers that are not administrators, 1168 when there is none.
    pub fn end(&self, caller: &Caller, id: &str) -> Result<(), ScmError> {
        check_administrator(caller)?;
        let entries = self.store.list()?;
        let named = entries.iter().find(|entry| entry.id() == id);
        self.forget(named.map(|entry| entry.hash.as_str()))
    }

    /// Ends the session with this secret.
    ///
    /// # Errors
    /// 1168 when there is none.
    pub fn sign_out(&self, secret: &str) -> Result<(), ScmError> {
        self.forget(Some(&hash(secret)))
    }

    fn forget(&self, hash: Option<&str>) -> Result<(), ScmError> {
        let was_there = hash.map(|hash| self.store.remove(hash)).transpose()?;
        if was_there == Some(true) {
            return Ok(());
        }
        Err(ScmError::new(Win32Error::NOT_FOUND, error::NO_SESSION))
    }

    /// The session or token with this secret, shown on a connection of a Unix user.
    ///
    /// # Errors
    /// 1326 when there is none, or no longer, or it is another user's.
    pub fn find(
        &self,
        secret: &str,
        through: Option<u32>,
    ) -> Result<(SessionBody, Caller), ScmError> {
        let entry = self.store.find(&hash(secret))?;
        entry
            .filter(|entry| entry.kind != Kind::Link && !entry.is_over())
            .filter(|entry| entry.through.is_none() || entry.through == through)
            .map(|entry| (entry.body(), entry.caller()))
            .ok_or_else(|| ScmError::new(Win32Error::LOGON_FAILURE, error::SESSION_ENDED))
    }

    fn add(
        &self,
        kind: Kind,
        role: Role,
        name: String,
        life: Duration,
    ) -> Result<(String, Entry), ScmError> {
        self.keep(|secret| Entry::new(kind, secret, role, name, life))
    }

    /// Keeps an entry for a new secret.
    fn keep(&self, make: impl FnOnce(&str) -> Entry) -> Result<(String, Entry), ScmError> {
        let secret = secret()?;
        let entry = make(&secret);
        let (over, current): (Vec<_>, Vec<_>) =
            self.store.list()?.into_iter().partition(Entry::is_over);
        for entry in over {
            self.store.remove(&entry.hash)?;
        }
        if current.len() >= ENTRIES_MAX {
            return Err(ScmError::new(
                Win32Error::NOT_ENOUGH_QUOTA,
                error::TOO_MANY_SESSIONS,
            ));
        }
        self.store.add(entry.clone())?;
        Ok((secret, entry))
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
    Err(denied(error::LINKS_BY_ADMINISTRATOR))
}

fn denied(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::ACCESS_DENIED, sentence)
}

fn secret() -> Result<String, ScmError> {
    let mut bytes = [0; SECRET_LEN];
    getrandom::fill(&mut bytes).map_err(|error| {
        ScmError::new(
            Win32Error::INTERNAL_ERROR,
            error::NoRandom {
                error: shown(error),
            },
        )
    })?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests;
