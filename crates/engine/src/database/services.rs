//! Rows of the table `services`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::config::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, Extensions, PriorityClass,
    ServiceType, StartType,
};
use relance_scm::duration::millis;
use relance_scm::failure_actions::{ActionList, FailureActions, ResetPeriod};
use relance_scm::{ScmError, ServiceConfig, ServiceKind, ServiceName};
use relance_wire::api::ExtensionsBody;
use relance_wire::settings::to_json;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

const WRITE: &str = "
INSERT OR REPLACE INTO services (
    id, name_key, name, display_name, kind, service_type, start_type, delayed_auto_start,
    error_control, command_line, load_order_group, dependencies, account_name, description,
    reset_period, reboot_message, command, actions, non_crash_failures, environment, priority,
    preshutdown_ms, security, extensions, marked_for_delete
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25)";

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
        json(&stored_extensions(&config.extensions)),
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

/// Every service, as one that was never started.
pub(super) fn load(
    connection: &Connection,
) -> rusqlite::Result<BTreeMap<ServiceId, ServiceRecord>> {
    let mut statement = connection.prepare("SELECT * FROM services ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let mut record = ServiceRecord::new(ServiceId(row.get("id")?), Arc::new(read(row)?));
        record.marked_for_delete = row.get("marked_for_delete")?;
        Ok((record.id, record))
    })?;
    rows.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<ServiceConfig> {
    let text = |column: &str| row.get::<_, String>(column);
    let number = |column: &str| row.get::<_, u32>(column);
    let texts = |column: &str| from_json::<Vec<String>>(&text(column)?);
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
    config.extensions = checked(from_json::<ExtensionsBody>(&text("extensions")?)?.read())?;
    Ok(config)
}

/// The settings that differ from their defaults. A key that a newer version wrote is refused when it is
/// read, not forgotten.
fn stored_extensions(extensions: &Extensions) -> ExtensionsBody {
    let given = extensions.given();
    ExtensionsBody(
        given
            .map(|(setting, value)| (setting.key.to_owned(), to_json(setting, value)))
            .collect(),
    )
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain structures")
}

pub(super) fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| bad_value(error.into()))
}

fn checked<T>(value: Result<T, ScmError>) -> rusqlite::Result<T> {
    value.map_err(|error| bad_value(error.into()))
}

fn bad_value(error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error)
}
