//! Machine names of the closed vocabularies: each is a string in JSON and an
//! enumeration in the OpenAPI document. The names themselves are given by the
//! crates that own the vocabularies.

use creditgate_credit::application::{PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::catalogue::state::{EditionState, ReviewKind, ReviewResult};
use creditgate_credit::catalogue::{Direction, Nature, NonDisclosure};
use creditgate_credit::coverage::Coverage;
use creditgate_credit::deadline::DayUnit;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::duty::{DutyKind, DutyState};
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

use crate::import::{Encoding, Format};

/// How the expectation of a vocabulary begins in an error of serde.
pub const ONE_OF: &str = "one of ";

/// Declares the form on the wire of vocabularies that have `ALL`, `code` and
/// `from_code`. Needs the crates serde and utoipa where it is used.
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* $visibility:vis $wire:ident of $core:ident;)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility struct $wire(pub $core);

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

        impl serde::Serialize for $wire {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $wire {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Code;
                impl serde::de::Visitor<'_> for Code {
                    type Value = $wire;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "{}{}", $crate::code::ONE_OF, $wire::known())
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$wire, E> {
                        $core::from_code(text)
                            .map($wire)
                            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
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
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($core))
            }
        }
    )+ };
}

codes! {
    /// Kind of subject.
    pub SubjectKindCode of SubjectKind;
    /// The part a party plays.
    pub PartyRoleCode of PartyRole;
    /// On which level of law a material is required.
    pub RequiredByCode of RequiredBy;
    /// Kind of identifier.
    pub IdentifierKindCode of IdentifierKind;
    /// How strictly identifiers are read.
    pub StrictnessCode of Strictness;
    /// Family of a list.
    pub ListKindCode of ListKind;
    /// Severity of dishonesty information.
    pub SeverityCode of Severity;
    /// What the recogniser last said of an entry.
    pub EntryStatusCode of EntryStatus;
    /// What an entry is on a day.
    pub EntryStateCode of EntryState;
    /// Why an entry left its list.
    pub ExitGroundCode of ExitGround;
    /// Where the proposal of an entry stands.
    pub ProposalStateCode of ProposalState;
    /// What can be done with an entry.
    pub StepKindCode of StepKind;
    /// Who may be shown an entry.
    pub VisibilityCode of Visibility;
    /// Level of a list's standard.
    pub StandardLevelCode of StandardLevel;
    /// Where an edition of the catalogue is.
    pub EditionStateCode of EditionState;
    /// What a review of an edition looks at.
    pub ReviewKindCode of ReviewKind;
    /// What a review of an edition found.
    pub ReviewResultCode of ReviewResult;
    /// Why an item is not made public.
    pub NonDisclosureCode of NonDisclosure;
    /// Who doubts an entry.
    pub RaisedByCode of RaisedBy;
    /// What is said to be wrong with an entry.
    pub ObjectionGroundCode of ObjectionGround;
    /// Where an objection stands.
    pub ObjectionStateCode of ObjectionState;
    /// What a verification came to.
    pub ObjectionResultCode of ObjectionResult;
    /// Who is told a result.
    pub ToldCode of Told;
    /// Where an application for repair stands.
    pub RepairStateCode of RepairState;
    /// What is handed in with one.
    pub RepairMaterialCode of RepairMaterial;
    /// Where an order to put things right stands.
    pub RectificationStateCode of RectificationState;
    /// Kind of a regulatory talk.
    pub TalkKindCode of TalkKind;
    /// Mandatory or recommended.
    pub NatureCode of Nature;
    /// Incentive or punish.
    pub DirectionCode of Direction;
    /// What suspension covers.
    pub SuspensionScopeCode of SuspensionScope;
    /// Working days, or all days.
    pub DayUnitCode of DayUnit;
    /// From which day the clean-record window counts back.
    pub WindowStartCode of WindowStart;
    /// By which day what is over counts in the clean-record window.
    pub WindowCountCode of WindowCount;
    /// How long entries have effect that name no end.
    pub EntryTermCode of EntryTerm;
    /// Level of an administrative division.
    pub DivisionLevelCode of DivisionLevel;
    /// What a commitment brings.
    pub CommitmentEffectCode of CommitmentEffect;
    /// What is owed.
    pub DutyKindCode of DutyKind;
    /// Where it stands.
    pub DutyStateCode of DutyState;
    /// Form of a file of rows.
    pub FormatCode of Format;
    /// In which characters a file is written.
    pub EncodingCode of Encoding;
    /// What became of a commitment.
    pub CommitmentStateCode of CommitmentState;
    /// What should happen at the checkpoint.
    pub OutcomeCode of Outcome;
    /// What a check found.
    pub StatusCode of Status;
    /// Whether a case was checked.
    pub CoverageCode of Coverage;
    /// How much a binding's checks weigh.
    pub ModeCode of Mode;
    /// Which release an open case gets.
    pub PinCode of Pin;
    /// What becomes of a measure in a decision.
    pub FateCode of Fate;
    /// What became of a measure.
    pub DispositionResultCode of DispositionResult;
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
