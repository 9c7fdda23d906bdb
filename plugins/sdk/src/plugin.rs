//! The traits a plug-in implements, and `export!`, which turns them into the
//! exports of a component.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Case, Failure, Verdict};

/// What a hook answers.
pub type Answer = Result<Verdict, Failure>;

/// What every plug-in has, whatever hooks it serves.
pub trait Plugin {
    /// The settings of its binding, as the manifest's schema describes them;
    /// [`NoSettings`] for a plug-in without any.
    type Settings: DeserializeOwned;

    /// Checks settings beyond the manifest's schema, when a release is staged.
    ///
    /// # Errors
    /// One sentence for each setting that does not fit, naming it.
    fn validate(_settings: &Self::Settings) -> Result<(), Vec<String>> {
        Ok(())
    }
}

/// The settings of a plug-in that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct NoSettings {}

/// Serves the checkpoint `intake`: an application is to be accepted.
pub trait Intake: Plugin {
    /// The finding.
    ///
    /// # Errors
    /// A [`Failure`] when no verdict can be reached; the check then counts as
    /// "could not check", never as clear.
    fn intake(case: &Case<'_, Self::Settings>) -> Answer;
}

/// Serves the checkpoint `review`: an application is examined.
pub trait Review: Plugin {
    /// The finding.
    ///
    /// # Errors
    /// As [`Intake::intake`].
    fn review(case: &Case<'_, Self::Settings>) -> Answer;
}

/// Serves the checkpoint `issuance`: a licence is about to be issued.
pub trait Issuance: Plugin {
    /// The finding.
    ///
    /// # Errors
    /// As [`Intake::intake`].
    fn issuance(case: &Case<'_, Self::Settings>) -> Answer;
}

/// Serves the checkpoint `supervision`, after the licence.
pub trait Supervision: Plugin {
    /// The finding.
    ///
    /// # Errors
    /// As [`Intake::intake`].
    fn supervision(case: &Case<'_, Self::Settings>) -> Answer;
}

/// Serves checkpoints outside licensing (R11), which the manifest lists as
/// `custom:<name>`.
pub trait Custom: Plugin {
    /// The finding at the checkpoint of this name.
    ///
    /// # Errors
    /// As [`Intake::intake`].
    fn checkpoint(name: &str, case: &Case<'_, Self::Settings>) -> Answer;
}

/// Reads settings as the host hands them over, in CBOR.
///
/// # Errors
/// A [`Failure`] of code `settings` when they do not fit the type: the manifest
/// and the code then disagree.
pub fn read_settings<S: DeserializeOwned>(encoded: &[u8]) -> Result<S, Failure> {
    minicbor_serde::from_slice(encoded).map_err(|error| Failure::new("settings", error.to_string()))
}

/// Exports a plug-in's hooks from the component:
/// `creditgate_plugin::export!(MyPlugin: intake, review);`
///
/// Each hook named needs its trait implemented, such as [`Intake`] for `intake`;
/// the others are `review`, `issuance`, `supervision` and `custom`. The check of
/// the settings is always exported. On other targets than WebAssembly this
/// expands to nothing but a check that the traits are there.
#[macro_export]
macro_rules! export {
    ($plugin:ty: $($hook:ident),+ $(,)?) => {
        $($crate::__assert_hook!($hook $plugin);)+
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::component::Component<$plugin>;
            $($crate::bindings::$hook::export_hook!(Component with_types_in $crate::bindings::$hook);)+
            $crate::bindings::validation::export_hook!(Component with_types_in $crate::bindings::validation);
        };
    };
}

/// Says at the right place which trait a hook needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_hook {
    (intake $plugin:ty) => { $crate::__assert_hook!(=> Intake $plugin); };
    (review $plugin:ty) => { $crate::__assert_hook!(=> Review $plugin); };
    (issuance $plugin:ty) => { $crate::__assert_hook!(=> Issuance $plugin); };
    (supervision $plugin:ty) => { $crate::__assert_hook!(=> Supervision $plugin); };
    (custom $plugin:ty) => { $crate::__assert_hook!(=> Custom $plugin); };
    (=> $hook:ident $plugin:ty) => {
        const _: fn() = || {
            fn serves<P: $crate::$hook>() {}
            serves::<$plugin>();
        };
    };
    ($other:ident $plugin:ty) => {
        compile_error!("a hook is one of intake, review, issuance, supervision, custom");
    };
}
