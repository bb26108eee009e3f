//! The binary `relance`; see the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    relance::main()
}
