//! Files of list entries, in every form a text may have: JSON lines and CSV, in
//! UTF-8 and GBK, in pieces of any size.

use creditgate_api::ImportProblem;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Strictness;
use creditgate_wire::import::{
    Encoding, Format, ListReader, ListRules, ListSplitter, ReadRows, Remarks, parse_lists,
};

use crate::Target;
use crate::findings::{are_sound, holds_no_number, names_a_line};

const FILE: &str = "lists";

/// Form, encoding and strictness by the first byte, the size of the pieces by the
/// second, then the file.
pub(crate) const LISTS: Target = Target {
    name: "lists",
    run,
    seeds,
    words: &[
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r\n",
        "\u{feff}",
        "{",
        "}",
        "null",
        "citizen_id",
        "uscc",
        "110101199001010015",
        "2026-02-29",
        "repaired",
        "withdrawn",
        "ended_on",
        "suspended",
        "true",
        "particulars",
        "attributes",
        "alert.derived",
        ",,",
        "#N/A",
        "=A1",
        "3.7E+17",
        "\\u0000",
    ],
    rounds: 400,
};

fn seeds() -> Vec<Vec<u8>> {
    let first_lines = |text: &'static str| {
        let end = text.match_indices('\n').nth(5).map_or(text.len(), |(end, _)| end + 1);
        text.get(..end).unwrap_or(text)
    };
    let csv = first_lines(include_str!("../../../examples/city/lists.csv"));
    let jsonl = first_lines(include_str!("../../../examples/city/lists.jsonl"));
    let (gbk, ..) = encoding_rs::GBK.encode(csv);
    let seed = |form: u8, piece: u8, file: &[u8]| [&[form, piece][..], file].concat();
    vec![
        seed(0, 255, jsonl.as_bytes()),
        seed(1, 255, csv.as_bytes()),
        seed(3, 40, &gbk),
        seed(9, 7, csv.as_bytes()),
    ]
}

/// How a file is written and read.
#[derive(Clone, Copy)]
struct Form {
    format: Format,
    encoding: Encoding,
    strictness: Strictness,
}

impl Form {
    fn of(byte: u8) -> Self {
        Self {
            format: if byte & 1 == 0 { Format::Jsonl } else { Format::Csv },
            encoding: if byte & 2 == 0 { Encoding::Utf8 } else { Encoding::Gbk },
            strictness: match (byte >> 2) % 3 {
                0 => Strictness::Check,
                1 => Strictness::Format,
                _ => Strictness::Strict,
            },
        }
    }
}

fn run(data: &[u8]) {
    let Some(([form, piece], file)) = data.split_first_chunk() else { return };
    let form = Form::of(*form);
    let whole = read(form, file.len().max(1), file);
    let pieces = read(form, usize::from(*piece) + 1, file);
    assert!(whole.rows == pieces.rows, "what is read depends on the pieces it came in");
    assert_eq!(whole.read, pieces.read, "the rows that are counted depend on the pieces");
    for finding in whole.problems.iter().chain(&whole.warnings) {
        names_a_line(finding, FILE, file);
        holds_no_number(&finding.message);
        holds_no_number(&finding.field);
    }
    assert!(whole.rows.len() <= whole.read, "more entries than rows");
    for (_, entry) in &whole.rows {
        reads_back(entry);
    }
    if form.encoding == Encoding::Utf8 {
        are_sound(&parse_lists(FILE, form.format, file, form.strictness), FILE, file);
    }
}

/// What was read of a file.
struct Read {
    rows: Vec<(u64, ListEntry)>,
    read: usize,
    problems: Vec<ImportProblem>,
    warnings: Vec<ImportProblem>,
}

/// Reads a file that comes in pieces, as an import does.
fn read(form: Form, piece: usize, file: &[u8]) -> Read {
    let rules = ListRules { strictness: form.strictness, registered: None };
    let mut reader = ListReader::new(FILE, form.format, form.encoding, rules);
    let mut splitter = ListSplitter::new(form.format);
    let mut all = ReadRows::default();
    let mut chunks = Vec::new();
    for piece in file.chunks(piece) {
        match splitter.push(piece) {
            Ok(chunk) => chunks.extend(chunk),
            Err(fault) => {
                all.stop_at(FILE, &fault);
                break;
            }
        }
        // Rows are handed over before there are many, so that there are chunks.
        chunks.extend(splitter.rest());
    }
    if !all.stopped {
        match splitter.finish() {
            Ok(chunk) => chunks.extend(chunk),
            Err(fault) => all.stop_at(FILE, &fault),
        }
    }
    for chunk in chunks {
        if let Some(chunk) = reader.begin(chunk, &mut all.problems) {
            all.append(reader.read(&chunk));
        }
    }
    Read {
        read: all.read,
        rows: all.rows,
        problems: Remarks::into_listed(all.problems),
        warnings: Remarks::into_listed(all.warnings),
    }
}

/// What an import accepts, it writes and reads back the same.
fn reads_back(entry: &ListEntry) {
    let line = serde_json::to_string(entry).expect("an entry can be written");
    let again = parse_lists(FILE, Format::Jsonl, &line, Strictness::Format);
    assert!(again.problems.is_empty(), "an accepted entry is refused: {:?}", codes(&again.problems));
    assert!(again.rows.iter().eq([entry]), "an entry reads back as another");
    holds_no_number_of(entry);
}

/// What people are shown of an entry holds no citizen ID of it.
fn holds_no_number_of(entry: &ListEntry) {
    let shown = entry.shown();
    for (own, shown) in entry.subject_identifiers.iter().zip(&shown.subject_identifiers) {
        assert!(shown.value == own.masked(), "an entry is shown with its number");
    }
}

fn codes(problems: &[ImportProblem]) -> Vec<&str> {
    problems.iter().map(|problem| &*problem.code).collect()
}
