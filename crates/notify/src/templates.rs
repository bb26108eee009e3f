//! The formats of known chats and pagers, made from a message.

use relance_scm::notice::NoticeKind;
use relance_texts::Lang;
use serde_json::{Value as Json, json};

use crate::message::{Letter, Message, Subject};
use crate::targets::{Template, WebHook};

/// Longest text that Discord accepts, in characters.
const DISCORD_LEN_MAX: usize = 2000;
/// Longest text that Slack accepts, in characters, markup included.
const SLACK_LEN_MAX: usize = 40_000;
/// Longest message that ntfy accepts, in bytes.
const NTFY_LEN_MAX: usize = 4096;
/// Longest text for a card of Teams, in bytes: the whole card may have 28 KiB, and JSON writes some characters as several.
const TEAMS_LEN_MAX: usize = 12_000;

/// Alertmanager ends an alert by itself after minutes unless it is sent again or says when it ends: a day later.
const ALERT_MS: i64 = 24 * 3600 * 1000;

/// One request.
pub(crate) struct Body {
    /// The address, if it differs from that of the target.
    pub(crate) url: Option<String>,
    /// What is sent.
    pub(crate) json: Json,
    /// Whether it is signed with the secret of the target.
    pub(crate) is_signed: bool,
}

/// The requests that tell a message; with most services one.
pub(crate) fn bodies(hook: &WebHook, lang: Lang, letter: Letter<'_>) -> Vec<Body> {
    let message = letter.message;
    let title = message.title(letter.machine, lang);
    let text = message.text(lang);
    let one = |json| {
        vec![Body {
            url: None,
            json,
            is_signed: hook.template != Template::PagerDuty,
        }]
    };
    match hook.template {
        Template::Plain => one(message.document(letter.id, letter.machine, lang)),
        Template::Slack => one(slack(&title, &text)),
        Template::Teams => one(teams(&title, &text)),
        Template::Discord => one(discord(&title, &text)),
        Template::Ntfy => {
            ntfy(hook.url.reveal(), message, &title, &text).map_or(vec![], |body| vec![body])
        }
        Template::PagerDuty => one(pagerduty(hook, letter, &title, &text)),
        Template::Alertmanager => {
            let mut bodies = one(alertmanager(letter, &title, &text));
            bodies[0].url = Some(format!(
                "{}/api/v2/alerts",
                hook.url.reveal().trim_end_matches('/')
            ));
            bodies
        }
    }
}

fn slack(title: &str, text: &str) -> Json {
    // These three are its markup, and nothing else is.
    let plain = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let length = |c| match c {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    };
    let text = fitting(&format!("*{title}*\n{text}"), SLACK_LEN_MAX, length);
    json!({ "text": plain(&text) })
}

fn teams(title: &str, text: &str) -> Json {
    let text = fitting(text, TEAMS_LEN_MAX, char::len_utf8);
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [
                    { "type": "TextBlock", "text": title, "weight": "Bolder", "wrap": true },
                    { "type": "TextBlock", "text": text.replace('\n', "\n\n"), "wrap": true },
                ],
            },
        }],
    })
}

fn discord(title: &str, text: &str) -> Json {
    let text = fitting(&format!("**{title}**\n{text}"), DISCORD_LEN_MAX, |_| 1);
    // A cause that contains @everyone must not notify everyone.
    json!({ "content": text, "allowed_mentions": { "parse": [] } })
}

/// Its topic is the last part of the address; JSON goes to what stands before it.
fn ntfy(url: &str, message: &Message, title: &str, text: &str) -> Option<Body> {
    let (server, topic) = url.trim_end_matches('/').rsplit_once('/')?;
    let (priority, tag) = match message.notice_kind() {
        NoticeKind::GiveUp | NoticeKind::StillDown | NoticeKind::Flapping => (4, "rotating_light"),
        NoticeKind::Failure => (3, "warning"),
        NoticeKind::Recovery => (3, "white_check_mark"),
        NoticeKind::Recycling | NoticeKind::Test => (2, "information_source"),
    };
    let text = if text.is_empty() { title } else { text };
    let text = fitting(text, NTFY_LEN_MAX, char::len_utf8);
    Some(Body {
        url: Some(server.to_owned()),
        json: json!({ "topic": topic, "title": title, "message": text, "priority": priority, "tags": [tag] }),
        is_signed: true,
    })
}

/// One event a service: its key is that of the incident, so that the end of it resolves it.
fn pagerduty(hook: &WebHook, letter: Letter<'_>, title: &str, text: &str) -> Json {
    let message = letter.message;
    let key = hook.secret.as_ref().map_or("", |secret| secret.reveal());
    let service = message.services.first().map_or("", |subject| &subject.name);
    let severity = match message.notice_kind() {
        NoticeKind::GiveUp | NoticeKind::StillDown => "critical",
        NoticeKind::Flapping => "error",
        NoticeKind::Failure => "warning",
        NoticeKind::Recovery | NoticeKind::Recycling | NoticeKind::Test => "info",
    };
    let incident = match service {
        "" => letter.id.to_owned(),
        service => format!("relance/{}/{service}", letter.machine),
    };
    json!({
        "routing_key": key,
        "event_action": if message.is_over() { "resolve" } else { "trigger" },
        "dedup_key": incident,
        "payload": {
            "summary": title,
            "source": letter.machine,
            "severity": severity,
            "component": service,
            "custom_details": { "text": text, "cause": message.cause, "id": letter.id },
        },
    })
}

/// One alert a service. The labels are the incident's, so that the end of it ends the alert.
fn alertmanager(letter: Letter<'_>, title: &str, text: &str) -> Json {
    let message = letter.message;
    let alert = |subject: &Subject| {
        let mut alert = json!({
            "labels": {
                "alertname": if message.notice_kind() == NoticeKind::Test { "RelanceTest" } else { "RelanceServiceFailed" },
                "service": subject.name,
                "instance": letter.machine,
            },
            "annotations": { "summary": title, "description": text, "notice": message.kind },
        });
        let ends = if message.is_over() {
            message.at
        } else {
            message.at.saturating_add(ALERT_MS)
        };
        alert["endsAt"] = stamp(ends).into();
        alert
    };
    match &*message.services {
        [] => {
            let about = Subject::nobody();
            json!([alert(&about)])
        }
        services => services.iter().map(alert).collect(),
    }
}

/// A text, cut where it would be too long: a chat refuses such a message for good. `length` is that of a character.
fn fitting(text: &str, most: usize, length: impl Fn(char) -> usize) -> String {
    const CUT: char = '…';
    if text.chars().map(&length).sum::<usize>() <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(length(CUT));
    let fits = |c: &char| {
        let rest = room.checked_sub(length(*c));
        room = rest.unwrap_or(room);
        rest.is_some()
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push(CUT);
    cut
}

/// RFC 3339, in UTC.
pub(crate) fn stamp(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_string()
}

#[cfg(test)]
mod tests;
