//! SDDL, the text form of a security descriptor: `D:(A;;CCLCRC;;;IU)`.

use std::fmt;
use std::str::FromStr;

use super::{Ace, AceKind, SecurityDescriptor, Sid};
use relance_texts::{error, quoted};

use crate::error::ScmError;
use crate::rights::AccessRights;
use crate::win32::Win32Error;

/// Letters of the rights, in the order in which Windows writes them (A1 to A11).
const LETTERS: [(&str, u32); 17] = [
    ("CC", 0x1),
    ("DC", 0x2),
    ("LC", 0x4),
    ("SW", 0x8),
    ("RP", 0x10),
    ("WP", 0x20),
    ("DT", 0x40),
    ("LO", 0x80),
    ("CR", 0x100),
    ("SD", 0x1_0000),
    ("RC", 0x2_0000),
    ("WD", 0x4_0000),
    ("WO", 0x8_0000),
    ("GA", 0x1000_0000),
    ("GX", 0x2000_0000),
    ("GW", 0x4000_0000),
    ("GR", 0x8000_0000),
];

impl FromStr for SecurityDescriptor {
    type Err = ScmError;

    /// # Errors
    /// `ERROR_INVALID_SECURITY_DESCR` (1338) with the part that cannot be read.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let mut descriptor = Self {
            owner: "".into(),
            group: "".into(),
            dacl: Vec::new(),
            sacl: "".into(),
        };
        let mut has_dacl = false;
        let mut rest = text.trim();
        while !rest.is_empty() {
            let letter = rest.get(..2).ok_or_else(|| invalid(rest))?;
            let end = part_end(&rest[2..]).ok_or_else(|| invalid(rest))? + 2;
            let body = rest[2..end].trim();
            match letter {
                "O:" => descriptor.owner = body.into(),
                "G:" => descriptor.group = body.into(),
                "D:" => {
                    has_dacl = true;
                    descriptor.dacl = parse_dacl(body)?;
                }
                "S:" => descriptor.sacl = body.into(),
                _ => return Err(invalid(rest)),
            }
            rest = &rest[end..];
        }
        if has_dacl {
            Ok(descriptor)
        } else {
            Err(invalid("no D: part"))
        }
    }
}

/// Where the next `X:` outside parentheses begins; `None` where a parenthesis is never closed, for what is
/// written behind it later would be in it.
fn part_end(body: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let bytes = body.as_bytes();
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'O' | b'G' | b'D' | b'S' if depth == 0 && bytes.get(i + 1) == Some(&b':') => {
                return Some(i);
            }
            _ => {}
        }
    }
    (depth == 0).then_some(body.len())
}

fn parse_dacl(body: &str) -> Result<Vec<Ace>, ScmError> {
    let (_flags, mut rest) = body.split_at(body.find('(').unwrap_or(body.len()));
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(')').ok_or_else(|| invalid(rest))?;
        let entry = rest[..end].strip_prefix('(').ok_or_else(|| invalid(rest))?;
        entries.push(parse_ace(entry)?);
        rest = &rest[end + 1..];
    }
    Ok(entries)
}

fn parse_ace(entry: &str) -> Result<Ace, ScmError> {
    let fields: Vec<&str> = entry.split(';').collect();
    let [kind, _flags, rights, "", "", sid] = fields[..] else {
        return Err(invalid(entry));
    };
    let kind = match kind {
        "A" => AceKind::Allow,
        "D" => AceKind::Deny,
        _ => return Err(invalid(entry)),
    };
    Ok(Ace {
        kind,
        rights: parse_rights(rights)?,
        sid: parse_sid(sid)?,
    })
}

fn parse_rights(text: &str) -> Result<AccessRights, ScmError> {
    if let Some(digits) = text.strip_prefix("0x") {
        let raw = u32::from_str_radix(digits, 16).map_err(|_| invalid(text))?;
        return Ok(AccessRights::from_raw(raw));
    }
    let mut raw = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let letters = rest.get(..2).ok_or_else(|| invalid(text))?;
        let (_, bit) = LETTERS
            .iter()
            .find(|(name, _)| *name == letters)
            .ok_or_else(|| invalid(text))?;
        raw |= bit;
        rest = &rest[2..];
    }
    Ok(AccessRights::from_raw(raw))
}

fn parse_sid(text: &str) -> Result<Sid, ScmError> {
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| invalid(text));
    if let Some(uid) = text.strip_prefix("S-1-22-1-") {
        return number(uid).map(Sid::UnixUser);
    }
    if let Some(gid) = text.strip_prefix("S-1-22-2-") {
        return number(gid).map(Sid::UnixGroup);
    }
    match text {
        "SY" => Ok(Sid::LocalSystem),
        "BA" => Ok(Sid::Administrators),
        "IU" => Ok(Sid::Interactive),
        "SU" => Ok(Sid::Service),
        "WD" => Ok(Sid::Everyone),
        "AU" => Ok(Sid::AuthenticatedUsers),
        "" => Err(invalid(text)),
        other if other.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            Ok(Sid::Other(other.into()))
        }
        other => Err(invalid(other)),
    }
}

fn invalid(part: &str) -> ScmError {
    ScmError::new(
        Win32Error::INVALID_SECURITY_DESCR,
        error::Sddl { part: quoted(part) },
    )
}

pub(super) fn write(descriptor: &SecurityDescriptor, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (letter, part) in [("O:", &descriptor.owner), ("G:", &descriptor.group)] {
        if !part.is_empty() {
            write!(f, "{letter}{part}")?;
        }
    }
    f.write_str("D:")?;
    for ace in &descriptor.dacl {
        let kind = match ace.kind {
            AceKind::Allow => "A",
            AceKind::Deny => "D",
        };
        write!(f, "({kind};;{};;;{})", Letters(ace.rights), ace.sid)?;
    }
    if !descriptor.sacl.is_empty() {
        write!(f, "S:{}", descriptor.sacl)?;
    }
    Ok(())
}

struct Letters(AccessRights);

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = self.0.to_raw();
        let known = LETTERS.iter().fold(0, |mask, (_, bit)| mask | bit);
        if raw & !known != 0 || raw == 0 {
            return write!(f, "{raw:#x}");
        }
        LETTERS
            .iter()
            .filter(|(_, bit)| raw & bit != 0)
            .try_for_each(|(name, _)| f.write_str(name))
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LocalSystem => "SY",
            Self::Administrators => "BA",
            Self::Interactive => "IU",
            Self::Service => "SU",
            Self::Everyone => "WD",
            Self::AuthenticatedUsers => "AU",
            Self::UnixUser(uid) => return write!(f, "S-1-22-1-{uid}"),
            Self::UnixGroup(gid) => return write!(f, "S-1-22-2-{gid}"),
            Self::Other(text) => text,
        })
    }
}
