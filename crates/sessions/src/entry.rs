//! What is kept of a link, a session or a token: everything but its secret.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use relance_scm::Caller;
use relance_scm::security::Sid;
use relance_wire::api::{Role, SessionBody};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Link,
    Session,
    Token,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub(crate) kind: Kind,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub(crate) hash: String,
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) created_at_ms: i64,
    pub(crate) expires_at_ms: i64,
    /// The Unix user through whose connection it was made, and who alone may use it: the console's
    /// account. `None` for links and tokens, which anybody may use, and on Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) through: Option<u32>,
}

impl Entry {
    pub(crate) fn new(kind: Kind, secret: &str, role: Role, name: String, life: Duration) -> Self {
        let now = now_ms();
        Self {
            kind,
            hash: hash(secret),
            role,
            name,
            created_at_ms: now,
            expires_at_ms: now.saturating_add(life.as_millis().try_into().unwrap_or(i64::MAX)),
            through: None,
        }
    }

    /// SHA-256 of its secret, in hexadecimal digits: names it in a [`Store`](crate::Store).
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// When it was made, in milliseconds since 1970.
    #[must_use]
    pub fn created_at_ms(&self) -> i64 {
        self.created_at_ms
    }

    /// The beginning of the hash: enough to name it, useless to sign in.
    pub(crate) fn id(&self) -> &str {
        self.hash.get(..12).unwrap_or(&self.hash)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.expires_at_ms <= now_ms()
    }

    pub(crate) fn body(&self) -> SessionBody {
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
    pub(crate) fn caller(&self) -> Caller {
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
            session: None,
        }
    }
}

pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
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
