//! What pages and servers of others try with a browser that is signed in to the console.

use std::net::SocketAddr;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::console::{address, ask, connect, daemon, get, post_code, sign_in};
use crate::support::name;

const SIGNED_IN: &str = "HTTP/1.1 200";

/// A request that changes something, as a browser sends it for a page.
fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    ask(connect(address), &(head + "\r\n" + body))
}

fn code(daemon: &Daemon) -> String {
    let link = daemon.relance(&["console", "--no-browser"]).stdout;
    let link = String::from_utf8(link).expect("a link");
    let (_, code) = link.trim().split_once("code=").expect("a code");
    code.to_owned()
}

/// The key that the forms of a session carry.
fn form_key(page: &str) -> String {
    let at = page.find("name=\"key\"").expect("a form");
    let (_, rest) = page[at..].split_once("value=\"").expect("its key");
    let (key, _) = rest.split_once('"').expect("its end");
    key.to_owned()
}

#[test]
fn cookies_of_another_port_shut_nobody_out_and_sign_nobody_in() {
    let address = address();
    let daemon = daemon(address);
    let planted = format!("relance_session_{}={}", address.port(), "5".repeat(64));
    // A browser sends the cookie with the longer path first.
    let code = code(&daemon);
    let answer = post(
        address,
        "/signin",
        &[("Cookie", &planted)],
        &format!("code={code}"),
    );
    let (_, cookie) = answer.split_once("set-cookie: ").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a value");
    assert_ne!(cookie, planted, "a session has a secret that nobody chose");
    assert!(!get(address, &planted).starts_with(SIGNED_IN));
    for both in [
        format!("{planted}; {cookie}"),
        format!("{cookie}; {planted}"),
    ] {
        assert!(get(address, &both).starts_with(SIGNED_IN), "{both}");
    }
    // So many that the right one is not looked for cost little.
    let many = format!("{}{cookie}", format!("{planted}; ").repeat(40));
    assert!(get(address, &many).starts_with(SIGNED_IN), "one value");
    let cookie_of = |number: u32| format!("relance_session_{}={number}", address.port());
    let different: Vec<String> = (0..40).map(cookie_of).collect();
    let different = different.join("; ") + "; ";
    let answer = get(address, &(different + cookie));
    assert!(!answer.starts_with(SIGNED_IN), "{answer}");
}

#[test]
fn what_was_signed_in_and_out_is_so_after_the_engine_is_killed() {
    let address = address();
    let daemon = daemon(address);
    let (used, unused) = (code(&daemon), code(&daemon));
    let answer = post_code(address, &used);
    let (_, cookie) = answer.split_once("set-cookie: ").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a value").to_owned();
    daemon.kill_engine();
    let page = get(address, &cookie);
    assert!(page.starts_with(SIGNED_IN), "{page}");
    assert!(post_code(address, &used).starts_with("HTTP/1.1 403"));
    assert!(post_code(address, &unused).starts_with("HTTP/1.1 303"));
    let body = format!("key={}", form_key(&page));
    let out = post(address, "/signout", &[("Cookie", &cookie)], &body);
    assert!(out.starts_with("HTTP/1.1 303"), "{out}");
    daemon.kill_engine();
    assert!(!get(address, &cookie).starts_with(SIGNED_IN));
}

#[test]
fn pages_of_other_sites_and_ports_change_nothing_whatever_they_call_their_forms() {
    let address = address();
    let daemon = daemon(address);
    let create = ["create", "victim", "--", "/bin/sleep", "1000"];
    assert!(daemon.relance(&create).status.success());
    let cookie = sign_in(&daemon, address);
    let key = form_key(&get(address, &cookie));
    let body = format!("action=start&name=victim&key={key}");
    let other_port = format!("http://{}:1", address.ip());
    let ours = format!("http://{address}");
    let json = format!("{{\"action\":\"start\",\"name\":\"victim\",\"key\":\"{key}\"}}");
    let parts = format!(
        "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nstart\r\n\
         --x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{key}\r\n--x--\r\n"
    );
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let text = ("Content-Type", "text/plain");
    let without_key = "action=start&name=victim";
    let tries: [(&[(&str, &str)], &str); 13] = [
        // Somebody who had the key would still come from elsewhere.
        (&[form, ("Origin", "https://evil.example")], &body),
        (&[form, ("Origin", &other_port)], &body),
        (&[form, ("Origin", "null")], &body),
        (&[form, ("Sec-Fetch-Site", "same-site")], &body),
        (
            &[form, ("Sec-Fetch-Site", "cross-site"), ("Origin", &ours)],
            &body,
        ),
        (&[text, ("Origin", &other_port)], &body),
        // A page that leaves out where it is from has no key.
        (&[form], without_key),
        (&[text], without_key),
        (&[form], "action=start&name=victim&key="),
        (&[form], "action=start&name=victim&key=00&key=0"),
        (&[("Content-Type", "application/json")], &json),
        (
            &[("Content-Type", "multipart/form-data; boundary=x")],
            &parts,
        ),
        (&[("X-HTTP-Method-Override", "GET")], without_key),
    ];
    for (headers, body) in tries {
        let headers = [headers, &[("Cookie", cookie.as_str())]].concat();
        let answer = post(address, "/control", &headers, body);
        assert!(answer.starts_with("HTTP/1.1 403"), "{headers:?} {answer}");
    }
    let by_address = format!("/control?{body}");
    let head = format!("GET {by_address} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    let answer = ask(connect(address), &format!("{head}Cookie: {cookie}\r\n\r\n"));
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    // Signing somebody in, out or to another language is a change, too.
    for path in ["/signin", "/signout", "/preferences", "/access", "/create"] {
        let headers = [("Origin", other_port.as_str()), ("Cookie", &cookie)];
        let answer = post(address, path, &headers, &body);
        assert!(answer.starts_with("HTTP/1.1 403"), "{path} {answer}");
    }
    assert_eq!(
        daemon.query(&name("victim")).status.state,
        ServiceState::Stopped
    );
    let headers = [("Origin", ours.as_str()), ("Cookie", &cookie)];
    let answer = post(address, "/control", &headers, &body);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    daemon.wait_for_state(&name("victim"), ServiceState::Running);
}
