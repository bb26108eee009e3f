//! Requests over HTTP: what is sent, and what the answer means.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use relance_scm::config::Secret;
use relance_scm::system::reason;
use relance_texts::{Sentence, file, shown, target};
use sha2::Sha256;
use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::{Failed, certificate_problem};
use crate::message::Letter;
use crate::targets::{Authority, Target, WebHook};
use crate::templates::{Body, bodies};

/// How much of an answer is read.
const ANSWER_LEN_MAX: u64 = 16 << 10;
/// How much of a refusal is shown.
const SHOWN_LEN_MAX: usize = 120;
/// The longest pause that a target may ask for.
const AFTER_MAX: Duration = Duration::from_secs(3600);

/// Connections are not kept: messages are rare. No redirect is followed: where a message goes is in the file alone.
static AGENT: LazyLock<Agent> = LazyLock::new(|| new_agent(RootCerts::PlatformVerifier));

/// The one that trusts those whom the machine trusts, or one that trusts this authority alone.
fn agent(authority: Option<&Authority>) -> Cow<'static, Agent> {
    let Some(authority) = authority else {
        return Cow::Borrowed(&AGENT);
    };
    let trusted = authority.certificates().map(Certificate::from_der);
    let trusted: Vec<_> = trusted.map(|trusted| trusted.to_owned()).collect();
    Cow::Owned(new_agent(RootCerts::new_with_certs(&trusted)))
}

fn new_agent(trusted: RootCerts) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(trusted)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .user_agent(concat!("relance/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .build();
    Agent::new_with_config(config)
}

/// Sends what the template makes of the message; all of it, or it is sent again.
pub(super) fn tell(hook: &WebHook, target: &Target, letter: Letter<'_>) -> Result<(), Failed> {
    for body in bodies(hook, target.lang, letter) {
        post(hook, target, letter, &body)?;
    }
    Ok(())
}

fn post(hook: &WebHook, target: &Target, letter: Letter<'_>, body: &Body) -> Result<(), Failed> {
    let text = body.json.to_string();
    let url = body.url.as_deref().unwrap_or(hook.url.reveal());
    let mut request = agent(hook.authority.as_ref())
        .post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("Relance-Notice-Id", letter.id)
        .header("Idempotency-Key", letter.id);
    if let Some(token) = &hook.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
    }
    if let Some(secret) = hook.secret.as_ref().filter(|_| body.is_signed) {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let signature = signature(secret, seconds.as_secs(), &text);
        request = request.header("Relance-Signature", signature);
    }
    let request = request
        .config()
        .timeout_global(Some(target.timeout))
        .build();
    let mut answer = request
        .send(&text)
        .map_err(|error| Failed::later(not_sent(&error, hook)))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let after = asked_pause(answer.headers());
    let said = answer
        .body_mut()
        .with_config()
        .limit(ANSWER_LEN_MAX)
        .read_to_string();
    Err(refused(status, &said.unwrap_or_default(), after, hook))
}

/// `t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY`, so that neither can be changed nor an old one sent again.
pub(crate) fn signature(secret: &Secret, seconds: u64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .expect("a key of any length will do");
    mac.update(format!("{seconds}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let mut signature = format!("t={seconds},v1=");
    for byte in bytes {
        // A text takes everything.
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

/// Why a request was not sent, or not answered.
fn not_sent(error: &ureq::Error, hook: &WebHook) -> Sentence {
    let untrusted = |error: &rustls::Error| {
        let reason = Sentence::foreign(without(error, hook));
        target::Certificate { reason }.into()
    };
    let reason = match error {
        ureq::Error::Io(error) => match certificate_problem(error) {
            Some(error) => return untrusted(error),
            None => reason(error),
        },
        ureq::Error::Timeout(_) => file::NO_ANSWER.into(),
        ureq::Error::HostNotFound => target::NO_HOST.into(),
        ureq::Error::Rustls(error) => return untrusted(error),
        error => Sentence::foreign(without(error, hook)),
    };
    target::NotReached { reason }.into()
}

/// What an answer that is not a success means.
fn refused(status: StatusCode, said: &str, after: Option<Duration>, hook: &WebHook) -> Failed {
    if status.is_redirection() {
        let status = status.as_u16();
        return Failed::later(target::Elsewhere { status });
    }
    let said: String = said
        .chars()
        .filter(|c| !c.is_control())
        .take(SHOWN_LEN_MAX)
        .collect();
    let text = without(&said, hook);
    let status_text = shown(status);
    let problem: Sentence = if text.trim().is_empty() {
        target::Answered {
            status: status_text,
        }
        .into()
    } else {
        let status = status_text;
        target::AnsweredText { status, text }.into()
    };
    // The target refuses this message for good. Any other refusal may be temporary.
    match status.as_u16() {
        400 | 413 | 422 => Failed::never(problem),
        _ => Failed {
            after,
            ..Failed::later(problem)
        },
    }
}

fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(AFTER_MAX))
}

/// A text in which no secret of the target stands.
fn without(text: &dyn ToString, hook: &WebHook) -> String {
    let mut text = text.to_string();
    let secrets = [Some(&hook.url), hook.secret.as_ref(), hook.token.as_ref()];
    for secret in secrets
        .into_iter()
        .flatten()
        .filter(|secret| !secret.is_empty())
    {
        text = text.replace(secret.reveal(), "…");
        if let Some((_, path)) = secret
            .reveal()
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            && path.len() > 3
        {
            text = text.replace(path, "…");
        }
    }
    text
}

#[cfg(test)]
mod tests;
