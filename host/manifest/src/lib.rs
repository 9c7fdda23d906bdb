//! A plug-in's manifest (`plugin.toml`): who it is, which department's rules
//! it carries, which checkpoints it serves and which settings it takes.
//!
//! The builder embeds the manifest's text in the component, in the custom
//! section [`MANIFEST_SECTION`]; the host reads it back from there. Both
//! sides therefore need these types, and nothing else of each other. Examples,
//! where a plug-in has any, travel the same way in [`EXAMPLES_SECTION`].
//!
//! Does not live here: reading or writing components (the builder, the
//! sandbox), and whether this host *accepts* what a manifest says (its WIT
//! version, its department).

mod manifest;
mod reader;
mod settings;
pub mod text;

pub use manifest::{Hook, Manifest};
pub use reader::{ManifestError, ManifestFault, ManifestProblem};
pub use settings::{Setting, SettingKind, SettingProblem, SettingsSchema};

/// Name of the component's custom section that holds the manifest's TOML text
/// (UTF-8, verbatim as the plug-in's author wrote it).
pub const MANIFEST_SECTION: &str = "creditgate:manifest";

/// Most bytes a manifest may have.
pub const MOST_MANIFEST_BYTES: usize = 64 << 10;

/// Name of the component's custom section that holds the plug-in's examples: a
/// JSON array with one object for each file of its `examples` folder, in the
/// order of their names.
pub const EXAMPLES_SECTION: &str = "creditgate:examples";

/// Most bytes the section of examples may have.
pub const MOST_EXAMPLE_BYTES: usize = 256 << 10;

/// Most examples a component may carry; a push runs them all.
pub const MOST_EXAMPLES: usize = 64;
