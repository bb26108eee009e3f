//! Notices (X86 to X94): targets that cannot be told, and services that name one that there is not.

use relance_scm::event;
use relance_scm::manager::{Notices, ServiceInfo};
use relance_texts::{doctor, notice};

use super::finding::Finding;
use crate::targets::Targets;

/// Examines what the manager knows of targets, and what services say of them.
pub(super) fn check(notices: &Notices, services: &[ServiceInfo]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = file(notices).into_iter().collect();
    findings.extend(notices.targets.iter().filter_map(|target| {
        let problem = event::problem(target.problem.as_deref()?);
        let target = &*target.name;
        let away = notice::TargetNotTold { target, problem };
        let advice = doctor::TargetAwayDo { target };
        Some(Finding::warning(doctor::ABOUT_NOTICES, away, advice))
    }));
    let targets = Targets::of(notices);
    for info in services {
        for target in targets.missing(&info.config.extensions) {
            let (target, file) = (&*target, targets.file());
            findings.push(Finding::warning(
                info.config.service_name.as_str(),
                notice::NobodyOfName { target, file },
                doctor::NobodyOfNameDo { target, file },
            ));
        }
    }
    findings
}

/// The file of targets.
fn file(notices: &Notices) -> Option<Finding> {
    let problem = event::problem(notices.problem.as_deref()?);
    let advice = doctor::NOTICE_FILE_DO;
    let unusable = notice::Unusable { problem };
    Some(Finding::problem(doctor::ABOUT_NOTICES, unusable, advice))
}
