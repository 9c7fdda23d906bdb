//! What can go wrong, in types. Each error has a stable `code()`, and its text
//! names the remedy.

use std::path::PathBuf;

use creditgate_manifest::ManifestError;

use crate::class::GuestClass;
use crate::limits::LimitKind;

/// The sandbox itself cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine refused its configuration or could not reserve its pool.
    #[error(
        "the WebAssembly engine for {} guests cannot start: {detail}; with little address space, lower \
         {}.concurrent_calls",
        class.code(),
        class.setting()
    )]
    Engine {
        /// For which guests.
        class: GuestClass,
        /// What the engine said.
        detail: String,
    },
    /// No thread for the epoch clock.
    #[error("cannot start the thread that holds plug-ins to their wall clock")]
    Ticker(#[source] std::io::Error),
    /// No threads for long calls.
    #[error("cannot start the threads that run plug-ins which compute for long")]
    Lane(#[source] std::io::Error),
    /// The cache folder cannot be used.
    #[error("cannot use {} as the cache of compiled plug-ins", folder.display())]
    Cache {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A component cannot serve, and why.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The bytes are something else.
    #[error("this is not WebAssembly: it does not start with `\\0asm`")]
    NotWasm,
    /// A module without the component around it.
    #[error("this is a core module, not a component; `creditgate-builder build` makes the component")]
    CoreModule,
    /// Truncated or damaged.
    #[error("the component is truncated or damaged at byte {offset}: {detail}")]
    Invalid {
        /// Offset of the fault in the file.
        offset: u64,
        /// What is wrong there.
        detail: String,
    },
    /// It wants what the contract does not give.
    #[error(
        "the component imports what no plug-in may import: {}; a plug-in has no network, files or \
         environment",
        names.join(", ")
    )]
    ForeignImports {
        /// Each import outside the contract.
        names: Vec<String>,
    },
    /// Built against another version of the contract.
    #[error("the component uses {found}, this host serves {served}; build it with the SDK of this host")]
    WitVersion {
        /// Interface and version found.
        found: String,
        /// The version served.
        served: &'static str,
    },
    /// An import has the right name and the wrong type.
    #[error("an import does not match the contract: {detail}")]
    MistypedImport {
        /// What the engine said.
        detail: String,
    },
    /// Nothing to call.
    #[error(
        "the component exports no hook: expected one of intake, review, issuance, supervision, custom of \
         creditgate:plugin"
    )]
    NoHook,
    /// The manifest promises a hook that is not there.
    #[error("the manifest lists the hook `{hook}`, but the component does not export {export}")]
    HookNotExported {
        /// The hook as the manifest writes it.
        hook: String,
        /// The interface that is missing.
        export: String,
    },
    /// A hook is there that the manifest does not mention.
    #[error("the component exports {export}, but the manifest lists no such hook")]
    HookNotDeclared {
        /// The interface.
        export: String,
    },
    /// An export has the right name and the wrong type.
    #[error("the export {export} does not match the contract: {detail}")]
    MistypedExport {
        /// Interface and function.
        export: String,
        /// What the engine said.
        detail: String,
    },
    /// The component does not say who it is.
    #[error("the component has no manifest; `creditgate-builder build` embeds plugin.toml")]
    ManifestMissing,
    /// The component says twice who it is.
    #[error("the component has more than one manifest")]
    ManifestRepeated,
    /// The manifest cannot be read.
    #[error("the manifest in the component cannot be used")]
    ManifestInvalid(#[source] ManifestError),
    /// The manifest is not text.
    #[error("the manifest in the component is not UTF-8 text")]
    ManifestNotText,
    /// More than a slot of the pool holds, whatever the load.
    #[error("the component needs {needed} {resource}, the largest slot of a pool holds {available}")]
    ExceedsPool {
        /// What there is too little of.
        resource: &'static str,
        /// Needed by the component.
        needed: u64,
        /// In a slot.
        available: u64,
    },
    /// The engine for guests of its class does not start. Says nothing about the
    /// component.
    #[error("this host cannot run guests of its class")]
    Engine(#[source] SandboxError),
    /// The compiler refused it.
    #[error("the component does not compile: {detail}")]
    Compile {
        /// What the compiler said.
        detail: String,
    },
    /// More than this host compiles.
    #[error("the component is too complex: {detail}")]
    TooComplex {
        /// What there is too much of.
        detail: String,
    },
    /// It could not be instantiated on trial.
    #[error("the component does not start")]
    Start(#[source] CallError),
}

impl LoadError {
    /// The stable name of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotWasm => "component.not_wasm",
            Self::CoreModule => "component.core_module",
            Self::Invalid { .. } => "component.invalid",
            Self::ForeignImports { .. } => "component.foreign_import",
            Self::WitVersion { .. } => "component.wit_version",
            Self::MistypedImport { .. } => "component.mistyped_import",
            Self::NoHook => "component.no_hook",
            Self::HookNotExported { .. } => "component.hook_not_exported",
            Self::HookNotDeclared { .. } => "component.hook_not_declared",
            Self::MistypedExport { .. } => "component.mistyped_export",
            Self::ManifestMissing => "manifest.missing",
            Self::ManifestRepeated => "manifest.repeated",
            Self::ManifestInvalid(_) => "manifest.invalid",
            Self::ManifestNotText => "manifest.not_text",
            Self::ExceedsPool { .. } => "component.exceeds_pool",
            Self::Engine(_) => "host.engine",
            Self::Compile { .. } => "component.not_compiled",
            Self::TooComplex { .. } => "component.too_complex",
            Self::Start(_) => "component.not_started",
        }
    }
}

