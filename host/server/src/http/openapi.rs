//! The description of the HTTP interface, generated from the code that serves
//! it and frozen by its meaning: a break of the contract shows in the diff.

mod described;
mod shape;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use creditgate_api::ProblemDocument;
use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::admin::feedback::{REQUEUE_DOCUMENTED, REQUEUE_ROUTE};
use super::calls::CALLS;
use super::role::{Access, Brings, Role};

pub(super) use described::{Described, Description, described};

const SECURITY_SCHEME: &str = "api_key";
const PROBLEM_JSON: &str = "application/problem+json";

/// What stands around the calls.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "creditgate",
        description = "Credit checks at the checkpoints of approval systems. Errors are problem documents \
                       (RFC 9457) with a stable `code`; times are RFC 3339 with offset."
    ),
    components(schemas(ProblemDocument)),
    tags(
        (name = "checks", description = "Checks, cases and what was done about them"),
        (name = "duties", description = "Commitments, publicity, and what is owed until when"),
        (name = "disputes", description = "Objections, repair, and what follows from them"),
        (name = "receipts", description = "Proof that a check took place"),
        (name = "administration", description = "Plug-ins, releases, data, keys and the audit trail"),
        (name = "operations", description = "Health, metrics and this document"),
    )
)]
struct Frame;

/// The document before any call is in it.
pub(super) fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// Describes this interface
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operations",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = serde_json::Value))
)]
pub(super) async fn document() -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}

/// The document as it is sent, made once: it is large, and anybody may ask for it.
static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| serde_json::to_vec(&describe()).unwrap_or_default().into());

/// The whole document.
pub(super) fn describe() -> Value {
    let (_, mut document) = super::calls::router().split_for_parts();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("cg_<id>_<secret>").build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme(SECURITY_SCHEME, SecurityScheme::Http(scheme));
    for call in CALLS.iter() {
        let Some(item) = document.paths.paths.get_mut(call.path) else { continue };
        let Some(operation) = operation(item, call.method.as_str()) else { continue };
        operation.responses.responses.insert("default".to_owned(), refusal());
        if let Access::Roles(roles) = call.access {
            say_who_may(operation, roles);
        }
        if let Some(RefOr::T(body)) = &mut operation.request_body
            && call.brings == Brings::FileOnDisk
        {
            // A file of rows may be one without any.
            body.required = Some(Required::False);
        }
    }
    // The router cannot match what follows a parameter in one segment.
    if let Some(item) = document.paths.paths.remove(REQUEUE_ROUTE) {
        document.paths.paths.insert(REQUEUE_DOCUMENTED.to_owned(), item);
    }
    // Its parts are of strings, numbers and lists, which always can be written.
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    shape::set_right(&mut document);
    document
}

fn say_who_may(operation: &mut Operation, roles: &[Role]) {
    let roles: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    operation.security = Some(vec![SecurityRequirement::new(SECURITY_SCHEME, Vec::<String>::new())]);
    let description = operation.description.get_or_insert_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str(&format!("Roles: {}.", roles.join(", ")));
}

/// What any call may be answered instead.
fn refusal() -> RefOr<utoipa::openapi::Response> {
    let problem = Ref::from_schema_name(ProblemDocument::name());
    ResponseBuilder::new()
        .description("Why not")
        .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(problem)).build())
        .build()
        .into()
}

/// A string of some form.
fn text(format: &str) -> RefOr<Schema> {
    let format = SchemaFormat::Custom(format.to_owned());
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}

/// How an id that is a UUID is described.
pub(super) struct UuidText;

impl PartialSchema for UuidText {
    fn schema() -> RefOr<Schema> {
        text("uuid")
    }
}

/// How a file is described that is no text.
pub(super) struct Binary;

impl PartialSchema for Binary {
    fn schema() -> RefOr<Schema> {
        text("binary")
    }
}

impl ToSchema for Binary {}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}
