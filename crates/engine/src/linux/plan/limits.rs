//! Turns the settings into the limits of a process and its group (X53).

use relance_scm::ServiceConfig;
use relance_scm::controllers::{Controller, Controllers};
use relance_scm::settings::{
    CPU_QUOTA, CPU_WEIGHT, IO_WEIGHT, LIMIT_AS, LIMIT_CORE, LIMIT_CPU, LIMIT_DATA, LIMIT_FSIZE,
    LIMIT_MEMLOCK, LIMIT_MSGQUEUE, LIMIT_NICE, LIMIT_NOFILE, LIMIT_NPROC, LIMIT_RTPRIO,
    LIMIT_RTTIME, LIMIT_SIGPENDING, LIMIT_STACK, MEMORY_HIGH, MEMORY_MAX, OOM_GROUP, SWAP_MAX,
    TASKS_MAX,
};

use crate::linux::cgroup;
use crate::linux::spawn::Limit;

/// What the whole group may use.
pub(crate) fn of_group(config: &ServiceConfig) -> cgroup::Limits {
    let set = &config.extensions;
    cgroup::Limits {
        memory_high: set.get(MEMORY_HIGH),
        memory_max: set.get(MEMORY_MAX),
        swap_max: set.get(SWAP_MAX),
        oom_group: set.get(OOM_GROUP),
        cpu_weight: set.get(CPU_WEIGHT),
        cpu_quota: set.get(CPU_QUOTA),
        tasks_max: set.get(TASKS_MAX),
        io_weight: set.get(IO_WEIGHT),
    }
}

/// The limits of `setrlimit` that are set, by their numbers in the kernel. Where groups have no memory
/// controller, each process may have as much data as the whole group should.
pub(crate) fn of_process(config: &ServiceConfig, controllers: Controllers) -> Vec<Limit> {
    let set = [
        (libc::RLIMIT_NOFILE, LIMIT_NOFILE),
        (libc::RLIMIT_NPROC, LIMIT_NPROC),
        (libc::RLIMIT_CORE, LIMIT_CORE),
        (libc::RLIMIT_FSIZE, LIMIT_FSIZE),
        (libc::RLIMIT_AS, LIMIT_AS),
        (libc::RLIMIT_DATA, LIMIT_DATA),
        (libc::RLIMIT_STACK, LIMIT_STACK),
        (libc::RLIMIT_MEMLOCK, LIMIT_MEMLOCK),
        (libc::RLIMIT_CPU, LIMIT_CPU),
        (libc::RLIMIT_NICE, LIMIT_NICE),
        (libc::RLIMIT_RTPRIO, LIMIT_RTPRIO),
        (libc::RLIMIT_RTTIME, LIMIT_RTTIME),
        (libc::RLIMIT_SIGPENDING, LIMIT_SIGPENDING),
        (libc::RLIMIT_MSGQUEUE, LIMIT_MSGQUEUE),
    ];
    let mut limits: Vec<Limit> = set
        .into_iter()
        .filter_map(|(resource, key)| {
            let limit = config.extensions.get(key)?;
            #[allow(clippy::unnecessary_cast, reason = "musl has a signed type for it")]
            let resource = resource as u32;
            Some(Limit {
                resource,
                value: limit.soft,
                hard: Some(limit.hard),
            })
        })
        .collect();
    limits.extend(instead_of_group(config, controllers));
    limits
}

/// Data is what a program has asked for and not only reserved, so programs that reserve much start all the same.
fn instead_of_group(config: &ServiceConfig, controllers: Controllers) -> Option<Limit> {
    let set = &config.extensions;
    let memory = set.get(MEMORY_MAX)?;
    let is_held = controllers.has(Controller::Memory) || set.get(LIMIT_DATA).is_some();
    #[allow(clippy::unnecessary_cast, reason = "musl has a signed type for it")]
    let resource = libc::RLIMIT_DATA as u32;
    (!is_held).then_some(Limit {
        resource,
        value: memory,
        hard: Some(memory),
    })
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn x53_without_the_memory_controller_each_process_is_limited() {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let limits = |config: &ServiceConfig, controllers| {
            let limits = of_process(config, controllers).into_iter();
            limits.map(|limit| limit.value).collect::<Vec<_>>()
        };
        assert!(limits(&config, Controllers::NONE).is_empty());
        config.extensions.set(MEMORY_MAX, Some(64 << 20));
        assert_eq!(limits(&config, Controllers::NONE), [64 << 20]);
        assert!(limits(&config, Controllers::ALL).is_empty());
        assert_eq!(of_group(&config).memory_max, Some(64 << 20));
        let own = relance_scm::config::Limit { soft: 7, hard: 9 };
        config.extensions.set(LIMIT_DATA, Some(own));
        assert_eq!(
            limits(&config, Controllers::NONE),
            [7],
            "its own setting wins"
        );
    }
}
