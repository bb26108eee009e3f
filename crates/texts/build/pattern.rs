//! A pattern of Fluent, as the short form that `src/render.rs` reads: text, `\u{1}` and a parameter,
//! `\u{2}` and a choice. Parameters are one character, `0` for the first.

use std::collections::BTreeSet;

use fluent_syntax::ast::{
    CallArguments, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};

/// What a pattern is made of.
#[derive(Default)]
pub(crate) struct Compiled {
    parts: Vec<Part>,
    /// What its text takes.
    pub(crate) parameters: BTreeSet<String>,
}

enum Part {
    Text(String),
    Parameter(String),
    Choice {
        parameter: String,
        /// `c`: numbers as they count; `o`: numbers as they order.
        kind: char,
        /// The default stands last.
        variants: Vec<(String, Compiled)>,
    },
}

/// Compiles a pattern, or says what in it is not known here.
pub(crate) fn compile(pattern: &Pattern<&str>) -> Result<Compiled, String> {
    let mut compiled = Compiled::default();
    for element in &pattern.elements {
        let part = match element {
            PatternElement::TextElement { value } => Part::Text((*value).to_owned()),
            PatternElement::Placeable { expression } => placeable(expression)?,
        };
        match &part {
            Part::Text(_) => {}
            Part::Parameter(name) => {
                compiled.parameters.insert(name.clone());
            }
            Part::Choice {
                parameter,
                variants,
                ..
            } => {
                compiled.parameters.insert(parameter.clone());
                for (_, variant) in variants {
                    compiled
                        .parameters
                        .extend(variant.parameters.iter().cloned());
                }
            }
        }
        compiled.parts.push(part);
    }
    Ok(compiled)
}

fn placeable(expression: &Expression<&str>) -> Result<Part, String> {
    match expression {
        Expression::Inline(InlineExpression::StringLiteral { value }) => {
            Ok(Part::Text((*value).to_owned()))
        }
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            Ok(Part::Parameter(id.name.to_owned()))
        }
        Expression::Inline(_) => Err("only { $name } and { \"text\" } are known here".to_owned()),
        Expression::Select { selector, variants } => choice(selector, variants),
    }
}

fn choice(selector: &InlineExpression<&str>, variants: &[Variant<&str>]) -> Result<Part, String> {
    let (parameter, kind) = match selector {
        InlineExpression::VariableReference { id } => (id.name, 'c'),
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
            (ordinal(arguments)?, 'o')
        }
        _ => {
            return Err("a choice is made by $name or NUMBER($name, type: \"ordinal\")".to_owned());
        }
    };
    let mut compiled = Vec::new();
    let mut default = None;
    for variant in variants {
        let key = match &variant.key {
            VariantKey::Identifier { name } => (*name).to_owned(),
            VariantKey::NumberLiteral { value } => (*value).to_owned(),
        };
        let value = compile(&variant.value)?;
        if variant.default {
            default = Some((key, value));
        } else {
            compiled.push((key, value));
        }
    }
    compiled.extend(default);
    Ok(Part::Choice {
        parameter: parameter.to_owned(),
        kind,
        variants: compiled,
    })
}

fn ordinal<'a>(arguments: &CallArguments<&'a str>) -> Result<&'a str, String> {
    let kind = arguments
        .named
        .first()
        .map(|named| (named.name.name, &named.value));
    match (arguments.positional.as_slice(), kind) {
        (
            [InlineExpression::VariableReference { id }],
            Some(("type", InlineExpression::StringLiteral { value: "ordinal" })),
        ) => Ok(id.name),
        _ => Err("NUMBER is written NUMBER($name, type: \"ordinal\")".to_owned()),
    }
}

impl Compiled {
    /// The short form; a parameter is its place among `all`.
    pub(crate) fn write(&self, all: &BTreeSet<String>) -> String {
        let place = |name: &str| {
            let at = all
                .iter()
                .position(|other| other == name)
                .unwrap_or_default();
            char::from(b'0' + u8::try_from(at).unwrap_or_default())
        };
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Parameter(name) => text.extend(['\u{1}', place(name)]),
                Part::Choice {
                    parameter,
                    kind,
                    variants,
                } => {
                    text.extend(['\u{2}', place(parameter), *kind]);
                    for (key, variant) in variants {
                        text.push_str(key);
                        text.push('\u{4}');
                        text.push_str(&variant.write(all));
                        text.push('\u{5}');
                    }
                    text.push('\u{3}');
                }
            }
        }
        text
    }
}
