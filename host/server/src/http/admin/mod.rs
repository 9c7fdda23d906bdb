//! Administration: what is deployed, what is known, who may call.
//!
//! Every change runs behind the door as a task of its own, is finished even if
//! the client goes away, and is written to the audit trail.

mod audit;
mod data;
pub(super) mod feedback;
pub(super) mod imports;
mod keys;
mod plugins;
mod releases;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::host::Shared;

/// Every call of the administration, with its description.
pub(super) fn calls() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(plugins::push_plugin, plugins::list_plugins))
        .routes(routes!(releases::activate_release))
        .routes(routes!(releases::roll_back_release))
        .routes(routes!(releases::list_releases))
        .routes(routes!(imports::import_lists))
        .routes(routes!(imports::import_catalogue, data::get_catalogue))
        .routes(routes!(imports::import_policy, data::get_policy))
        .routes(routes!(imports::import_bindings, data::get_bindings))
        .routes(routes!(keys::create_key, keys::list_keys))
        .routes(routes!(keys::revoke_key))
        .routes(routes!(feedback::list_feedback))
        .routes(routes!(feedback::requeue_feedback))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_ledger))
}
