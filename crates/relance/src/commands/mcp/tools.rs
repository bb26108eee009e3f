//! What an assistant can ask: each tool is a command, its parameters are options of that command, and its answer
//! is what `--json` prints. So are its refusals.

use std::ffi::OsString;

use clap::Parser;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Message, mcp, quoted};
use serde_json::{Map, Value, json};

use super::answer;
use crate::cli::{CommandFailure, Common, misfit, name, usage};
use crate::commands::{
    events, explain, failures, list, logs, restart, simulate, start, status, stop, why,
};
use crate::waiting::Patience;

/// Assistants give up on an answer after a minute.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Something that can be asked.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    parameters: &'static [Parameter],
    /// Whether it changes something.
    pub(super) acts: bool,
    /// Whether its answer can hold what services have printed.
    quotes: bool,
    run: fn(Vec<OsString>) -> Result<Value, CommandFailure>,
}

/// A value that goes with a question.
struct Parameter {
    name: &'static str,
    about: &'static str,
    kind: Kind,
    becomes: Becomes,
    is_required: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Texts,
    Flag,
    /// Up to this.
    Number(u64),
}

/// What a value is on the command line.
#[derive(Clone, Copy)]
enum Becomes {
    /// The value of an option.
    Option(&'static str),
    /// A word behind `--`, which no value can turn into an option.
    Word,
}

const fn option(
    name: &'static str,
    kind: Kind,
    option: &'static str,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        about,
        kind,
        becomes: Becomes::Option(option),
        is_required: false,
    }
}

const fn words(
    name: &'static str,
    kind: Kind,
    is_required: bool,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        about,
        kind,
        becomes: Becomes::Word,
        is_required,
    }
}

const SERVICES: Parameter = words(
    "services",
    Kind::Texts,
    true,
    "Names of services, patterns with * and ?, or NAME@ for all instances of a template",
);
const SERVICE: Parameter = words("service", Kind::Text, true, "The name of the service");
const MOMENT: &str =
    "A moment: 8h for eight hours ago, today, yesterday, or 2026-11-22T14:00 (local time)";

