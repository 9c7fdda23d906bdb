//! Keys of vendors: registered, listed, revoked. A component is signed with one
//! of them before it is pushed.

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_gate::event::{self, Event};
use creditgate_gate::ports::Registry;
use creditgate_gate::{PublicKey, Revocation, Running, Signer};
use creditgate_wire::pages::Signers;
use creditgate_wire::signers::{NewSigner, RevokeSigner, RevokedSigner, RunningBody, SignerBody};
use jiff::civil::Date;

use crate::clock;
use crate::host::Shared;
use crate::http::{About, Answer, Answered, Code, HostState, Json, Page, PathText, Problem};

/// Longest name of a vendor and longest reason, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 500;
/// Longest code of a department, in bytes, as in the manifest of a plug-in.
const LONGEST_DEPARTMENT: usize = 64;

/// Registers a vendor's key
///
/// From then on the host takes components of the key's department that are signed with
/// the key. A key is registered once, for one department, and never changes.
#[utoipa::path(post, path = "/v1/admin/signers", tag = "administration")]
pub(in crate::http) async fn add_signer(shared: HostState, asked: Json<NewSigner>) -> Answered<SignerBody> {
    let signer = asked.turned(|asked| check(asked, clock::today()))?;
    creditgate_store::says(signer.id(), format!("{} `{}`", signer.department, signer.name));
    if !shared.store.insert_signer(signer.clone()).await? {
        let detail = format!(
            "the key `{}` is registered already; a key is for one department, and never changed",
            signer.id()
        );
        return Err(Problem::new(Code::SignerKnown, detail));
    }
    Ok(Answer(SignerBody::from(signer)))
}

/// Lists the keys of vendors
#[utoipa::path(get, path = "/v1/admin/signers", tag = "administration")]
pub(in crate::http) async fn list_signers(shared: HostState, page: Page) -> Answered<Signers> {
    let (signers, next) = page.of(Registry::signers(&shared.store)?, |signer| signer.id().to_owned())?;
    let signers = signers.into_iter().map(SignerBody::from).collect();
    Ok(Answer(Signers { signers, next }))
}

/// Revokes a vendor's key
///
/// The key is refused for good: from then on nobody pushes or activates what was signed
/// with it. A rollback is no activation. Releases that serve go on serving; the answer
/// lists them, and a person decides about them. Revoking a key again changes nothing.
#[utoipa::path(delete, path = "/v1/admin/signers/{id}", tag = "administration")]
pub(in crate::http) async fn revoke_signer(
    (shared, who, id, asked): About<PathText, RevokeSigner>,
) -> Answered<RevokedSigner> {
    let asked = asked.held_to(|asked, faults| faults.line("reason", &asked.reason, LONGEST_REASON))?;
    let RevokeSigner { reason } = asked;
    let now = clock::now();
    let mut signer = Registry::signers(&shared.store)?
        .into_iter()
        .find(|signer| signer.id() == id.text())
        .ok_or_else(|| Problem::new(Code::SignerUnknown, "no vendor's key has this id; list the keys"))?;
    let running: Vec<RunningBody> =
        shared.deployer.running_by(signer.id(), now)?.into_iter().map(shown).collect();
    creditgate_store::says(signer.id(), &*reason);
    // One that was revoked before stays as it is, and there is nothing to tell.
    if signer.revoked.is_none() {
        let revocation = Revocation { at: now, by: who.id().to_owned(), reason };
        announce(&shared, &signer, &revocation, running.len());
        shared.store.revoke_signer(signer.id().to_owned(), revocation.clone()).await?;
        signer.revoked = Some(revocation);
    }
    Ok(Answer(RevokedSigner { signer: signer.into(), running }))
}

/// Tells of a key that is being revoked.
fn announce(shared: &Shared, signer: &Signer, revoked: &Revocation, running: usize) {
    let event = Event::new(event::SIGNER_REVOKED, revoked.at, &revoked.by, signer.id())
        .with("name", &*signer.name)
        .with("department", &*signer.department)
        .with("reason", &*revoked.reason)
        .with("running", running.to_string());
    shared.events.emit(event);
}

fn shown(running: Running) -> RunningBody {
    RunningBody {
        binding: running.binding,
        digest: running.component.digest,
        plugin: running.component.name,
        version: running.component.version,
    }
}

/// The key as it is to be registered, or everything that is wrong with it.
fn check(asked: NewSigner, today: Date) -> Result<Signer, Vec<FieldProblem>> {
    let mut faults = Faults::default();
    faults.line("name", &asked.name, LONGEST_NAME);
    if !is_department(&asked.department) {
        let message = "must be the department of a manifest: up to 64 lower-case letters, digits and hyphens";
        faults.refuse("department", "department.malformed", message);
    }
    let public_key = PublicKey::from_hex(&asked.public_key);
    if public_key.is_none() {
        let message =
            "must be an Ed25519 public key, 64 hexadecimal digits, as `creditgate plugin keygen` shows it";
        faults.refuse("public_key", "signer.public_key", message);
    }
    let valid_from = asked.valid_from.map_or(today, |day| day.0);
    let valid_until = asked.valid_until.map(|day| day.0);
    if valid_until.is_some_and(|until| until < valid_from) {
        faults.refuse("valid_until", "signer.validity", "must not be before the key's first day");
    }
    let signer = |public_key| Signer {
        public_key,
        name: asked.name,
        department: asked.department,
        valid_from,
        valid_until,
        revoked: None,
    };
    faults.passed_if_read(public_key.map(signer))
}

fn is_department(text: &str) -> bool {
    (1..=LONGEST_DEPARTMENT).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
