//! Components: pushed and listed. Pushing switches nothing.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use creditgate_gate::ports::Registry;
use creditgate_gate::{PushReport, SignatureError};
use creditgate_wire::pages::Components;

use crate::clock;
use crate::http::{Answer, Answered, Component, HostState, Page, Problem, Who};

/// Where a signature document travels, in base64url.
const SIGNATURE_HEADER: &str = "creditgate-signature";

/// Longest value of that header, in bytes.
const LONGEST_SIGNATURE: usize = 2048;

/// Pushes a component
///
/// A vendor pushes components of its departments, and the name of a component belongs
/// to one department. The host verifies the signature over the digest first. Then the
/// host parses the component, looks at its imports and hooks, validates its default
/// settings, calls each hook once with a made-up case and runs every example in the
/// component. Only then does the host keep the component. A push switches nothing to
/// the component.
#[utoipa::path(
    post,
    path = "/v1/admin/plugins",
    tag = "administration",
    params((
        "Creditgate-Signature" = Option<String>, Header,
        description = "The signature document of a vendor, in base64url; needed unless the host is configured otherwise"
    ))
)]
pub(in crate::http) async fn push_plugin(
    shared: HostState,
    who: Who,
    headers: HeaderMap,
    Component(component): Component,
) -> Answered<PushReport> {
    let signature = signature(&headers)?;
    let at = clock::now();
    let pushed = shared.deployer.push(component.into(), signature, &who.caller, at).await?;
    Ok(Answer(pushed))
}

/// The signature document in the header, if there is one.
fn signature(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let malformed = |fault| {
        let error = SignatureError::Malformed(fault);
        Problem::of(error.code(), error.to_string())
    };
    let mut given = headers.get_all(SIGNATURE_HEADER).iter();
    let (Some(value), more) = (given.next(), given.next()) else { return Ok(None) };
    if more.is_some() {
        return Err(malformed("there are several; push the component once with each"));
    }
    if value.len() > LONGEST_SIGNATURE {
        return Err(malformed("it is too long"));
    }
    let document = URL_SAFE_NO_PAD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    document.map(Some).ok_or_else(|| malformed("the header is not base64url of a text"))
}

/// Lists the components that are kept, newest first
///
/// A vendor sees the components of its departments.
#[utoipa::path(get, path = "/v1/admin/plugins", tag = "administration")]
pub(in crate::http) async fn list_plugins(shared: HostState, who: Who, page: Page) -> Answered<Components> {
    let mut components = Registry::components(&shared.store)?;
    components.retain(|component| who.may_see(component.department.as_deref()));
    let (plugins, next) = page.of(components, |component| component.digest.clone())?;
    Ok(Answer(Components { plugins, next }))
}
