//! The contract's types and imports, generated from `wit/`, and what the functions
//! a plug-in exports take and answer.

use hook::creditgate::plugin::types as wit;

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "imports",
    imports: { default: trappable },
});

/// What a hook is asked and answers. The case is lent: copying its texts before
/// they are copied into the guest would cost as much again.
pub(crate) mod hook {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package creditgate:host;
            world hook { export creditgate:plugin/intake@1.0.0; }
        ",
        world: "creditgate:host/hook",
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}

/// Checkpoints with an interface of their own.
pub(crate) type HookParameters<'a> = (&'a wit::Application<'a>,);
/// All other checkpoints: the name comes first.
pub(crate) type CheckpointParameters<'a> = (&'a str, &'a wit::Application<'a>);
pub(crate) type HookResults = (HookAnswer,);
pub(crate) type ValidateParameters<'a> = (&'a str,);
pub(crate) type ValidateResults = (SettingsAnswer,);
pub(crate) type HookAnswer = Result<wit::Verdict, wit::Failure>;
pub(crate) type SettingsAnswer = Result<(), Vec<String>>;
