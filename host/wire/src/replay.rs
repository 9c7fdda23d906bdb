//! What came of running a recorded check again.

use creditgate_gate::{Difference, Gap, Replay, ReplayResult};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// A check, run again.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Replay)]
pub struct ReplayBody {
    /// The check.
    pub check_id: String,
    /// `identical`, `different` or `not_reconstructible`.
    pub result: String,
    /// For `different`: where the two runs part.
    pub differences: Vec<Difference>,
    /// For `not_reconstructible`: what is missing.
    pub reason: Option<ReplayGap>,
    /// Engine that ran the check when it was made.
    pub recorded_engine: String,
    /// Engine that ran it now. Where it is another one, fuel alone may differ
    /// and does not count as a difference.
    pub engine: String,
    /// Fuel spent when the check was made; absent where no plug-in was called.
    pub recorded_fuel: Option<u64>,
    /// Fuel spent now.
    pub fuel: Option<u64>,
}

/// What keeps a check from being run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayGap {
    /// Stable code, such as `component_gone`.
    pub code: String,
    /// In words.
    pub text: String,
}

impl From<&Gap> for ReplayGap {
    fn from(gap: &Gap) -> Self {
        Self { code: gap.code().to_owned(), text: gap.to_string() }
    }
}

impl From<Replay> for ReplayBody {
    fn from(replay: Replay) -> Self {
        let result = replay.result.code().to_owned();
        let (differences, reason) = match replay.result {
            ReplayResult::Identical => (Vec::new(), None),
            ReplayResult::Different(found) => (found, None),
            ReplayResult::NotReconstructible(gap) => (Vec::new(), Some(ReplayGap::from(&gap))),
        };
        Self {
            check_id: replay.check_id,
            result,
            differences,
            reason,
            recorded_engine: replay.recorded_engine,
            engine: replay.engine,
            recorded_fuel: replay.fuel.map(|(recorded, _)| recorded),
            fuel: replay.fuel.map(|(_, now)| now),
        }
    }
}
