//! What a creditgate plug-in is written against: the contract's types, a trait
//! for each checkpoint, helpers that keep rules short, and a test harness that
//! needs no WebAssembly. What does *not* live here: I/O, clocks, threads. A
//! component has none; all it knows comes from the host.
//!
//! The README has a whole plug-in in 30 lines, `examples/registration.rs` the
//! same with its test. The pieces: [`Plugin`] and the trait of each hook,
//! [`export!`], [`Case`] with its [`Subject`]s to look at, [`Decision`] to
//! collect findings in, [`rules`] every department shares, and `testing`.

#[cfg(target_arch = "wasm32")]
mod arena;
#[doc(hidden)]
pub mod bindings;
mod case;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod component;
mod decision;
pub mod host;
pub mod log;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod plugin;
mod relation;
pub mod rules;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod vocabulary;

pub use bindings::imports::creditgate::plugin::calendar::{Day, DueDate, OutOfRange};
pub use bindings::imports::creditgate::plugin::credit::{
    CommitmentState, CreditReport, Direction, Dossier, ListEntry, ListKind, Measure, Nature, PastCommitment,
    Refusal, Severity, Standing,
};
pub use bindings::imports::creditgate::plugin::feedback::{DishonestAct, Fact, Rejection, TypicalCase};
pub use bindings::imports::creditgate::plugin::log::Level;
pub use bindings::imports::creditgate::plugin::policy::Terms;
pub use bindings::imports::creditgate::plugin::types::{
    Advice, Application, Attributes, CalendarDate, Commitment, CommitmentEffect, Disposition,
    DispositionAction, Failure, Ground, Identifier, IdentifierKind, Material, Outcome, Party, PartyRole,
    RequiredBy, SubjectKind, Verdict,
};
pub use case::{Case, MissingMaterials, Subject};
pub use decision::Decision;
pub use plugin::{Answer, Custom, Intake, Issuance, NoSettings, Plugin, Review, Supervision, read_settings};
pub use relation::Related;
pub use vocabulary::attribute;
