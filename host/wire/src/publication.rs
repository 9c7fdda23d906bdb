//! Publications: a decision was made public (R89, R90).

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Day;

/// A decision was made public: that of a check, or those of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationReport)]
pub struct PublicationBody {
    /// Id of the check at issuance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_id: Option<String>,
    /// Case number, where the check is not known.
    #[serde(
        default,
        deserialize_with = "creditgate_credit::case_number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub case_no: Option<String>,
    /// Number of the decision document.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub document: String,
    /// Day of the decision, from which the limit is counted.
    pub decided_on: Day,
    /// Day on which it was public.
    pub published_on: Day,
    /// Where, such as the address of the page.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub place: String,
    /// Further fields of the licence record under their names in the 2018 standard,
    /// such as `XK_XKWS`, `XK_XKLB`, `XK_XKBH`, `XK_NR`, `XK_YXQZ` and `XK_YXQZI`;
    /// for the export of dual publicity. No identity numbers.
    #[serde(default, with = "attributes", skip_serializing_if = "Vec::is_empty")]
    #[schema(inline, value_type = attributes::Described)]
    pub attributes: Attributes,
}

/// A duty that ended by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PublishedDecision)]
pub struct PublishedBody {
    /// Id of the check.
    pub check_id: String,
    /// Last day, counted from the day of the decision.
    pub due_on: Day,
    /// It was public after that.
    pub late: bool,
}

/// The duties that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Published)]
pub struct PublicationsBody {
    /// One for each check.
    pub published: Vec<PublishedBody>,
}
