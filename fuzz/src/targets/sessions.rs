//! Links, sessions and tokens.

use std::sync::Mutex;

use relance_scm::security::Sid;
use relance_scm::{Caller, ScmError};
use relance_sessions::{Entry, Sessions, Store};
use relance_wire::api::{Role, TokenRequest};

/// Entries that live as long as this value.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<Entry>>);

impl Memory {
    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.0.lock().expect("nobody panics with it")
    }
}

impl Store for Memory {
    fn find(&self, hash: &str) -> Result<Option<Entry>, ScmError> {
        let entries = self.entries();
        Ok(entries.iter().find(|entry| entry.hash() == hash).cloned())
    }

    fn list(&self) -> Result<Vec<Entry>, ScmError> {
        Ok(self.entries().clone())
    }

    fn add(&self, entry: Entry) -> Result<(), ScmError> {
        self.entries().push(entry);
        Ok(())
    }

    fn remove(&self, hash: &str) -> Result<bool, ScmError> {
        let mut entries = self.entries();
        let before = entries.len();
        entries.retain(|entry| entry.hash() != hash);
        Ok(entries.len() != before)
    }
}

fn nobody() -> Caller {
    Caller {
        name: "uid 65534".into(),
        sids: [Sid::Interactive, Sid::UnixUser(65534)].into(),
        session: None,
    }
}

/// No text signs in but a code that was given out, and that once; what was refused changes nothing.
pub(super) fn sign_in(input: &[u8]) {
    let given = String::from_utf8_lossy(input);
    let sessions = Sessions::new(Memory::default(), None);
    let root = Caller::system();
    let link = sessions.create_link(&root, Role::Reader).expect("root may");
    for text in given.lines() {
        let listed = sessions.list(&root);
        assert!(
            sessions.sign_in(text, None).is_err(),
            "signed in with {text:?}"
        );
        assert!(
            sessions.find(text, None).is_err(),
            "a session called {text:?}"
        );
        assert!(sessions.sign_out(text).is_err());
        assert!(sessions.end(&root, text).is_err());
        let token = TokenRequest {
            name: text.to_owned(),
            role: Role::Administrator,
            days: text.parse().ok(),
        };
        assert!(sessions.create_token(&nobody(), &token).is_err());
        assert_eq!(sessions.list(&root), listed);
        if let Ok(made) = sessions.create_token(&root, &token) {
            let (session, caller) = sessions.find(&made.token, None).expect("just made");
            assert!(caller.is_administrator() && session.token);
            assert_eq!(sessions.end(&root, &session.id), Ok(()));
            assert!(sessions.find(&made.token, None).is_err(), "an ended token");
        }
    }
    let made = sessions.sign_in(&link.code, None).expect("a new link");
    assert!(
        sessions.sign_in(&link.code, None).is_err(),
        "a link works once"
    );
    let (session, caller) = sessions.find(&made.token, None).expect("a new session");
    assert_eq!(
        (session.role, caller.is_administrator()),
        (Role::Reader, false)
    );
}

/// A file of sessions that is understood gives nobody more than it says.
pub(super) fn file(input: &[u8]) {
    let Ok(entries) = serde_json::from_slice::<Vec<Entry>>(input) else {
        return;
    };
    let written = serde_json::to_vec(&entries).expect("plain structures");
    let again: Vec<Entry> = serde_json::from_slice(&written).expect("our own file");
    assert_eq!(again, entries);
    let sessions = Sessions::new(Memory(Mutex::new(entries.clone())), None);
    for entry in &entries {
        // A hash is not a secret.
        assert!(sessions.find(entry.hash(), None).is_err());
    }
    let listed = sessions.list(&Caller::system()).expect("root may");
    assert!(listed.len() <= entries.len());
    for session in listed {
        let _ = sessions.end(&Caller::system(), &session.id);
    }
}
