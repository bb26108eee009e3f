//! The web console as a service: who comes in, what the pages show and do, and what is refused.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::support::{RELANCE, Service, done, relance};

/// A console that runs, on a port of its own; gone when the test is.
struct Console {
    service: String,
    /// `127.0.0.1:PORT`
    authority: String,
}

/// An answer: its status, head and body.
struct HttpResponse {
    status: u16,
    head: String,
    body: String,
}

impl Console {
    fn install(test: &str) -> Self {
        let service = format!("relance-console-{test}-{}", std::process::id());
        let mut console = Self {
            service,
            authority: String::new(),
        };
        console.run(&["install", "--listen", "0"]);
        let link = console.run(&["--no-browser"]);
        let (url, _) = link.split_once("/signin?code=").unwrap();
        url.strip_prefix("http://")
            .unwrap()
            .clone_into(&mut console.authority);
        console
    }

    /// Runs `relance console` for this one, which must succeed.
    fn run(&self, words: &[&str]) -> String {
        done(&[&["console", "--service", &self.service], words].concat())
    }

    fn code(&self, role: &str) -> String {
        let link = self.run(&["--no-browser", "--role", role]);
        link.trim().split_once("code=").unwrap().1.to_owned()
    }

    /// Sends a request and reads to the end of the connection.
    fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> HttpResponse {
        let mut stream = self.open(method, path, headers, body);
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        HttpResponse {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn open(&self, method: &str, path: &str, headers: &[&str], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.authority).unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            request += &format!("Host: {}\r\n", self.authority);
        }
        for header in headers {
            request += &format!("{header}\r\n");
        }
        if method == "POST" {
            request += "Content-Type: application/x-www-form-urlencoded\r\n";
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        stream
            .write_all(format!("{request}\r\n{body}").as_bytes())
            .unwrap();
        stream
    }

    fn sign_in(&self, role: &str) -> Browser<'_> {
        let answer = self.send("POST", "/signin", &[], &format!("code={}", self.code(role)));
        assert_eq!(answer.status, 303, "{}", answer.body);
        let set = answer
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"));
        let cookie = format!("Cookie: {}", set.split(';').next().unwrap());
        let mut browser = Browser {
            console: self,
            cookie,
            key: String::new(),
        };
        let page = browser.get("/").body;
        let key = page.split("name=\"key\" value=\"").nth(1).unwrap();
        key.split('"').next().unwrap().clone_into(&mut browser.key);
        browser
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = relance(&["console", "--service", &self.service, "uninstall"]);
    }
}

/// Somebody who is signed in, and has a page with the form key.
struct Browser<'a> {
    console: &'a Console,
    cookie: String,
    key: String,
}

impl Browser<'_> {
    fn get(&self, path: &str) -> HttpResponse {
        self.console.send("GET", path, &[&self.cookie], "")
    }

    fn control(&self, service: &Service, action: &str) -> HttpResponse {
        let body = format!("key={}&name={}&action={action}", self.key, service.0);
        let headers = [self.cookie.as_str(), "Accept: application/json"];
        self.console.send("POST", "/control", &headers, &body)
    }
}

/// A program that runs until it is stopped.
fn runner(test: &str, options: &[&str]) -> Service {
    Service::program(test, options, &[RELANCE, "events", "--follow"])
}

