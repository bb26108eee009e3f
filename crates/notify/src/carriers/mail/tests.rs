//! Mail servers that take a mail, refuse it for now and refuse it for good.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use relance_scm::notice::NoticeKind;
use relance_texts::Lang;

use super::*;
use crate::message::Message;
use crate::targets::{Carrier, Targets, parse};

/// A server that answers the end of a mail with this, and hands over the mail.
fn server(answer: &'static str) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel::<String>();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let say = |text: &str| (&stream).write_all(text.as_bytes()).unwrap();
        say("220 here\r\n");
        let mut mail: Option<String> = None;
        for line in BufReader::new(&stream).lines() {
            let line = line.unwrap();
            match &mut mail {
                Some(text) if line == "." => {
                    let _ = tell.send(std::mem::take(text));
                    mail = None;
                    say(answer);
                }
                Some(text) => {
                    text.push_str(&line);
                    text.push('\n');
                }
                None if line == "DATA" => {
                    mail = Some(String::new());
                    say("354 go on\r\n");
                }
                None if line == "QUIT" => {
                    say("221 bye\r\n");
                    return;
                }
                None => say("250 well\r\n"),
            }
        }
    });
    (port, told)
}

fn targets(port: u16) -> Targets {
    let text = format!(
        "[target.ops]\nmail = [\"ops@example.org\", \"Anna <anna@example.org>\"]\nfrom = \"relance@example.org\"\n\
         server = \"smtp://127.0.0.1:{port}\"\n"
    );
    parse(&text, &|_, _| unreachable!("no file is named")).unwrap()
}

fn send(port: u16) -> Result<(), Failed> {
    let targets = targets(port);
    let target = Target {
        lang: Lang::Fr,
        ..(*targets.targets["ops"]).clone()
    };
    assert!(matches!(target.carrier, Carrier::Mail(_)));
    let message = Message::said(
        NoticeKind::GiveUp,
        0,
        Some("worker"),
        Some("\n.\nRCPT TO:<x@y.z>".to_owned()),
    );
    let letter = Letter {
        id: "abc-1",
        message: &message,
        machine: "web1",
    };
    crate::carriers::tell(&target, letter, None)
}

#[test]
fn x91_a_mail_has_its_id_its_readers_and_no_command_of_a_cause() {
    let (port, told) = server("250 taken\r\n");
    send(port).unwrap();
    let mail = told.recv().unwrap();
    assert!(mail.contains("Message-ID: <abc-1@web1>"), "{mail}");
    assert!(mail.contains("anna@example.org"), "{mail}");
    let words = mail.contains("Cause") && mail.contains("RCPT TO");
    assert!(words, "what looks like a command is text: {mail}");
}

#[test]
fn x91_what_a_mail_server_refuses_for_now_is_sent_again_and_for_good_is_not() {
    let (port, _told) = server("451 later\r\n");
    let failed = send(port).unwrap_err();
    assert!(failed.again, "{failed:?}");
    let (port, _told) = server("554 no\r\n");
    let failed = send(port).unwrap_err();
    assert!(!failed.again, "{failed:?}");
    let failed = send(1).unwrap_err();
    assert!(failed.again, "nobody listens: {failed:?}");
}
