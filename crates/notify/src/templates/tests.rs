//! What each template makes of the same message.

use super::*;
use relance_scm::config::Secret;

fn message(kind: NoticeKind) -> Message {
    let mut message = Message::said(
        kind,
        1_700_000_000_000,
        Some("worker"),
        Some("<oh> & @everyone".into()),
    );
    message.join(Message::said(kind, 0, Some("mails"), None));
    message
}

fn json(template: Template, message: &Message) -> (Option<String>, Json) {
    let hook = WebHook {
        template,
        url: Secret::new("https://example.org/a/topic"),
        secret: Some(Secret::new("KEY")),
        token: None,
        authority: None,
    };
    let letter = Letter {
        id: "i-1",
        message,
        machine: "web1",
    };
    let body = bodies(&hook, Lang::En, letter).remove(0);
    (body.url, body.json)
}

#[test]
fn x91_markup_and_mentions_of_a_cause_do_nothing() {
    let message = message(NoticeKind::GiveUp);
    let (_, slack) = json(Template::Slack, &message);
    let text = slack["text"].as_str().unwrap();
    assert!(
        text.starts_with("*2 services failed on web1 and stay down*"),
        "{text}"
    );
    assert!(text.contains("&lt;oh&gt; &amp;"), "{text}");
    let (_, discord) = json(Template::Discord, &message);
    assert_eq!(discord["allowed_mentions"], json!({ "parse": [] }));
}

#[test]
fn x91_a_pager_resolves_what_it_was_told_of_before() {
    let (_, begins) = json(Template::PagerDuty, &message(NoticeKind::GiveUp));
    let (_, ends) = json(Template::PagerDuty, &message(NoticeKind::Recovery));
    assert_eq!(begins["event_action"], "trigger");
    assert_eq!(ends["event_action"], "resolve");
    assert_eq!(begins["dedup_key"], ends["dedup_key"]);
    assert_eq!(begins["routing_key"], "KEY");
}

#[test]
fn x91_an_alert_a_service_with_the_labels_that_end_it() {
    let (url, begins) = json(Template::Alertmanager, &message(NoticeKind::Flapping));
    let (_, ends) = json(Template::Alertmanager, &message(NoticeKind::Recovery));
    assert_eq!(
        url.as_deref(),
        Some("https://example.org/a/topic/api/v2/alerts")
    );
    assert_eq!(begins.as_array().unwrap().len(), 2);
    assert_eq!(begins[0]["labels"], ends[0]["labels"]);
    assert_eq!(ends[0]["endsAt"], "2023-11-14T22:13:20Z");
}

#[test]
fn x91_the_topic_of_ntfy_is_the_end_of_its_address() {
    let (url, body) = json(Template::Ntfy, &message(NoticeKind::StillDown));
    assert_eq!(url.as_deref(), Some("https://example.org/a"));
    assert_eq!(body["topic"], "topic");
}

#[test]
fn x91_a_message_is_never_longer_than_a_chat_takes_it() {
    let mut long = message(NoticeKind::GiveUp);
    for number in 0..99 {
        let name = format!("{}&é-{number}", "&é".repeat(120));
        long.join(Message::said(NoticeKind::GiveUp, 0, Some(&name), None));
    }
    let text_of = |template, place: fn(&Json) -> &Json| {
        let (_, json) = json(template, &long);
        let text = place(&json).as_str().unwrap().to_owned();
        assert!(text.ends_with('…'), "{text}");
        text
    };
    let discord = text_of(Template::Discord, |json| &json["content"]);
    assert_eq!(discord.chars().count(), 2000);
    let ntfy = text_of(Template::Ntfy, |json| &json["message"]);
    assert!((4090..=4096).contains(&ntfy.len()), "{}", ntfy.len());
    let slack = text_of(Template::Slack, |json| &json["text"]);
    let count = slack.chars().count();
    assert!((39_990..=40_000).contains(&count), "{count}");
    text_of(Template::Teams, |json| {
        &json["attachments"][0]["content"]["body"][1]["text"]
    });
    let (_, card) = json(Template::Teams, &long);
    assert!(
        card.to_string().len() < 28 << 10,
        "{}",
        card.to_string().len()
    );
}

#[test]
fn x91_teams_gets_a_card() {
    let (_, card) = json(Template::Teams, &message(NoticeKind::Failure));
    assert_eq!(
        card["attachments"][0]["content"]["body"][0]["text"],
        "2 services failed on web1"
    );
}
