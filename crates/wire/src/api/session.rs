//! Signing in from elsewhere than the socket: links, sessions and tokens as JSON.

use std::net::IpAddr;

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, quoted};
use serde::{Deserialize, Serialize};

/// What a session or token may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// See, and change nothing.
    #[default]
    Reader,
    /// Everything that an administrator at the socket may.
    Administrator,
}

impl Role {
    /// `reader` or `administrator`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this name.
    ///
    /// # Errors
    /// 87 for any other word.
    pub fn from_name(name: &str) -> Result<Self, ScmError> {
        [Self::Reader, Self::Administrator]
            .into_iter()
            .find(|role| role.name() == name)
            .ok_or_else(|| {
                ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::NoRole { text: quoted(name) },
                )
            })
    }
}

/// `POST /v1/sign-in-links`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LinkRequest {
    /// What the session may do.
    pub role: Role,
}

/// A link that signs in once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkReply {
    /// To be exchanged for a session, once.
    pub code: String,
    /// Until then.
    pub expires_at_ms: i64,
    /// Address of the console that this manager runs, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
}

/// `POST /v1/sessions`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// From a link.
    pub code: String,
    /// Address of the browser, for the event log if the code is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub from: Option<IpAddr>,
}

/// `POST /v1/tokens`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for, 1 to 64 characters.
    pub name: String,
    /// What it may do.
    #[serde(default)]
    pub role: Role,
    /// Days until it ends, 1 to 3650; 365 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// A new session or token. The secret is told here and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenReply {
    /// Goes into `Authorization: Bearer ...`.
    pub token: String,
    /// Which it is.
    pub session: SessionBody,
}

impl std::fmt::Debug for TokenReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Secrets never appear in logs.
        f.debug_struct("TokenReply")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A session or token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionBody {
    /// Names it in `DELETE /v1/sessions/ID`; empty for a peer of the socket.
    pub id: String,
    /// For people: whose it is.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is a token for scripts.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub token: bool,
    /// When it was made.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub created_at_ms: i64,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
}

/// `GET /v1/sessions`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionsReply {
    /// The oldest first.
    pub sessions: Vec<SessionBody>,
}
