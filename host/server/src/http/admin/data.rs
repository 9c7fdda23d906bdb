//! The data in force: bindings, policies and kinds of lists, in the form they are
//! imported in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_gate::ports::Registry;
use creditgate_wire::binding::BindingRow;
use creditgate_wire::list_type::ListTypeRow;
use creditgate_wire::policy::{DivisionRow, LayerRow, PolicyRow};
use creditgate_wire::problem::ProblemBody;
use serde::Serialize;
use utoipa::ToSchema;

use crate::host::Shared;
use crate::http::body;
use crate::http::problem::Problem;

/// All bindings.
#[derive(Serialize, ToSchema)]
#[schema(as = Bindings)]
pub(in crate::http) struct BindingsBody {
    /// The bindings.
    bindings: Vec<BindingRow>,
}

/// All that was imported of policy.
#[derive(Serialize, ToSchema)]
#[schema(as = Policies)]
pub(in crate::http) struct PoliciesBody {
    /// Versions that state every value.
    policies: Vec<PolicyRow>,
    /// Administrative divisions.
    divisions: Vec<DivisionRow>,
    /// Layers that state some values.
    layers: Vec<LayerRow>,
}

/// All kinds of lists.
#[derive(Serialize, ToSchema)]
#[schema(as = ListTypes)]
pub(in crate::http) struct ListTypesBody {
    /// The kinds.
    list_types: Vec<ListTypeRow>,
}

/// Lists the bindings
#[utoipa::path(
    get,
    path = "/v1/admin/bindings",
    tag = "administration",
    responses(
        (status = 200, description = "The bindings", body = BindingsBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn get_bindings(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let deployment = Registry::deployment(&shared.store)?;
    let bindings = deployment.bindings.iter().map(BindingRow::from).collect();
    Ok(body::answer(StatusCode::OK, &BindingsBody { bindings }))
}

/// Lists the policy versions, divisions and layers
#[utoipa::path(
    get,
    path = "/v1/admin/policy",
    tag = "administration",
    responses(
        (status = 200, description = "The versions", body = PoliciesBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn get_policy(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let deployment = Registry::deployment(&shared.store)?;
    let policies = deployment.policies.iter().map(PolicyRow::from).collect();
    let divisions = deployment.divisions.iter().map(DivisionRow::from).collect();
    let layers = deployment.layers.iter().map(LayerRow::from).collect();
    Ok(body::answer(StatusCode::OK, &PoliciesBody { policies, divisions, layers }))
}

/// Lists the kinds of lists
#[utoipa::path(
    get,
    path = "/v1/admin/list-types",
    tag = "administration",
    responses(
        (status = 200, description = "The kinds", body = ListTypesBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn get_list_types(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let list_types = shared.store.list_types()?.iter().map(ListTypeRow::from).collect();
    Ok(body::answer(StatusCode::OK, &ListTypesBody { list_types }))
}
