//! The largest sizes of parts of a service that Windows bounds by how it stores or sends them.
//!
//! Values that are too large are refused when they are set, and not only when the service starts. The
//! kernel takes a command line and an environment of 128 KiB a string and 2 MiB in all; start arguments
//! must fit into one frame of the control channel.

use relance_texts::{error, shown};

use crate::error::ScmError;

use super::{ServiceConfig, invalid};

/// Longest variable of an environment, `NAME=value`, in characters: as on Windows. With four bytes a
/// character it is below the 128 KiB that Linux takes (`MAX_ARG_STRLEN`).
pub const VARIABLE_LEN_MAX: usize = 32_767;
/// Largest environment, in bytes as Linux counts it: each variable with its end and a pointer. Half of
/// what a process may get with the usual limit of its stack.
pub const ENVIRONMENT_LEN_MAX: usize = 1024 * 1024;
/// Most start arguments: as Windows' protocol.
pub const START_ARGUMENTS_MAX: usize = 1024;
/// Longest start arguments together, in bytes as a service gets them (JSON in a frame of 64 KiB).
pub const START_ARGUMENTS_LEN_MAX: usize = 32 * 1024;
/// Longest name of a group, in characters, as of a service.
pub(super) const GROUP_LEN_MAX: usize = 256;
/// Longest name of an account, in characters: as Windows' protocol.
const ACCOUNT_LEN_MAX: usize = 2048;

/// What is too large in a configuration.
pub(super) fn problems(config: &ServiceConfig) -> Vec<ScmError> {
    let texts = [
        (error::WHAT_GROUP, &*config.load_order_group, GROUP_LEN_MAX),
        (
            error::WHAT_ACCOUNT,
            config.account_name.as_str(),
            ACCOUNT_LEN_MAX,
        ),
    ];
    let too_long = texts.into_iter().filter_map(|(what, text, most)| {
        let length = text.chars().count();
        (length > most).then(|| invalid(error::NameOfLength { what, length, most }))
    });
    let mut problems: Vec<ScmError> = too_long.collect();
    let mut all = 0;
    for variable in &config.environment {
        let (name, value) = (variable.name(), variable.value());
        all += name.len() + value.len() + "=\0".len() + size_of::<u64>();
        let length = name.chars().count() + value.chars().count() + 1;
        if length > VARIABLE_LEN_MAX {
            let start: String = name.chars().take(40).collect();
            problems.push(invalid(error::VariableLength {
                name: shown(&start),
                length,
                most: VARIABLE_LEN_MAX,
            }));
        }
    }
    if all > ENVIRONMENT_LEN_MAX {
        problems.push(invalid(error::EnvironmentLength {
            length: all,
            most: ENVIRONMENT_LEN_MAX,
        }));
    }
    problems
}

/// Checks the arguments of a start.
///
/// # Errors
/// 87 for too many, for too long ones, and for a null character.
pub fn check_start_arguments(arguments: &[String]) -> Result<(), ScmError> {
    if arguments.len() > START_ARGUMENTS_MAX {
        return Err(invalid(error::StartArgumentsCount {
            count: arguments.len(),
            most: START_ARGUMENTS_MAX,
        }));
    }
    if arguments.iter().any(|argument| argument.contains('\0')) {
        return Err(invalid(error::START_ARGUMENT_NULL));
    }
    let length: usize = arguments.iter().map(|argument| json_len(argument)).sum();
    if length > START_ARGUMENTS_LEN_MAX {
        return Err(invalid(error::StartArgumentsLength {
            length,
            most: START_ARGUMENTS_LEN_MAX,
        }));
    }
    Ok(())
}

/// Length of a text as JSON, with quotes and a comma.
fn json_len(text: &str) -> usize {
    let bytes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        _ => 1,
    });
    bytes.sum::<usize>() + 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EnvironmentVariable;
    use crate::name::ServiceName;

    fn with_environment(variables: &[(&str, usize)]) -> Result<(), ScmError> {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let variables = variables
            .iter()
            .map(|(name, length)| EnvironmentVariable::new(name, &"x".repeat(*length)).unwrap());
        config.environment = variables.collect();
        config.check()
    }

    #[test]
    fn an_environment_that_no_process_could_get_is_refused() {
        with_environment(&[("A", VARIABLE_LEN_MAX - 2)]).unwrap();
        let refused = with_environment(&[("A", VARIABLE_LEN_MAX - 1)]).unwrap_err();
        assert_eq!(refused.code().to_raw(), 87);
        assert!(
            refused.to_string().contains("variable A has 32768"),
            "{refused}"
        );
        let many = |count| with_environment(&vec![("A", 32_000); count]);
        many(32).unwrap();
        let refused = many(33).unwrap_err();
        assert!(
            refused.to_string().contains("the environment takes"),
            "{refused}"
        );
        // A variable of 8 MiB once killed the engine later.
        assert_eq!(
            with_environment(&[("A", 8 << 20)])
                .unwrap_err()
                .code()
                .to_raw(),
            87
        );
    }

    #[test]
    fn names_of_groups_and_accounts_are_bounded() {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        config.load_order_group = "g".repeat(GROUP_LEN_MAX + 1).into();
        assert!(
            config
                .check()
                .unwrap_err()
                .to_string()
                .contains("load order group")
        );
    }

    #[test]
    fn start_arguments_fit_into_a_frame() {
        let check = |count: usize, length: usize, character: &str| {
            check_start_arguments(&vec![character.repeat(length); count])
        };
        check(START_ARGUMENTS_MAX, 29, "x").unwrap();
        assert!(check(START_ARGUMENTS_MAX + 1, 0, "x").is_err());
        check(1, START_ARGUMENTS_LEN_MAX - 3, "x").unwrap();
        assert!(check(1, START_ARGUMENTS_LEN_MAX - 2, "x").is_err());
        assert!(
            check(1, START_ARGUMENTS_LEN_MAX / 6, "\u{1}").is_err(),
            "six bytes each"
        );
        assert_eq!(check(1, 30 << 20, "x").unwrap_err().code().to_raw(), 87);
        assert!(check(1, 1, "\0").is_err());
    }
}
