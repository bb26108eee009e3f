//! Who gives access to the console: on Linux the manager, on Windows the console's own service.

use relance_scm::ScmError;
use relance_wire::api::{LinkReply, Role, SessionBody, TokenReply, TokenRequest};

use crate::cli::{CommandFailure, Common};

/// See the module.
#[cfg(unix)]
pub(super) struct Access(relance_client::SocketManager);

#[cfg(unix)]
impl Access {
    pub(super) fn open(common: &Common, _place: &super::Place) -> Result<Self, CommandFailure> {
        common.socket_manager().map(Self)
    }

    pub(super) fn create_link(&self, role: Role) -> Result<LinkReply, ScmError> {
        self.0.create_sign_in_link(role)
    }

    pub(super) fn create_token(&self, request: &TokenRequest) -> Result<TokenReply, ScmError> {
        self.0.create_token(request)
    }

    pub(super) fn sessions(&self) -> Result<Vec<SessionBody>, ScmError> {
        self.0.sessions()
    }

    pub(super) fn end_session(&self, id: &str) -> Result<(), ScmError> {
        self.0.end_session(id)
    }
}

/// See the module. Windows lets only administrators write what the console reads (ADR 52).
#[cfg(windows)]
pub(super) struct Access {
    sessions: relance_sessions::Sessions,
    caller: relance_scm::Caller,
}

#[cfg(windows)]
impl Access {
    pub(super) fn open(common: &Common, place: &super::Place) -> Result<Self, CommandFailure> {
        if common.is_elsewhere() {
            return Err(crate::cli::usage(relance_texts::command::LINKS_THERE));
        }
        let mut caller = relance_scm::Caller::system();
        caller.name = relance_windows::session::user_name().into();
        Ok(Self {
            sessions: relance_console::sessions(&place.service)?,
            caller,
        })
    }

    pub(super) fn create_link(&self, role: Role) -> Result<LinkReply, ScmError> {
        self.sessions.create_link(&self.caller, role)
    }

    pub(super) fn create_token(&self, request: &TokenRequest) -> Result<TokenReply, ScmError> {
        self.sessions.create_token(&self.caller, request)
    }

    pub(super) fn sessions(&self) -> Result<Vec<SessionBody>, ScmError> {
        self.sessions.list(&self.caller)
    }

    pub(super) fn end_session(&self, id: &str) -> Result<(), ScmError> {
        self.sessions.end(&self.caller, id)
    }
}
