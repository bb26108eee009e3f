//! Receivers that answer as they like, on a port of their own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use relance_scm::notice::NoticeKind;
use relance_texts::Lang;

use super::*;
use crate::message::Message;
use crate::targets::{Carrier, Template};

/// What a request said: its head and its body.
type Got = (String, String);

/// Answers each request with the next of these, and hands over what was asked.
fn receiver(answers: &'static [&'static str]) -> (String, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook/KEY", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let got = read(&stream);
            (&stream).write_all(answer.as_bytes()).unwrap();
            tell.send(got).unwrap();
        }
    });
    (address, told)
}

fn read(stream: &TcpStream) -> Got {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line.to_ascii_lowercase());
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn hook(url: &str, secret: Option<&str>) -> Target {
    Target {
        name: "ops".into(),
        carrier: Carrier::Web(Box::new(WebHook {
            template: Template::Plain,
            url: Secret::new(url),
            secret: secret.map(Secret::new),
            token: Some(Secret::new("TOKEN")),
            authority: None,
        })),
        notices: NoticeKind::ALL.into(),
        services: ["*".into()].into(),
        timeout: Duration::from_secs(20),
        lang: Lang::En,
    }
}

fn send(target: &Target) -> Result<(), Failed> {
    let message = Message::said(
        NoticeKind::GiveUp,
        0,
        Some("worker"),
        Some("no database".into()),
    );
    let letter = Letter {
        id: "abc-1",
        message: &message,
        machine: "web1",
    };
    crate::carriers::tell(target, letter, None)
}

const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[test]
fn x91_a_message_is_json_with_an_id_and_a_signature_that_the_receiver_can_check() {
    let (url, told) = receiver(&[OK]);
    send(&hook(&url, Some("shared"))).unwrap();
    let (head, body) = told.recv().unwrap();
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(json["kind"], "give-up");
    assert_eq!(json["title"], "worker failed on web1 and stays down");
    assert_eq!(
        (&json["id"], &json["machine"]),
        (&"abc-1".into(), &"web1".into())
    );
    let header = |name: &str| {
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{name} in {head}"))
            .to_owned()
    };
    assert_eq!(header("relance-notice-id"), "abc-1");
    assert_eq!(header("idempotency-key"), "abc-1");
    let signed = header("relance-signature");
    let seconds = signed
        .strip_prefix("t=")
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let seconds = seconds.parse().unwrap();
    assert_eq!(signed, signature(&Secret::new("shared"), seconds, &body));
    assert_ne!(signed, signature(&Secret::new("another"), seconds, &body));
}

#[test]
fn x91_a_redirect_is_not_followed_and_its_place_is_not_told_anything() {
    let (elsewhere, told_elsewhere) = receiver(&[OK]);
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
    );
    let (url, _told) = receiver(Box::leak(Box::new([&*answer.leak()])));
    let failed = send(&hook(&url, None)).unwrap_err();
    assert!(failed.again && failed.problem.contains("307"), "{failed:?}");
    assert!(told_elsewhere.try_recv().is_err());
}

#[test]
fn x91_what_an_answer_means() {
    for (answer, again, after) in [
        ("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", true, None),
        (
            "HTTP/1.1 429 Slowly\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
            true,
            Some(120),
        ),
        (
            "HTTP/1.1 429 Slowly\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n",
            true,
            Some(3600),
        ),
        (
            "HTTP/1.1 404 Nothing\r\nContent-Length: 0\r\n\r\n",
            true,
            None,
        ),
        (
            "HTTP/1.1 400 No\r\nContent-Length: 15\r\n\r\ninvalid_payload",
            false,
            None,
        ),
        ("this is not HTTP\r\n\r\n", true, None),
        // It closes before an answer, within it, and before the end that it has promised.
        ("", true, None),
        ("HTTP/1.1 5", true, None),
        (
            "HTTP/1.1 500 Oh\r\nContent-Length: 1000\r\n\r\nshort",
            true,
            None,
        ),
    ] {
        let (url, _told) = receiver(Box::leak(Box::new([answer])));
        let failed = send(&hook(&url, None)).unwrap_err();
        assert_eq!(
            (failed.again, failed.after),
            (again, after.map(Duration::from_secs)),
            "{answer}"
        );
    }
}

#[test]
fn x91_a_message_that_was_taken_is_told_whatever_its_answer_says_of_its_length() {
    let (url, _told) = receiver(&["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort"]);
    send(&hook(&url, None)).unwrap();
}

#[test]
fn x91_an_answer_without_an_end_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read(&stream);
        let head = b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000000\r\n\r\n";
        let mut more = stream.write_all(head);
        while more.is_ok() {
            more = stream.write_all(&[b'x'; 4096]);
        }
    });
    let failed = send(&hook(&url, None)).unwrap_err();
    assert!(failed.again && failed.problem.len() < 500, "{failed:?}");
}

#[test]
fn x91_a_receiver_that_says_nothing_costs_the_timeout_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut target = hook(&url, None);
    target.timeout = Duration::from_millis(50);
    let failed = send(&target).unwrap_err();
    assert!(failed.again, "{failed:?}");
}

#[test]
fn x92_no_secret_is_in_what_is_said_of_a_failed_try() {
    let (url, _told) =
        receiver(&["HTTP/1.1 403 No\r\nContent-Length: 25\r\n\r\n/hook/KEY TOKEN shared no"]);
    let failed = send(&hook(&url, Some("shared"))).unwrap_err();
    for secret in ["KEY", "TOKEN", "shared"] {
        assert!(!failed.problem.contains(secret), "{failed:?}");
    }
    let nowhere = "http://127.0.0.1:1/hook/KEY";
    let failed = send(&hook(nowhere, None)).unwrap_err();
    assert!(
        failed.again && !failed.problem.contains("KEY"),
        "{failed:?}"
    );
}