#[test]
fn every_page_answers_whoever_is_signed_in() {
    let console = Console::install("pages");
    let browser = console.sign_in("administrator");
    let tabs = [
        "general",
        "log-on",
        "recovery",
        "dependencies",
        "environment",
        "security",
        "output",
        "events",
        "history",
    ];
    let tabs = tabs.map(|tab| format!("/service/{tab}?name={}", console.service));
    let pages = [
        "/", "/create", "/events", "/history", "/access", "/api", "/metrics", "/readyz",
    ];
    for path in pages.into_iter().chain(tabs.iter().map(String::as_str)) {
        let answer = browser.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let page = browser.get(&tabs[0]).body;
    assert!(page.contains(&console.service) && page.contains("Running"));
    assert!(page.contains("taskkill"), "why it cannot be ended by force");
    assert!(browser.get("/api").body.contains("no HTTP interface"));
}

#[test]
fn nobody_comes_in_without_a_session_or_from_another_site() {
    let console = Console::install("strangers");
    let browser = console.sign_in("administrator");
    let service = runner("strangers", &[]);
    for cookie in ["X-No: cookie", "Cookie: relance_session=0123abcd"] {
        let page = console.send("GET", "/", &[cookie], "");
        assert_eq!(page.status, 303);
        assert!(page.head.contains("location: /signin"), "{}", page.head);
        let body = format!("key={}&name={}&action=start", browser.key, service.0);
        let answer = console.send("POST", "/control", &[cookie], &body);
        assert_eq!(answer.status, 303);
    }
    let foreign = [
        ("Origin: http://evil.example", 403),
        ("Sec-Fetch-Site: cross-site", 403),
        ("Host: evil.example", 421),
    ];
    let body = format!("key={}&name={}&action=start", browser.key, service.0);
    for (header, status) in foreign {
        let answer = console.send("POST", "/control", &[&browser.cookie, header], &body);
        assert_eq!(answer.status, status, "{header}");
    }
    // A page of ours has the key of its session.
    let body = format!("key=wrong&name={}&action=start", service.0);
    let answer = console.send("POST", "/control", &[&browser.cookie], &body);
    assert_eq!(answer.status, 403);
    assert_eq!(service.state(), "STOPPED");
}

#[test]
fn a_link_works_once_and_a_session_ends_when_it_is_ended() {
    let console = Console::install("once");
    let code = console.code("reader");
    let body = format!("code={code}");
    assert_eq!(console.send("POST", "/signin", &[], &body).status, 303);
    let again = console.send("POST", "/signin", &[], &body);
    assert_eq!(again.status, 403, "{}", again.body);

    let token = console.run(&["token", "scripts"]);
    let header = format!("Authorization: Bearer {}", token.trim());
    assert_eq!(console.send("GET", "/metrics", &[&header], "").status, 200);
    let sessions = console.run(&["sessions"]);
    let line = sessions
        .lines()
        .find(|line| line.contains("scripts"))
        .unwrap();
    assert!(line.contains("token") && line.contains("reader"), "{line}");
    let id = line.split(' ').next().unwrap();
    console.run(&["sessions", "--end", id]);
    assert_eq!(console.send("GET", "/metrics", &[&header], "").status, 303);
}

#[test]
fn an_administrator_starts_and_stops_and_the_page_is_told() {
    let console = Console::install("control");
    let browser = console.sign_in("administrator");
    let service = runner("control", &[]);
    let stream = console.open("GET", "/stream/services", &[&browser.cookie], "");
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    // The stream is open when its head has come.
    assert!(lines.by_ref().any(|line| line.is_empty()));

    let started = browser.control(&service, "start");
    assert_eq!(started.status, 200, "{}", started.body);
    service.done("wait", &["--state", "running"]);
    let told = |line: &String| line.contains(&service.0) && line.contains("Running");
    assert!(lines.any(|line| told(&line)), "the stream has ended");

    let stopped = browser.control(&service, "stop");
    assert_eq!(stopped.status, 200, "{}", stopped.body);
    service.wait_until_stopped();
    // What Windows cannot do says why.
    let refused = browser.control(&service, "terminate");
    assert!(refused.body.contains("taskkill"), "{}", refused.body);
}

#[test]
fn a_reader_sees_and_changes_nothing() {
    let console = Console::install("reader");
    let service = runner("reader", &["--env", "PASSWORD=tiger"]);
    let administrator = console.sign_in("administrator");
    let page = format!("/service/environment?name={}", service.0);
    assert!(administrator.get(&page).body.contains("tiger"));

    let code = format!("code={}", console.code("reader"));
    let answer = console.send("POST", "/signin", &[], &code);
    let cookie = answer.head.split("relance_session_").nth(1).unwrap();
    let (_port, token) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    // With the token of its session no form key is asked for.
    let header = format!("Authorization: Bearer {token}");
    let seen = console.send("GET", &page, &[&header], "");
    assert_eq!(seen.status, 200);
    assert!(!seen.body.contains("tiger") && seen.body.contains("PASSWORD"));
    let body = format!("name={}&action=start", service.0);
    let headers = [header.as_str(), "Accept: application/json"];
    let answer = console.send("POST", "/control", &headers, &body);
    assert!(
        answer.body.contains("see and not change"),
        "{}",
        answer.body
    );
    assert_eq!(service.state(), "STOPPED");
    let access = console.send("GET", "/access", &[&header], "");
    assert_eq!(access.status, 403);
}

#[test]
fn a_service_is_created_and_deleted() {
    let console = Console::install("edit");
    let browser = console.sign_in("administrator");
    let service = Service(format!("relance-host-made-{}", std::process::id()));
    let post = |path: &str, fields: &str| {
        let body = format!("key={}&name={}&{fields}", browser.key, service.0);
        console.send("POST", path, &[&browser.cookie], &body)
    };
    let fields = "service_kind=program&command_line=C:%5Cp.exe+a&start_type=demand\
                  &working_directory=C:%5Cwindows";
    let made = post("/create", fields);
    assert_eq!(made.status, 303, "{}", made.body);
    let config = service.done("config", &["--json"]);
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["kind"], "program");
    assert_eq!(config["command_line"], r"C:\p.exe a");
    assert_eq!(config["extensions"]["working_directory"], r"C:\windows");
    assert_eq!(post("/create", fields).status, 409, "the name is taken");
    assert_eq!(post("/delete", "confirm=1").status, 303);
    assert_eq!(service.run("status", &[]).status.code(), Some(4));
}

