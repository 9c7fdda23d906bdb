//! Editions of the measures catalogue as administrators see and move them: states and
//! steps, what changed between two, what is missing in one.

use creditgate_api::ImportProblem;
use creditgate_credit::catalogue::Catalogue;
use creditgate_credit::catalogue::check::Fault;
use creditgate_credit::catalogue::diff::Difference;
use creditgate_credit::catalogue::state::{EditionState, ReviewKind, ReviewResult, TakenStep};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Day;

/// An edition without its contents.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Edition {
    /// Its name.
    pub edition: String,
    /// Where it is: `superseded` is said of the day of the answer.
    pub state: EditionState,
    /// First day in force.
    pub effective_from: Day,
    /// Last day in force.
    pub effective_until: Option<Day>,
    /// Key id of who imported it as it is; absent for editions from before there
    /// were states.
    pub imported_by: Option<String>,
    /// How much is in it.
    pub size: EditionSize,
    /// What was done with it, oldest first.
    pub history: Vec<TakenStep>,
}

/// How much is in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionSize {
    /// Categories it allows.
    pub categories: usize,
    /// Memoranda.
    pub memoranda: usize,
    /// Legal bases.
    pub bases: usize,
    /// Power items.
    pub power_items: usize,
    /// Items.
    pub items: usize,
    /// Measures.
    pub measures: usize,
}

impl From<&Catalogue> for EditionSize {
    fn from(catalogue: &Catalogue) -> Self {
        Self {
            categories: catalogue.categories.len(),
            memoranda: catalogue.memoranda.len(),
            bases: catalogue.bases.len(),
            power_items: catalogue.power_items.len(),
            items: catalogue.items.len(),
            measures: catalogue.measures.len(),
        }
    }
}

/// An edition with its contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionContents {
    /// Where it is, and how it came there.
    pub edition: Edition,
    /// What it says, in the form of its import.
    pub contents: Catalogue,
}

/// A review of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionReview {
    /// What was looked at.
    pub kind: ReviewKind,
    /// What was found.
    pub result: ReviewResult,
    /// What the reviewer says of it; an edition is not returned without a word.
    #[serde(default)]
    pub comment: String,
}

/// What changed from one edition to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionDiff {
    /// The earlier edition.
    pub from: String,
    /// The later one.
    pub to: String,
    /// Every difference, by kind and in the order of the editions.
    pub differences: Vec<Difference>,
}

/// What is missing in an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionCheck {
    /// The edition.
    pub edition: String,
    /// The day it was checked for.
    pub on: Day,
    /// Rows of a file that could not be read, and were not checked further.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ImportProblem>,
    /// Everything that is wrong.
    pub faults: Vec<EditionFault>,
    /// What may be right all the same.
    pub warnings: Vec<EditionFault>,
}

impl EditionCheck {
    /// What was found in an edition on a day, with the rows of its file that could
    /// not be read.
    #[must_use]
    pub fn new(edition: &str, on: Day, problems: Vec<ImportProblem>, found: Vec<Fault>) -> Self {
        let (warnings, faults): (Vec<Fault>, Vec<Fault>) =
            found.into_iter().partition(|fault| fault.kind.is_warning());
        Self {
            edition: edition.to_owned(),
            on,
            problems,
            faults: faults.into_iter().map(Into::into).collect(),
            warnings: warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that is missing or wrong in an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionFault {
    /// What is wrong, such as `item_without_measure`.
    pub fault: String,
    /// Kind of the thing, such as `item`.
    pub thing: String,
    /// Code of the thing.
    pub code: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl From<Fault> for EditionFault {
    fn from(fault: Fault) -> Self {
        Self {
            fault: fault.kind.code().to_owned(),
            thing: fault.thing.to_owned(),
            code: fault.code,
            message: fault.message,
            remedy: fault.kind.remedy().to_owned(),
        }
    }
}
