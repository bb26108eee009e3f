//! Signing in for somebody else: links, sessions and tokens (see `relance_wire::api`).

use std::net::IpAddr;

use relance_scm::ScmError;
use relance_wire::api::{
    LinkReply, LinkRequest, Role, SessionBody, SessionsReply, SignInRequest, TokenReply,
    TokenRequest,
};

use crate::manager::{Nothing, SocketManager};

impl SocketManager {
    /// A link that signs in once; for administrators.
    ///
    /// # Errors
    /// 5 for everybody else.
    pub fn create_sign_in_link(&self, role: Role) -> Result<LinkReply, ScmError> {
        self.post("/v1/sign-in-links", &LinkRequest { role })
    }

    /// Exchanges a link's code for a session, for a browser at this address. Only the user of this
    /// process can use the session.
    ///
    /// # Errors
    /// 5 for a code that was used or is too old.
    pub fn sign_in(&self, code: &str, from: Option<IpAddr>) -> Result<TokenReply, ScmError> {
        let code = code.to_owned();
        self.post("/v1/sessions", &SignInRequest { code, from })
    }

    /// Whom requests of this client come from.
    ///
    /// # Errors
    /// 1326 when its session has ended.
    pub fn session(&self) -> Result<SessionBody, ScmError> {
        self.get("/v1/session")
    }

    /// Ends the session of this client.
    ///
    /// # Errors
    /// 87 where the caller is known from the socket and has none.
    pub fn sign_out(&self) -> Result<(), ScmError> {
        self.act("DELETE", "/v1/session", &Nothing {})
    }

    /// A token for scripts; for administrators.
    ///
    /// # Errors
    /// 5 for everybody else, 87 for a bad name or number of days.
    pub fn create_token(&self, request: &TokenRequest) -> Result<TokenReply, ScmError> {
        self.post("/v1/tokens", request)
    }

    /// All sessions and tokens; for administrators.
    ///
    /// # Errors
    /// 5 for everybody else.
    pub fn sessions(&self) -> Result<Vec<SessionBody>, ScmError> {
        let reply: SessionsReply = self.get("/v1/sessions")?;
        Ok(reply.sessions)
    }

    /// Ends a session or token; for administrators.
    ///
    /// # Errors
    /// 5 for everybody else, 1168 when there is none.
    pub fn end_session(&self, id: &str) -> Result<(), ScmError> {
        let path = format!("/v1/sessions/{}", crate::http::escape(id));
        self.act("DELETE", &path, &Nothing {})
    }
}
