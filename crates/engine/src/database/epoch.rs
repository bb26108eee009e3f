//! Who may write. An engine that was frozen while its guardian died thaws beside its successor, and
//! would put back what it remembers. So each opening of the database begins an epoch, and each
//! transaction looks first whether that is still the one that counts.

use std::fmt;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::open_error::is_damage;
use super::{Meta, read_meta, write_meta};

/// The epoch of an open database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    number: u64,
    /// Whether the epoch is in the database yet. If the disk was full at the opening, it is written with the
    /// first commit.
    is_on_record: bool,
}

/// Why a batch was not written.
#[derive(Debug)]
pub enum CommitError {
    /// Another engine has opened the database since: this one is over, and must end.
    Fenced,
    /// The files are lost, and the database cannot be written again; why.
    Lost(String),
    /// What is in the files is damaged.
    Damaged(String),
    /// Anything else.
    Other(rusqlite::Error),
}

impl Epoch {
    /// Rising with each opening.
    pub(super) fn number(self) -> u64 {
        self.number
    }

    /// Begins a new epoch; every other one is over.
    pub(super) fn begin(connection: &mut Connection) -> rusqlite::Result<Self> {
        let began = write(connection).and_then(|transaction| {
            let number = read(&transaction)? + 1;
            record(&transaction, number)?;
            transaction.commit()?;
            Ok(number)
        });
        Ok(match began {
            Ok(number) => Self {
                number,
                is_on_record: true,
            },
            Err(_) => Self {
                number: read(connection)? + 1,
                is_on_record: false,
            },
        })
    }

    /// A transaction in this epoch, and the epoch as it is once that is committed.
    pub(super) fn enter(
        self,
        connection: &mut Connection,
    ) -> Result<(Transaction<'_>, Self), CommitError> {
        // The lock comes first, so that nobody begins another epoch between the look and the commit.
        let transaction = write(connection)?;
        let recorded = read(&transaction)?;
        if !self.is_on_record && recorded + 1 == self.number {
            record(&transaction, self.number)?;
        } else if recorded != self.number {
            return Err(CommitError::Fenced);
        }
        let is_on_record = true;
        Ok((
            transaction,
            Self {
                is_on_record,
                ..self
            },
        ))
    }
}

fn write(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn read(connection: &Connection) -> rusqlite::Result<u64> {
    let value = read_meta(connection, Meta::Epoch)?;
    Ok(value.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn record(connection: &Connection, number: u64) -> rusqlite::Result<()> {
    write_meta(connection, Meta::Epoch, &number.to_string())
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) {
            Self::Damaged(format!("the service database is damaged ({error})"))
        } else {
            Self::Other(error)
        }
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fenced => f.write_str("another engine has opened the service database since"),
            Self::Lost(reason) | Self::Damaged(reason) => f.write_str(reason),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CommitError {}
