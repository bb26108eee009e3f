//! Rows of the table `services`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::config::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, PriorityClass, ServiceType,
    StartType,
};
use relance_scm::duration::millis;
use relance_scm::failure_actions::{ActionList, FailureActions, ResetPeriod};
use relance_scm::{ScmError, ServiceConfig, ServiceKind, ServiceName};
use relance_wire::api::ExtensionsBody;
use rusqlite::types::Type;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Unreadable};

// A row of another service with the same name, which could not be read, is not replaced: the change is
// refused.
const WRITE: &str = "
INSERT INTO services (
    id, name_key, name, display_name, kind, service_type, start_type, delayed_auto_start,
    error_control, command_line, load_order_group, dependencies, account_name, description,
    reset_period, reboot_message, command, actions, non_crash_failures, environment, priority,
    preshutdown_ms, security, extensions, marked_for_delete
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25)
ON CONFLICT (id) DO UPDATE SET
    name_key = excluded.name_key, name = excluded.name, display_name = excluded.display_name,
    kind = excluded.kind, service_type = excluded.service_type, start_type = excluded.start_type,
    delayed_auto_start = excluded.delayed_auto_start, error_control = excluded.error_control,
    command_line = excluded.command_line, load_order_group = excluded.load_order_group,
    dependencies = excluded.dependencies, account_name = excluded.account_name,
    description = excluded.description, reset_period = excluded.reset_period,
    reboot_message = excluded.reboot_message, command = excluded.command,
    actions = excluded.actions, non_crash_failures = excluded.non_crash_failures,
    environment = excluded.environment, priority = excluded.priority,
    preshutdown_ms = excluded.preshutdown_ms, security = excluded.security,
    extensions = excluded.extensions, marked_for_delete = excluded.marked_for_delete";

pub(super) fn write(
    connection: &Connection,
    id: ServiceId,
    config: &ServiceConfig,
    marked: bool,
) -> rusqlite::Result<()> {
    let dependencies: Vec<String> = config
        .dependencies
        .iter()
        .map(ToString::to_string)
        .collect();
    let environment: Vec<String> = config
        .environment
        .iter()
        .map(|v| format!("{}={}", v.name(), v.value()))
        .collect();
    connection.prepare_cached(WRITE)?.execute(params![
        id.0,
        config.service_name.key(),
        config.service_name.as_str(),
        config.display_name,
        config.kind.name(),
        config.service_type.to_raw(),
        config.start_type.to_raw(),
        config.delayed_auto_start,
        config.error_control.to_raw(),
        config.command_line,
        config.load_order_group,
        json(&dependencies),
        config.account_name.as_str(),
        config.description,
        config.failure_actions.reset_period.to_raw(),
        config.failure_actions.reboot_message,
        config.failure_actions.command,
        ActionList(config.failure_actions.actions.to_vec()).to_string(),
        config.failure_actions_on_non_crash_failures,
        json(&environment),
        config.priority.map(PriorityClass::to_raw),
        config.preshutdown_timeout.map(millis),
        config.security.as_ref().map(ToString::to_string),
        json(&ExtensionsBody::given(&config.extensions)),
        marked,
    ])?;
    Ok(())
}

pub(super) fn remove(connection: &Connection, id: ServiceId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM services WHERE id = ?1")?
        .execute(params![id.0])?;
    connection
        .prepare_cached("DELETE FROM runtime WHERE service_id = ?1")?
        .execute(params![id.0])?;
    Ok(())
}

/// The highest id ever given: ids of removed services live on in the event log.
pub(super) fn last_id(connection: &Connection) -> rusqlite::Result<u32> {
    let query = "SELECT max(
        (SELECT coalesce(max(id), 0) FROM services),
        (SELECT coalesce(max(service_id), 0) FROM events))";
    connection.query_row(query, [], |row| row.get(0))
}

/// Every service that can be read, as one that was never started.
pub(super) fn load(
    connection: &Connection,
    unreadable: &mut Vec<Unreadable>,
) -> rusqlite::Result<BTreeMap<ServiceId, ServiceRecord>> {
    let mut statement = connection.prepare("SELECT * FROM services ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut records = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id = ServiceId(row.get("id")?);
        let columns = Columns::new(row);
        match read(&columns, id) {
            Ok(record) => {
                records.insert(id, record);
            }
            Err(reason) => unreadable.push(Unreadable {
                service: id.0,
                name: row.get("name").unwrap_or_default(),
                name_key: row.get("name_key").unwrap_or_default(),
                place: columns.place("services"),
                reason,
            }),
        }
    }
    Ok(records)
}

fn read(row: &Columns<'_>, id: ServiceId) -> Result<ServiceRecord, String> {
    let mut record = ServiceRecord::new(id, Arc::new(read_config(row)?));
    record.marked_for_delete = row.get("marked_for_delete")?;
    Ok(record)
}

fn read_config(row: &Columns<'_>) -> Result<ServiceConfig, String> {
    let text = |column| row.get::<String>(column);
    let number = |column| row.get::<u32>(column);
    let texts = |column| row.json::<Vec<String>>(column);
    let name = checked(ServiceName::new(text("name")?))?;
    let mut config = ServiceConfig::new(name, text("command_line")?);
    config.display_name = text("display_name")?.into();
    config.kind = match text("kind")?.as_str() {
        "program" => ServiceKind::Program,
        _ => ServiceKind::Service,
    };
    config.service_type = checked(ServiceType::from_raw(number("service_type")?))?;
    config.start_type = checked(StartType::from_raw(number("start_type")?))?;
    config.delayed_auto_start = row.get("delayed_auto_start")?;
    config.error_control = checked(ErrorControl::from_raw(number("error_control")?))?;
    config.load_order_group = text("load_order_group")?.into();
    config.dependencies = checked(
        texts("dependencies")?
            .iter()
            .map(|text| Dependency::parse(text))
            .collect(),
    )?;
    config.account_name = AccountName::new(&text("account_name")?);
    config.description = text("description")?.into();
    config.failure_actions = FailureActions {
        reset_period: ResetPeriod::from_raw(number("reset_period")?),
        reboot_message: text("reboot_message")?.into(),
        command: text("command")?.into(),
        actions: checked(text("actions")?.parse::<ActionList>())?.0.into(),
    };
    config.failure_actions_on_non_crash_failures = row.get("non_crash_failures")?;
    config.environment = checked(
        texts("environment")?
            .iter()
            .map(|text| EnvironmentVariable::parse(text))
            .collect(),
    )?;
    let priority: Option<u32> = row.get("priority")?;
    config.priority = checked(priority.map(PriorityClass::from_raw).transpose())?;
    let preshutdown: Option<u64> = row.get("preshutdown_ms")?;
    config.preshutdown_timeout = preshutdown.map(Duration::from_millis);
    let security: Option<String> = row.get("security")?;
    config.security = checked(security.map(|text| text.parse()).transpose())?.map(Box::new);
    config.extensions = checked(row.json::<ExtensionsBody>("extensions")?.read())?;
    Ok(config)
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain structures")
}

pub(super) fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| bad_value(error.into()))
}

fn checked<T>(value: Result<T, ScmError>) -> Result<T, String> {
    value.map_err(|error| error.to_string())
}

fn bad_value(error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error)
}
