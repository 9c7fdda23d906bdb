//! Workbooks that mean harm: small files that ask whoever reads them for all the
//! memory and time there is. Made when the test runs; none is kept.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// A workbook that means harm, and what has to come of it.
#[derive(Debug)]
pub struct Workbook {
    /// Its name.
    pub name: &'static str,
    /// What it tries, in one sentence.
    pub tries: &'static str,
    /// What stops it, in a few words.
    pub stopped_by: &'static str,
    /// Code of the fault that its import is refused with.
    pub refused: &'static str,
    make: fn() -> Vec<u8>,
}

impl Workbook {
    /// The file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }
}

const NOT_XLSX: &str = "file.not_xlsx";
const TOO_COMPLEX: &str = "file.too_complex";

/// Every hostile workbook.
#[must_use]
pub fn workbooks() -> &'static [Workbook] {
    WORKBOOKS
}

static WORKBOOKS: &[Workbook] = &[
    Workbook {
        name: "unique-count",
        tries: "Says that it has four milliards of strings, and has none.",
        stopped_by: "memory limit of the reading process",
        refused: TOO_COMPLEX,
        make: || book(&[strings("<sst count=\"4294967295\" uniqueCount=\"4294967295\"></sst>")]),
    },
    Workbook {
        name: "string-of-gigabytes",
        tries: "Has one string of two gigabytes in two megabytes of file.",
        stopped_by: "memory limit of the reading process",
        refused: TOO_COMPLEX,
        make: || book(&[packed(STRINGS, "<sst><si><t>", &letters(), 2048, "</t></si></sst>")]),
    },
    Workbook {
        name: "strings-by-the-hundred-million",
        tries: "Has a hundred million strings of one letter.",
        stopped_by: "memory limit of the reading process",
        refused: TOO_COMPLEX,
        make: || {
            let some = "<si><t>a</t></si>".repeat(50_000);
            book(&[packed(STRINGS, "<sst>", &some, 2000, "</sst>")])
        },
    },
    Workbook {
        name: "deep-elements",
        tries: "Opens an element within the one before, a quarter of a milliard times.",
        stopped_by: "limits of the reading process",
        refused: TOO_COMPLEX,
        make: || book(&[packed(STRINGS, "<sst>", &"<a>".repeat(350_000), 700, "")]),
    },
    Workbook {
        name: "many-sheets",
        tries: "Names ten million sheets.",
        stopped_by: "memory limit of the reading process",
        refused: TOO_COMPLEX,
        make: || {
            let some = "<sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/>".repeat(10_000);
            book(&[packed(WORKBOOK, "<workbook xmlns:r=\"r\"><sheets>", &some, 1000, "</sheets></workbook>")])
        },
    },
    Workbook {
        name: "cell-of-gigabytes",
        tries: "Has one cell whose text is two gigabytes.",
        stopped_by: "memory limit of the reading process",
        refused: TOO_COMPLEX,
        make: || {
            let head = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>";
            book(&[packed(SHEET, head, &letters(), 2048, "</t></is></c></row></sheetData></worksheet>")])
        },
    },
    Workbook {
        name: "endless-white-space",
        tries: "Has three gigabytes of nothing before its first row.",
        stopped_by: "limits of the reading process",
        refused: TOO_COMPLEX,
        make: || book(&[packed(SHEET, "<worksheet><sheetData>", &" ".repeat(1 << 20), 3072, "")]),
    },
    Workbook {
        name: "column-of-milliards",
        tries: "Has a cell in a column that no sheet has.",
        stopped_by: "most columns of a sheet",
        refused: NOT_XLSX,
        make: || sheet("<row r=\"1\"><c r=\"ZZZZZZ1\"><v>1</v></c></row>"),
    },
    Workbook {
        name: "row-of-milliards",
        tries: "Has a cell in the four-milliardth row.",
        stopped_by: "most rows of a sheet",
        refused: NOT_XLSX,
        make: || sheet("<row r=\"4294967295\"><c r=\"A4294967295\"><v>1</v></c></row>"),
    },
    Workbook {
        name: "cells-out-of-order",
        tries: "Goes back to the first row after the second.",
        stopped_by: "cells are read in order",
        refused: NOT_XLSX,
        make: || {
            sheet("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")
        },
    },
    Workbook {
        name: "entities-in-entities",
        tries: "Declares entities that stand for ten others each.",
        stopped_by: "no entity is expanded",
        refused: NOT_XLSX,
        make: entities,
    },
    Workbook {
        name: "lengths-that-lie",
        tries: "Says of its parts that they have sixteen exabytes, and of its directory that it has as many entries.",
        stopped_by: "the archive's directory is looked at first",
        refused: NOT_XLSX,
        make: lies,
    },
    Workbook {
        name: "archive-in-itself",
        tries: "Is an archive whose parts are all the same bytes of it: its own directory.",
        stopped_by: "parts are read as what they are called",
        refused: NOT_XLSX,
        make: within_itself,
    },
    Workbook {
        name: "cut-off",
        tries: "Ends in the middle.",
        stopped_by: "the archive's directory is at its end",
        refused: NOT_XLSX,
        make: || {
            let mut bytes = book(&[]);
            bytes.truncate(bytes.len() / 2);
            bytes
        },
    },
];

