//! The file itself: where it lies, who may read it, whose it is, and how an
//! older schema becomes the newest.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::{identifier, name};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::StoreError;
use crate::search;

/// "cgst": says that a SQLite file is a creditgate store.
const APPLICATION_ID: i64 = 0x6367_7374;

/// Schema `n` is what the first `n` of these make of an empty file.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_signers.sql"),
    include_str!("../migrations/0003_releases.sql"),
    include_str!("../migrations/0004_backtests.sql"),
    include_str!("../migrations/0005_events.sql"),
    include_str!("../migrations/0006_lists.sql"),
    include_str!("../migrations/0007_duties.sql"),
    include_str!("../migrations/0008_sources.sql"),
    include_str!("../migrations/0009_policy_layers.sql"),
    include_str!("../migrations/0010_catalogue.sql"),
    include_str!("../migrations/0011_disputes.sql"),
    include_str!("../migrations/0012_local_entries.sql"),
    include_str!("../migrations/0013_reports.sql"),
    include_str!("../migrations/0014_pulls.sql"),
    include_str!("../migrations/0015_publication_fields.sql"),
    include_str!("../migrations/0016_departments.sql"),
    include_str!("../migrations/0017_second_persons.sql"),
    include_str!("../migrations/0018_chain.sql"),
    include_str!("../migrations/0019_probe.sql"),
    include_str!("../migrations/0020_keys.sql"),
    include_str!("../migrations/0021_passed_over.sql"),
    include_str!("../migrations/0022_receipt_keys.sql"),
    include_str!("../migrations/0023_component_list.sql"),
    include_str!("../migrations/0024_list_losses.sql"),
    include_str!("../migrations/0025_check_search.sql"),
];

/// Statements a connection keeps prepared; more than there are in this crate.
const PREPARED_STATEMENTS: usize = 256;

/// The log is cut back to this many bytes after it has grown beyond.
const LONGEST_LOG: i64 = 64 << 20;

/// Opens the connection that writes; makes the file, readable by its owner
/// alone, and brings its schema up to date.
///
/// # Errors
/// [`StoreError`] when the file cannot be made or opened, is another program's,
/// or is from a newer creditgate.
pub(crate) fn open_for_writing(
    path: &Path,
    busy_timeout: Duration,
    max_bytes: Option<u64>,
) -> Result<Connection, StoreError> {
    make_private_file(path)
        .map_err(|source| StoreError::Open { path: path.to_owned(), source: Arc::new(source) })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection, busy_timeout)?;
    // Before anything is written to it.
    check_ownership(&connection, path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG)?;
    if let Some(bytes) = max_bytes {
        let page: u64 =
            connection.pragma_query_value(None, "page_size", |row| row.get(0).map(i64::unsigned_abs))?;
        let pages = i64::try_from(bytes / page.max(1)).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    migrate(&mut connection, MIGRATIONS)?;
    Ok(connection)
}

/// Opens one more connection, which can only read.
pub(crate) fn open_for_reading(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection, busy_timeout)?;
    Ok(connection)
}

fn prepare(connection: &Connection, busy_timeout: Duration) -> Result<(), StoreError> {
    connection.busy_timeout(busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // Otherwise a plan may depend on the value of a parameter, and the statement
    // is compiled anew whenever another value is bound: a fifth of a check.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Sorting and savepoints must not reach for files.
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(())
}

/// Records hold identity numbers: nobody but the owner reads the file. SQLite
/// gives its log and shared memory the mode of the database.
pub(crate) fn make_private_file(path: &Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map(drop)
}

/// A file that is not empty must say that it is a store.
fn check_ownership(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let not_a_store = || StoreError::NotAStore { path: path.to_owned() };
    let read = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let owner = match read("application_id") {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(not_a_store());
        }
        other => other?,
    };
    let empty = owner == 0 && read("schema_version")? == 0;
    if owner == APPLICATION_ID || empty { Ok(()) } else { Err(not_a_store()) }
}

