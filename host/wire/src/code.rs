//! Machine names of the closed vocabularies: each is a string in JSON and an
//! enumeration in the OpenAPI document. The names themselves are given by the
//! crates that own the vocabularies.

use std::borrow::Cow;
use std::fmt;

use creditgate_credit::application::{PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::catalogue::state::{EditionState, ReviewKind, ReviewResult};
use creditgate_credit::catalogue::{Direction, Nature, NonDisclosure};
use creditgate_credit::coverage::Coverage;
use creditgate_credit::deadline::DayUnit;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::entry::{
    EntryState, EntryStatus, EntryTerm, ExitGround, ListKind, Severity, Visibility,
};
use creditgate_credit::identifier::{IdentifierKind, Strictness};
use creditgate_credit::lifecycle::{ProposalState, StepKind};
use creditgate_credit::list_type::StandardLevel;
use creditgate_credit::objection::{ObjectionGround, ObjectionResult, ObjectionState, RaisedBy, Told};
use creditgate_credit::policy::{CommitmentEffect, DivisionLevel, SuspensionScope, WindowCount, WindowStart};
use creditgate_credit::rectification::{RectificationState, TalkKind};
use creditgate_credit::repair::{RepairMaterial, RepairState};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{DispositionResult, Fate, Mode, Pin, Status};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// How the expectation of a vocabulary begins in an error of serde.
pub(crate) const ONE_OF: &str = "one of ";

macro_rules! codes {
    ($($(#[$meta:meta])* $wire:ident of $core:ident;)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $wire(pub $core);

        impl $wire {
            /// Every machine name, for a message: `a, b, c`.
            #[must_use]
            pub fn known() -> String {
                $core::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", ")
            }
        }

        impl std::ops::Deref for $wire {
            type Target = $core;

            fn deref(&self) -> &$core {
                &self.0
            }
        }

        impl From<$core> for $wire {
            fn from(value: $core) -> Self {
                Self(value)
            }
        }

        impl From<$wire> for $core {
            fn from(value: $wire) -> Self {
                value.0
            }
        }

        impl Serialize for $wire {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.code())
            }
        }

        impl<'de> Deserialize<'de> for $wire {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Code;
                impl Visitor<'_> for Code {
                    type Value = $wire;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(formatter, "{ONE_OF}{}", $wire::known())
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$wire, E> {
                        $core::from_code(text)
                            .map($wire)
                            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Code)
            }
        }

        impl utoipa::PartialSchema for $wire {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some($core::ALL.iter().map(|value| value.code())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $wire {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($core))
            }
        }
    )+ };
}

codes! {
    /// Kind of subject.
    SubjectKindCode of SubjectKind;
    /// The part a party plays.
    PartyRoleCode of PartyRole;
    /// On which level of law a material is required.
    RequiredByCode of RequiredBy;
    /// Kind of identifier.
    IdentifierKindCode of IdentifierKind;
    /// How strictly identifiers are read.
    StrictnessCode of Strictness;
    /// Family of a list.
    ListKindCode of ListKind;
    /// Severity of dishonesty information.
    SeverityCode of Severity;
    /// What the recogniser last said of an entry.
    EntryStatusCode of EntryStatus;
    /// What an entry is on a day.
    EntryStateCode of EntryState;
    /// Why an entry left its list.
    ExitGroundCode of ExitGround;
    /// Where the proposal of an entry stands.
    ProposalStateCode of ProposalState;
    /// What can be done with an entry.
    StepKindCode of StepKind;
    /// Who may be shown an entry.
    VisibilityCode of Visibility;
    /// Level of a list's standard.
    StandardLevelCode of StandardLevel;
    /// Where an edition of the catalogue is.
    EditionStateCode of EditionState;
    /// What a review of an edition looks at.
    ReviewKindCode of ReviewKind;
    /// What a review of an edition found.
    ReviewResultCode of ReviewResult;
    /// Why an item is not made public.
    NonDisclosureCode of NonDisclosure;
    /// Who doubts an entry.
    RaisedByCode of RaisedBy;
    /// What is said to be wrong with an entry.
    ObjectionGroundCode of ObjectionGround;
    /// Where an objection stands.
    ObjectionStateCode of ObjectionState;
    /// What a verification came to.
    ObjectionResultCode of ObjectionResult;
    /// Who is told a result.
    ToldCode of Told;
    /// Where an application for repair stands.
    RepairStateCode of RepairState;
    /// What is handed in with one.
    RepairMaterialCode of RepairMaterial;
    /// Where an order to put things right stands.
    RectificationStateCode of RectificationState;
    /// Kind of a regulatory talk.
    TalkKindCode of TalkKind;
    /// Mandatory or recommended.
    NatureCode of Nature;
    /// Incentive or punish.
    DirectionCode of Direction;
    /// What suspension covers.
    SuspensionScopeCode of SuspensionScope;
    /// Working days, or all days.
    DayUnitCode of DayUnit;
    /// From which day the clean-record window counts back.
    WindowStartCode of WindowStart;
    /// By which day what is over counts in the clean-record window.
    WindowCountCode of WindowCount;
    /// How long entries have effect that name no end.
    EntryTermCode of EntryTerm;
    /// Level of an administrative division.
    DivisionLevelCode of DivisionLevel;
    /// What a commitment brings.
    CommitmentEffectCode of CommitmentEffect;
    /// What became of a commitment.
    CommitmentStateCode of CommitmentState;
    /// What should happen at the checkpoint.
    OutcomeCode of Outcome;
    /// What a check found.
    StatusCode of Status;
    /// Whether a case was checked.
    CoverageCode of Coverage;
    /// How much a binding's checks weigh.
    ModeCode of Mode;
    /// Which release an open case gets.
    PinCode of Pin;
    /// What becomes of a measure in a decision.
    FateCode of Fate;
    /// What became of a measure.
    DispositionResultCode of DispositionResult;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_name_is_read_back() {
        for status in Status::ALL {
            let text = serde_json::to_string(&StatusCode(*status)).unwrap();
            assert_eq!(text, format!("\"{}\"", status.code()));
            assert_eq!(*serde_json::from_str::<StatusCode>(&text).unwrap(), *status);
        }
        assert!(serde_json::from_str::<StatusCode>("\"fine\"").is_err());
        assert!(serde_json::from_str::<StatusCode>("1").is_err());
    }
}
