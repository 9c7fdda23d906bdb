//! The registry: components, bindings and activations, and what a snapshot is made of.
//! Policies are in [`crate::policies`], editions of the catalogue in [`crate::catalogues`].
//!
//! A version never changes once it was saved. Records name the version they
//! were judged by, and whoever reads such a record years later must find the
//! very rules of that day.

use creditgate_gate::event::{self, Event};
use creditgate_gate::ports::{BoxFuture, Component, Deployment, NewRelease, Registry, RolloutChange};
use creditgate_gate::{Binding, LedgerError, NotSecond, ReleaseId, Signer, Transition};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::approvals::{self, Agreed};
use crate::error::StoreError;
use crate::json_column::{Saved, parsed, written};
use crate::list_types;
use crate::policies;
use crate::releases;
use crate::signers;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::trail;
use crate::values;

/// Reads no bytes: the index holds all of it.
const COMPONENTS: &str = "SELECT digest, name, version, pushed_at, pushed_by, department FROM components
                          ORDER BY pushed_at DESC, rowid DESC";

impl Registry for Store {
    fn deployment(&self) -> Result<Deployment, LedgerError> {
        let policies = "SELECT document FROM policies ORDER BY division, version";
        let editions = "SELECT document FROM catalogues WHERE state = 'published' ORDER BY edition";
        self.read(|connection| {
            Ok(Deployment {
                bindings: connection.rows("SELECT document FROM bindings ORDER BY id", [], binding_of)?,
                activations: releases::activations(connection)?,
                releases: releases::all(connection)?,
                trials: releases::running_trials(connection)?,
                revision: releases::revision(connection)?,
                policies: connection.documents("a policy", policies, [])?,
                divisions: policies::divisions(connection)?,
                layers: policies::layers(connection)?,
                catalogues: connection.documents("a catalogue", editions, [])?,
                list_types: list_types::all(connection)?,
            })
        })
        .map_err(|error| error.while_doing("reading the deployment"))
    }

    fn components(&self) -> Result<Vec<Component>, LedgerError> {
        self.read(|connection| {
            let mut signatures = signers::signatures(connection)?;
            connection.rows(COMPONENTS, [], |row| {
                let mut component = component_of(row)?;
                component.signatures = signatures.remove(&component.digest).unwrap_or_default();
                Ok(component)
            })
        })
        .map_err(|error| error.while_doing("reading the components"))
    }

    fn component(&self, digest: &str) -> Result<Option<(Component, Vec<u8>)>, LedgerError> {
        self.read(|connection| {
            let select =
                "SELECT digest, name, version, pushed_at, pushed_by, department, bytes FROM components
                          WHERE digest = ?1";
            connection.row(select, [digest], |row| {
                let signatures = signers::signatures_of(connection, digest)?;
                Ok((Component { signatures, ..component_of(row)? }, row.get(6)?))
            })
        })
        .map_err(|error| error.while_doing("reading a component"))
    }

    fn signers(&self) -> Result<Vec<Signer>, LedgerError> {
        self.read(signers::all).map_err(|error| error.while_doing("reading the keys of vendors"))
    }

    fn second_person(&self, brought: &str, agrees: &str) -> Result<Result<(), NotSecond>, LedgerError> {
        Self::second_person(self, brought, agrees)
            .map_err(|error| error.while_doing("reading who holds a key"))
    }