/// Gives migrations the forms in which keys and names are compared, and by which
/// checks are found.
fn add_functions(connection: &Connection) -> Result<(), StoreError> {
    let add = |name: &str, form: fn(&str) -> String| {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        connection
            .create_scalar_function(name, 1, flags, move |context| Ok(form(context.get_raw(0).as_str()?)))
    };
    add("creditgate_name_key", name::key)?;
    add("creditgate_match_key", identifier::renewed)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("creditgate_subject_keys", 2, flags, |context| {
        let parties = context.get_raw(1).as_str_or_null()?.unwrap_or_default();
        let keys = search::subject_keys_of_record(parties);
        if keys.is_none() {
            // The migration goes on: the host serves, and `ledger verify` tells of it too.
            let check = context.get_raw(0).as_str()?;
            tracing::error!(
                check,
                "the parties of this check cannot be read: it is not found by the number of a party"
            );
        }
        Ok(keys.unwrap_or_default())
    })?;
    Ok(())
}

/// Runs the migrations the file has not seen, each in a transaction of its own.
fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    add_functions(connection)?;
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    for (version, migration) in (1..).zip(migrations) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Read inside the transaction: another process may be migrating too.
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        if found < version {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", version)?;
            tracing::info!(schema = version, "store migrated");
        }
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(100);

    fn mode_of(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_store_is_readable_by_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data/store.db");
        let connection = open_for_writing(&path, TIMEOUT, None).unwrap();
        connection.execute_batch("CREATE TABLE later (x)").unwrap();
        assert_eq!(mode_of(path.parent().unwrap()), 0o700);
        for file in ["store.db", "store.db-wal", "store.db-shm"] {
            assert_eq!(mode_of(&path.with_file_name(file)), 0o600, "{file}");
        }
    }

    #[test]
    fn r022_keys_and_names_of_an_earlier_host_get_the_form_of_today() {
        let at = MIGRATIONS.iter().position(|migration| migration.contains("creditgate_match_key")).unwrap();
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..at]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO entries (id, list, list_name, kind, field, subject_name, name_key, identifiers, facts,
                        authority, basis, recognised_on, status, suspended, attributes, particulars, source)
                 VALUES ('e', 'l', 'l', 'black', '', '买买提•吐尔逊', '买买提•吐尔逊', '[]', '', '', '', '2025-01-01',
                        'effective', 0, '[]', '', 's');
                 INSERT INTO entry_keys (key, entry)
                 VALUES ('citizen_id:110101900101001', 'e'), ('citizen_id:110101199001010015', 'e'),
                        ('uscc:91110000101623741K', 'e')",
            )
            .unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(text("SELECT name_key FROM entries"), name::key("买买提.吐尔逊"));
        assert_eq!(
            text("SELECT group_concat(key, ' ' ORDER BY key) FROM entry_keys"),
            "citizen_id:110101199001010015 uscc:91110000101623741K"
        );
    }

    #[test]
    fn a_check_whose_parties_cannot_be_read_keeps_no_store_from_being_brought_up_to_date() {
        let at =
            MIGRATIONS.iter().position(|migration| migration.contains("creditgate_subject_keys")).unwrap();
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..at]).unwrap();
        let whole = creditgate_wire::record::record_json(&crate::samples::record("c1"));
        for (seq, record) in [(1, &*whole), (2, "{}"), (3, r#"{"application":{"parties":{}}}"#), (4, "{")] {
            connection
                .execute(
                    "INSERT INTO checks (seq, check_id, case_no, department, item, checkpoint, status, outcome,
                            at, caller, previous_hash, hash, record)
                     VALUES (?1, ?1, '', '', '', '', 'clear', 'proceed', 0, '', zeroblob(32), zeroblob(32), ?2)",
                    rusqlite::params![seq, record],
                )
                .unwrap();
        }
        migrate(&mut connection, MIGRATIONS).unwrap();
        let keys = |seq| search::saved(&connection, seq).unwrap().unwrap();
        assert_eq!(Some(keys(1)), search::subjects_of_check(&connection, 1).unwrap());
        assert!(!keys(1).is_empty());
        for seq in 2..=4 {
            assert_eq!((keys(seq), search::subjects_of_check(&connection, seq).unwrap()), (vec![], None));
        }
    }

    #[test]
    fn migrations_run_once_each_in_order_and_a_failing_one_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let version =
            |c: &Connection| c.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap();
        let first = "CREATE TABLE a (x)";
        migrate(&mut connection, &[first]).unwrap();
        migrate(&mut connection, &[first, "CREATE TABLE b (x)"]).unwrap();
        assert_eq!(version(&connection), 2);
        let half = "CREATE TABLE c (x); CREATE TABLE a (x)";
        migrate(&mut connection, &[first, "CREATE TABLE b (x)", half]).unwrap_err();
        assert_eq!(version(&connection), 2);
        assert!(connection.execute_batch("SELECT * FROM c").is_err(), "half a migration is undone");
    }

    #[test]
    fn keys_and_components_from_before_departments_and_holders_are_for_nobody_they_are_not_known_to_be_for() {
        let mut connection = Connection::open_in_memory().unwrap();
        // What a host had that knew neither.
        migrate(&mut connection, &MIGRATIONS[..15]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO api_keys (id, name, role, departments, secret_hash, created_at)
                 VALUES ('v', '开发商', 'vendor', NULL, x'00', 0), ('p', '王芳', 'publisher', NULL, x'00', 0),
                        ('c', '审批大厅', 'caller', NULL, x'00', 0);
                 INSERT INTO components (digest, name, version, pushed_at, pushed_by, bytes)
                 VALUES ('d1', 'signed', '1', 0, 'v', x'00'), ('d2', 'unsigned', '1', 0, 'v', x'00');
                 INSERT INTO signers (id, name, department, public_key, valid_from)
                 VALUES ('s', 'S', 'housing', x'00', '2020-01-01');
                 INSERT INTO component_signatures (digest, signer, document, at) VALUES ('d1', 's', '{}', 0);
                 INSERT INTO releases (digest, plugin, version, settings, capabilities, notes, created_at, created_by,
                        state, approved, withdrawn)
                 SELECT digest, name, version, '{}', '[]', '', 0, 'v', 'staged', 0, 0 FROM components;",
            )
            .unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let rows = |query: &str| {
            let mut statement = connection.prepare(query).unwrap();
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.collect::<Result<Vec<(String, Option<String>)>, _>>().unwrap()
        };
        let pair = |a: &str, b: Option<&str>| (a.to_owned(), b.map(str::to_owned));
        assert_eq!(
            rows("SELECT id, departments FROM api_keys ORDER BY id"),
            [pair("c", None), pair("p", None), pair("v", Some("[]"))]
        );
        assert_eq!(
            rows("SELECT holder_kind, holder FROM api_keys ORDER BY id"),
            [pair("system", Some("审批大厅")), pair("person", Some("王芳")), pair("system", Some("开发商"))]
        );
        let expected = [pair("d1", Some("housing")), pair("d2", None)];
        assert_eq!(rows("SELECT digest, department FROM components ORDER BY digest"), expected);
        assert_eq!(rows("SELECT digest, department FROM releases ORDER BY digest"), expected);
    }

    #[test]
    fn files_of_a_newer_creditgate_and_of_others_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let newer = directory.path().join("newer.db");
        let connection = open_for_writing(&newer, TIMEOUT, None).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let other = directory.path().join("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        let text = directory.path().join("text.db");
        std::fs::write(&text, "not a database, but long enough to look like one".repeat(50)).unwrap();
        let cases =
            [(newer, "store.newer_schema"), (other, "store.not_a_store"), (text, "store.not_a_store")];
        for (path, code) in cases {
            let before = std::fs::read(&path).unwrap();
            assert_eq!(open_for_writing(&path, TIMEOUT, None).unwrap_err().code(), code, "{path:?}");
            assert_eq!(std::fs::read(&path).unwrap(), before, "a refused file is left as it was");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = open_for_writing(&file.join("store.db"), TIMEOUT, None).unwrap_err();
        assert_eq!(error.code(), "store.open_failed");
    }
}
