//! WinSW: an XML file beside the wrapper.

use std::time::Duration;

use relance_texts::import;
use roxmltree::{Document, Node, ParsingOptions};

use crate::command::of_program;
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::recovery::{Before, written};
use crate::report::{FileReport, Lines};
use crate::syntax::{SyntaxError, not_in_format};
use crate::work::{Converter, Input, Place, Work, syntax};
use crate::{Problem, System};

/// How many elements and texts a file may have; an entity counts each time.
const NODES_MAX: u32 = 100_000;

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    for input in inputs {
        let document = parse(input)?;
        let file = work.open(input);
        silent_parts(&document, file, work);
        for root in document
            .root()
            .descendants()
            .filter(|node| node.has_tag_name("service"))
        {
            Service {
                root,
                file,
                draft: ServiceDraft::new(service_name(&text_of(root, "id").unwrap_or_default())),
                work: &mut *work,
            }
            .convert();
        }
    }
    Ok(())
}

/// Reads XML, with entities that stand in it; one of another file is unknown.
pub(super) fn parse(input: &Input) -> Result<Document<'_>, Problem> {
    if depth(&input.text) > 200 {
        let problem = import::NESTED_TOO_DEEPLY.into();
        return Err(syntax(input)(SyntaxError { line: 1, problem }));
    }
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: NODES_MAX,
    };
    Document::parse_with_options(&input.text, options).map_err(|error| {
        syntax(input)(SyntaxError {
            line: error.pos().row as usize,
            problem: not_in_format("XML", &error.to_string()),
        })
    })
}

/// What is done after a failure; `None` for what WinSW does not know either.
fn action(node: Node<'_, '_>) -> Option<&'static str> {
    let words = ["restart", "reboot", "none"];
    let given = node.attribute("action").unwrap_or("none");
    words
        .into_iter()
        .find(|word| given.eq_ignore_ascii_case(word))
}

/// How deep elements may stand in one another, at most.
fn depth(text: &str) -> usize {
    let mut depth: usize = 0;
    let mut most = 0;
    for (at, _) in text.match_indices('<') {
        match text.as_bytes().get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) => depth += 1,
        }
        most = most.max(depth);
    }
    most
}

/// Comments and declarations say nothing; they may have several lines.
pub(super) fn silent_parts(document: &Document<'_>, file: usize, work: &mut Work<'_>) {
    for node in document
        .root()
        .descendants()
        .filter(|node| node.is_comment() || node.is_pi())
    {
        work.report(file).silent(lines(document, node));
    }
}

/// The lines of an element, or of its beginning if it has others inside.
pub(super) fn lines(document: &Document<'_>, node: Node<'_, '_>) -> Lines {
    let range = node.range();
    let line = |at: usize| document.text_pos_at(at).row as usize;
    let first = line(range.start);
    let has_elements = node.children().any(|child| child.is_element());
    let last = if has_elements {
        first
    } else {
        line(range.end.saturating_sub(1))
    };
    Lines {
        first,
        last: last.max(first),
    }
}

fn text_of(root: Node<'_, '_>, name: &str) -> Option<String> {
    let node = root
        .children()
        .find(|node| node.tag_name().name().eq_ignore_ascii_case(name))?;
    Some(whole_text(node))
}

/// The text of an element, that behind comments too.
fn whole_text(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text);
    let text: String = texts.filter_map(|text| text.text()).collect();
    text.trim().to_owned()
}

/// Arguments of which each has an element of its own; those with blanks in quotes.
fn one_each(root: Node<'_, '_>, name: &str) -> Option<String> {
    let named = |node: &Node<'_, '_>| node.tag_name().name().eq_ignore_ascii_case(name);
    let quoted = |text: String| {
        if text.contains(char::is_whitespace) && !text.starts_with('"') {
            format!("\"{text}\"")
        } else {
            text
        }
    };
    let all: Vec<String> = root
        .children()
        .filter(named)
        .map(whole_text)
        .map(quoted)
        .collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// The arguments of a program: one text, or an element for each.
fn arguments_of(root: Node<'_, '_>, prefix: &str) -> Option<String> {
    one_each(root, &format!("{prefix}argument"))
        .or_else(|| text_of(root, &format!("{prefix}arguments")).map(|text| one_line(&text)))
}

struct Service<'a, 'w, 'f> {
    root: Node<'a, 'a>,
    file: usize,
    draft: ServiceDraft,
    work: &'w mut Work<'f>,
}

