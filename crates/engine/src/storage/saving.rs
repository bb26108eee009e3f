//! What the writer does when the files of the database are lost: the database is written anew before
//! the next change of the configuration is committed, and at the next checkpoint otherwise. Until that
//! succeeds, nothing counts as written.

use std::time::Instant;

use super::{Batch, CommitError, CommitOutcome, Writer};
use crate::database::{Loss, SaveError};

impl Writer {
    /// Commits to files that are there, or says why not.
    pub(super) fn commit(&mut self, batches: &[&Batch]) -> Result<(), CommitError> {
        if self.is_lost || batches.iter().any(|batch| batch.needs_durability()) {
            self.look_after_files()?;
        }
        match self.database.commit(batches) {
            Err(CommitError::Damaged(what)) => {
                self.save(&Loss::Damaged(what))?;
                self.database.commit(batches)
            }
            result => result,
        }
    }

    /// Moves the log into the database, if that is the one in the state folder.
    pub(super) fn checkpoint(&mut self) -> Result<(), CommitError> {
        self.look_after_files()?;
        // Of an error the next commit says what is wrong.
        if matches!(self.database.checkpoint(), Ok(false)) {
            self.checkpoints.was_kept_up(Instant::now());
        }
        Ok(())
    }

    fn look_after_files(&mut self) -> Result<(), CommitError> {
        match self.database.look() {
            Some(loss) => self.save(&loss),
            None => {
                // Files that were moved away may have come back.
                self.is_lost = false;
                Ok(())
            }
        }
    }

    fn save(&mut self, loss: &Loss) -> Result<(), CommitError> {
        match self.database.save(loss) {
            Ok(what) => {
                self.is_lost = false;
                self.announce(CommitOutcome::Saved(what));
                Ok(())
            }
            Err(SaveError::Fenced) => Err(CommitError::Fenced),
            Err(SaveError::Other(reason)) => {
                if !self.is_lost {
                    self.is_lost = true;
                    self.announce(CommitOutcome::Lost(reason.clone()));
                }
                // It is tried again with what is kept.
                self.backlog.get_or_insert_default();
                Err(CommitError::Lost(reason))
            }
        }
    }
}