/// Everything that can be asked.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "list",
        about: "All services, or those that are named: state, process, failures, what comes next",
        parameters: &[
            words("services", Kind::Texts, false, SERVICES.about),
            option(
                "failed",
                Kind::Flag,
                "--failed",
                "Only services that failed and are still down",
            ),
            option(
                "state",
                Kind::Text,
                "--state",
                "Only those that are running, stopped, paused or pending",
            ),
        ],
        acts: false,
        quotes: true,
        run: |words| Ok(answer::list(&list::found(&parsed(words)?)?)),
    },
    Tool {
        name: "status",
        about: "Everything about services: state, configuration, current run, last end, failures, pending actions",
        parameters: &[SERVICES],
        acts: false,
        quotes: true,
        run: |words| answer::status(&status::body(&parsed(words)?)?.0),
    },
    Tool {
        name: "why",
        about: "Why a service is as it is: what happened last, whether it counted as a failure and by which rule, what comes next; and the last lines that it printed",
        parameters: &[SERVICES],
        acts: false,
        quotes: true,
        run: |words| Ok(json!({ "services": value(&why::body(&parsed(words)?)?)? })),
    },
    Tool {
        name: "failures",
        about: "What has failed since a moment: for each service how often, the causes with their counts, the last lines",
        parameters: &[
            words("services", Kind::Texts, false, SERVICES.about),
            option("since", Kind::Text, "--since", MOMENT),
        ],
        acts: false,
        quotes: true,
        run: |words| Ok(json!({ "services": value(&failures::body(&parsed(words)?)?)? })),
    },
    Tool {
        name: "events",
        about: "The last entries of the event log, oldest first",
        parameters: &[
            option("service", Kind::Text, "--service", "Only of this service"),
            option(
                "ids",
                Kind::Texts,
                "--id",
                "Only entries with these numbers, like 7031",
            ),
            option(
                "level",
                Kind::Text,
                "--level",
                "Only entries of this level or worse: error, warning or information",
            ),
            option("since", Kind::Text, "--since", MOMENT),
            option("until", Kind::Text, "--until", MOMENT),
            option("text", Kind::Text, "--text", "Only with this text"),
            option(
                "limit",
                Kind::Number(500),
                "--limit",
                "How many of the latest entries (default 50)",
            ),
        ],
        acts: false,
        quotes: true,
        run: |words| Ok(json!({ "entries": value(&events::body(&parsed(words)?)?)? })),
    },
    Tool {
        name: "output",
        about: "The last lines that a service printed; only for those who may read its output",
        parameters: &[
            SERVICE,
            option(
                "lines",
                Kind::Number(1000),
                "--lines",
                "How many of the last lines (default 100)",
            ),
            option(
                "containing",
                Kind::Text,
                "--grep",
                "Only lines with this text",
            ),
            option(
                "since",
                Kind::Text,
                "--since",
                "Only from this moment on, for lines with time stamps",
            ),
        ],
        acts: false,
        quotes: true,
        run: |words| Ok(json!({ "lines": logs::body(&parsed(words)?)? })),
    },
    Tool {
        name: "simulate",
        about: "Plays failures in virtual time against the recovery policy of a service, or against one that is given; changes nothing",
        parameters: &[
            words(
                "service",
                Kind::Text,
                false,
                "The service whose policy is tried; other parameters are put over it",
            ),
            option(
                "script",
                Kind::Text,
                "--script",
                "What happens: \"crash @0s, exit 3 @2s, quiet 61s, kill 9\"",
            ),
            option(
                "actions",
                Kind::Text,
                "--actions",
                "What follows the 1st, 2nd, … failure: restart/1s/restart/30s/none/0",
            ),
            option(
                "reset",
                Kind::Text,
                "--reset",
                "After how long without a failure counting starts again: 1h",
            ),
            option(
                "program",
                Kind::Flag,
                "--program",
                "Simulate a program, not a service that speaks the control channel",
            ),
        ],
        acts: false,
        quotes: false,
        run: |words| {
            let timeline = simulate::timeline(&parsed(words)?)?;
            value(&relance_api::simulation_reply(&timeline))
        },
    },
    Tool {
        name: "explain",
        about: "What a rule (R12), an entry of the event log (7031) or an error code (1053) means",
        parameters: &[words(
            "what",
            Kind::Texts,
            true,
            "Ids of rules, numbers of entries, numbers or names of error codes",
        )],
        acts: false,
        quotes: false,
        run: |words| Ok(json!({ "explained": value(&explain::body(&parsed(words)?)?)? })),
    },
    Tool {
        name: "start",
        about: "Starts a service and waits until it runs",
        parameters: &[SERVICE],
        acts: true,
        quotes: true,
        run: |words| {
            act(words, |manager, name| {
                start::start(
                    manager,
                    name,
                    Vec::new(),
                    Some(start::Waits::with(PATIENCE)),
                )
            })
        },
    },
    Tool {
        name: "stop",
        about: "Stops a service and waits until it has stopped",
        parameters: &[SERVICE],
        acts: true,
        quotes: true,
        run: |words| {
            act(words, |manager, name| {
                stop::stop(manager, name, Some(PATIENCE.into()))
            })
        },
    },
    Tool {
        name: "restart",
        about: "Stops a service and starts it again; one that does not run is started",
        parameters: &[SERVICE],
        acts: true,
        quotes: true,
        run: |words| {
            act(words, |manager, name| {
                restart::restart_and_wait(manager, name, Patience::Given(PATIENCE))
            })
        },
    },
];

/// The one service that something is done with.
#[derive(Debug, Parser)]
struct One {
    name: String,
    #[command(flatten)]
    common: Common,
}

/// Does something with a service; the answer is how it is then.
fn act(
    words: Vec<OsString>,
    act: fn(&crate::cli::Manager, &relance_scm::ServiceName) -> crate::cli::CommandResult,
) -> Result<Value, CommandFailure> {
    let one: One = parsed(words)?;
    let (manager, name) = (one.common.manager()?, name(&one.name)?);
    act(&manager, &name)?;
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, &name, reply))?;
    Ok(json!({ "service": answer::brief(&info) }))
}

fn parsed<A: Parser>(words: Vec<OsString>) -> Result<A, CommandFailure> {
    A::try_parse_from(words).map_err(CommandFailure::Usage)
}

fn value<T: serde::Serialize>(body: &T) -> Result<Value, CommandFailure> {
    Ok(serde_json::to_value(body).map_err(misfit)?)
}