/// Which call of which plug-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSite {
    /// Name of the plug-in.
    pub plugin: String,
    /// Version of the plug-in.
    pub version: String,
    /// The checkpoint, or `settings` for the validation of settings.
    pub checkpoint: String,
    /// The binding whose settings and limits held.
    pub binding: String,
}

impl std::fmt::Display for CallSite {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "plug-in {} {} at {}", self.plugin, self.version, self.checkpoint)
    }
}

/// A call came to neither verdict nor failure. Says nothing about the case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// A limit was hit.
    #[error(
        "{site} went over {allowed} of {setting}; if it is right to need more, raise {setting} of binding {}",
        site.binding,
        setting = limit.setting()
    )]
    Limit {
        /// Where.
        site: Box<CallSite>,
        /// The limit.
        limit: LimitKind,
        /// What it allowed.
        allowed: u64,
    },
    /// Too deep a recursion.
    #[error("{site} ran out of stack, in {}", culprit(frames))]
    StackOverflow {
        /// Where.
        site: Box<CallSite>,
        /// Function names, innermost first.
        frames: Vec<String>,
    },
    /// The plug-in broke.
    #[error("{site} broke: {message}, in {}", culprit(frames))]
    Trap {
        /// Where.
        site: Box<CallSite>,
        /// What happened.
        message: String,
        /// Function names, innermost first.
        frames: Vec<String>,
    },
    /// What it handed over breaks the component model or the contract.
    #[error("{site} handed over something malformed: {detail}")]
    Malformed {
        /// Where.
        site: Box<CallSite>,
        /// What is wrong with it.
        detail: String,
    },
    /// It has no hook for this checkpoint.
    #[error("{site}: it serves no such checkpoint")]
    NotServed {
        /// Where.
        site: Box<CallSite>,
    },
    /// No slot of the pool became free in time. Says nothing about the plug-in.
    #[error(
        "{site}: no free slot within {waited_ms} ms; try again, or raise the number of concurrent calls of its class of guests"
    )]
    Busy {
        /// Where.
        site: Box<CallSite>,
        /// How long it waited.
        waited_ms: u64,
    },
    /// The department has as many calls that take long under way as it may. Says
    /// nothing about the plug-in.
    #[error(
        "{site}: department `{department}` has its share of plug-in calls that take long, and no place came \
         free within {waited_ms} ms; try again, or raise long_calls_per_department"
    )]
    ShareTaken {
        /// Where.
        site: Box<CallSite>,
        /// The department.
        department: String,
        /// How long it waited; 0 where as many waited as may.
        waited_ms: u64,
    },
}

impl CallError {
    /// The stable name of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Limit { limit, .. } => match limit {
                LimitKind::Fuel => "limit.fuel",
                LimitKind::WallClock => "limit.wall_clock",
                LimitKind::Memory => "limit.memory",
                LimitKind::Table => "limit.table",
                LimitKind::HostCalls => "limit.host_calls",
                LimitKind::LogBytes => "limit.log",
                LimitKind::ResultBytes => "limit.result",
            },
            Self::StackOverflow { .. } => "plugin.stack_overflow",
            Self::Trap { .. } => "plugin.trap",
            Self::Malformed { .. } => "plugin.malformed",
            Self::NotServed { .. } => "plugin.not_served",
            Self::Busy { .. } => "host.busy",
            Self::ShareTaken { .. } => "department.busy",
        }
    }

    /// Whether there was no call for want of room. The same call may come to its
    /// end a moment later.
    #[must_use]
    pub const fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::ShareTaken { .. })
    }

    /// Which call of which plug-in.
    #[must_use]
    pub fn site(&self) -> &CallSite {
        match self {
            Self::Limit { site, .. }
            | Self::StackOverflow { site, .. }
            | Self::Trap { site, .. }
            | Self::Malformed { site, .. }
            | Self::NotServed { site }
            | Self::Busy { site, .. }
            | Self::ShareTaken { site, .. } => site,
        }
    }
}

/// The innermost function that is not of Rust's own libraries: those only carry
/// out the panic or the indexing that the plug-in asked for.
fn culprit(frames: &[String]) -> &str {
    const LIBRARIES: [&str; 4] = ["__rustc", "core::", "std::", "alloc::"];
    let of_library =
        |frame: &str| LIBRARIES.iter().any(|library| frame.trim_start_matches('<').starts_with(library));
    let own = frames.iter().find(|frame| !of_library(frame));
    own.or(frames.first()).map_or("a function without a name", String::as_str)
}

/// Settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidateError {
    /// The plug-in refuses them. Each text names one setting.
    #[error("the plug-in refuses the settings: {}", .0.join("; "))]
    Refused(Vec<String>),
    /// The plug-in could not say.
    #[error(transparent)]
    Call(#[from] CallError),
}

#[cfg(test)]
mod tests {
    use super::culprit;

    #[test]
    fn the_plugins_own_function_is_named() {
        let cases: [(&[&str], &str); 4] = [
            (
                &["__rustc::rust_panic", "core::panicking::panic_fmt", "rules::charter", "on_intake"],
                "rules::charter",
            ),
            (&["<alloc::vec::Vec<T>>::push", "rules::seal"], "rules::seal"),
            (&["core::panicking::panic"], "core::panicking::panic"),
            (&[], "a function without a name"),
        ];
        for (frames, expected) in cases {
            let frames: Vec<String> = frames.iter().map(ToString::to_string).collect();
            assert_eq!(culprit(&frames), expected);
        }
    }
}
