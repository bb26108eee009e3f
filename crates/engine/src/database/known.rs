//! A copy in memory of what the database holds of services: the records, shared with the engine, and the
//! remembered values. A database whose content is gone is written again from this.

use std::collections::BTreeMap;
use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use rusqlite::Connection;

use super::{Batch, Meta, runtime, services, write_meta};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Known {
    services: BTreeMap<ServiceId, Arc<ServiceRecord>>,
    meta: BTreeMap<Meta, String>,
    /// The last entry of the log, which may be lost with it.
    last_entry: u64,
    /// The highest service id ever given; that of a removed service stands in the log only.
    last_service: u32,
}

impl Known {
    /// What was just read.
    pub(super) fn new(
        records: &[Arc<ServiceRecord>],
        meta: BTreeMap<Meta, String>,
        last_entry: u64,
        last_service: u32,
    ) -> Self {
        let services = records.iter().map(|record| (record.id, Arc::clone(record)));
        Self {
            services: services.collect(),
            meta,
            last_entry,
            last_service,
        }
    }

    /// Notes what was committed.
    pub(super) fn committed(&mut self, batch: &Batch) {
        for record in &batch.records {
            self.services.insert(record.id, Arc::clone(record));
        }
        for (id, config, marked) in &batch.configs {
            let new = || Arc::new(ServiceRecord::new(*id, Arc::clone(config)));
            let record = self.services.entry(*id).or_insert_with(new);
            if !Arc::ptr_eq(&record.config, config) || record.marked_for_delete != *marked {
                let record = Arc::make_mut(record);
                record.config = Arc::clone(config);
                record.marked_for_delete = *marked;
            }
        }
        for id in &batch.removed {
            self.services.remove(id);
        }
        self.meta.extend(batch.meta.iter().cloned());
        let numbers = batch.entries.iter().map(|entry| entry.number);
        self.last_entry = numbers.fold(self.last_entry, u64::max);
        let ids = batch.configs.iter().map(|(id, ..)| id.0);
        self.last_service = ids.fold(self.last_service, u32::max);
    }

    /// Writes all of it over what a database holds.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        for (id, record) in &self.services {
            services::write(connection, *id, &record.config, record.marked_for_delete)?;
            runtime::write(connection, record)?;
        }
        for (key, value) in &self.meta {
            write_meta(connection, *key, value)?;
        }
        write_meta(connection, Meta::LastEntry, &self.last_entry.to_string())?;
        write_meta(
            connection,
            Meta::LastService,
            &self.last_service.to_string(),
        )?;
        Ok(())
    }
}