    fn save_component(
        &self,
        component: Component,
        bytes: Vec<u8>,
        release: Option<(NewRelease, Vec<Transition>)>,
    ) -> BoxFuture<'_, Result<Option<ReleaseId>, LedgerError>> {
        Box::pin(async move {
            self.write(move |connection| {
                let insert = "\
                    INSERT INTO components (digest, name, version, pushed_at, pushed_by, department, bytes)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                    ON CONFLICT (digest) DO UPDATE
                    SET department = coalesce(components.department, excluded.department),
                        bytes = excluded.bytes
                    WHERE components.department IS NULL OR components.bytes IS NOT excluded.bytes";
                let row = params![
                    component.digest,
                    component.name,
                    component.version,
                    values::instant_to_sql(component.pushed_at),
                    component.pushed_by,
                    component.department,
                    bytes,
                ];
                connection.run(insert, row)?;
                signers::save_signatures(connection, &component.digest, &component.signatures)?;
                let release = match &release {
                    Some((release, steps)) => Some(releases::save(connection, release, steps)?),
                    None => None,
                };
                tell_of_push(&component);
                Ok(release)
            })
            .await
            .map_err(|error| error.while_doing("keeping a component"))
        })
    }

    fn save_release(
        &self,
        release: NewRelease,
        steps: Vec<Transition>,
    ) -> BoxFuture<'_, Result<ReleaseId, LedgerError>> {
        Box::pin(async move {
            self.write(move |connection| releases::save(connection, &release, &steps))
                .await
                .map_err(|error| error.while_doing("recording a release"))
        })
    }

    fn apply(&self, change: RolloutChange) -> BoxFuture<'_, Result<bool, LedgerError>> {
        Box::pin(async move {
            self.write(move |connection| releases::apply(connection, &change))
                .await
                .map_err(|error| error.while_doing("recording what was decided about releases"))
        })
    }

    fn latest_backtest(
        &self,
        binding: &str,
        digest: &str,
        settings: &str,
    ) -> Result<Option<Timestamp>, LedgerError> {
        Self::latest_backtest(self, binding, digest, settings)
            .map(|found| found.map(|(_, made_at)| made_at))
            .map_err(|error| error.while_doing("looking for a backtest"))
    }

    fn transitions(&self, release: ReleaseId) -> Result<Vec<Transition>, LedgerError> {
        self.read(|connection| releases::transitions(connection, release))
            .map_err(|error| error.while_doing("reading the steps of a release"))
    }
}

/// A row of `components` without its signatures.
fn component_of(row: &Row<'_>) -> Result<Component, StoreError> {
    Ok(Component {
        digest: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        pushed_at: values::instant(row, 3)?,
        pushed_by: row.get(4)?,
        department: row.get(5)?,
        signatures: Vec::new(),
    })
}

fn tell_of_push(component: &Component) {
    let Component { digest, name, version, pushed_at, pushed_by, signatures, .. } = component;
    let signed_by = signatures.iter().map(|signature| format!(", signed by {}", signature.signer));
    trail::says(&**digest, format!("{name} {version}{}", signed_by.collect::<String>()));
    trail::tells_within(
        Event::new(event::COMPONENT_PUSHED, *pushed_at, pushed_by, digest)
            .with("plugin", &**name)
            .with("version", &**version),
    );
}

impl Store {
    /// Saves bindings by their ids, all or none, and spends the agreement they rest
    /// on, where they do.
    ///
    /// # Errors
    /// [`StoreError::CheckpointTaken`] where two bindings are for the same
    /// checkpoint, [`StoreError::ApprovalSpent`], or when nothing could be kept.
    pub async fn save_bindings(
        &self,
        bindings: Vec<Binding>,
        agreed: Option<Agreed>,
    ) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            agreed.iter().try_for_each(|agreed| approvals::spend(connection, agreed))?;
            let mut saved = Saved::default();
            for binding in &bindings {
                let select = "SELECT document FROM bindings WHERE id = ?1";
                let stored = connection.row(select, [&binding.id], binding_of)?;
                if saved.counts(stored.as_ref(), binding) {
                    save_binding(connection, binding)?;
                }
            }
            Ok(saved)
        })
        .await
    }
}

/// A binding as an import let it in: what its settings are not, nobody reads into them.
fn binding_of(row: &Row<'_>) -> Result<Binding, StoreError> {
    let damaged = StoreError::Damaged { what: "a binding" };
    let binding: Binding = parsed("a binding", &row.get::<_, String>(0)?)?;
    let is_good = binding.settings.checked("settings", "value.type").is_ok() && !binding.id.is_empty();
    if is_good { Ok(binding) } else { Err(damaged) }
}

fn save_binding(connection: &Connection, binding: &Binding) -> Result<(), StoreError> {
    let select = "SELECT id FROM bindings
                  WHERE department = ?1 AND item = ?2 AND checkpoint = ?3 AND id <> ?4";
    let taken: Option<String> =
        connection.value(select, [&binding.department, &binding.item, &binding.checkpoint, &binding.id])?;
    if let Some(existing) = taken {
        return Err(StoreError::CheckpointTaken { wanted: binding.id.clone(), existing });
    }
    let document = written("a binding", binding)?;
    let insert = "\
        INSERT INTO bindings (id, department, item, checkpoint, document) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET department = excluded.department, item = excluded.item,
               checkpoint = excluded.checkpoint, document = excluded.document";
    connection.run(insert, [&binding.id, &binding.department, &binding.item, &binding.checkpoint, &document])
}

#[cfg(test)]
mod tests;
