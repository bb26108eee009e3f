//! Who may do what (A18 to A28): the check that stands before every request about a service.

use std::sync::Arc;

use relance_policy::ServiceRecord;
use relance_scm::security::{SecurityDescriptor, Sid, words};
use relance_scm::{
    AccessRights, Caller, EndCause, ScmError, ServiceConfig, ServiceName, Win32Error,
};
use relance_texts::{error, shown};

/// Checks that the caller has all these rights on the service that it calls by this name (A24, per request).
///
/// # Errors
/// `ERROR_ACCESS_DENIED` (5), naming the rights that are missing, or 1060, as if there were no such service, for
/// callers who have no right on it at all (X110).
pub(crate) fn check_named(
    caller: &Caller,
    name: &ServiceName,
    config: &ServiceConfig,
    wanted: AccessRights,
) -> Result<(), ScmError> {
    if granted(caller, config) == AccessRights::NONE {
        return Err(not_found(name));
    }
    check(caller, config, wanted)
}

/// Checks that the caller has all these rights on a service of which it knows.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` (5), naming the rights that are missing.
pub(crate) fn check(
    caller: &Caller,
    config: &ServiceConfig,
    wanted: AccessRights,
) -> Result<(), ScmError> {
    let missing = wanted.without(granted(caller, config));
    if missing == AccessRights::NONE {
        return Ok(());
    }
    let (service, missing) = (shown(&config.service_name), shown(missing));
    let by = shown(&caller.name);
    Err(if caller.is_administrator() {
        let denied = error::DeniedAdministrator {
            caller: by,
            service,
            missing,
        };
        ScmError::new(Win32Error::ACCESS_DENIED, denied)
    } else {
        let denied = error::Denied {
            caller: by,
            service,
            missing,
        };
        ScmError::new(Win32Error::ACCESS_DENIED, denied)
    })
}

/// Checks the same of a service that depends on the one that the caller names. One that the caller may not see is
/// not named.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` (5).
pub(crate) fn check_dependent(
    caller: &Caller,
    name: &ServiceName,
    dependent: &ServiceConfig,
    wanted: AccessRights,
) -> Result<(), ScmError> {
    if granted(caller, dependent).contains(AccessRights::QUERY_STATUS) {
        return check(caller, dependent, wanted);
    }
    check(caller, dependent, wanted).map_err(|error| {
        let (caller, service) = (shown(&caller.name), shown(name));
        ScmError::new(error.code(), error::DeniedDependent { caller, service })
    })
}

/// What administrators may do even if a descriptor denies it, so that no descriptor locks them out: see a
/// service, and change who may do what with it (on Windows by taking ownership, A26).
const OF_ADMINISTRATORS: AccessRights = words::QUERY
    .union(AccessRights::WRITE_DAC)
    .union(AccessRights::WRITE_OWNER);

/// The rights a caller has on a service. The manager itself has all.
pub(crate) fn granted(caller: &Caller, config: &ServiceConfig) -> AccessRights {
    if caller.sids.contains(&Sid::LocalSystem) {
        return AccessRights::ALL_ACCESS.union(AccessRights::READ_OUTPUT);
    }
    let granted = match &config.security {
        Some(descriptor) => descriptor.effective_rights(&caller.sids),
        None => SecurityDescriptor::default_for_service().effective_rights(&caller.sids),
    };
    let granted = if granted.contains(AccessRights::CHANGE_CONFIG) {
        granted.union(AccessRights::READ_OUTPUT)
    } else {
        granted
    };
    if caller.is_administrator() {
        return granted.union(OF_ADMINISTRATORS);
    }
    granted
}

/// Whether a caller may read what a service prints, and the texts of its failures.
pub(crate) fn may_read_output(caller: &Caller, config: &ServiceConfig) -> bool {
    granted(caller, config).contains(AccessRights::READ_OUTPUT)
}

/// Whether a caller may see who asked for what is done with a service (X67).
pub(crate) fn may_see_authors(caller: &Caller, config: &ServiceConfig) -> bool {
    granted(caller, config).contains(AccessRights::QUERY_CONFIG)
}

/// Whether a caller may see what a service keeps to itself, secrets perhaps: the values of its
/// environment (A28).
pub(crate) fn may_see_secrets(caller: &Caller, config: &ServiceConfig) -> bool {
    granted(caller, config).contains(AccessRights::CHANGE_CONFIG)
}

/// The configuration as a caller may see it.
pub(crate) fn visible_config(caller: &Caller, config: &Arc<ServiceConfig>) -> Arc<ServiceConfig> {
    let config = Arc::clone(config);
    if may_see_secrets(caller, &config) {
        return config;
    }
    config.without_secrets()
}

