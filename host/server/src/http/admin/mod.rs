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

use crate::host::Shared;
use crate::http::openapi;

/// Every call of the administration, with its description.
pub(super) fn calls() -> OpenApiRouter<Arc<Shared>> {
    openapi::calls![
        plugins::push_plugin,
        plugins::list_plugins,
        releases::activate_release,
        releases::roll_back_release,
        releases::list_releases,
        releases::make_release,
        releases::show_release,
        releases::approve_release,
        releases::reject_release,
        releases::begin_trial,
        releases::end_trial,
        releases::list_differences,
        signers::add_signer,
        signers::list_signers,
        signers::revoke_signer,
        backtests::start_backtest,
        backtests::list_backtests,
        backtests::get_backtest,
        backtests::cancel_backtest,
        imports::import_list_types,
        data::get_list_types,
        imports::import_identifiers,
        links::list_links,
        lists::import_lists,
        lists::list_sources,
        policy::import_policy,
        data::get_policy,
        policy::resolved_policy,
        imports::import_catalogue,
        catalogue::list_editions,
        catalogue::show_edition,
        catalogue::steps::review_edition,
        catalogue::steps::publish_edition,
        catalogue::diff::diff_editions,
        catalogue::check::check_edition,
        catalogue::check::check_file,
        imports::import_bindings,
        data::get_bindings,
        calendar::import_calendar,
        calendar::get_calendar,
        approvals::list_approvals,
        approvals::give_approval,
        connectors::list_connectors,
        pulls::list_pulls,
        pulls::run_pull,
        entries::propose_entry,
        entries::list_entries,
        entries::show_entry,
        entries::approve_entry,
        entries::take_entry_step,
        entry_file::get_entry_file,
        entry_file::order_rectification,
        entry_file::finish_rectification,
        entry_file::record_talk,
        entry_file::lift_measures,
        entry_file::end_overlay,
        affected::list_affected,
        keys::create_key,
        keys::list_keys,
        keys::revoke_key,
        feedback::list_feedback,
        feedback::requeue_feedback,
        events::list_events,
        reports::make_report,
        audit::list_audit,
        audit::verify_ledger,
    ]
}
