//! The `creditgate` program. Everything it does is in the library, where tests reach it.

use std::process::ExitCode;

/// A check is many short-lived texts; see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    creditgate_server::cli::main()
}
