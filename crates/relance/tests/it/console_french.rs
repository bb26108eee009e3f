//! Every page of the web console in French: all that a person reads comes from the catalogue, or is data.
//!
//! The daemon of this test puts each French message in ⟦brackets⟧ (`relance_texts`, `marked`). A text that
//! stands in none was written in the code, in English.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

use relance_scm::{ServiceConfig, ServiceKind};
use relance_testkit::daemon::Daemon;

use crate::console::{address, ask, connect, open_to_all, sign_in};
use crate::support::{name, relance};

/// What is the same in each language: names of products, formats and accounts, units, and what the pages show
/// as it is typed.
const DATA: &[&str] = &[
    "CSV",
    "JSON",
    "PHP",
    "PID",
    "Relance",
    "Win32",
    "Service",
    "Control",
    "Manager",
    "relance",
    "root",
    "sc",
    "Windows",
    "min",
    "ms",
    "fail=%1",
    "API",
    "openapi.json",
];

#[test]
fn each_text_of_each_page_is_french_or_data() {
    let address = address();
    let mut daemon = Daemon::to_start(
        relance(),
        &["--console", &address.to_string()],
        &[("RELANCE_TEXTS_MARKED", "1")],
    );
    daemon.start_again();
    open_to_all(&daemon);
    populate(&daemon);
    let cookie = sign_in(&daemon, address);
    let mut crawl = Crawl::new(address, format!("{cookie}; lang=fr"));
    crawl.all_pages();
    crawl.all_forms();
    let foreign: Vec<String> = crawl
        .foreign
        .iter()
        .map(|(text, place)| format!("{text:?} ({place})"))
        .collect();
    assert!(crawl.seen.len() > 30, "{:?}", crawl.seen);
    assert!(crawl.errors > 30, "{} values were refused", crawl.errors);
    assert!(foreign.is_empty(), "not French:\n{}", foreign.join("\n"));
}

/// Services in the states that pages speak of.
fn populate(daemon: &Daemon) {
    let program = |service: &str, line: &str, actions: &str| {
        let mut config = ServiceConfig::new(name(service), line);
        config.kind = ServiceKind::Program;
        config.failure_actions_on_non_crash_failures = true;
        config.failure_actions.actions = actions
            .parse::<relance_scm::failure_actions::ActionList>()
            .expect("actions")
            .0
            .into();
        daemon.create(config);
    };
    program("svc-up", "/bin/sleep 100000", "restart/60000");
    program(
        "svc-bad",
        "/bin/sh -c \"echo xyzzy; exit 3\"",
        "restart/3600000/none/0",
    );
    program("svc-gone", "/nowhere/program", "none/0");
    daemon.create(ServiceConfig::new(name("svc-mute"), "/bin/sleep 100000"));
    for service in ["svc-up", "svc-bad", "svc-gone"] {
        // Some of them fail, as they are meant to.
        let _ = daemon.relance(&["start", service]);
    }
}

struct Crawl {
    address: SocketAddr,
    cookie: String,
    seen: BTreeSet<String>,
    /// Values that were refused.
    errors: usize,
    /// Forms by where they go, each with its fields.
    forms: BTreeMap<String, Vec<(String, String)>>,
    /// Texts that are in no bracket, and where each was first.
    foreign: BTreeMap<String, String>,
}

impl Crawl {
    fn new(address: SocketAddr, cookie: String) -> Self {
        Self {
            address,
            cookie,
            seen: BTreeSet::new(),
            errors: 0,
            forms: BTreeMap::new(),
            foreign: BTreeMap::new(),
        }
    }

    fn all_pages(&mut self) {
        let mut queue =
            VecDeque::from(["/".to_owned(), "/signin".to_owned(), "/nowhere".to_owned()]);
        while let Some(path) = queue.pop_front() {
            if self.seen.len() >= 300 || !self.seen.insert(path.clone()) {
                continue;
            }
            let page = self.get(&path);
            queue.extend(self.read(&path, &page));
        }
    }

    /// Each form, field by field with a value that cannot be right.
    fn all_forms(&mut self) {
        for (action, fields) in self.forms.clone() {
            if action == "/signout" || action == "/preferences" {
                continue;
            }
            for (wrong, _) in &fields {
                let body: Vec<String> = fields
                    .iter()
                    .map(|(field, given)| {
                        let value = if field == wrong { "wrong/wrong" } else { given };
                        format!("{field}={}", form_urlencoded(value))
                    })
                    .collect();
                let page = self.post(&action, &body.join("&"));
                self.errors += usize::from(page.contains("Win32 87"));
                self.read(&format!("POST {action} with a wrong {wrong}"), &page);
            }
        }
    }