impl Place for Node<'_, '_> {
    fn origin(self, file: usize) -> Origin {
        lines(self.document(), self).origin(file)
    }
}

impl Converter for Service<'_, '_, '_> {
    fn origin(&self, place: impl Place) -> Origin {
        place.origin(self.file)
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl Service<'_, '_, '_> {
    fn convert(mut self) {
        let root = self.root;
        let executable = text_of(root, "executable").filter(|text| !text.is_empty());
        let (Some(executable), false) = (executable, self.draft.name.is_empty()) else {
            self.lost(root, import::NO_COMMAND);
            return;
        };
        self.kept(root, "name");
        let node = root
            .children()
            .find(|node| node.has_tag_name("executable"))
            .unwrap_or(root);
        let origin = Some(self.origin(node));
        let arguments = arguments_of(root, "start").or_else(|| arguments_of(root, ""));
        let line = of_program(&executable, &arguments.unwrap_or_default());
        self.draft.set("command_line", line, origin);
        self.draft.set("start_type", "auto", None);
        self.draft.set("extensions.stop_grace_ms", "15s", None);
        for node in root.children().filter(Node::is_element) {
            self.element(node);
        }
        self.recovery();
        self.work.drafts.push(self.draft);
    }

    fn element(&mut self, node: Node<'_, '_>) {
        let text = whole_text(node);
        match node.tag_name().name().to_ascii_lowercase().as_str() {
            "id" => self.kept(node, "name"),
            "name" => self.keep(node, "display_name", text),
            "description" => self.keep(node, "description", text),
            "executable" => {
                self.kept(node, "command_line");
                if self.work.is_path_elsewhere(&text) {
                    self.changed(node, "command_line", import::PATH_OF_WINDOWS);
                } else if text.contains("%BASE%") {
                    self.changed(node, "command_line", import::BASE_OF_WINSW);
                }
            }
            "arguments" | "startarguments" | "argument" | "startargument" => {
                self.kept(node, "command_line");
                if text.contains("%BASE%") {
                    self.changed(node, "command_line", import::BASE_OF_WINSW);
                }
            }
            "workingdirectory" => self.folder(node, text),
            "priority" => self.keep(node, "priority", priority(&text)),
            "stoptimeout" => match time(&text) {
                Some(time) => self.keep(node, "extensions.stop_grace_ms", written(time)),
                None => self.lost(node, import::NotATime { value: text }),
            },
            "startmode" => self.keep(node, "start_type", start_type(&text)),
            "delayedautostart" => self.keep(
                node,
                "delayed_auto_start",
                text.is_empty() || text.eq_ignore_ascii_case("true"),
            ),
            "depend" => {
                let origin = Some(self.origin(node));
                self.draft.dependencies.push((text, origin));
                self.kept(node, "dependencies");
            }
            "env" => self.environment(node),
            "onfailure" if action(node).is_none() => self.lost(node, import::NOT_UNDERSTOOD),
            "onfailure" | "resetfailure" => self.kept(node, "recovery.actions"),
            "log" => self.log(node),
            "logmode" => self.changed(node, "extensions.output", import::OneLogFile { path: text }),
            "logpath" => self.changed(
                node,
                "extensions.output",
                import::LogElsewhere { path: text },
            ),
            key @ ("outfilepattern" | "errfilepattern" | "outfiledisabled" | "errfiledisabled") => {
                self.stream(node, key, &text);
            }
            "serviceaccount" => self.account(node),
            "stopexecutable" | "stoparguments" | "stopargument" => self.stop_command(node),
            "prestart" | "poststart" | "prestop" | "poststop" => {
                self.lost(node, import::HOOKS_OF_NSSM);
            }
            "download" => self.lost(node, import::NO_DOWNLOAD),
            "extensions" | "sharedDirectoryMapping" => {
                self.lost(node, import::NO_EXTENSIONS_OF_WINSW);
            }
            "preshutdowntimeout" => match time(&text) {
                Some(time) => self.keep(
                    node,
                    "preshutdown_timeout_ms",
                    crate::draft::Given::Number(u64::try_from(time.as_millis()).unwrap_or(0)),
                ),
                None => self.lost(node, import::NotATime { value: text }),
            },
            "stopparentprocessfirst" => self.changed(node, "", import::WHOLE_TREE),
            "hidewindow" | "interactive" | "beeponshutdown" | "securitydescriptor"
            | "preshutdown" | "autorefresh" | "waithint" | "sleeptime" => {
                self.lost(node, import::OF_WINDOWS);
            }
            key => {
                let key = key.to_owned();
                self.lost(node, import::UnknownKey { key });
            }
        }
    }

    fn environment(&mut self, node: Node<'_, '_>) {
        let name = node.attribute("name").unwrap_or_default();
        let value = node.attribute("value").unwrap_or_default();
        let origin = Some(self.origin(node));
        self.draft
            .add("environment", format!("{name}={value}"), origin);
        self.kept(node, "environment");
        if value.contains('%') {
            self.changed(node, "environment", import::DOLLAR_STAYS);
        }
    }

    /// Output and standard error are two files; each may be left out.
    fn stream(&mut self, node: Node<'_, '_>, key: &str, text: &str) {
        let is_on = text.is_empty() || text.eq_ignore_ascii_case("true");
        match key {
            "errfilepattern" if self.work.is_for_linux() => {
                self.keep(node, "extensions.stderr", "file");
            }
            "outfiledisabled" if is_on => self.keep(node, "extensions.output", "null"),
            "errfiledisabled" if is_on && self.work.is_for_linux() => {
                self.keep(node, "extensions.stderr", "null");
            }
            _ => self.changed(node, "extensions.output", import::ONE_LOG),
        }
    }

    fn folder(&mut self, node: Node<'_, '_>, path: String) {
        if path.contains("%BASE%") {
            self.lost(node, import::BASE_OF_WINSW);
        } else if self.work.is_path_elsewhere(&path) {
            self.lost(node, import::FOLDER_OF_WINDOWS);
        } else {
            self.keep(node, "extensions.working_directory", path);
        }
    }

    /// The stop executable, or the executable itself with the arguments for a stop.
    fn stop_command(&mut self, node: Node<'_, '_>) {
        let root = self.root;
        let program = text_of(root, "stopexecutable").or_else(|| text_of(root, "executable"));
        let (Some(program), Some(arguments)) = (program, arguments_of(root, "stop")) else {
            return self.lost(node, import::NO_STOP_COMMAND);
        };
        let line = of_program(&program, &arguments);
        self.keep(node, "extensions.stop_command", line);
    }

    fn log(&mut self, node: Node<'_, '_>) {
        let mode = node
            .attribute("mode")
            .unwrap_or("append")
            .to_ascii_lowercase();
        let child = |name: &str| text_of(node, name);
        match mode.as_str() {
            "none" => self.keep(node, "extensions.output", "null"),
            "append" => self.changed(node, "extensions.log_max_size", import::LOG_ALWAYS_ROTATES),
            "reset" => {
                self.keep(node, "extensions.log_rotate_at_start", true);
                self.changed(node, "extensions.log_rotate_at_start", import::LOG_RESET);
            }
            "roll" | "rotate" | "roll-by-size" | "roll-by-size-time" => {
                let kib = child("sizeThreshold")
                    .and_then(|text| text.parse::<u64>().ok())
                    .unwrap_or(10_240);
                self.keep(node, "extensions.log_max_size", format!("{kib}K"));
                let files = child("keepFiles").unwrap_or_else(|| "8".to_owned());
                self.keep(node, "extensions.log_files", files);
            }
            "roll-by-time" => {
                self.keep(node, "extensions.log_max_age_ms", "1d");
                self.changed(node, "extensions.log_max_age_ms", import::LOG_BY_DAY);
            }
            _ => self.lost(node, import::NOT_UNDERSTOOD),
        }
        for inner in node.children().filter(Node::is_element) {
            match inner.tag_name().name() {
                "sizeThreshold" => self.kept(inner, "extensions.log_max_size"),
                "keepFiles" => self.kept(inner, "extensions.log_files"),
                "pattern" | "autoRollAtTime" | "period" => {
                    self.changed(inner, "extensions.log_max_age_ms", import::LOG_BY_DAY);
                }
                _ => self.lost(inner, import::NO_SUCH_SETTING),
            }
        }
    }

    fn account(&mut self, node: Node<'_, '_>) {
        let user = text_of(node, "user")
            .or_else(|| text_of(node, "username"))
            .unwrap_or_default();
        let account = match text_of(node, "domain").filter(|domain| !domain.is_empty()) {
            Some(domain) if self.work.options.system == System::Windows => {
                format!("{domain}\\{user}")
            }
            _ => user,
        };
        if !account.is_empty() {
            self.keep(node, "account_name", account);
        }
        let note = self.work.note_of_account();
        self.changed(node, "account_name", note);
        for inner in node.children().filter(Node::is_element) {
            match inner.tag_name().name().to_ascii_lowercase().as_str() {
                "password" => self.lost(inner, import::PASSWORD_NEEDED),
                "user" | "username" | "domain" => self.kept(inner, "account_name"),
                _ => self.lost(inner, import::OF_WINDOWS),
            }
        }
    }

    /// The recovery of WinSW is that of Windows.
    fn recovery(&mut self) {
        let root = self.root;
        let failures: Vec<Node<'_, '_>> = root
            .children()
            .filter(|node| node.has_tag_name("onfailure"))
            .collect();
        if failures.is_empty() {
            self.draft.before = Some(Before::never());
            return;
        }
        let origin = Some(self.origin(failures[0]));
        let mut actions = Vec::new();
        let mut before = Vec::new();
        for node in failures {
            let kind = action(node).unwrap_or("none");
            let delay = node.attribute("delay").and_then(time).unwrap_or_default();
            before.push((kind == "restart").then_some(delay));
            actions.push(format!("{kind}/{}", written(delay)));
        }
        let last = before.last().copied().flatten();
        before.resize(crate::recovery::COMPARED.max(before.len()), last);
        before.truncate(crate::recovery::COMPARED);
        self.draft.before = Some(Before(before));
        self.draft
            .set("recovery.actions", actions.join("/"), origin);
        let reset = text_of(root, "resetfailure")
            .and_then(|text| time(&text))
            .unwrap_or(Duration::from_secs(86_400));
        self.draft.set(
            "recovery.reset_period_secs",
            format!("{}s", reset.as_secs()),
            origin,
        );
    }
}

/// Arguments may stand on several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn priority(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "idle" => "idle",
        "belownormal" => "below-normal",
        "abovenormal" => "above-normal",
        "high" => "high",
        "realtime" => "realtime",
        _ => "normal",
    }
}

fn start_type(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "manual" => "demand",
        "disabled" => "disabled",
        _ => "auto",
    }
}

/// `15 sec`, `1 hour`; a number alone is milliseconds.
fn time(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_lowercase();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    let millis = match text[end..].trim() {
        "" | "ms" | "msec" | "msecs" | "millis" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    };
    let time = Duration::from_millis(number.checked_mul(millis)?);
    (time < Duration::from_secs(4_000_000)).then_some(time)
}
