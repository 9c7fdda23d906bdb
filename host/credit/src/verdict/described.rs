//! How an advice, and what becomes of a measure, are described: flat, as they are
//! written, where a derived description would be a choice of shapes.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::{Advice, DispositionAction};

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct AdviceFields {
    /// `fast_track`, `deferred_materials`, `strict_review`, `key_supervision` or
    /// `note`.
    kind: String,
    /// For everything but `deferred_materials`: the advice in words.
    text: Option<String>,
    /// For `deferred_materials`: codes of the materials that may be supplied later.
    materials: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct DispositionFields {
    /// `applied`, `deferred` or `exempted`.
    action: String,
    /// For `deferred`: until when or after what; for `exempted`: why the law
    /// allows that.
    reason: Option<String>,
}

impl PartialSchema for Advice {
    fn schema() -> RefOr<Schema> {
        AdviceFields::schema()
    }
}

impl ToSchema for Advice {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Advice")
    }
}

impl PartialSchema for DispositionAction {
    fn schema() -> RefOr<Schema> {
        DispositionFields::schema()
    }
}

impl ToSchema for DispositionAction {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MeasureDisposition")
    }
}
