//! Objections and applications for repair, counted by department (R112).

use jiff::civil::Date;
use rusqlite::Row;

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;

/// Objections of a department in a span of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectionCounts {
    /// Department of the case; empty where there is none.
    pub department: String,
    /// Raised in these days.
    pub raised: u64,
    /// Decided in these days: the entry is right.
    pub confirmed: u64,
    /// Decided in these days: the entry was corrected.
    pub corrected: u64,
    /// Decided in these days: the entry is used no more.
    pub withdrawn: u64,
    /// Without a result at the end of these days.
    pub open: u64,
}

/// Applications for repair of a department in a span of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepairCounts {
    /// Department of the case; empty where there is none.
    pub department: String,
    /// Made in these days.
    pub applied: u64,
    /// Accepted in these days.
    pub accepted: u64,
    /// Returned in these days.
    pub returned: u64,
    /// Granted in these days.
    pub granted: u64,
    /// Refused in these days.
    pub refused: u64,
    /// Not dealt with at the end of these days.
    pub open: u64,
}

impl Store {
    /// Objections by department.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn count_objections(&self, since: Date, until: Date) -> Result<Vec<ObjectionCounts>, StoreError> {
        // Instants stand in documents at +08:00: their first ten characters are
        // the day in Asia/Shanghai.
        let sql = "SELECT coalesce(department, ''),
                count(*) FILTER (WHERE raised_on BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE result = 'confirmed' AND decided_on BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE result = 'corrected' AND decided_on BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE result = 'withdrawn' AND decided_on BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE raised_on <= ?2 AND coalesce(decided_on > ?2, TRUE))
             FROM (SELECT department, substr(document ->> '$.raised_at', 1, 10) AS raised_on,
                          document ->> '$.decision.result' AS result,
                          substr(document ->> '$.decision.decided_at', 1, 10) AS decided_on
                   FROM objections)
             GROUP BY 1 ORDER BY 1";
        self.counted(sql, (since, until), |row| {
            Ok(ObjectionCounts {
                department: row.get(0)?,
                raised: count(row, 1)?,
                confirmed: count(row, 2)?,
                corrected: count(row, 3)?,
                withdrawn: count(row, 4)?,
                open: count(row, 5)?,
            })
        })
    }

    /// Applications for repair by department.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn count_repairs(&self, since: Date, until: Date) -> Result<Vec<RepairCounts>, StoreError> {
        let sql = "WITH steps AS (
                SELECT repairs.id, step.value ->> '$.state' AS state, substr(step.value ->> '$.at', 1, 10) AS day
                FROM repairs CROSS JOIN json_each(document, '$.steps') AS step),
             far AS (
                SELECT coalesce(department, '') AS department, document ->> '$.applied_on' AS applied_on,
                       (SELECT day FROM steps WHERE steps.id = repairs.id AND steps.state = 'accepted') AS accepted,
                       (SELECT day FROM steps WHERE steps.id = repairs.id AND steps.state = 'returned') AS returned,
                       (SELECT day FROM steps WHERE steps.id = repairs.id AND steps.state = 'granted') AS granted,
                       (SELECT day FROM steps WHERE steps.id = repairs.id AND steps.state = 'refused') AS refused
                FROM repairs)
             SELECT department,
                count(*) FILTER (WHERE applied_on BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE accepted BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE returned BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE granted BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE refused BETWEEN ?1 AND ?2),
                count(*) FILTER (WHERE applied_on <= ?2
                                       AND coalesce(coalesce(returned, granted, refused) > ?2, TRUE))
             FROM far GROUP BY 1 ORDER BY 1";
        self.counted(sql, (since, until), |row| {
            Ok(RepairCounts {
                department: row.get(0)?,
                applied: count(row, 1)?,
                accepted: count(row, 2)?,
                returned: count(row, 3)?,
                granted: count(row, 4)?,
                refused: count(row, 5)?,
                open: count(row, 6)?,
            })
        })
    }

    /// What `read` makes of each department of which anything is counted.
    fn counted<T>(
        &self,
        sql: &'static str,
        (since, until): (Date, Date),
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.read(|connection| {
            let mut counted = Vec::new();
            connection.each(sql, [since.to_string(), until.to_string()], |row| {
                for column in 1..row.as_ref().column_count() {
                    if count(row, column)? > 0 {
                        counted.push(read(row)?);
                        break;
                    }
                }
                Ok(())
            })?;
            Ok(counted)
        })
    }
}

fn count(row: &Row<'_>, index: usize) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(index)?.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[tokio::test]
    async fn r112_objections_and_repairs_are_counted_on_their_days() {
        let (store, _directory) = Store::temporary();
        let documents = "
            INSERT INTO objections (id, entry, department, state, document) VALUES
              ('o1', 'e1', 'housing', 'notified', '{\"raised_at\": \"2026-10-05T00:10:00+08:00\"}'),
              ('o2', 'e2', 'housing', 'closed', '{\"raised_at\": \"2026-09-30T23:50:00+08:00\",
                 \"decision\": {\"result\": \"withdrawn\", \"decided_at\": \"2026-10-31T23:59:00+08:00\"}}'),
              ('o3', 'e3', NULL, 'closed', '{\"raised_at\": \"2026-09-01T09:00:00+08:00\",
                 \"decision\": {\"result\": \"confirmed\", \"decided_at\": \"2026-09-02T09:00:00+08:00\"}}');
            INSERT INTO repairs (id, entry, department, state, document) VALUES
              ('r1', 'e1', 'housing', 'granted', '{\"applied_on\": \"2026-10-02\", \"steps\": [
                 {\"state\": \"accepted\", \"at\": \"2026-10-09T09:00:00+08:00\"},
                 {\"state\": \"granted\", \"at\": \"2026-11-02T09:00:00+08:00\"}]}'),
              ('r2', 'e2', NULL, 'applied', '{\"applied_on\": \"2026-11-02\"}');";
        store.write(move |connection| Ok(connection.execute_batch(documents)?)).await.unwrap();
        let month = (date(2026, 10, 1), date(2026, 10, 31));
        let objections = ObjectionCounts {
            department: "housing".to_owned(),
            raised: 1,
            withdrawn: 1,
            open: 1,
            ..ObjectionCounts::default()
        };
        assert_eq!(store.count_objections(month.0, month.1).unwrap(), [objections]);
        let repairs = RepairCounts {
            department: "housing".to_owned(),
            applied: 1,
            accepted: 1,
            open: 1,
            ..RepairCounts::default()
        };
        assert_eq!(store.count_repairs(month.0, month.1).unwrap(), [repairs]);
        let november = store.count_repairs(date(2026, 11, 1), date(2026, 11, 30)).unwrap();
        assert_eq!(november.iter().map(|it| (it.granted, it.open)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
    }
}
