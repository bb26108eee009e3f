//! What the writer does when the files of the database are lost: the database is written again when
//! something is seen to happen to them, before a change of the configuration is committed, and before a checkpoint. Until that
//! succeeds, nothing counts as written.

use std::time::Instant;

use super::{Batch, CommitError, CommitOutcome, Writer};
use crate::database::{Loss, SaveError};

impl Writer {
    /// Commits to files that are there, or says why not.
    pub(super) fn commit(&mut self, batches: &[&Batch]) -> Result<(), CommitError> {
        if self.lost.is_some() || batches.iter().any(|batch| batch.needs_durability()) {
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
        // If this fails, the next commit reports the error.
        if matches!(self.database.checkpoint(), Ok(false)) {
            self.checkpoints.was_kept_up(Instant::now());
        }
        Ok(())
    }

    /// Looks because something has happened in the state folder. Where saving has failed, it is the retry
    /// that looks again: a failed try happens in that folder, too.
    pub fn look(&mut self) {
        if self.is_fenced || self.lost.is_some() {
            return;
        }
        if matches!(self.look_after_files(), Err(CommitError::Fenced)) {
            self.fenced();
        }
    }

    fn look_after_files(&mut self) -> Result<(), CommitError> {
        match self.database.look() {
            Some(loss) => self.save(&loss),
            None => {
                // Files that were moved away may have come back.
                self.lost = None;
                Ok(())
            }
        }
    }

    fn save(&mut self, loss: &Loss) -> Result<(), CommitError> {
        match self.database.save(loss) {
            Ok(what) => {
                self.lost = None;
                self.announce(CommitOutcome::Saved(what));
                Ok(())
            }
            Err(SaveError::Fenced) => Err(CommitError::Fenced),
            Err(SaveError::Other(reason)) => {
                if self.lost.replace(reason.clone()).is_none() {
                    self.announce(CommitOutcome::Lost(reason.clone()));
                }
                // It is tried again with what is kept.
                self.backlog.get_or_insert_default();
                Err(CommitError::Lost(reason))
            }
        }
    }
}
