//! Reading a row column by column, so that a value that is not valid can be named.

use std::cell::Cell;
use std::fmt;

use relance_scm::manager::UnreadableService;
use relance_texts::{Sentence, database};
use rusqlite::Row;
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;

/// A service whose rows hold a value that is not valid: somebody else has written it, or a disk has
/// lost bits that SQLite does not check. It is not loaded, and nothing of it is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number.
    pub service: u32,
    /// Its name as the row has it.
    pub name: String,
    /// The same, folded to one case.
    pub name_key: String,
    /// The table and the column.
    pub place: String,
    /// What is wrong with the value.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl Unreadable {
    /// What is wrong, and how to repair it.
    pub(crate) fn sentence(&self) -> Sentence {
        database::Row {
            place: &*self.place,
            number: self.service,
            reason: &*self.reason,
        }
        .into()
    }
}

impl From<&Unreadable> for UnreadableService {
    fn from(unreadable: &Unreadable) -> Self {
        Self {
            name: unreadable.name.as_str().into(),
            problem: unreadable.sentence(),
        }
    }
}

/// A row, and which of its columns was looked at last.
pub(super) struct Columns<'a> {
    row: &'a Row<'a>,
    last: Cell<&'static str>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(row: &'a Row<'a>) -> Self {
        Self {
            row,
            last: Cell::new(""),
        }
    }

    pub(super) fn get<T: FromSql>(&self, column: &'static str) -> Result<T, String> {
        self.last.set(column);
        self.row.get(column).map_err(|error| error.to_string())
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, String> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    /// The column that is to blame for an error.
    pub(super) fn place(&self, table: &str) -> String {
        format!("{table}.{}", self.last.get())
    }
}
