//! What the manager refuses, with its places in the files. The manager refuses all of them with the first problem that it
//! finds; so each service is tried alone, and everything that is wrong is named at once.

use relance_scm::Win32Error;
use relance_scm::manager::{NewService, ToApply};
use relance_texts::command;

use crate::cli::{CommandFailure, Manager};
use crate::service_files::{Descriptions, Problems};

/// More are not tried: it takes a request for each.
const TRIED_MAX: usize = 2000;

/// What was asked for, and where it stands.
pub(super) struct Asked {
    to_apply: ToApply,
    /// Of each service.
    places: Vec<String>,
}

impl Asked {
    pub(super) fn of(found: Descriptions) -> Self {
        let places = found.services.iter();
        let places = places.map(|described| described.place.clone()).collect();
        Self {
            to_apply: found.into_to_apply(),
            places,
        }
    }

    pub(super) fn to_apply(&self) -> &ToApply {
        &self.to_apply
    }

    /// The failure with the places of the services that are refused alone; as it is if there are none.
    pub(super) fn placed(
        &self,
        manager: &Manager,
        failure: CommandFailure,
        json: bool,
    ) -> CommandFailure {
        let code = match &failure {
            CommandFailure::Scm(error) if is_of_a_service(error.code()) => error.code(),
            _ => return failure,
        };
        let services = self.to_apply.services.iter().zip(&self.places);
        let mut problems = Problems::default();
        for (service, place) in services.take(TRIED_MAX) {
            if let Err(CommandFailure::Scm(error)) = self.alone(manager, service) {
                let name = service.config.service_name.as_str();
                let problem = error.to_sentence();
                problems.add(place, command::OfFile { name, problem });
            }
        }
        if problems.is_empty() {
            return failure;
        }
        problems.report_as(code, json)
    }

    fn alone(&self, manager: &Manager, service: &NewService) -> Result<(), CommandFailure> {
        let alone = ToApply {
            policies: self.to_apply.policies.clone(),
            services: vec![service.clone()],
        };
        manager
            .ask(|scm, caller, reply| scm.try_apply(caller, alone, reply))
            .map(drop)
    }
}

/// Whether one service of several may be the reason.
fn is_of_a_service(code: Win32Error) -> bool {
    [
        Win32Error::INVALID_SERVICE_ACCOUNT,
        Win32Error::INVALID_PARAMETER,
        Win32Error::INVALID_NAME,
        Win32Error::DUPLICATE_SERVICE_NAME,
        Win32Error::CIRCULAR_DEPENDENCY,
        Win32Error::SERVICE_MARKED_FOR_DELETE,
        Win32Error::NOT_SUPPORTED,
    ]
    .contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_caller_or_the_manager_is_not_looked_for_in_services() {
        for code in [
            Win32Error::ACCESS_DENIED,
            Win32Error::SERVICE_REQUEST_TIMEOUT,
        ] {
            assert!(!is_of_a_service(code), "{code:?}");
        }
    }
}
