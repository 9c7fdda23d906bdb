//! The `creditgate` program. Everything it does is in the library, where tests reach it.

use std::process::ExitCode;

use creditgate_sandbox::{COMPILE_ARGUMENT, compile_for_host};
use creditgate_server::{READ_ARGUMENT, read_for_host};

/// A check is many short-lived texts; see `docs/measurements/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    // The host starts itself for what may end the process: see `own_program`.
    match arguments.next().as_deref() {
        Some(COMPILE_ARGUMENT) => compile_for_host(&arguments.collect::<Vec<String>>()),
        Some(READ_ARGUMENT) => read_for_host(),
        _ => creditgate_server::cli::main(),
    }
}