const PACKAGE: &str = "_rels/.rels";
const STRINGS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";
const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// What a workbook has in those places where it is not told otherwise.
const USUAL: &[(&str, &str)] = &[
    (
        PACKAGE,
        "<Relationships><Relationship Id=\"rId1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        WORKBOOK,
        "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        RELATIONS,
        "<Relationships><Relationship Id=\"rId1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
    (SHEET, "<worksheet><sheetData></sheetData></worksheet>"),
];

/// A part of an archive.
struct Part {
    name: &'static str,
    method: u16,
    crc: u32,
    size: u32,
    data: Vec<u8>,
}

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

fn stored(name: &'static str, text: &str) -> Part {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    let size = u32::try_from(text.len()).expect("a short part");
    Part { name, method: STORED, crc: crc.sum(), size, data: text.into() }
}

fn strings(text: &str) -> Part {
    stored(STRINGS, text)
}

/// A part that is a head, a block again and again, and a tail. The block is packed
/// once: what it unpacks to needs never be there.
fn packed(name: &'static str, head: &str, block: &str, times: usize, tail: &str) -> Part {
    let mut packer = Compress::new(Compression::best(), false);
    let mut pack = |text: &str, flush| {
        let mut out = Vec::with_capacity(text.len() + 1024);
        packer.compress_vec(text.as_bytes(), &mut out, flush).expect("it is packed");
        out
    };
    // After a full flush nothing refers to what came before.
    let head_packed = pack(head, FlushCompress::Full);
    let block_packed = pack(block, FlushCompress::Full);
    let tail_packed = pack(tail, FlushCompress::Finish);
    let size = head.len() + block.len() * times + tail.len();
    let data = [head_packed, block_packed.repeat(times), tail_packed].concat();
    let size = u32::try_from(size).expect("less than four gigabytes");
    // Nobody who is to be stopped gets to the end, where it is looked at.
    Part { name, method: DEFLATED, crc: 0, size, data }
}

fn letters() -> String {
    "a".repeat(1 << 20)
}

/// A workbook with these parts in place of the usual ones.
fn book(parts: &[Part]) -> Vec<u8> {
    let usual: Vec<Part> = USUAL
        .iter()
        .filter(|(name, _)| parts.iter().all(|part| part.name != *name))
        .map(|(name, text)| stored(name, text))
        .collect();
    let all: Vec<&Part> = usual.iter().chain(parts).collect();
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for part in &all {
        directory.extend(entry(part, archive.len()));
        archive.extend(header(part));
    }
    let end = end_of_archive(all.len(), directory.len(), archive.len());
    [archive, directory, end].concat()
}

fn sheet(rows: &str) -> Vec<u8> {
    book(&[stored(SHEET, &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))])
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("a short number").to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("a number of four bytes").to_le_bytes()
}

/// What a header and an entry of the directory have in common: version, flags,
/// method, time, checksum, lengths.
fn particulars(part: &Part) -> Vec<u8> {
    [
        &short(20)[..],
        &short(0),
        &part.method.to_le_bytes(),
        &[0, 0, 0x21, 0],
        &part.crc.to_le_bytes(),
        &long(part.data.len()),
        &part.size.to_le_bytes(),
        &short(part.name.len()),
        &short(0),
    ]
    .concat()
}

