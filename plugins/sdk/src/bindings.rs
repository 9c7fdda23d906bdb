//! The contract as Rust, generated from `wit/`. Nothing here is written by
//! hand, and nothing outside this crate names these paths.
//!
//! One world is generated in full; the worlds with a hook each share its types,
//! so that a plug-in can export any combination of hooks and still see one
//! `Application`.

#![allow(missing_docs, unreachable_pub, unsafe_code, clippy::all, reason = "generated code")]

/// What every plug-in may import.
pub mod imports {
    wit_bindgen::generate!({
        world: "imports",
        path: "../../wit",
        generate_unused_types: true,
        additional_derives: [PartialEq, Eq, PartialOrd, Ord],
    });
}

macro_rules! hook_world {
    ($module:ident, $world:literal, $export:literal) => {
        pub mod $module {
            wit_bindgen::generate!({
                world: $world,
                path: "../../wit",
                pub_export_macro: true,
                export_macro_name: $export,
                with: {
                    "creditgate:plugin/types@1.0.0": crate::bindings::imports::creditgate::plugin::types,
                    "creditgate:plugin/credit@1.0.0": crate::bindings::imports::creditgate::plugin::credit,
                    "creditgate:plugin/policy@1.0.0": crate::bindings::imports::creditgate::plugin::policy,
                    "creditgate:plugin/calendar@1.0.0": crate::bindings::imports::creditgate::plugin::calendar,
                    "creditgate:plugin/feedback@1.0.0": crate::bindings::imports::creditgate::plugin::feedback,
                    "creditgate:plugin/settings@1.0.0": crate::bindings::imports::creditgate::plugin::settings,
                    "creditgate:plugin/log@1.0.0": crate::bindings::imports::creditgate::plugin::log,
                },
            });
        }
    };
}

hook_world!(intake, "with-intake", "export_hook");
hook_world!(review, "with-review", "export_hook");
hook_world!(issuance, "with-issuance", "export_hook");
hook_world!(supervision, "with-supervision", "export_hook");
hook_world!(custom, "with-custom", "export_hook");
hook_world!(validation, "with-validation", "export_hook");