impl Tool {
    /// The one of this name.
    ///
    /// # Errors There is no such tool, or it is not allowed.
    pub(super) fn find(name: &str, may_act: bool) -> Result<&'static Self, ScmError> {
        let tool = TOOLS.iter().find(|tool| tool.name == name).ok_or_else(|| {
            let tools = TOOLS.iter().filter(|tool| may_act || !tool.acts);
            let tools: Vec<&str> = tools.map(|tool| tool.name).collect();
            ScmError::new(
                Win32Error::INVALID_PARAMETER,
                mcp::NoTool {
                    name: quoted(name),
                    tools,
                },
            )
        })?;
        if tool.acts && !may_act {
            return Err(ScmError::new(
                Win32Error::ACCESS_DENIED,
                mcp::NotAllowed { name: tool.name },
            ));
        }
        Ok(tool)
    }

    /// The JSON Schema of its parameters.
    pub(super) fn schema(&self) -> Map<String, Value> {
        let parameters = self.parameters.iter();
        let properties: Map<String, Value> = parameters
            .clone()
            .map(|parameter| (parameter.name.to_owned(), parameter.schema()))
            .collect();
        let required: Vec<&str> = parameters
            .filter(|parameter| parameter.is_required)
            .map(|parameter| parameter.name)
            .collect();
        let mut schema = Map::new();
        schema.insert("type".into(), json!("object"));
        schema.insert("properties".into(), Value::Object(properties));
        schema.insert("required".into(), json!(required));
        schema.insert("additionalProperties".into(), json!(false));
        schema
    }

    /// Asks. `common` are the options that name the manager.
    pub(super) fn call(
        &self,
        given: &Map<String, Value>,
        common: &[OsString],
    ) -> Result<Value, CommandFailure> {
        let words = self.words(given, common)?;
        let answer = (self.run)(words)?;
        Ok(answer::harmless(if self.quotes {
            answer::marked(answer)
        } else {
            answer
        }))
    }

    /// The command line that asks this.
    fn words(
        &self,
        given: &Map<String, Value>,
        common: &[OsString],
    ) -> Result<Vec<OsString>, CommandFailure> {
        for name in given.keys() {
            if !self.parameters.iter().any(|known| known.name == name) {
                let known: Vec<&str> = self.parameters.iter().map(|known| known.name).collect();
                let (tool, name) = (self.name, quoted(name));
                return Err(usage(mcp::NoParameter { tool, name, known }));
            }
        }
        let mut words: Vec<OsString> = vec![self.name.into()];
        words.extend_from_slice(common);
        let mut behind = vec![OsString::from("--")];
        for parameter in self.parameters {
            match given.get(parameter.name).filter(|value| !value.is_null()) {
                Some(value) => parameter.add(value, &mut words, &mut behind)?,
                None if parameter.is_required => {
                    let (tool, name) = (self.name, parameter.name);
                    return Err(usage(mcp::Missing { tool, name }));
                }
                None => {}
            }
        }
        if behind.len() > 1 {
            words.append(&mut behind);
        }
        Ok(words)
    }
}

impl Parameter {
    fn schema(&self) -> Value {
        let mut schema = match self.kind {
            Kind::Text => json!({ "type": "string" }),
            Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Number(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        };
        schema["description"] = json!(self.about);
        if matches!(self.kind, Kind::Texts) && self.is_required {
            schema["minItems"] = json!(1);
        }
        schema
    }

    /// Adds a value to the words of a command line.
    fn add(
        &self,
        value: &Value,
        words: &mut Vec<OsString>,
        behind: &mut Vec<OsString>,
    ) -> Result<(), CommandFailure> {
        let texts = self.texts(value).ok_or_else(|| {
            let (name, wanted) = (self.name, self.kind.wanted());
            usage(mcp::WrongValue { name, wanted })
        })?;
        for text in texts {
            match (self.becomes, self.kind) {
                (Becomes::Word, _) => behind.push(text.into()),
                (Becomes::Option(option), Kind::Flag) => words.push(option.into()),
                (Becomes::Option(option), _) => words.push(format!("{option}={text}").into()),
            }
        }
        Ok(())
    }

    /// A value as words; `None` if it is of another kind.
    fn texts(&self, value: &Value) -> Option<Vec<String>> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.is_u64() => Some(number.to_string()),
            _ => None,
        };
        match (self.kind, value) {
            (Kind::Text, value) => Some(vec![text(value)?]),
            (Kind::Texts, Value::Array(items)) => {
                let texts: Option<Vec<String>> = items.iter().map(text).collect();
                texts.filter(|texts| !texts.is_empty() || !self.is_required)
            }
            // Assistants often leave the brackets out.
            (Kind::Texts, value) => Some(vec![text(value)?]),
            (Kind::Flag, Value::Bool(true)) => Some(vec![String::new()]),
            (Kind::Flag, Value::Bool(false)) => Some(Vec::new()),
            (Kind::Number(most), value) => {
                let number = value.as_u64()?;
                (1..=most)
                    .contains(&number)
                    .then(|| vec![number.to_string()])
            }
            (Kind::Flag, _) => None,
        }
    }
}

impl Kind {
    fn wanted(self) -> relance_texts::Text {
        match self {
            Self::Text => mcp::TEXT.text(),
            Self::Texts => mcp::TEXTS.text(),
            Self::Flag => mcp::FLAG.text(),
            Self::Number(most) => mcp::Number { most }.text(),
        }
    }
}

#[cfg(test)]
mod tests;
