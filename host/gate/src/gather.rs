//! Step 3, gather: what is known of every party, as one dossier.

use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::application::Application;
use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::derived::KeyFields;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::policy::Policy;

use crate::error::chain;
use crate::ports::{CreditSource, Overlays};
use crate::record::EvidenceGap;

/// How long the sources may take. A source that hangs must not hang a check.
const DEADLINE: Duration = Duration::from_secs(2);

/// The dossier, or the gap that keeps the check from being one.
pub(crate) async fn gather(
    source: &dyn CreditSource,
    overlays: Option<&dyn Overlays>,
    application: &Application,
    catalogue: &IndexedCatalogue,
    policy: &Policy,
    key_fields: &KeyFields,
) -> Result<Arc<Dossier>, EvidenceGap> {
    let answer = tokio::time::timeout(DEADLINE, source.evidence(&application.parties)).await;
    let mut evidence = match answer {
        Ok(Ok(evidence)) => evidence,
        Ok(Err(error)) => {
            tracing::warn!(source = %error.name, error = %chain(&error), "credit source failed");
            return Err(EvidenceGap { source: error.name, late: false });
        }
        Err(_) => {
            tracing::warn!("credit source did not answer in time");
            return Err(EvidenceGap { source: "lists".to_owned(), late: true });
        }
    };
    if let Some(overlays) = overlays {
        overlays.lay_over(&mut evidence, application.decided_on);
    }
    Ok(Arc::new(Dossier::assemble(application, evidence, catalogue, policy, key_fields)))
}
