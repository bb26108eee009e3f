//! What runs say of themselves by systemd's protocol.

use relance_engine::linux::fuzzing;

/// A status is short and harmless, whatever was sent, and one message asks for little.
pub(super) fn message(input: &[u8]) {
    let (status, notices) = fuzzing::sign(input);
    if let Some(status) = status {
        assert!(status.chars().count() <= 200);
        assert!(!status.chars().any(char::is_control));
    }
    assert!(notices <= input.len());
}
