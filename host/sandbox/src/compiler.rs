//! Compiling in a process of its own, with limits of its own.
//!
//! A component of some ten kilobytes can ask a compiler for more memory than a
//! machine has, and for hours of its time. No rule that reads a component knows
//! all the ways; the kernel needs to know none. So the host starts its own
//! program once more, which confines itself, takes the component on standard
//! input and gives native code, or says why there is none. What ends that process
//! ends nothing else.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use creditgate_confine::{End, Limits, input_of};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::class::GuestClass;
use crate::engine::{self, SandboxOptions, SlotOptions};
use crate::error::LoadError;

/// What one component may take to compile. The largest plug-ins known, with a
/// whole browser's JavaScript engine inside, take a third of the processor time.
const LIMITS: Limits = Limits {
    cpu_seconds: 120,
    memory_bytes: 2 << 30,
    // Checks go first, and where there are many a compiler gets little.
    patience: Duration::from_secs(240),
    answer_bytes: 256 << 20,
    threads: true,
    niceness: 10,
};
/// Exit status of a compiler that refused a component and said why.
const REFUSED: u8 = 3;

/// Compiles in processes of its own, one at a time.
#[derive(Debug)]
pub(crate) struct Compiler {
    program: PathBuf,
    class: GuestClass,
    pooled_memory_bytes: u64,
    one_at_a_time: Mutex<()>,
}

impl Compiler {
    /// A compiler that starts `program`; see [`SandboxOptions::compiler`].
    pub(crate) fn new(program: &Path, class: GuestClass, pooled_memory_bytes: u64) -> Self {
        Self { program: program.to_owned(), class, pooled_memory_bytes, one_at_a_time: Mutex::new(()) }
    }

    /// Compiles a component for this engine.
    ///
    /// # Errors
    /// The compiler refuses it, or does not live to say so.
    pub(crate) fn compile(&self, engine: &Engine, bytes: &[u8]) -> Result<Component, LoadError> {
        let _one = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, end) =
            self.run(bytes).map_err(|error| not_compiled(format!("the compiler: {error}")))?;
        let status = if let End::Status(status) = end { Some(status) } else { None };
        if status.is_some_and(|status| status.success()) {
            return deserialize(engine, &answer)
                .map_err(|error| not_compiled(format!("the compiler is another one: {error:#}")));
        }
        if status.and_then(|status| status.code()) == Some(i32::from(REFUSED)) {
            return Err(not_compiled(String::from_utf8_lossy(&answer).into_owned()));
        }
        let (seconds, mib) = (LIMITS.cpu_seconds, LIMITS.memory_bytes >> 20);
        let detail = format!(
            "compiling it takes more than {seconds} s of processor time or {mib} MiB of memory ({end})"
        );
        Err(LoadError::TooComplex { detail })
    }

    fn run(&self, bytes: &[u8]) -> io::Result<(Vec<u8>, End)> {
        let slot = self.pooled_memory_bytes.to_string();
        let arguments = [COMPILE_ARGUMENT, self.class.code(), &slot];
        let mut child = LIMITS.start(&self.program, &arguments, input_of(bytes)?)?;
        let mut answer = Vec::new();
        // What ended it early is told by its end.
        let _ = child.read_to_end(&mut answer);
        Ok((answer, child.end()?))
    }
}

/// The first argument with which the host's program is started to compile.
pub const COMPILE_ARGUMENT: &str = "compile-for-host";

/// The whole of a process that compiles: to be the program's `main` when its
/// first argument is [`COMPILE_ARGUMENT`], with those that follow it: the code of
/// the class, and the bytes of memory that a slot of it has at most.
#[must_use]
pub fn compile_for_host(arguments: &[String]) -> ExitCode {
    match compile_within_limits(arguments) {
        Ok(compiled) => written(&compiled, ExitCode::SUCCESS),
        Err(refusal) => written(refusal.as_bytes(), ExitCode::from(REFUSED)),
    }
}

fn written(bytes: &[u8], exit: ExitCode) -> ExitCode {
    let mut output = io::stdout().lock();
    let done = output.write_all(bytes).and_then(|()| output.flush());
    if done.is_ok() { exit } else { ExitCode::FAILURE }
}

fn compile_within_limits(arguments: &[String]) -> Result<Vec<u8>, String> {
    LIMITS.enter().map_err(|error| error.to_string())?;
    let [class, pooled_memory_bytes] = arguments else { return Err("a class and its memory".to_owned()) };
    let class = GuestClass::from_code(class).ok_or_else(|| format!("no class `{class}`"))?;
    let pooled_memory_bytes =
        pooled_memory_bytes.parse().map_err(|error| format!("a number of bytes: {error}"))?;
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let usual = SandboxOptions::default();
    let slots = SlotOptions { concurrent_calls: 1, pooled_memory_bytes, ..usual.of(class).clone() };
    let engine = engine::start(class, &slots).map_err(|error| error.to_string())?;
    engine.precompile_component(&bytes).map_err(|error| format!("{error:#}"))
}

fn not_compiled(detail: String) -> LoadError {
    LoadError::Compile { detail }
}

#[expect(unsafe_code, reason = "the engine cannot check native code; who wrote it is checked instead")]
fn deserialize(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` runs its input as native code, so the input must be
    // what the compiler of this very engine version gave. It comes through a pipe
    // that only this process and its child have, from the program this process
    // itself is an instance of, which ended as having compiled; nothing a user
    // uploads gets there but through the compiler. The engine itself checks
    // version, target and settings in the header.
    unsafe { Component::deserialize(engine, compiled) }
}
