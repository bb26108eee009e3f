//! [`refuse!`](crate::refuse): methods of a manager that cannot answer.

/// Methods of a [`ServiceManager`](crate::ServiceManager) that answer every request with one error.
///
/// Written in the `impl` with a function from `&Self` to the [`ScmError`](crate::ScmError), and the
/// names of the methods: `refuse!(Self::error; apply, explain);`. For a manager that has lost its
/// database, and for managers of tests, which implement little.
#[macro_export]
macro_rules! refuse {
    (@reply $error:path; $name:ident($($kind:ty),*) -> $answer:ty) => {
        fn $name(&self, _: &$crate::Caller, $(_: $kind,)* reply: $crate::Reply<$answer>) {
            reply.send(Err($error(self)));
        }
    };
    (@result $error:path; $name:ident($($kind:ty),*) -> $answer:ty) => {
        fn $name(&self, _: &$crate::Caller, $(_: $kind),*) -> Result<$answer, $crate::ScmError> {
            Err($error(self))
        }
    };
    (@create_service $e:path) => {
        $crate::refuse!(@reply $e; create_service($crate::manager::NewService) -> ());
    };
    (@apply $e:path) => {
        $crate::refuse!(@reply $e;
            apply($crate::manager::ToApply) -> Vec<$crate::manager::Outcome>);
    };
    (@try_apply $e:path) => {
        $crate::refuse!(@reply $e;
            try_apply($crate::manager::ToApply) -> Vec<$crate::manager::Outcome>);
    };
    (@delete_service $e:path) => {
        $crate::refuse!(@reply $e; delete_service(&$crate::ServiceName) -> ());
    };
    (@query_config $e:path) => {
        $crate::refuse!(@reply $e; query_config(&$crate::ServiceName) -> $crate::ServiceConfig);
    };
    (@query_environment $e:path) => {
        $crate::refuse!(@reply $e; query_environment(&$crate::ServiceName)
            -> Box<[$crate::config::EnvironmentVariable]>);
    };
    (@change_config $e:path) => {
        $crate::refuse!(@reply $e;
            change_config(&$crate::ServiceName, $crate::ConfigChange) -> ());
    };
    (@query_access $e:path) => {
        $crate::refuse!(@reply $e; query_access(&$crate::ServiceName) -> $crate::security::Access);
    };
    (@change_access $e:path) => {
        $crate::refuse!(@reply $e;
            change_access(&$crate::ServiceName, Vec<$crate::security::NamedChange>, bool)
            -> $crate::security::Access);
    };
    (@query_status $e:path) => {
        $crate::refuse!(@reply $e; query_status(&$crate::ServiceName) -> $crate::ServiceStatus);
    };
    (@query_service $e:path) => {
        $crate::refuse!(@reply $e;
            query_service(&$crate::ServiceName) -> $crate::manager::ServiceInfo);
    };
    (@enumerate $e:path) => {
        $crate::refuse!(@reply $e; enumerate() -> $crate::manager::Enumeration);
    };
    (@start_service $e:path) => {
        $crate::refuse!(@reply $e; start_service(&$crate::ServiceName, Vec<String>) -> ());
    };
    (@control_service $e:path) => {
        $crate::refuse!(@reply $e;
            control_service(&$crate::ServiceName, $crate::Control) -> $crate::ServiceStatus);
    };
    (@restart_service $e:path) => {
        $crate::refuse!(@reply $e; restart_service(&$crate::ServiceName, bool) -> ());
    };
    (@terminate_service $e:path) => {
        $crate::refuse!(@reply $e; terminate_service(&$crate::ServiceName) -> ());
    };
    (@cancel_recovery $e:path) => {
        $crate::refuse!(@reply $e; cancel_recovery(&$crate::ServiceName) -> ());
    };
    (@explain $e:path) => {
        $crate::refuse!(@reply $e; explain(&$crate::ServiceName) -> Vec<$crate::Sentence>);
    };
    (@find_events $e:path) => {
        $crate::refuse!(@reply $e;
            find_events($crate::event_log::EventFilter) -> $crate::event_log::EventPage);
    };
    (@write_event $e:path) => {
        $crate::refuse!(@reply $e; write_event($crate::event_log::NewEntry) -> ());
    };
    (@read_output $e:path) => {
        $crate::refuse!(@reply $e;
            read_output(&$crate::ServiceName, $crate::manager::OutputStream,
                $crate::manager::OutputRange)
            -> $crate::manager::OutputPart);
    };
    (@follow_output $e:path) => {
        $crate::refuse!(@result $e;
            follow_output(&$crate::ServiceName, $crate::manager::OutputStream, u64) -> Box<dyn $crate::manager::FollowOutput>);
    };
    (@query_usage $e:path) => {
        $crate::refuse!(@reply $e;
            query_usage(Option<Vec<$crate::ServiceId>>) -> Vec<$crate::manager::Usage>);
    };
    (@query_policies $e:path) => {
        $crate::refuse!(@reply $e; query_policies() -> Vec<$crate::manager::PolicyInfo>);
    };
    (@change_policy $e:path) => {
        $crate::refuse!(@reply $e;
            change_policy(&$crate::PolicyName, $crate::PolicyChange, bool) -> $crate::manager::Outcome);
    };
    (@query_manager $e:path) => {
        $crate::refuse!(@reply $e; query_manager() -> $crate::manager::ManagerInfo);
    };
    (@watch $e:path) => {
        $crate::refuse!(@result $e; watch(Option<u64>) -> Box<dyn $crate::manager::Watch>);
    };
    (@advance_clock $e:path) => {
        $crate::refuse!(@reply $e; advance_clock(Option<std::time::Duration>) -> u64);
    };
    ($error:path; $($method:ident),+ $(,)?) => {
        $($crate::refuse!(@$method $error);)+
    };
}
