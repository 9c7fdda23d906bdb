//! Where signatures are asked for: before a component's bytes are parsed, and
//! again before a component that is kept is activated, because its vendor's key
//! may have ended in between. What serves already goes on.

use creditgate_sandbox::Digest;
use jiff::Timestamp;

use super::{Alteration, DeployError, Deployer, run_blocking};
use crate::error::LedgerError;
use crate::ports::{Component, ComponentSignature};
use crate::signer::Signer;

/// A binding and a component that judges for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Id of the binding.
    pub binding: String,
    /// The component.
    pub component: Component,
}

/// A component's signature and whose it is.
pub(super) struct Signed {
    pub(super) signer: Signer,
    pub(super) signature: ComponentSignature,
}

impl Deployer {
    /// Who signed these bytes; nobody, where that is allowed. Gives the bytes
    /// back: nothing of them was read but for their digest.
    pub(super) async fn signed_by(
        &self,
        bytes: Vec<u8>,
        document: Option<String>,
        at: Timestamp,
    ) -> Result<(Vec<u8>, Option<Signed>), DeployError> {
        // Many bytes take long to hash, and so not on a thread that serves.
        let (digest, bytes) = run_blocking(move || (Digest::of(&bytes), bytes)).await?;
        let signers = self.registry.signers()?;
        let given = document.as_deref().map(str::as_bytes);
        let signer = self.signatures.on_push(&signers, given, digest.as_str(), at)?;
        let signed = signer.zip(document).map(|(signer, document)| Signed {
            signature: ComponentSignature {
                signer: signer.id().to_owned(),
                name: signer.name.clone(),
                document,
                at,
            },
            signer: signer.clone(),
        });
        Ok((bytes, signed))
    }

    /// Whether a component that is kept may be activated at this moment, as far
    /// as its signatures go.
    pub(super) fn check_signatures(&self, component: &Component, at: Timestamp) -> Result<(), DeployError> {
        let signers = self.registry.signers()?;
        let checked = self.signatures.on_activation(&signers, &component.signatures, &component.digest, at);
        Ok(checked?)
    }

    /// The bytes of a component that is kept, if they are those of its digest and a
    /// signature with it is one that was taken in: by a key that is known here, and
    /// counted when it was. A key that was revoked later, or has run out, does not
    /// stop what was good before.
    pub(super) async fn unaltered(
        &self,
        component: &Component,
        bytes: Vec<u8>,
    ) -> Result<Result<Vec<u8>, Alteration>, LedgerError> {
        let (found, bytes) = run_blocking(move || (Digest::of(&bytes), bytes)).await?;
        if found.as_str() != component.digest {
            return Ok(Err(Alteration::Bytes(found.to_string())));
        }
        let signers = self.registry.signers()?;
        let checked = self.signatures.on_load(&signers, &component.signatures, &component.digest);
        Ok(checked.map(|()| bytes).map_err(Alteration::from))
    }

    /// Which bindings have a component that was signed with this key: in force,
    /// due to come into force, or on trial.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub fn running_by(&self, signer: &str, now: Timestamp) -> Result<Vec<Running>, LedgerError> {
        let deployment = self.registry.deployment()?;
        let mut components = self.registry.components()?;
        components.retain(|component| component.signatures.iter().any(|made| made.signer == signer));
        let timelines = deployment.timelines();
        let mut running = Vec::new();
        for binding in &deployment.bindings {
            let activated = timelines.get(binding.id.as_str()).into_iter().flat_map(|it| it.from(now));
            let trials = deployment.trials.iter().filter(|trial| trial.binding == binding.id);
            let tried = trials.filter_map(|trial| deployment.release(trial.release));
            let digests: Vec<&str> = activated
                .map(|activation| activation.digest.as_str())
                .chain(tried.map(|release| release.digest.as_str()))
                .collect();
            let judging = components.iter().filter(|component| digests.contains(&component.digest.as_str()));
            running.extend(
                judging
                    .map(|component| Running { binding: binding.id.clone(), component: component.clone() }),
            );
        }
        Ok(running)
    }
}
