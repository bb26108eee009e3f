//! Mail over SMTP.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};

use relance_scm::system::reason;
use relance_texts::{Sentence, target};

use super::{Failed, certificate_problem};
use crate::message::Letter;
use crate::targets::{Mail, Security, Target};

/// Answers about the account, which can be corrected: RFC 4954.
const ABOUT_ACCOUNTS: [u16; 4] = [530, 534, 535, 538];

/// Sends one mail to all its readers.
pub(super) fn tell(mail: &Mail, target: &Target, letter: Letter<'_>) -> Result<(), Failed> {
    let written = write(mail, target, letter)?;
    let transport = transport(mail, target.timeout)?;
    transport.send(&written).map(drop).map_err(|error| {
        let code = error.status().map(u16::from);
        let is_account = code.is_some_and(|code| ABOUT_ACCOUNTS.contains(&code));
        let problem = not_taken(&error, mail);
        if error.is_permanent() && !is_account {
            Failed::never(problem)
        } else {
            Failed::later(problem)
        }
    })
}

fn write(mail: &Mail, target: &Target, letter: Letter<'_>) -> Result<lettre::Message, Failed> {
    let message = letter.message;
    let mut builder = lettre::Message::builder()
        .from(mail.from.parse().map_err(|error| wrong(&error))?)
        .subject(message.title(letter.machine, target.lang))
        // The same in every try, so that a mail that came twice is seen to be one.
        .message_id(Some(format!(
            "<{}@{}>",
            letter.id,
            host_name(letter.machine)
        )))
        .header(ContentType::TEXT_PLAIN);
    for to in &mail.to {
        builder = builder.to(to.parse().map_err(|error| wrong(&error))?);
    }
    let title = message.title(letter.machine, target.lang);
    builder
        .body(format!("{title}\n\n{}\n", message.text(target.lang)))
        .map_err(|error| wrong(&error))
}

fn wrong(error: &dyn std::error::Error) -> Failed {
    let reason = Sentence::foreign(error.to_string());
    Failed::never(target::Mail { reason })
}

/// Why the server did not take it: what it says, or what the system says if it cannot be reached.
fn not_taken(error: &lettre::transport::smtp::Error, mail: &Mail) -> Sentence {
    let mut below = std::error::Error::source(error);
    while let Some(inner) = below {
        if let Some(error) = inner.downcast_ref::<std::io::Error>() {
            if let Some(error) = certificate_problem(error) {
                let reason = Sentence::foreign(without(&error.to_string(), mail));
                return target::Certificate { reason }.into();
            }
            let reason = reason(error);
            return target::NotReached { reason }.into();
        }
        below = inner.source();
    }
    let reason = Sentence::foreign(without(&error.to_string(), mail));
    target::Mail { reason }.into()
}

fn host_name(machine: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let name: String = machine.chars().filter(plain).collect();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name
    }
}

fn transport(mail: &Mail, timeout: Duration) -> Result<SmtpTransport, Failed> {
    let host = mail.host.to_string();
    let parameters = || trust(mail).map_err(|error| Failed::later(not_taken(&error, mail)));
    let tls = match mail.security {
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::StartTls => Tls::Required(parameters()?),
        Security::None => Tls::None,
    };
    let mut builder = SmtpTransport::builder_dangerous(&host)
        .port(mail.port)
        .tls(tls)
        .timeout(Some(timeout));
    if let Some(user) = &mail.user {
        let password = mail.password.reveal().to_owned();
        builder = builder.credentials(Credentials::new(user.to_string(), password));
    }
    Ok(builder.build())
}

/// Those whom the machine trusts, or the authority that is named.
fn trust(mail: &Mail) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(mail.host.to_string());
    if let Some(authority) = &mail.authority {
        builder = builder.certificate_store(CertificateStore::None);
        for trusted in authority.certificates() {
            builder = builder.add_root_certificate(Certificate::from_der(trusted.to_vec())?);
        }
    }
    builder.build()
}

fn without(text: &str, mail: &Mail) -> String {
    if mail.password.is_empty() {
        text.to_owned()
    } else {
        text.replace(mail.password.reveal(), "…")
    }
}

#[cfg(test)]
mod tests;
