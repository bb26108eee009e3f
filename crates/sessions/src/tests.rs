//! What holds for every store, over one in memory; and what the file keeps.
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::{Arc, Mutex};

use relance_scm::security::Sid;

use super::*;

/// Entries in memory; its clones are the same.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<Entry>>>);

impl Store for Memory {
    fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError> {
        Ok(self.list()?.into_iter().find(|entry| entry.hash == hash))
    }

    fn list(&self) -> Result<Vec<Entry>, ScmError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn add(&self, entry: Entry) -> Result<(), ScmError> {
        self.0.lock().unwrap().push(entry);
        Ok(())
    }

    fn remove(&self, hash: &str) -> Result<bool, ScmError> {
        let mut entries = self.0.lock().unwrap();
        let before = entries.len();
        entries.retain(|entry| entry.hash != hash);
        Ok(entries.len() < before)
    }
}

fn sessions() -> Sessions {
    Sessions::new(Memory::default(), Some("http://127.0.0.1:1".into()))
}

fn user() -> Caller {
    Caller {
        name: "user 33".into(),
        sids: [Sid::Interactive].into(),
        session: None,
    }
}

fn token(name: &str, days: Option<u32>) -> TokenRequest {
    TokenRequest {
        name: name.into(),
        role: Role::Reader,
        days,
    }
}

#[test]
fn a_link_signs_in_once() {
    let sessions = sessions();
    let link = sessions
        .create_link(&Caller::system(), Role::Administrator)
        .unwrap();
    let reply = sessions.sign_in(&link.code, None).unwrap();
    let (session, caller) = sessions.find(&reply.token, None).unwrap();
    assert_eq!(session.role, Role::Administrator);
    assert!(caller.is_administrator());
    let again = sessions.sign_in(&link.code, None).unwrap_err();
    assert_eq!(again.code(), Win32Error::ACCESS_DENIED);
    // The code itself opens nothing.
    assert!(sessions.find(&link.code, None).is_err());
}

#[test]
fn a_session_is_of_use_only_to_the_user_who_signed_in() {
    let sessions = sessions();
    let link = sessions
        .create_link(&Caller::system(), Role::Administrator)
        .unwrap();
    let reply = sessions.sign_in(&link.code, Some(990)).unwrap();
    assert!(sessions.find(&reply.token, Some(990)).is_ok());
    for other in [Some(1000), Some(0), None] {
        let error = sessions.find(&reply.token, other).unwrap_err();
        assert_eq!(error.code(), Win32Error::LOGON_FAILURE);
    }
    let token = sessions
        .create_token(&Caller::system(), &token("x", None))
        .unwrap();
    assert!(sessions.find(&token.token, Some(1)).is_ok(), "a script's");
}

#[test]
fn a_link_that_another_one_has_just_used_signs_nobody_in() {
    /// Another process was faster: the entry was seen, and is gone when it is to be removed.
    #[derive(Debug, Default)]
    struct Faster(Memory);

    impl Store for Faster {
        fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError> {
            self.0.find(hash)
        }
        fn list(&self) -> Result<Vec<Entry>, ScmError> {
            self.0.list()
        }
        fn add(&self, entry: Entry) -> Result<(), ScmError> {
            self.0.add(entry)
        }
        fn remove(&self, hash: &str) -> Result<bool, ScmError> {
            self.0.remove(hash)?;
            self.0.remove(hash)
        }
    }
    let sessions = Sessions::new(Faster::default(), None);
    let link = sessions
        .create_link(&Caller::system(), Role::Reader)
        .unwrap();
    assert!(sessions.sign_in(&link.code, None).is_err());
}

#[test]
fn only_administrators_give_rights_away() {
    let sessions = sessions();
    assert!(sessions.create_link(&user(), Role::Reader).is_err());
    assert!(sessions.create_token(&user(), &token("x", None)).is_err());
    assert!(sessions.list(&user()).is_err());
    assert!(sessions.end(&user(), "x").is_err());
}