/// The record as it is explained to a caller. What a script said about its end is hidden like its output, and who
/// asked for its start and stop (X67) like its configuration.
pub(crate) fn told_record(caller: &Caller, record: &Arc<ServiceRecord>) -> Arc<ServiceRecord> {
    let mut record = Arc::clone(record);
    let cause = record.last_end.as_ref().and_then(|end| end.cause.clone());
    if let Some(cause) = cause.filter(|_| !may_read_output(caller, &record.config)) {
        let kind = EndCause::new(cause.kind, "");
        if let Some(end) = &mut Arc::make_mut(&mut record).last_end {
            end.cause = Some(kind.into());
        }
    }
    if record.asked.is_some() && !may_see_authors(caller, &record.config) {
        Arc::make_mut(&mut record).asked = None;
    }
    record
}

/// Whether a process of the current run of a service asks: a run has a session of its own. One that was seen before the
/// run began had only the same number: it is over, and a process that was in it may have kept a connection.
pub(crate) fn is_run_of(caller: &Caller, record: &ServiceRecord) -> bool {
    let session = caller.session.filter(|session| session.leader != 0);
    let run = record.run.as_ref();
    session
        .zip(run)
        .is_some_and(|(session, run)| session.leader == run.pid && session.seen >= run.birth)
}

/// 1060, with what to do.
pub(crate) fn not_found(name: &ServiceName) -> ScmError {
    ScmError::new(
        Win32Error::SERVICE_DOES_NOT_EXIST,
        error::NoService { name: shown(name) },
    )
}

/// Checks that the caller administers the manager (A23: creating services).
///
/// # Errors
/// `ERROR_ACCESS_DENIED` (5).
pub(crate) fn check_administrator(caller: &Caller) -> Result<(), ScmError> {
    if caller.is_administrator() {
        return Ok(());
    }
    Err(ScmError::new(
        Win32Error::ACCESS_DENIED,
        error::DeniedAdministration {
            caller: shown(&caller.name),
        },
    ))
}

#[cfg(test)]
mod tests {
    use relance_scm::config::EnvironmentVariable;

    use super::*;

    fn caller(sids: &[Sid]) -> Caller {
        Caller {
            name: "uid 33".into(),
            sids: sids.into(),
            session: None,
        }
    }

    fn config() -> ServiceConfig {
        ServiceConfig::new(ServiceName::new("a").unwrap(), "/a")
    }

    #[test]
    fn an_administrator_who_has_no_right_is_not_told_to_ask_one() {
        let mut config = config();
        config.security = Some(Box::new("D:(A;;LC;;;SY)".parse().unwrap()));
        let root = caller(&[Sid::Administrators]);
        let error = check(&root, &config, AccessRights::DELETE).unwrap_err();
        assert_eq!(error.code(), Win32Error::ACCESS_DENIED);
        assert!(
            error.sentence().contains("relance grant a WHO all"),
            "{error}"
        );
    }

    #[test]
    fn a21_a28_a_local_peer_reads_and_no_more() {
        let peer = caller(&[Sid::Interactive, Sid::Everyone, Sid::UnixUser(33)]);
        assert!(check(&peer, &config(), AccessRights::QUERY_STATUS).is_ok());
        for right in [
            AccessRights::START,
            AccessRights::STOP,
            AccessRights::CHANGE_CONFIG,
            AccessRights::DELETE,
            AccessRights::USER_DEFINED_CONTROL,
        ] {
            let error = check(&peer, &config(), right).unwrap_err();
            assert_eq!(error.code(), Win32Error::ACCESS_DENIED);
            assert!(error.sentence().contains(&right.to_string()), "{error}");
        }
        assert!(check_administrator(&peer).is_err());
    }

    #[test]
    fn x110_what_a_caller_has_no_right_on_is_not_there() {
        let mut config = config();
        let name = ServiceName::new("A").unwrap();
        let code = |config: &ServiceConfig, caller: &Caller| {
            let checked = check_named(caller, &name, config, AccessRights::STOP);
            checked.map_err(|error| (error.code(), error.sentence().to_owned()))
        };
        let peer = caller(&[Sid::Interactive, Sid::Everyone, Sid::UnixUser(33)]);
        let seen = code(&config, &peer).unwrap_err();
        assert_eq!(seen.0, Win32Error::ACCESS_DENIED);
        config.security = Some(Box::new(
            "D:(A;;GA;;;BA)(A;;RP;;;S-1-22-1-34)".parse().unwrap(),
        ));
        let missing = not_found(&name);
        let missing = (missing.code(), missing.sentence().to_owned());
        assert_eq!(
            code(&config, &peer).unwrap_err(),
            missing,
            "as it was asked for"
        );
        let starter = caller(&[Sid::UnixUser(34)]);
        assert_eq!(
            code(&config, &starter).unwrap_err().0,
            Win32Error::ACCESS_DENIED
        );
        assert!(code(&config, &caller(&[Sid::Administrators])).is_ok());
    }

