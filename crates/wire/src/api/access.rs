//! Who may do what with a service, in words, as JSON.

use relance_scm::security::{Access, AceKind, Give, NamedChange, SecurityDescriptor, words};
use relance_scm::{ScmError, Win32Error};
use relance_texts::error;
use serde::{Deserialize, Serialize};

/// `GET /v1/services/NAME/access`, and the answer to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessReply {
    /// The descriptor as SDDL.
    pub sddl: String,
    /// Whether none is stored, and this is the default (A18).
    pub is_default: bool,
    /// The access list, in the order that decides (A24).
    pub entries: Vec<AccessEntryBody>,
}

/// See [`AccessReply::entries`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessEntryBody {
    /// `user:alice`, `group:web`, `administrators`.
    pub who: String,
    /// As in the SDDL.
    pub sid: String,
    /// Whether it takes the rights, and does not give them.
    pub denies: bool,
    /// `query`, `start`, `stop`, ...
    pub rights: Vec<String>,
}

/// `POST /v1/services/NAME/access`: all of the changes or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessRequest {
    /// One after the other.
    pub changes: Vec<AccessChangeBody>,
    /// Only say who could do what then.
    #[serde(default)]
    pub dry_run: bool,
}

/// See [`AccessRequest::changes`]. Either `grant` or `revoke`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChangeBody {
    /// `alice`, `user:alice`, `group:web`, `administrators`, or an identifier.
    pub who: String,
    /// What they get, `query` with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Vec<String>>,
    /// What they lose; with an empty list every entry of theirs goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke: Option<Vec<String>>,
}

impl From<&Access> for AccessReply {
    fn from(access: &Access) -> Self {
        let entries = access.descriptor.dacl.iter().zip(&access.names);
        Self {
            sddl: access.descriptor.to_string(),
            is_default: access.is_default,
            entries: entries
                .map(|(ace, name)| AccessEntryBody {
                    who: name.to_string(),
                    sid: ace.sid.to_string(),
                    denies: ace.kind == AceKind::Deny,
                    rights: words::of(ace.rights),
                })
                .collect(),
        }
    }
}

impl TryFrom<&AccessReply> for Access {
    type Error = ScmError;

    fn try_from(reply: &AccessReply) -> Result<Self, ScmError> {
        let descriptor: SecurityDescriptor = reply.sddl.parse()?;
        if descriptor.dacl.len() != reply.entries.len() {
            return Err(ScmError::new(
                Win32Error::INVALID_DATA,
                error::ACCESS_DIFFER,
            ));
        }
        let names = reply.entries.iter().map(|entry| entry.who.as_str().into());
        Ok(Self {
            names: names.collect(),
            is_default: reply.is_default,
            descriptor,
        })
    }
}

impl TryFrom<&AccessChangeBody> for NamedChange {
    type Error = ScmError;

    fn try_from(body: &AccessChangeBody) -> Result<Self, ScmError> {
        let rights = |list: &[String]| words::parse(list.iter().map(String::as_str));
        let give = match (&body.grant, &body.revoke) {
            (Some(grant), None) if !grant.is_empty() => Give::Grant(rights(grant)?),
            (None, Some(revoke)) if revoke.is_empty() => Give::Forget,
            (None, Some(revoke)) => Give::Revoke(rights(revoke)?),
            _ => {
                return Err(ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::RIGHTS_EITHER,
                ));
            }
        };
        let who = body.who.clone();
        Ok(Self { who, give })
    }
}

impl From<&NamedChange> for AccessChangeBody {
    fn from(change: &NamedChange) -> Self {
        let (grant, revoke) = match change.give {
            Give::Grant(rights) => (Some(words::of(rights)), None),
            Give::Revoke(rights) => (None, Some(words::of(rights))),
            Give::Forget => (None, Some(Vec::new())),
        };
        Self {
            who: change.who.clone(),
            grant,
            revoke,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_back() {
        let rights = words::parse(["restart"]).unwrap();
        for give in [Give::Grant(rights), Give::Revoke(rights), Give::Forget] {
            let who = "alice".to_owned();
            let change = NamedChange { who, give };
            let body = AccessChangeBody::from(&change);
            assert_eq!(NamedChange::try_from(&body), Ok(change));
        }
    }

    #[test]
    fn a_change_that_is_none_or_two_is_refused() {
        let list = |words: &[&str]| Some(words.iter().map(ToString::to_string).collect());
        let change = |grant, revoke| {
            let who = "alice".to_owned();
            let body = AccessChangeBody { who, grant, revoke };
            NamedChange::try_from(&body).map_err(|error| error.code())
        };
        let bad = Err(Win32Error::INVALID_PARAMETER);
        assert_eq!(change(None, None), bad);
        assert_eq!(change(list(&[]), None), bad, "a grant of nothing");
        assert_eq!(change(list(&["start"]), list(&["stop"])), bad);
        assert_eq!(change(list(&["fly"]), None), bad);
    }
}
