//! A statement in one call: prepared once for its connection, run, and read.

use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::json_column::parsed;

/// What a connection does with a statement.
pub(crate) trait Statements {
    /// Runs a statement, and says how many rows it changed.
    fn change(&self, sql: &str, parameters: impl Params) -> Result<usize, StoreError>;

    /// Runs a statement, however many rows it changes.
    fn run(&self, sql: &str, parameters: impl Params) -> Result<(), StoreError> {
        self.change(sql, parameters).map(drop)
    }

    /// Hands over every row that is selected, in their order.
    fn each(
        &self,
        sql: &str,
        parameters: impl Params,
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// What `of` makes of every row that is selected, in their order.
    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut of: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.each(sql, parameters, |row| {
            all.push(of(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// What `of` makes of the first row that is selected, if there is one.
    fn row<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        of: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError>;

    /// The first column of every row that is selected, in their order.
    fn column<T: FromSql>(&self, sql: &str, parameters: impl Params) -> Result<Vec<T>, StoreError> {
        self.rows(sql, parameters, |row| Ok(row.get(0)?))
    }

    /// The first column of the first row that is selected, if there is one.
    fn value<T: FromSql>(&self, sql: &str, parameters: impl Params) -> Result<Option<T>, StoreError> {
        self.row(sql, parameters, |row| Ok(row.get(0)?))
    }

    /// The documents in the first column of every row that is selected; `what` names
    /// them where they cannot be read.
    fn documents<T: DeserializeOwned>(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(sql, parameters, |row| parsed(what, &row.get::<_, String>(0)?))
    }

    /// The same of the first row that is selected, if there is one.
    fn document<T: DeserializeOwned>(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Option<T>, StoreError> {
        self.row(sql, parameters, |row| parsed(what, &row.get::<_, String>(0)?))
    }

    /// The one value of a statement that selects a row whatever is kept, as a count does.
    fn scalar<T: FromSql>(&self, sql: &str, parameters: impl Params) -> Result<T, StoreError>;
}

impl Statements for Connection {
    fn change(&self, sql: &str, parameters: impl Params) -> Result<usize, StoreError> {
        Ok(self.prepare_cached(sql)?.execute(parameters)?)
    }

    fn each(
        &self,
        sql: &str,
        parameters: impl Params,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }

    fn row<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        of: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        rows.next()?.map(of).transpose()
    }

    fn scalar<T: FromSql>(&self, sql: &str, parameters: impl Params) -> Result<T, StoreError> {
        Ok(self.prepare_cached(sql)?.query_row(parameters, |row| row.get(0))?)
    }
}
