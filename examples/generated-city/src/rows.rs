//! Rows as text: JSON lines and CSV, in UTF-8 or GBK. A row is written when it is
//! made, so that a set of any size takes the memory of one row.

use std::borrow::Cow;
use std::io::{self, Write};

use creditgate_credit::identifier::IdentifierKind;
use serde::Serialize;

use crate::entry::Entry;

/// In which form list entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and a record a row.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// In which characters a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GBK, as older systems export.
    Gbk,
}

/// Columns of list entries in CSV.
pub(crate) const HEADER: &str = "id,list,list_name,kind,field,severity,subject_name,uscc,organisation_code,\
registration_number,citizen_id,facts,authority,basis,recognised_on,valid_until,status,ended_on,suspended,particulars\n";

/// Bytes of a usual line.
const LINE: usize = 512;

impl Encoding {
    /// The one this is not.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Utf8 => Self::Gbk,
            Self::Gbk => Self::Utf8,
        }
    }

    pub(crate) fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(text.as_bytes()),
            Self::Gbk => encoding_rs::GBK.encode(text).0,
        }
    }
}

/// Writes values as JSON, one a line.
///
/// # Errors
/// What the writer says.
pub fn write_json_lines<T: Serialize>(
    rows: impl IntoIterator<Item = T>,
    mut out: impl Write,
) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One entry as a line in this format, with its line end.
pub(crate) fn entry_line(entry: &Entry<'_>, format: Format) -> io::Result<String> {
    match format {
        Format::Csv => csv_record(entry),
        Format::Jsonl => Ok(serde_json::to_string(entry)? + "\n"),
    }
}

fn csv_record(entry: &Entry<'_>) -> io::Result<String> {
    let number = |kind: IdentifierKind| {
        let found = entry.subject_identifiers.iter().find(|identifier| identifier.kind == kind);
        found.map_or("", |identifier| identifier.value.as_str())
    };
    let particulars =
        if entry.particulars.is_empty() { String::new() } else { serde_json::to_string(&entry.particulars)? };
    let cells: [&str; 20] = [
        &entry.id,
        entry.list,
        entry.list_name,
        entry.kind,
        entry.field,
        entry.severity.unwrap_or_default(),
        &entry.subject_name,
        number(IdentifierKind::Uscc),
        number(IdentifierKind::OrganisationCode),
        number(IdentifierKind::RegistrationNumber),
        number(IdentifierKind::CitizenId),
        &entry.facts,
        entry.authority,
        entry.basis,
        &entry.recognised_on,
        entry.valid_until.as_deref().unwrap_or_default(),
        entry.status,
        entry.ended_on.as_deref().unwrap_or_default(),
        if entry.suspended { "true" } else { "false" },
        &particulars,
    ];
    let mut record = csv::WriterBuilder::new().buffer_capacity(LINE).from_writer(Vec::with_capacity(LINE));
    record.write_record(cells)?;
    let bytes = record.into_inner().map_err(|error| error.into_error())?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
