//! Policies: complete versions, divisions, and the layers over them. A division may be
//! renamed or get another parent; a version and a layer
//! never change, and no layer has the name of a complete version.

use creditgate_credit::policy::{Division, Policy, PolicyLayer};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::json_column::{Saved, is_new_version, written};
use crate::statements::Statements as _;
use crate::store::Store;

const LAYER: &str = "a layer of policy";

impl Store {
    /// Saves policy versions, all or none.
    ///
    /// # Errors
    /// [`StoreError::VersionChanged`] where a version was saved before with
    /// other contents, or when nothing could be kept.
    pub async fn save_policies(&self, versions: Vec<Policy>) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            let mut saved = Saved::default();
            for policy in &versions {
                let select = "SELECT document FROM policies WHERE division = ?1 AND version = ?2";
                let stored = connection.document("a policy", select, [&policy.division, &policy.version])?;
                let version = || policy.snapshot();
                if is_layer(connection, &policy.division, &policy.version)? {
                    return Err(StoreError::VersionChanged { kind: "policy", version: version() });
                }
                if is_new_version("policy", version, stored.as_ref(), policy, &mut saved)? {
                    let document = written("a policy", policy)?;
                    let insert = "INSERT INTO policies (division, version, document) VALUES (?1, ?2, ?3)";
                    connection.run(insert, [&policy.division, &policy.version, &document])?;
                }
            }
            Ok(saved)
        })
        .await
    }

    /// Saves divisions by their codes and layers, all or none.
    ///
    /// # Errors
    /// [`StoreError::VersionChanged`] where a layer, or a complete version of its
    /// name, was saved before with other contents, or when nothing could be kept.
    pub async fn save_policy_layers(
        &self,
        divisions: Vec<Division>,
        layers: Vec<PolicyLayer>,
    ) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            let mut saved = Saved::default();
            for division in &divisions {
                save_division(connection, division, &mut saved)?;
            }
            for layer in &layers {
                save_layer(connection, layer, &mut saved)?;
            }
            Ok(saved)
        })
        .await
    }
}

/// All divisions.
pub(crate) fn divisions(connection: &Connection) -> Result<Vec<Division>, StoreError> {
    connection.documents("a division", "SELECT document FROM divisions ORDER BY code", [])
}

/// All layers.
pub(crate) fn layers(connection: &Connection) -> Result<Vec<PolicyLayer>, StoreError> {
    connection.documents(LAYER, "SELECT document FROM policy_layers ORDER BY division, version", [])
}

/// Whether a layer, not a complete version, has this name.
pub(crate) fn is_layer(connection: &Connection, division: &str, version: &str) -> Result<bool, StoreError> {
    let select = "SELECT EXISTS (SELECT 1 FROM policy_layers WHERE division = ?1 AND version = ?2)";
    connection.scalar(select, [division, version])
}

fn save_division(connection: &Connection, division: &Division, saved: &mut Saved) -> Result<(), StoreError> {
    let select = "SELECT document FROM divisions WHERE code = ?1";
    if !saved.counts(connection.document("a division", select, [&division.code])?.as_ref(), division) {
        return Ok(());
    }
    let insert = "INSERT INTO divisions (code, document) VALUES (?1, ?2)
                  ON CONFLICT (code) DO UPDATE SET document = excluded.document";
    connection.run(insert, [&division.code, &written("a division", division)?])
}

fn save_layer(connection: &Connection, layer: &PolicyLayer, saved: &mut Saved) -> Result<(), StoreError> {
    let name = [&layer.division, &layer.version];
    let complete = "SELECT EXISTS (SELECT 1 FROM policies WHERE division = ?1 AND version = ?2)";
    if connection.scalar(complete, name)? {
        return Err(StoreError::VersionChanged { kind: "policy", version: layer.name() });
    }
    let select = "SELECT document FROM policy_layers WHERE division = ?1 AND version = ?2";
    let stored = connection.document(LAYER, select, name)?;
    if is_new_version("policy", || layer.name(), stored.as_ref(), layer, saved)? {
        let document = written(LAYER, layer)?;
        let insert = "INSERT INTO policy_layers (division, version, document) VALUES (?1, ?2, ?3)";
        connection.run(insert, [&layer.division, &layer.version, &document])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use creditgate_credit::policy::DivisionLevel;
    use creditgate_gate::ports::Registry;
    use jiff::civil::date;

    use super::*;

    fn layer(years: u8) -> PolicyLayer {
        PolicyLayer {
            division: "379900".into(),
            version: "2026-04".into(),
            effective_from: date(2026, 4, 1),
            clean_window_years: Some(years),
            ..PolicyLayer::default()
        }
    }

    #[tokio::test]
    async fn r020_divisions_may_change_and_layers_never_do() {
        let (store, _directory) = Store::temporary();
        let city = Division {
            code: "379900".into(),
            name: "示例市".into(),
            level: DivisionLevel::City,
            parent: None,
        };
        store.save_policy_layers(vec![city.clone()], vec![layer(3)]).await.unwrap();
        let renamed = Division { name: "新示例市".into(), ..city };
        let saved = store.save_policy_layers(vec![renamed.clone()], vec![layer(3)]).await.unwrap();
        assert_eq!(saved, Saved { added: 0, changed: 1, unchanged: 1 });
        let error = store.save_policy_layers(Vec::new(), vec![layer(2)]).await.unwrap_err();
        assert_eq!(error.code(), "import.version_changed");

        let deployment = store.deployment().unwrap();
        assert_eq!((deployment.divisions, deployment.layers), (vec![renamed], vec![layer(3)]));
    }
}