#[test]
fn a_change_shows_at_once_and_can_be_followed_by_another() {
    let console = Console::install("change");
    let browser = console.sign_in("administrator");
    let service = runner("change", &[]);
    let page = format!("/service/environment?name={}", service.0);
    // Windows tells nobody of a changed configuration: neither of ours, nor of one of another tool.
    for (value, elsewhere) in [("A=1", false), ("A=2", true), ("A=3", false)] {
        if elsewhere {
            service.done("config", &["--env", value]);
        } else {
            let shown = browser.get(&page).body;
            let version = shown.split("name=\"version\" value=\"").nth(1).unwrap();
            let version = version.split('"').next().unwrap();
            let body = format!(
                "key={}&name={}&version={version}&environment={value}&confirm=1",
                browser.key, service.0
            );
            let path = "/service/environment";
            let saved = console.send("POST", path, &[&browser.cookie], &body);
            assert_eq!(saved.status, 303, "{}", saved.body);
        }
        let shown = browser.get(&page).body;
        assert!(shown.contains(&format!(">{value}</textarea>")), "{shown}");
    }
}

#[test]
fn uninstalling_ends_everything() {
    let console = Console::install("uninstall");
    console.run(&["token", "forgotten"]);
    console.run(&["uninstall"]);
    let link = relance(&["console", "--service", &console.service, "--no-browser"]);
    let text = String::from_utf8_lossy(&link.stderr).into_owned();
    assert_eq!(link.status.code(), Some(3), "{text}");
    assert!(text.contains("relance console install"), "{text}");
    assert!(TcpStream::connect(&console.authority).is_err());
}

#[test]
fn serving_outside_the_manager_says_who_starts_it() {
    let output = relance(&["console", "serve", "--listen", "0"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("1063") && text.contains("relance console install"),
        "{text}"
    );
}