#[test]
fn what_has_expired_is_nothing_and_is_cleared_away() {
    let memory = Memory::default();
    let mut entry = Entry::new(
        Kind::Session,
        "s",
        Role::Administrator,
        "root".into(),
        LINK_LIFE,
    );
    entry.expires_at_ms = 1;
    memory.add(entry).unwrap();
    let sessions = Sessions::new(memory.clone(), None);
    assert!(sessions.find("s", None).is_err());
    assert!(sessions.list(&Caller::system()).unwrap().is_empty());
    sessions
        .create_token(&Caller::system(), &token("x", None))
        .unwrap();
    assert_eq!(memory.list().unwrap().len(), 1);
}

#[test]
fn a_token_says_what_it_is_for_and_ends() {
    let sessions = sessions();
    for (name, days) in [("", None), ("x\n", None), ("x", Some(0)), ("x", Some(9999))] {
        let refused = sessions.create_token(&Caller::system(), &token(name, days));
        let fine = name.trim() == "x" && days.is_none();
        assert_eq!(refused.is_ok(), fine, "{name:?} {days:?}");
    }
}

#[test]
fn a_session_that_has_ended_opens_nothing() {
    let sessions = sessions();
    let reply = sessions
        .create_token(&Caller::system(), &token("x", None))
        .unwrap();
    sessions.sign_out(&reply.token).unwrap();
    assert!(sessions.find(&reply.token, None).is_err());
    let again = sessions.sign_out(&reply.token).unwrap_err();
    assert_eq!(again.code(), Win32Error::NOT_FOUND);
}

#[cfg(unix)]
#[test]
fn another_engine_knows_them_and_the_file_holds_no_secret() {
    use std::fs;
    let folder = std::env::temp_dir().join(format!("relance-sessions-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("sessions.json");
    let sessions = Sessions::new(FileStore::load(file.clone()), None);
    let reply = sessions
        .create_token(&Caller::system(), &token("prometheus", Some(1)))
        .unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&reply.token));
    let next = Sessions::new(FileStore::load(file), None);
    let (session, caller) = next.find(&reply.token, None).unwrap();
    assert!(session.token && !caller.is_administrator());
    next.end(&Caller::system(), &session.id).unwrap();
    assert!(next.find(&reply.token, None).is_err());
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_has_not_happened() {
    use std::fs;
    let folder = std::env::temp_dir().join(format!("relance-unwritable-{}", std::process::id()));
    let moved = folder.with_extension("moved");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("sessions.json");
    let sessions = Sessions::new(FileStore::load(file.clone()), None);
    let root = Caller::system();
    let kept = sessions.create_token(&root, &token("kept", None)).unwrap();
    let revoked = sessions.create_token(&root, &token("gone", None)).unwrap();
    sessions.end(&root, &revoked.session.id).unwrap();

    // Even root cannot write into a folder that is not there.
    fs::rename(&folder, &moved).unwrap();
    let refused = sessions.end(&root, &kept.session.id).unwrap_err();
    assert_eq!(refused.code(), Win32Error::WRITE_FAULT);
    let made = sessions.create_token(&root, &token("made", None));
    assert_eq!(made.unwrap_err().code(), Win32Error::WRITE_FAULT);
    let link = sessions.create_link(&root, Role::Reader);
    assert_eq!(link.unwrap_err().code(), Win32Error::WRITE_FAULT);
    fs::rename(&moved, &folder).unwrap();

    let next = Sessions::new(FileStore::load(file), None);
    for sessions in [&sessions, &next] {
        let names: Vec<_> = sessions.list(&root).unwrap();
        let names: Vec<_> = names.iter().map(|session| session.name.as_str()).collect();
        assert_eq!(names, ["kept"]);
        assert!(sessions.find(&kept.token, None).is_ok());
        assert!(sessions.find(&revoked.token, None).is_err());
    }
    sessions.end(&root, &kept.session.id).unwrap();
    assert!(sessions.find(&kept.token, None).is_err());
    fs::remove_dir_all(folder).unwrap();
}
