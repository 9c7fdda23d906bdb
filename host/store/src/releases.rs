//! Releases: their steps, activations and trials.

use std::collections::BTreeSet;

use creditgate_credit::calendar::instant_text;
use creditgate_credit::json::JsonObject;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::event::{self, Event};
use creditgate_gate::ports::{Activation, NewRelease, RolloutChange};
use creditgate_gate::{
    CanaryTerms, DifferenceCount, Release, ReleaseId, ReleaseState, ShadowDifference, Transition, Trial,
    TrialKind,
};
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{trail, values};

/// Differences kept of one trial; a shadow that disagrees more often is not in
/// need of more examples.
const MOST_DIFFERENCES: i64 = 10_000;

const RELEASE: &str = "a release";

pub(crate) fn all(connection: &Connection) -> Result<Vec<Release>, StoreError> {
    let select = "\
        SELECT id, digest, plugin, version, settings, notes, created_at, created_by, state, approved, withdrawn,
               limits, capabilities, department
        FROM releases ORDER BY id";
    connection.rows(select, [], |row| {
        let limits: Option<String> = row.get(11)?;
        Ok(Release {
            id: row.get(0)?,
            digest: row.get(1)?,
            plugin: row.get(2)?,
            version: row.get(3)?,
            settings: settings_of(&row.get::<_, String>(4)?)?,
            notes: row.get(5)?,
            created_at: values::instant(row, 6)?,
            created_by: row.get(7)?,
            state: values::coded(row, 8, ReleaseState::from_code, "the state of a release")?,
            approved: row.get(9)?,
            withdrawn: row.get(10)?,
            limits: limits.map(|text| parsed("the limits of a release", &text)).transpose()?,
            capabilities: parsed("the capabilities of a release", &row.get::<_, String>(12)?)?,
            department: row.get(13)?,
        })
    })
}

/// The settings as a release was made with: what is no object any more is not read as none.
fn settings_of(text: &str) -> Result<JsonObject, StoreError> {
    let settings = JsonObject::of_object(text);
    match settings.checked("settings", "value.type") {
        Ok(_) => Ok(settings),
        Err(_) => Err(StoreError::Damaged { what: "the settings of a release" }),
    }
}

pub(crate) fn activations(connection: &Connection) -> Result<Vec<Activation>, StoreError> {
    let select = "SELECT binding, release, releases.digest, at, effective_from, rolled_back, actor, reason
                  FROM activations JOIN releases ON releases.id = release ORDER BY seq";
    connection.rows(select, [], |row| {
        Ok(Activation {
            binding: row.get(0)?,
            release: row.get(1)?,
            digest: row.get(2)?,
            at: values::instant(row, 3)?,
            effective_from: values::instant(row, 4)?,
            rolled_back: row.get(5)?,
            actor: row.get(6)?,
            reason: row.get(7)?,
        })
    })
}

/// Trials that run.
pub(crate) fn running_trials(connection: &Connection) -> Result<Vec<Trial>, StoreError> {
    trials(connection, "ended_at IS NULL", [])
}

pub(crate) fn revision(connection: &Connection) -> Result<i64, StoreError> {
    let select = "SELECT (SELECT coalesce(max(seq), 0) FROM release_transitions)
                       + (SELECT coalesce(max(seq), 0) FROM activations)";
    connection.scalar(select, [])
}

pub(crate) fn transitions(
    connection: &Connection,
    release: ReleaseId,
) -> Result<Vec<Transition>, StoreError> {
    let select = "SELECT release, from_state, to_state, at, actor, reason FROM release_transitions
                  WHERE release = ?1 ORDER BY seq";
    connection.rows(select, [release], |row| {
        let from: Option<String> = row.get(1)?;
        let damaged = StoreError::Damaged { what: "the state of a release" };
        Ok(Transition {
            release: row.get(0)?,
            from: match from {
                None => None,
                Some(code) => Some(ReleaseState::from_code(&code).ok_or(damaged)?),
            },
            to: values::coded(row, 2, ReleaseState::from_code, "the state of a release")?,
            at: values::instant(row, 3)?,
            actor: row.get(4)?,
            reason: row.get(5)?,
        })
    })
}

pub(crate) fn save(
    connection: &Connection,
    release: &NewRelease,
    steps: &[Transition],
) -> Result<ReleaseId, StoreError> {
    let state = steps.last().map_or(ReleaseState::Uploaded, |step| step.to);
    let insert = "\
        INSERT INTO releases (digest, plugin, version, settings, notes, created_at, created_by, state,
               limits, capabilities, department, approved, withdrawn)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0)";
    let row = params![
        release.digest,
        release.plugin,
        release.version,
        release.settings.text(),
        release.notes,
        values::instant_to_sql(release.created_at),
        release.created_by,
        state.code(),
        release.limits.as_ref().map(|limits| written(RELEASE, limits)).transpose()?,
        written(RELEASE, &release.capabilities)?,
        release.department,
    ];
    connection.run(insert, row)?;
    let id = connection.last_insert_rowid();
    for step in steps {
        note(connection, &Transition { release: id, ..step.clone() })?;
    }
    trail::says(format!("release {id}"), format!("{} {}: {}", release.plugin, release.version, state.code()));
    Ok(id)
}

