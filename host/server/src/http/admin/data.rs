//! The data in force: bindings, policies and kinds of lists, in the form they are
//! imported in.

use creditgate_credit::policy::{Division, Policy, PolicyLayer};
use creditgate_gate::ports::{Deployment, Registry};
use creditgate_wire::pages::{Bindings, ListTypes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{Answer, Answered, HostState, Page};

/// All that was imported of policy.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Policies {
    /// Versions that state every value.
    policies: Vec<Policy>,
    /// Administrative divisions.
    divisions: Vec<Division>,
    /// Layers that state some values.
    layers: Vec<PolicyLayer>,
}

/// Lists the bindings
#[utoipa::path(get, path = "/v1/admin/bindings", tag = "administration")]
pub(in crate::http) async fn get_bindings(shared: HostState, page: Page) -> Answered<Bindings> {
    let deployment = Registry::deployment(&shared.store)?;
    let (bindings, next) = page.of(deployment.bindings, |binding| binding.id.clone())?;
    Ok(Answer(Bindings { bindings, next }))
}

/// Lists the policy versions, divisions and layers
#[utoipa::path(get, path = "/v1/admin/policy", tag = "administration")]
pub(in crate::http) async fn get_policy(shared: HostState) -> Answered<Policies> {
    let Deployment { policies, divisions, layers, .. } = Registry::deployment(&shared.store)?;
    Ok(Answer(Policies { policies, divisions, layers }))
}

/// Lists the kinds of lists
#[utoipa::path(get, path = "/v1/admin/list-types", tag = "administration")]
pub(in crate::http) async fn get_list_types(shared: HostState, page: Page) -> Answered<ListTypes> {
    let kept = shared.store.list_types()?;
    let (list_types, next) = page.of(kept, |list_type| list_type.code.clone())?;
    Ok(Answer(ListTypes { list_types, next }))
}