    fn get(&self, path: &str) -> String {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            self.address, self.cookie
        );
        ask(connect(self.address), &head)
    }

    fn post(&self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\nCookie: {1}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {2}\r\n\r\n",
            self.address,
            self.cookie,
            body.len()
        );
        ask(connect(self.address), &(head + body))
    }

    /// Looks at the texts of a page; the pages that it links to.
    fn read(&mut self, place: &str, answer: &str) -> Vec<String> {
        let Some((head, page)) = answer.split_once("\r\n\r\n") else {
            panic!("no answer to {place}: {answer}");
        };
        if !head.to_lowercase().contains("text/html") {
            return Vec::new();
        }
        let mut links = Vec::new();
        let mut texts = Texts::default();
        let mut form = None;
        for part in Parts(page) {
            match part {
                Part::Text(text) => texts.add(&text),
                Part::Tag(tag) => {
                    texts.tag(&tag);
                    match (&*tag.name, tag.get("href"), tag.get("name")) {
                        ("a", Some(href), _) if href.starts_with('/') => {
                            links.push(href.split('#').next().unwrap_or_default().to_owned());
                        }
                        ("form", ..) => form = tag.get("action").map(ToOwned::to_owned),
                        ("input" | "select" | "textarea", _, Some(field)) => {
                            if let Some(action) = &form {
                                let value = tag.get("value").unwrap_or_default();
                                let fields = self.forms.entry(action.clone()).or_default();
                                fields.push((field.to_owned(), value.to_owned()));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        for text in texts.foreign {
            self.foreign.entry(text).or_insert_with(|| place.to_owned());
        }
        links
    }
}

/// The texts of a page that are in no bracket.
#[derive(Default)]
struct Texts {
    depth: usize,
    /// Elements whose content is data (code, what a service printed, another language), and how many of this
    /// name are open.
    data: Vec<(String, usize)>,
    foreign: BTreeSet<String>,
}

impl Texts {
    fn tag(&mut self, tag: &Tag) {
        const DATA_ELEMENTS: [&str; 8] = [
            "script", "style", "pre", "code", "bdi", "textarea", "kbd", "time",
        ];
        let is_data = DATA_ELEMENTS.contains(&&*tag.name)
            || tag.get("lang").is_some_and(|lang| lang != "fr")
            || tag.name == "option";
        match self.data.last_mut() {
            // Elements of the same name inside it.
            Some((name, depth)) if *name == tag.name => {
                *depth = if tag.is_end { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    self.data.pop();
                }
            }
            _ if is_data && !tag.is_end => self.data.push((tag.name.clone(), 1)),
            _ => {}
        }
        if !self.data.is_empty() {
            return;
        }
        for attribute in ["title", "aria-label", "placeholder", "alt"] {
            if let Some(text) = tag.get(attribute) {
                let mut own = Self::default();
                own.add(text);
                self.foreign.extend(own.foreign);
            }
        }
    }

    fn add(&mut self, text: &str) {
        if !self.data.is_empty() {
            return;
        }
        let mut outside = String::new();
        for c in text.chars() {
            match c {
                '⟦' => self.depth += 1,
                '⟧' => self.depth = self.depth.saturating_sub(1),
                c if self.depth == 0 => outside.push(c),
                _ => {}
            }
        }
        let outside = outside.trim();
        let is_word = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let is_data = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            DATA.contains(&word)
                || word.starts_with("svc-")
                || word.starts_with(|c: char| c.is_ascii_digit())
                || word.starts_with("ERROR_")
                || word.len() > 8 && word.chars().all(|c| c.is_ascii_hexdigit())
        };
        if outside
            .split_whitespace()
            .any(|word| is_word(word) && !is_data(word))
        {
            self.foreign.insert(outside.to_owned());
        }
    }
}

enum Part {
    Text(String),
    Tag(Tag),
}

struct Tag {
    name: String,
    is_end: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, attribute: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name == attribute);
        found.map(|(_, value)| value.as_str())
    }

    /// What stands between `<` and `>`.
    fn read(text: &str) -> Self {
        let is_end = text.starts_with('/');
        let text = text.trim_matches('/');
        let (name, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let mut attributes = Vec::new();
        while let Some((before, after)) = rest.split_once("=\"") {
            let attribute = before.split_whitespace().last().unwrap_or_default();
            let (value, left) = after.split_once('"').unwrap_or((after, ""));
            attributes.push((attribute.to_owned(), unescaped(value)));
            rest = left;
        }
        Self {
            name: name.to_owned(),
            is_end,
            attributes,
        }
    }
}

/// A page, as its generator writes it: values of attributes are in quotation marks.
struct Parts<'a>(&'a str);

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let tag_begins = self.0.starts_with('<');
        let end = if tag_begins {
            let mut quoted = false;
            let end = self.0.find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            });
            end.map_or(self.0.len(), |end| end + 1)
        } else {
            self.0.find('<').unwrap_or(self.0.len())
        };
        let (part, rest) = self.0.split_at(end);
        self.0 = rest;
        match (part.is_empty(), tag_begins) {
            (true, _) => None,
            (_, true) => Some(Part::Tag(Tag::read(part.trim_matches(['<', '>'])))),
            (_, false) => Some(Part::Text(unescaped(part))),
        }
    }
}

/// A value in the body of a form.
fn form_urlencoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