fn note(connection: &Connection, step: &Transition) -> Result<(), StoreError> {
    let insert = "INSERT INTO release_transitions (release, from_state, to_state, at, actor, reason)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        step.release,
        step.from.map(ReleaseState::code),
        step.to.code(),
        values::instant_to_sql(step.at),
        step.actor,
        step.reason,
    ];
    connection.run(insert, row)
}

/// False, and nothing is changed, where a step does not begin where its release
/// is.
pub(crate) fn apply(connection: &Connection, change: &RolloutChange) -> Result<bool, StoreError> {
    for step in &change.steps {
        let state: Option<String> =
            connection.value("SELECT state FROM releases WHERE id = ?1", [step.release])?;
        if state.as_deref() != step.from.map(ReleaseState::code) {
            return Ok(false);
        }
    }
    for step in &change.steps {
        connection
            .run("UPDATE releases SET state = ?2 WHERE id = ?1", params![step.release, step.to.code()])?;
        note(connection, step)?;
    }
    for release in &change.withdrawn {
        connection.run("UPDATE releases SET withdrawn = 1 WHERE id = ?1", [release])?;
    }
    for release in &change.approved {
        connection.run("UPDATE releases SET approved = 1 WHERE id = ?1", [release])?;
    }
    for trial in &change.ended {
        end(connection, *trial, change)?;
    }
    for (binding, release, kind) in &change.begun {
        begin(connection, binding, *release, kind, change)?;
    }
    for activation in &change.activations {
        activate(connection, activation)?;
    }
    says(connection, change)?;
    Ok(true)
}

/// What the audit trail holds of a change.
fn says(connection: &Connection, change: &RolloutChange) -> Result<(), StoreError> {
    if !change.activations.is_empty() {
        let bindings: Vec<&str> = change.activations.iter().map(|it| it.binding.as_str()).collect();
        let mut digests: Vec<&str> = change.activations.iter().map(|it| it.digest.as_str()).collect();
        digests.dedup();
        trail::says(bindings.join(", "), format!("{}: {}", digests.join(", "), change.reason));
        return Ok(());
    }
    let stepped = change.steps.iter().map(|step| step.release);
    let mut releases: BTreeSet<ReleaseId> =
        stepped.chain(change.begun.iter().map(|(_, release, _)| *release)).collect();
    for trial in &change.ended {
        releases.insert(connection.scalar("SELECT release FROM trials WHERE id = ?1", [trial])?);
    }
    let select = "SELECT plugin || ' ' || version || ': ' || state FROM releases WHERE id = ?1";
    let mut now: Vec<String> = Vec::new();
    for release in &releases {
        now.push(connection.scalar(select, [release])?);
    }
    let subjects: Vec<String> = releases.iter().map(|release| format!("release {release}")).collect();
    trail::says(subjects.join(", "), [now.join(", "), change.reason.clone()].join("; "));
    Ok(())
}

fn activate(connection: &Connection, activation: &Activation) -> Result<(), StoreError> {
    let insert = "INSERT INTO activations (binding, release, at, effective_from, rolled_back, actor, reason)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = params![
        activation.binding,
        activation.release,
        values::instant_to_sql(activation.at),
        values::instant_to_sql(activation.effective_from),
        activation.rolled_back,
        activation.actor,
        activation.reason,
    ];
    connection.run(insert, row)?;
    let name = if activation.rolled_back { event::RELEASE_ROLLED_BACK } else { event::RELEASE_ACTIVATED };
    trail::tells_within(
        Event::new(name, activation.at, &activation.actor, &activation.binding)
            .with("release", activation.release.to_string())
            .with("digest", &*activation.digest)
            .with("effective_from", instant_text(activation.effective_from))
            .with("reason", &*activation.reason),
    );
    Ok(())
}

fn begin(
    connection: &Connection,
    binding: &str,
    release: ReleaseId,
    kind: &TrialKind,
    change: &RolloutChange,
) -> Result<(), StoreError> {
    let terms = match kind {
        TrialKind::Shadow => None,
        TrialKind::Canary(terms) => Some(written("the terms of a canary", terms)?),
    };
    let insert = "INSERT INTO trials (binding, release, kind, terms, started_at, started_by)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let at = values::instant_to_sql(change.at);
    connection.run(insert, params![binding, release, kind.code(), terms, at, change.actor])
}

