//! What a second person has to agree to before it takes effect: asked for by the
//! change itself, listed and agreed to here.

use creditgate_gate::{Mode, Weakened};
use creditgate_store::{Agreed, ApprovalKind, Asked, GoingEntry, Loss, Ordered, StoreError};
use creditgate_wire::approval::Approval;
use creditgate_wire::pages::Approvals;
use creditgate_wire::release::ReleaseReason;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::host::Shared;
use crate::http::{About, Answer, Answered, Code, HostState, Paged, PathText, Problem};

/// Lines of what would go that a refusal names; the others are listed with the
/// approval.
const NAMED: usize = 5;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ApprovalsQuery {
    /// Also what was done already
    #[serde(default)]
    all: bool,
}

/// Lists what waits for a second person
///
/// Lists changes that nobody has agreed to yet, and changes that were agreed to and are
/// not done; newest first.
#[utoipa::path(get, path = "/v1/admin/approvals", tag = "administration")]
pub(in crate::http) async fn list_approvals(
    shared: HostState,
    Paged { query, page }: Paged<ApprovalsQuery>,
) -> Answered<Approvals> {
    let approvals = shared.store.approvals(!query.all, page.after()?, page.probe())?;
    let (approvals, next) = page.cut(approvals, |last| last.approval);
    Ok(Answer(Approvals { approvals, next }))
}

/// Agrees to what waits for a second person
///
/// The person who agrees must be another than the person who asked, whatever keys they
/// use. Whoever sends the same change again within seven days has it done, once.
#[utoipa::path(
    post,
    path = "/v1/admin/approvals/{id}",
    tag = "administration",
    params(("id" = i64, Path, minimum = 1, description = "Number of the approval"))
)]
pub(in crate::http) async fn give_approval(
    (shared, who, id, asked): About<PathText, ReleaseReason>,
) -> Answered<Approval> {
    let unknown = || Problem::new(Code::ApprovalUnknown, "an approval is named by its number, such as 7");
    let id: i64 = id.text().parse().map_err(|_| unknown())?;
    let asked = asked.held_to(|asked, faults| faults.reason(&asked.reason))?;
    let agreed = shared.store.agree(id, who.id(), asked.reason, clock::now()).await?;
    let approval = agreed.map_err(|error| Problem::of(error.code(), error.to_string()))?;
    Ok(Answer(approval))
}

/// The agreement to this loss.
///
/// # Errors
/// `approval.needed` where there is none yet, with the number under which it waits
/// for one; asking for it is in the audit trail.
pub(super) async fn agreed(shared: &Shared, loss: Loss, by: &str) -> Result<Agreed, Problem> {
    let more = loss.going.len().saturating_sub(NAMED);
    let mut named = loss.going.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if more > 0 {
        named = format!("{named}; and {more} more");
    }
    // A change of its own: what needs the agreement is not made.
    let ordered = Ordered { at: clock::now(), actor: by.to_owned(), action: "approval.ask" };
    let ask = async {
        let asked = shared.store.ask_approval(loss, by, clock::now()).await?;
        if let Asked::Wanted(approval) = &asked {
            creditgate_store::says(format!("approval {}", approval.approval), &*approval.summary);
            shared.store.note_change().await?;
        }
        Ok::<Asked, StoreError>(asked)
    };
    let approval = match creditgate_store::carry_out(ordered, ask).await.0? {
        Asked::Agreed(agreed) => return Ok(agreed),
        Asked::Wanted(approval) => approval,
    };
    let (id, summary) = (approval.approval, &approval.summary);
    let detail = format!(
        "{summary} ({named}); a second person has to agree with `creditgate approvals approve {id}`, then do \
         the same again"
    );
    Err(Problem::approval_needed(id, detail))
}

/// What bindings that would bind no more take away; none where none would.
pub(super) fn of_bindings(weakened: &[Weakened]) -> Option<Loss> {
    let line = |it: &Weakened| {
        let to = it.to.map_or("no binding", Mode::code);
        format!("{}: {} → {to}", it.place, Mode::Enforce.code())
    };
    (!weakened.is_empty()).then(|| Loss {
        kind: ApprovalKind::WeakenBindings,
        subject: "bindings".to_owned(),
        summary: format!("the outcome would no longer bind at {} checkpoint(s)", weakened.len()),
        going: weakened.iter().map(line).collect(),
    })
}

/// What a source loses, of which so many entries would go, where others went before
/// on the word of one person.
pub(super) fn of_source(
    source: &str,
    (before, earlier): (usize, usize),
    most_percent: u8,
    going: &[GoingEntry],
) -> Loss {
    let line = |entry: &GoingEntry| {
        let GoingEntry { id, list, subject } = entry;
        format!("{id} on {list}: {subject}")
    };
    let gone = going.len();
    let percent = (gone + earlier).saturating_mul(100) / (before + earlier).max(1);
    let went =
        if earlier == 0 { String::new() } else { format!(", after {earlier} that went within 30 days") };
    Loss {
        kind: ApprovalKind::ShrinkSource,
        subject: source.to_owned(),
        summary: format!(
            "{gone} of the {before} entries of source `{source}` would go or let their subject go{went}: \
             {percent} %, and more than {most_percent} % needs a second person"
        ),
        going: going.iter().map(line).collect(),
    }
}
