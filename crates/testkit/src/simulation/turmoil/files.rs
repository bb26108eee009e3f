//! Files of the database that are lost or damaged in turmoil.

use super::Turmoil;
use crate::simulation::disk::Damage;

impl Turmoil {
    pub(super) fn damage_files(&mut self) {
        let damage = *self.random.choice(&Damage::ALL).expect("there are some");
        self.note(format_args!("files of the database: {damage:?}"));
        let damaged = self.world.disk().damage(damage);
        self.files_lost += 1;
        if let Err(what) = damaged {
            self.world.machine().history.violations.push(what);
        }
    }

    /// The engine is killed before it sees the damage.
    pub(super) fn damage_files_unseen(&mut self) {
        let damage = *self.random.choice(&Damage::ALL).expect("there are some");
        self.note(format_args!("files of the database, unseen: {damage:?}"));
        let damaged = self.world.disk().damage_unseen(damage);
        self.files_lost += 1;
        if let Err(what) = damaged {
            self.world.machine().history.violations.push(what);
        }
        self.kill_engine();
    }
}
