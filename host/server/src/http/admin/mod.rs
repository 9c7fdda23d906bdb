//! Administration: what is deployed, what is known, who may call.
//!
//! Every change runs behind access control as a task of its own, is finished even if
//! the client goes away, and is written to the audit trail.

mod affected;
mod approvals;
mod audit;
mod backtests;
mod calendar;
mod catalogue;
mod connectors;
mod data;
mod entries;
mod entry_file;
mod events;
pub(super) mod feedback;
pub(super) mod imports;
mod keys;
mod links;
mod lists;
mod plugins;
mod policy;
mod pulls;
mod releases;
mod reports;
mod signers;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::host::Shared;

/// Every call of the administration, with its description. In parts: built in one
/// expression they would need more stack than a thread may have left.
pub(super) fn calls() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().merge(releases()).merge(data()).merge(entries()).merge(house())
}

/// Plug-ins and what becomes of them.
fn releases() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(plugins::push_plugin, plugins::list_plugins))
        .routes(routes!(releases::activate_release))
        .routes(routes!(releases::roll_back_release))
        .routes(routes!(releases::list_releases, releases::make_release))
        .routes(routes!(releases::show_release))
        .routes(routes!(releases::approve_release))
        .routes(routes!(releases::reject_release))
        .routes(routes!(releases::begin_trial))
        .routes(routes!(releases::end_trial))
        .routes(routes!(releases::list_differences))
        .routes(routes!(signers::add_signer, signers::list_signers))
        .routes(routes!(signers::revoke_signer))
        .routes(routes!(backtests::start_backtest, backtests::list_backtests))
        .routes(routes!(backtests::get_backtest, backtests::cancel_backtest))
}

/// What checks go by, and the second person it needs.
fn data() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(imports::import_list_types, data::get_list_types))
        .routes(routes!(imports::import_identifiers, links::list_links))
        .routes(routes!(lists::import_lists))
        .routes(routes!(lists::list_sources))
        .routes(routes!(policy::import_policy, data::get_policy))
        .routes(routes!(policy::resolved_policy))
        .routes(routes!(imports::import_catalogue, catalogue::list_editions))
        .routes(routes!(catalogue::show_edition))
        .routes(routes!(catalogue::steps::review_edition))
        .routes(routes!(catalogue::steps::publish_edition))
        .routes(routes!(catalogue::diff::diff_editions))
        .routes(routes!(catalogue::check::check_edition, catalogue::check::check_file))
        .routes(routes!(imports::import_bindings, data::get_bindings))
        .routes(routes!(calendar::import_calendar, calendar::get_calendar))
        .routes(routes!(approvals::list_approvals))
        .routes(routes!(approvals::give_approval))
        .routes(routes!(connectors::list_connectors))
        .routes(routes!(pulls::list_pulls))
        .routes(routes!(pulls::run_pull))
}

/// Entries that are kept here, and what lies over them.
fn entries() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(entries::propose_entry, entries::list_entries))
        .routes(routes!(entries::show_entry))
        .routes(routes!(entries::approve_entry))
        .routes(routes!(entries::take_entry_step))
        .routes(routes!(entry_file::get_entry_file))
        .routes(routes!(entry_file::order_rectification))
        .routes(routes!(entry_file::finish_rectification))
        .routes(routes!(entry_file::record_talk))
        .routes(routes!(entry_file::lift_measures))
        .routes(routes!(entry_file::end_overlay))
        .routes(routes!(affected::list_affected))
}

/// Keys, and what has happened.
fn house() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(keys::create_key, keys::list_keys))
        .routes(routes!(keys::revoke_key))
        .routes(routes!(feedback::list_feedback))
        .routes(routes!(feedback::requeue_feedback))
        .routes(routes!(events::list_events))
        .routes(routes!(reports::make_report))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_ledger))
}
