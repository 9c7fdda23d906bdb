//! Connectors: which platforms are asked at check time, and how they are doing.

use creditgate_wire::connector::Connector;
use creditgate_wire::pages::Connectors;

use crate::http::{Answer, Answered, HostState, Page};

/// Lists the connectors
///
/// Lists the platforms that the host asks at check time, by name: how often each was
/// asked and failed since the host began, and which bindings need it.
#[utoipa::path(get, path = "/v1/admin/connectors", tag = "administration")]
pub(in crate::http) async fn list_connectors(shared: HostState, page: Page) -> Answered<Connectors> {
    let world = shared.gate.world();
    let needed_by = |name: &String| {
        let bindings = world.routes().map(|route| &route.binding);
        let mut ids: Vec<String> = bindings
            .filter(|binding| binding.sources.contains(name))
            .map(|binding| binding.id.clone())
            .collect();
        ids.sort();
        ids
    };
    let (states, next) = page.of(shared.platforms.states(), |state| state.name.clone())?;
    let connectors = states.into_iter().map(|state| Connector {
        bindings: needed_by(&state.name),
        name: state.name,
        asked: state.asked,
        failed: state.failed,
        kept: u64::try_from(state.kept).unwrap_or(u64::MAX),
        left_alone: state.left_alone,
    });
    Ok(Answer(Connectors { connectors: connectors.collect(), next }))
}
