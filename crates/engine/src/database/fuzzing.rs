//! Ways in for the fuzz targets of `fuzz/`: rows that no version of ours has written.

use relance_scm::event_log::{EventFilter, EventPage};
use rusqlite::types::Value;

use super::{Database, events};
use crate::sight::Sight;

impl Database {
    /// Writes a value into a column of every row of a table: a number or a text.
    ///
    /// # Errors
    /// When the column takes no such value.
    #[doc(hidden)]
    pub fn overwrite(&self, table: &str, column: &str, value: &str) -> rusqlite::Result<()> {
        let value = match value.parse::<i64>() {
            _ if value == "null" => Value::Null,
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Text(value.to_owned()),
        };
        let statement = format!("UPDATE {table} SET {column} = ?1");
        self.connection.execute(&statement, [value]).map(|_| ())
    }

    /// As an administrator searches the event log.
    ///
    /// # Errors
    /// When the database cannot be read.
    #[doc(hidden)]
    pub fn find(&self, filter: &EventFilter) -> rusqlite::Result<EventPage> {
        events::find(&self.connection, filter, &Sight::All)
    }
}
