//! The data in force: bindings, policies and kinds of lists, in the form they are
//! imported in.

use creditgate_credit::list_type::ListType;
use creditgate_credit::policy::{Division, Policy, PolicyLayer};
use creditgate_gate::Binding;
use creditgate_gate::ports::{Deployment, Registry};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{Answer, Answered, HostState, Page};

/// All bindings.
#[derive(Serialize, ToSchema)]
#[schema(as = Bindings)]
pub(in crate::http) struct BindingsBody {
    /// The bindings.
    bindings: Vec<Binding>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// All that was imported of policy.
#[derive(Serialize, ToSchema)]
#[schema(as = Policies)]
pub(in crate::http) struct PoliciesBody {
    /// Versions that state every value.
    policies: Vec<Policy>,
    /// Administrative divisions.
    divisions: Vec<Division>,
    /// Layers that state some values.
    layers: Vec<PolicyLayer>,
}

/// All kinds of lists.
#[derive(Serialize, ToSchema)]
#[schema(as = ListTypes)]
pub(in crate::http) struct ListTypesBody {
    /// The kinds.
    list_types: Vec<ListType>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists the bindings
#[utoipa::path(get, path = "/v1/admin/bindings", tag = "administration")]
pub(in crate::http) async fn get_bindings(shared: HostState, page: Page) -> Answered<BindingsBody> {
    let deployment = Registry::deployment(&shared.store)?;
    let (bindings, next) = page.of(deployment.bindings, |binding| binding.id.clone())?;
    Ok(Answer(BindingsBody { bindings, next }))
}

/// Lists the policy versions, divisions and layers
#[utoipa::path(get, path = "/v1/admin/policy", tag = "administration")]
pub(in crate::http) async fn get_policy(shared: HostState) -> Answered<PoliciesBody> {
    let Deployment { policies, divisions, layers, .. } = Registry::deployment(&shared.store)?;
    Ok(Answer(PoliciesBody { policies, divisions, layers }))
}

/// Lists the kinds of lists
#[utoipa::path(get, path = "/v1/admin/list-types", tag = "administration")]
pub(in crate::http) async fn get_list_types(shared: HostState, page: Page) -> Answered<ListTypesBody> {
    let kept = shared.store.list_types()?;
    let (list_types, next) = page.of(kept, |list_type| list_type.code.clone())?;
    Ok(Answer(ListTypesBody { list_types, next }))
}
