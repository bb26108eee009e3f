//! How one client can disturb others: too many requests, silence, leaving, faults.

mod fake;

use fake::{Client, Server};

use crate::limits::Limits;

use std::time::Duration;

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

fn body_of(length: usize) -> String {
    format!("Content-Length: {length}\r\n")
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::within(Limits {
        body_timeout: Duration::from_millis(50),
        ..Limits::default()
    });
    let mut client = server.client("anna");
    client.send(&format!(
        "POST /v1/events HTTP/1.1\r\nHost: r\r\n{}\r\n{{",
        body_of(9)
    ));
    let answer = client.read_all();
    assert!(
        answer.starts_with("HTTP/1.1 504 ") && answer.contains("1460"),
        "{answer}"
    );
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Server::within(Limits {
        head_timeout: Duration::from_millis(50),
        ..Limits::default()
    });
    let mut client = server.client("anna");
    client.send("GET /v1/manager HTTP/1.1\r\nX: y\r\n");
    let answer = client.read_all();
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[test]
fn a_long_head_is_refused() {
    let server = Server::start();
    let mut client = server.client("anna");
    client.send(&format!(
        "GET /v1/manager HTTP/1.1\r\nX: {}",
        "y".repeat(17 * 1024)
    ));
    let answer = client.read_all();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[test]
fn a_long_body_is_refused_before_it_is_read_and_administrators_may_send_one() {
    let server = Server::start();
    for framing in [body_of(31_000_000), CHUNKED.to_owned()] {
        let head = format!("POST /v1/simulate HTTP/1.1\r\nHost: r\r\n{framing}\r\n");
        let part = format!("{:x}\r\n{}\r\n", 70_000, "x".repeat(70_000));
        let mut client = server.client("anna");
        client.send(&head);
        if framing == CHUNKED {
            client.send(&part);
        }
        let answer = client.read_all();
        assert!(
            answer.contains(" 409 ") && answer.contains("64 KiB"),
            "{answer}"
        );
    }
    let script = format!(r#"{{"script":"{}stop"}}"#, " ".repeat(70_000));
    let answer = server.client("root").post("/v1/simulate", &script);
    assert!(
        answer.contains(" 200 ") && answer.contains("entries"),
        "{answer}"
    );
}

#[test]
fn an_administrator_may_send_64_mib_and_not_a_byte_more() {
    let server = Server::start();
    let most = 64 * 1024 * 1024;
    let script = |length: usize| {
        let (head, tail) = (r#"{"script":"stop""#, "}");
        let blanks = " ".repeat(length - head.len() - tail.len());
        format!("{head}{blanks}{tail}")
    };
    let answer = server.client("root").post("/v1/simulate", &script(most));
    assert!(answer.contains(" 200 "), "{answer}");
    // What is too long by its head is not waited for.
    let head = |framing: &str| format!("POST /v1/simulate HTTP/1.1\r\nHost: r\r\n{framing}\r\n");
    let mut client = server.client("root");
    client.send(&head(&body_of(most + 1)));
    let answer = client.read_all();
    assert!(
        answer.contains(" 409 ") && answer.contains("65536 KiB"),
        "{answer}"
    );
}

#[test]
fn the_places_of_administrators_cannot_be_taken() {
    let server = Server::within(Limits {
        connections: 6,
        connections_of_others: 4,
        connections_of_one: 2,
        ..Limits::default()
    });
    let held: Vec<Client> = ["anna", "anna", "bert", "bert"]
        .map(|name| server.client(name))
        .into();
    for name in ["anna", "carl"] {
        let answer = server.connect(name).read_all();
        assert!(
            answer.contains(" 503 ") && answer.contains("1816"),
            "{answer}"
        );
    }
    let first = server.client("root");
    let _second = server.client("root");
    let answer = server.connect("root").read_all();
    assert!(
        answer.contains(" 503 "),
        "there is an end for them too: {answer}"
    );
    drop(first);
    drop(held);
    // Given back as the server learns that they are gone.
    while server.connect("carl").get("/v1/session").contains(" 503 ") {}
}

#[test]
fn streams_are_bounded_for_each_user() {
    let server = Server::within(Limits {
        streams_of_one: 2,
        streams_of_others: 3,
        ..Limits::default()
    });
    let stream = |name| {
        let mut client = server.client(name);
        client.send("GET /v1/stream HTTP/1.1\r\nHost: r\r\n\r\n");
        let head = client.read_head();
        (client, head)
    };
    let held = [stream("anna"), stream("anna"), stream("bert")];
    for (_, head) in &held {
        assert!(head.contains(" 200 "), "{head}");
    }
    for name in ["anna", "carl"] {
        let (_, head) = stream(name);
        assert!(head.contains(" 409 "), "{head}");
    }
    assert!(stream("root").1.contains(" 200 "));
}

/// An administrator and another user are answered, while somebody else's request takes its time.
fn others_are_answered(server: &Server) {
    for name in ["root", "anna"] {
        let status = server.client(name).get("/v1/services/a/status");
        assert!(status.contains("RUNNING"), "{status}");
    }
}

#[test]
fn what_the_streams_of_others_cost_delays_nobody() {
    let server = Server::start();
    let mut slow = server.client("slow");
    slow.send("GET /v1/stream HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
    server.manager.stream_asked();
    others_are_answered(&server);
    server.manager.release_stream();
    assert!(slow.read_all().contains(" 200 "), "it ends");
}

#[test]
fn what_the_output_that_others_follow_costs_delays_nobody() {
    let server = Server::start();
    let mut slow = server.client("slow");
    slow.send(
        "GET /v1/services/a/output?follow=true HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n",
    );
    // It is opened, and then asked for a part.
    for _ in 0..2 {
        server.manager.stream_asked();
        others_are_answered(&server);
        server.manager.release_stream();
    }
    assert!(slow.read_all().contains(" 200 "), "it ends");
}

#[test]
fn the_place_of_a_stream_is_free_when_its_reader_has_gone() {
    let server = Server::within(Limits {
        streams_of_one: 1,
        ..Limits::default()
    });
    let (mut reader, mut other) = (server.client("anna"), server.client("anna"));
    assert!(reader.get("/v1/stream").contains(" 200 "));
    assert!(other.get("/v1/stream").contains(" 409 "));
    drop(reader);
    // That it has gone is noticed soon.
    while !other.get("/v1/stream").contains(" 200 ") {}
}

#[test]
fn a_search_delays_nobody_and_ends_when_its_client_goes() {
    let server = Server::start();
    let mut searching: Vec<Client> = (0..5).map(|_| server.client("anna")).collect();
    for client in &mut searching {
        client.send("GET /v1/events?text=x HTTP/1.1\r\nHost: r\r\n\r\n");
    }
    // As many as one user may have at work; the others wait for their turn.
    for _ in 0..Limits::default().work_of_one {
        server.manager.search_begun();
    }
    let status = server.client("anna").get("/v1/services/a/status");
    assert!(status.contains("RUNNING"), "{status}");
    let list = server.client("root").get("/v1/services");
    assert!(
        list.contains(" 200 "),
        "administrators have threads of their own: {list}"
    );
    drop(searching);
    for _ in 0..Limits::default().work_of_one {
        server.manager.search_given_up();
    }
}

#[test]
fn a_fault_in_a_request_ends_that_request() {
    let server = Server::start();
    let mut client = server.client("anna");
    for path in ["/v1/services/fault/status", "/v1/services/fault/output"] {
        let answer = client.get(path);
        assert!(
            answer.contains(" 500 ") && answer.contains("1359"),
            "{answer}"
        );
        assert!(server.manager.fault_was_caught(), "the panic hook knows");
    }
    assert!(!crate::panics::are_caught());
    let status = client.get("/v1/services/a/status");
    assert!(status.contains("RUNNING"), "{status}");
}