    #[test]
    fn x110_a_dependent_that_is_not_seen_is_not_named() {
        let mut config = ServiceConfig::new(ServiceName::new("inside").unwrap(), "/a");
        let peer = caller(&[Sid::Interactive]);
        let asked = ServiceName::new("front").unwrap();
        let said = |config: &ServiceConfig| {
            let checked = check_dependent(&peer, &asked, config, AccessRights::STOP);
            checked.unwrap_err().sentence().to_owned()
        };
        assert!(said(&config).contains("inside"));
        config.security = Some(Box::new("D:(A;;GA;;;BA)".parse().unwrap()));
        assert!(!said(&config).contains("inside"), "{}", said(&config));
    }

    #[test]
    fn the_values_of_an_environment_are_for_those_who_may_change_them() {
        let mut config = config();
        let variable = |value| EnvironmentVariable::new("PASSWORD", value).unwrap();
        config.environment = [variable("secret")].into();
        let config = Arc::new(config);
        let seen = |sids: &[Sid]| visible_config(&caller(sids), &config).environment.clone();
        assert_eq!(*seen(&[Sid::Interactive, Sid::Everyone]), [variable("***")]);
        assert_eq!(*seen(&[Sid::Administrators]), [variable("secret")]);
        assert_eq!(*seen(&[Sid::LocalSystem]), [variable("secret")]);
    }

    #[test]
    fn output_is_for_those_who_may_read_it_or_change_the_service() {
        let reads = |sddl: &str| {
            let mut config = config();
            config.security = Some(Box::new(sddl.parse().unwrap()));
            let user = caller(&[Sid::UnixUser(33)]);
            (
                may_read_output(&user, &config),
                may_see_secrets(&user, &config),
            )
        };
        assert_eq!(reads("D:(A;;CCLC;;;S-1-22-1-33)"), (false, false));
        assert_eq!(reads("D:(A;;0x20c;;;S-1-22-1-33)"), (true, false));
        assert_eq!(reads("D:(A;;DC;;;S-1-22-1-33)"), (true, true));
    }

    #[test]
    fn a20_administrators_do_all_and_the_manager_too() {
        let admin = caller(&[Sid::Administrators]);
        assert!(check(&admin, &config(), AccessRights::ALL_ACCESS).is_ok());
        assert!(check(&Caller::system(), &config(), AccessRights::ALL_ACCESS).is_ok());
        assert!(check_administrator(&admin).is_ok());
    }

    #[test]
    fn no_descriptor_locks_administrators_out() {
        let mut config = config();
        let admin = caller(&[Sid::Administrators, Sid::UnixUser(0), Sid::Everyone]);
        for sddl in ["D:", "D:(A;;RP;;;S-1-22-1-33)", "D:(D;;GA;;;WD)"] {
            config.security = Some(Box::new(sddl.parse().unwrap()));
            let rights = [
                AccessRights::READ_CONTROL,
                AccessRights::WRITE_DAC,
                words::QUERY,
            ];
            for right in rights {
                assert!(check(&admin, &config, right).is_ok(), "{sddl}");
            }
            // Administrators can give themselves all other rights, and that change is logged.
            assert!(
                check(&admin, &config, AccessRights::STOP).is_err(),
                "{sddl}"
            );
            let user = caller(&[Sid::UnixUser(34), Sid::Everyone]);
            assert!(check(&user, &config, AccessRights::READ_CONTROL).is_err());
        }
    }

    #[test]
    fn a24_a_descriptor_of_its_own_decides() {
        let mut config = config();
        config.security = Some(Box::new("D:(A;;RP;;;S-1-22-1-33)".parse().unwrap()));
        let user = caller(&[Sid::UnixUser(33), Sid::Interactive]);
        assert!(check(&user, &config, AccessRights::START).is_ok());
        assert!(check(&user, &config, AccessRights::STOP).is_err());
        assert!(check(&user, &config, AccessRights::QUERY_STATUS).is_err());
    }
}
