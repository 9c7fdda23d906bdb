//! Who deserves convenience: honesty exemplars, or applicants with three
//! consecutive years without a bad record (R75), as long as nothing in force
//! speaks against any party. The honour roll never outweighs a bad record (R6).

use creditgate_plugin::{Failure, ListKind, Subject};

use crate::Case;

/// Why the applicant deserves convenience, for the officer; `None` when it does
/// not.
pub(crate) fn reason(case: &Case<'_>) -> Result<Option<String>, Failure> {
    let applicant = case.applicant()?;
    if !case.settings.fast_track || case.subjects().any(Subject::has_adverse_entry) {
        return Ok(None);
    }
    if let Some(entry) = applicant.entries().find(|entry| entry.kind == ListKind::Red) {
        return Ok(Some(format!("列入“{}”", entry.list_name)));
    }
    let standing = case.standing(&applicant.party.id)?;
    Ok(standing.clean.then(|| format!("近{}年无不良信用记录", standing.years)))
}
