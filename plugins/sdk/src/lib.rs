//! What a creditgate plug-in is written against: the contract's types, a trait
//! for each checkpoint, helpers that keep rules short, and a test harness that
//! needs no WebAssembly. What does *not* live here: I/O, clocks, threads. A
//! component has none; all it knows comes from the host.
//!
//! A whole plug-in:
//!
//! ```
//! use creditgate_plugin::{Answer, Case, Decision, Ground, PartyRole, Plugin, Review, export, rules};
//!
//! struct Registration;
//!
//! #[derive(serde::Deserialize)]
//! struct Settings {
//!     defaulter_basis: String,
//! }
//!
//! impl Plugin for Registration {
//!     type Settings = Settings;
//! }
//!
//! impl Review for Registration {
//!     fn review(case: &Case<'_, Settings>) -> Answer {
//!         let mut decision = Decision::new();
//!         rules::note_suspended_entries(case, &mut decision);
//!         for person in case.subjects_in(&[PartyRole::LegalRepresentative]) {
//!             if let Some(entry) = person.entry_on("court.judgment-defaulter") {
//!                 let basis = case.settings.defaulter_basis.as_str();
//!                 let text = "失信被执行人不得登记为法定代表人。";
//!                 decision.refuse(Ground::of_entry(entry, &person.dossier.measures, basis, text));
//!                 person.measures_of(entry).for_each(|measure| decision.apply(measure));
//!             }
//!         }
//!         rules::apply_remaining_measures(case, &mut decision);
//!         Ok(decision.finish("未发现影响登记的信用记录。"))
//!     }
//! }
//!
//! export!(Registration: review);
//! ```
//!
//! and its test:
//!
//! ```
//! # use creditgate_plugin::*;
//! # struct Registration;
//! # impl Plugin for Registration { type Settings = NoSettings; }
//! # impl Review for Registration {
//! #     fn review(case: &Case<'_, NoSettings>) -> Answer {
//! #         let mut decision = Decision::new();
//! #         for person in case.subjects_in(&[PartyRole::LegalRepresentative]) {
//! #             if let Some(entry) = person.entry_on("court.judgment-defaulter") {
//! #                 decision.refuse(Ground::of_entry(entry, &[], "basis", "text"));
//! #             }
//! #         }
//! #         Ok(decision.finish("clear"))
//! #     }
//! # }
//! use creditgate_plugin::testing::TestCase;
//! use creditgate_plugin::{ListKind, Outcome};
//!
//! let run = TestCase::new("company-registration", "review")
//!     .organisation("示例商贸有限公司")
//!     .person("张某", PartyRole::LegalRepresentative)
//!     .entry("court.judgment-defaulter", ListKind::Black)
//!     .review::<Registration>();
//! assert_eq!(run.verdict().outcome, Outcome::Refuse);
//! ```

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
pub mod rules;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod vocabulary;

pub use bindings::imports::creditgate::plugin::calendar::{Day, DueDate, OutOfRange};
pub use bindings::imports::creditgate::plugin::credit::{
    CommitmentState, CreditReport, Dossier, PastCommitment, Refusal, Standing,
};
pub use bindings::imports::creditgate::plugin::feedback::{DishonestAct, Fact, Rejection, TypicalCase};
pub use bindings::imports::creditgate::plugin::log::Level;
pub use bindings::imports::creditgate::plugin::policy::Terms;
pub use bindings::imports::creditgate::plugin::types::{
    Advice, Application, Attributes, CalendarDate, Commitment, CommitmentEffect, Direction, Disposition,
    DispositionAction, Failure, Ground, Identifier, IdentifierKind, ListEntry, ListKind, Material, Measure,
    Nature, Outcome, Party, PartyRole, RequiredBy, Severity, SubjectKind, Verdict,
};
pub use case::{Case, MissingMaterials, Subject};
pub use decision::Decision;
pub use plugin::{Answer, Custom, Intake, Issuance, NoSettings, Plugin, Review, Supervision, read_settings};
pub use vocabulary::attribute;