fn end(connection: &Connection, trial: i64, change: &RolloutChange) -> Result<(), StoreError> {
    let update = "UPDATE trials SET ended_at = ?2, ended_by = ?3, end_reason = ?4
                  WHERE id = ?1 AND ended_at IS NULL";
    connection.run(update, params![trial, values::instant_to_sql(change.at), change.actor, change.reason])
}

fn trials(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Trial>, StoreError> {
    let select = format!(
        "SELECT id, binding, release, kind, terms, started_at, started_by, ended_at, ended_by, end_reason
         FROM trials WHERE {condition} ORDER BY id"
    );
    connection.rows(&select, parameters, |row| {
        let ended = values::optional_instant(row, 7)?;
        Ok(Trial {
            id: row.get(0)?,
            binding: row.get(1)?,
            release: row.get(2)?,
            kind: kind(row)?,
            started_at: values::instant(row, 5)?,
            started_by: row.get(6)?,
            ended: match ended {
                Some(at) => Some((at, row.get(8)?, row.get(9)?)),
                None => None,
            },
        })
    })
}

fn kind(row: &Row<'_>) -> Result<TrialKind, StoreError> {
    let damaged = || StoreError::Damaged { what: "the kind of a trial" };
    let kind: String = row.get(3)?;
    let terms: Option<String> = row.get(4)?;
    match (kind.as_str(), terms) {
        ("shadow", None) => Ok(TrialKind::Shadow),
        ("canary", Some(terms)) => {
            let terms: CanaryTerms = serde_json::from_str(&terms).map_err(|_| damaged())?;
            Ok(TrialKind::Canary(terms.checked().map_err(|_| damaged())?))
        }
        _ => Err(damaged()),
    }
}

impl Store {
    /// Every trial of a release, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn trials_of(&self, release: ReleaseId) -> Result<Vec<Trial>, StoreError> {
        self.read(|connection| trials(connection, "release = ?1", [release]))
    }

    /// Keeps a check on which a shadow disagrees, up to a number for each trial.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn save_shadow_difference(&self, difference: ShadowDifference) -> Result<(), StoreError> {
        self.write(move |connection| {
            let insert = "\
                INSERT INTO shadow_differences (trial, check_id, outcome, shadow_outcome, measures,
                       explanation, shadow_explanation)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                WHERE (SELECT count(*) FROM shadow_differences WHERE trial = ?1) < ?8";
            let row = params![
                difference.trial,
                difference.check_id,
                difference.outcome.code(),
                difference.shadow_outcome.code(),
                written("a difference", &difference.measures)?,
                difference.explanation,
                difference.shadow_explanation,
                MOST_DIFFERENCES,
            ];
            connection.run(insert, row)
        })
        .await
    }

    /// On how many checks a shadow disagreed, by outcomes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_differences(&self, trial: i64) -> Result<Vec<DifferenceCount>, StoreError> {
        self.read(|connection| {
            let select = "\
                SELECT trial, outcome, shadow_outcome, count(*) FROM shadow_differences WHERE trial = ?1
                GROUP BY outcome, shadow_outcome ORDER BY outcome, shadow_outcome";
            connection.rows(select, [trial], |row| {
                Ok(DifferenceCount {
                    trial: row.get(0)?,
                    outcome: values::coded(row, 1, Outcome::from_code, "an outcome")?,
                    shadow_outcome: values::coded(row, 2, Outcome::from_code, "an outcome")?,
                    checks: row.get::<_, i64>(3)?.unsigned_abs(),
                })
            })
        })
    }

    /// At most `limit` checks on which a release disagreed as a shadow, newest first,
    /// each with its place, before the place `before`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn shadow_differences(
        &self,
        release: ReleaseId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, ShadowDifference)>, StoreError> {
        self.read(|connection| {
            let select = "\
                SELECT trial, check_id, outcome, shadow_outcome, measures, explanation, shadow_explanation,
                       shadow_differences.seq
                FROM shadow_differences JOIN trials ON trials.id = trial
                WHERE release = ?1 AND shadow_differences.seq < ?2
                ORDER BY shadow_differences.seq DESC LIMIT ?3";
            let before = before.unwrap_or(i64::MAX);
            connection.rows(select, params![release, before, limit], |row| {
                let difference = ShadowDifference {
                    trial: row.get(0)?,
                    check_id: row.get(1)?,
                    outcome: values::coded(row, 2, Outcome::from_code, "an outcome")?,
                    shadow_outcome: values::coded(row, 3, Outcome::from_code, "an outcome")?,
                    measures: parsed("a difference", &row.get::<_, String>(4)?)?,
                    explanation: row.get(5)?,
                    shadow_explanation: row.get(6)?,
                };
                Ok((row.get(7)?, difference))
            })
        })
    }
}