fn header(part: &Part) -> Vec<u8> {
    [&b"PK\x03\x04"[..], particulars(part).as_slice(), part.name.as_bytes(), &part.data].concat()
}

fn entry(part: &Part, at: usize) -> Vec<u8> {
    let rest = [&short(0)[..], &short(0), &short(0), &long(0), &long(at)].concat();
    [&b"PK\x01\x02"[..], &short(20)[..], &particulars(part), &rest, part.name.as_bytes()].concat()
}

fn end_of_archive(entries: usize, length: usize, at: usize) -> Vec<u8> {
    [
        &b"PK\x05\x06"[..],
        &short(0)[..],
        &short(0),
        &short(entries),
        &short(entries),
        &long(length),
        &long(at),
        &short(0),
    ]
    .concat()
}

/// Every level is ten of the one below it.
fn entities() -> Vec<u8> {
    let mut text = "<!DOCTYPE sst [<!ENTITY e0 \"a\">".to_owned();
    for level in 1..12 {
        let below = format!("&e{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY e{level} \"{below}\">"));
    }
    text.push_str("]><sst count=\"1\" uniqueCount=\"1\"><si><t>&e11;</t></si></sst>");
    let row = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let rows = format!("<worksheet><sheetData>{row}</sheetData></worksheet>");
    book(&[strings(&text), stored(SHEET, &rows)])
}

/// An end of the directory in the form for large archives, where every number is
/// as large as can be.
fn lies() -> Vec<u8> {
    let most = [255_u8; 8];
    let large_end = [
        &b"PK\x06\x06"[..],
        &44_u64.to_le_bytes()[..],
        &short(45),
        &short(45),
        &[0; 8],
        &most,
        &most,
        &most,
        &most,
    ]
    .concat();
    let mut book = book(&[]);
    // Its own end, which tells no lies.
    book.truncate(book.len() - end_of_archive(0, 0, 0).len());
    let at = (book.len() as u64).to_le_bytes();
    let locator = [&b"PK\x06\x07"[..], &[0; 4][..], &at, &[1, 0, 0, 0]].concat();
    let end = [&b"PK\x05\x06"[..], &[255; 16][..], &short(0)].concat();
    [book, large_end, locator, end].concat()
}

/// Its directory calls the directory itself by every name a workbook needs.
fn within_itself() -> Vec<u8> {
    let names = [PACKAGE, WORKBOOK, RELATIONS, SHEET, STRINGS, STYLES];
    let part = |name| Part { name, method: STORED, crc: 0, size: 300, data: vec![0; 300] };
    let first = header(&Part { data: Vec::new(), ..part(PACKAGE) });
    let directory: Vec<u8> = names.iter().flat_map(|name| entry(&part(name), 0)).collect();
    let end = end_of_archive(names.len(), directory.len(), first.len());
    [first, directory, end].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_document_has_every_workbook() {
        const HEAD: &str = "| workbook | what it tries | what stops it | how it ends |\n|---|---|---|---|\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hostile.md");
        let text = std::fs::read_to_string(&file).expect("the document");
        let (before, table) = text.split_once(HEAD).expect("the table of workbooks");
        let end = table.find("\n\n").expect("something after the table") + 1;
        let right: String = workbooks()
            .iter()
            .map(|book| {
                let Workbook { name, tries, stopped_by, refused, .. } = book;
                format!("| `{name}` | {tries} | {stopped_by} | refused: `{refused}` |\n")
            })
            .collect();
        if std::env::var_os("UPDATE_HOSTILE").is_some() {
            std::fs::write(&file, format!("{before}{HEAD}{right}{}", &table[end..])).expect("it is written");
            return;
        }
        assert_eq!(&table[..end], right, "this test writes the table with UPDATE_HOSTILE=1 set");
    }

    #[test]
    fn every_workbook_has_a_name_of_its_own_and_is_a_small_file() {
        let names: BTreeSet<&str> = workbooks().iter().map(|book| book.name).collect();
        assert_eq!(names.len(), workbooks().len());
        for book in workbooks() {
            assert!(book.bytes().len() < 16 << 20, "{}", book.name);
        }
    }
}
