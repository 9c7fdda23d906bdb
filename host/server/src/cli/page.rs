//! Results as people read them: lines, tables, and names with values.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentLineStyle, LineStyle, Table, TableStyle};
use creditgate_credit::calendar::LOCAL_OFFSET;
use creditgate_wire::time::{Day, Instant};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::Exit;
use super::error::CliError;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

/// A blank after each column, a line under the header, and nothing else: readable, and easy to cut and search.
const TABLE_STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction(' '))
    .content_lines(ContentLineStyle::none());

/// The result of a command: a page for people, and for programs the JSON of the same value.
pub(super) trait Show: Serialize {
    /// Writes it for people.
    fn show(&self, page: &mut Page);

    /// How a command with this result ends, after it was shown.
    fn end(self) -> Result<Exit, CliError>
    where
        Self: Sized,
    {
        Ok(Exit::Success)
    }
}

/// Several results, one after the other.
impl<T: Show> Show for Vec<T> {
    fn show(&self, page: &mut Page) {
        self.iter().for_each(|each| each.show(page));
    }

    /// Success if each is one.
    fn end(self) -> Result<Exit, CliError> {
        self.into_iter().try_fold(Exit::Success, |so_far, each| match each.end()? {
            Exit::Success => Ok(so_far),
            failed => Ok(failed),
        })
    }
}

/// One of two kinds of results.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Either<A, B> {
    /// The first kind.
    One(A),
    /// The second kind.
    Other(B),
}

impl<A: Show, B: Show> Show for Either<A, B> {
    fn show(&self, page: &mut Page) {
        match self {
            Self::One(one) => one.show(page),
            Self::Other(other) => other.show(page),
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        match self {
            Self::One(one) => one.end(),
            Self::Other(other) => other.end(),
        }
    }
}

/// What was done of a piece of work, also where the rest of it failed.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct SoFar<T> {
    done: T,
    #[serde(skip)]
    failed: Option<CliError>,
}

impl<T> SoFar<T> {
    /// What was done, and how the work ended.
    pub(super) fn new(done: T, outcome: Result<(), CliError>) -> Self {
        Self { done, failed: outcome.err() }
    }

    /// The same in another form.
    pub(super) fn map<R>(self, form: impl FnOnce(T) -> R) -> SoFar<R> {
        SoFar { done: form(self.done), failed: self.failed }
    }
}

impl<T> SoFar<Vec<T>> {
    /// Does a piece of work for each of these in turn, up to the first that fails.
    pub(super) async fn each<I>(
        items: impl IntoIterator<Item = I>,
        mut work: impl AsyncFnMut(I) -> Result<T, CliError>,
    ) -> Self {
        let mut done = Vec::new();
        for item in items {
            match work(item).await {
                Ok(result) => done.push(result),
                Err(error) => return Self::new(done, Err(error)),
            }
        }
        Self::new(done, Ok(()))
    }
}

impl<T: Show> Show for SoFar<T> {
    fn show(&self, page: &mut Page) {
        self.done.show(page);
    }

    fn end(self) -> Result<Exit, CliError> {
        self.failed.map_or_else(|| self.done.end(), Err)
    }
}

/// Text for people. Styles are always written; the streams strip them where nobody sees them.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// Adds one line.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    /// Adds a table with a row for each of these.
    pub(super) fn table<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        self.columns(&titles, rows);
    }

    /// Adds a table, or a line where there is no row for one.
    pub(super) fn list<const N: usize>(
        &mut self,
        nothing: impl AsRef<str>,
        titles: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_some() { self.table(titles, rows) } else { self.line(nothing) }
    }

    /// Adds a table below an empty line, where there is a row for one.
    pub(super) fn section<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_some() {
            self.line("");
            self.table(titles, rows);
        }
    }

    /// Adds a table with as many columns as there are titles.
    pub(super) fn columns(
        &mut self,
        titles: &[impl AsRef<str>],
        rows: impl IntoIterator<Item = impl AsRef<[String]>>,
    ) {
        let mut table = empty();
        table.set_header(titles.iter().map(|title| title.as_ref()));
        table.add_rows(rows.into_iter().map(|row| row.as_ref().to_vec()));
        self.block(table);
    }

    /// Adds names with values.
    pub(super) fn details(&mut self, details: Details) {
        self.block(details.0);
    }

    fn block(&mut self, mut table: Table) {
        // No blank before a column, so that titles, lines and cells begin at the same place.
        table.discover_columns();
        table.column_iter_mut().for_each(|column| {
            column.set_padding((0, 1));
        });
        self.line(table.trim_fmt());
    }

    /// The whole of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

fn empty() -> Table {
    let mut table = Table::new();
    table.load_style(TABLE_STYLE);
    table
}

/// Names with values, one a line.
pub(super) struct Details(Table);

/// No names yet.
pub(super) fn details() -> Details {
    Details(empty())
}

impl Details {
    /// Adds a name with its value.
    pub(super) fn row(mut self, name: &str, value: impl Cell) -> Self {
        self.0.add_row([name.to_owned(), value.text()]);
        self
    }

    /// Adds a line for each value, and none where there is none.
    pub(super) fn each(self, name: &str, values: impl IntoIterator<Item = impl Cell>) -> Self {
        values.into_iter().fold(self, |details, value| details.row(name, value))
    }
}

/// What may stand in a cell of a table.
pub(super) trait Cell {
    /// As it is read there.
    fn text(&self) -> String;
}

/// The cells of a row: what may stand in one, in the order of the titles.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { [$($crate::cli::page::Cell::text(&$cell)),+] };
}
pub(super) use row;

macro_rules! as_displayed {
    ($($type:ty),+) => {
        $(impl Cell for $type {
            fn text(&self) -> String {
                self.to_string()
            }
        })+
    };
}
as_displayed!(str, String, Cow<'_, str>, std::path::Display<'_>, Date, u16, u32, u64, i64, usize);

impl<T: Cell + ?Sized> Cell for &T {
    fn text(&self) -> String {
        (**self).text()
    }
}

/// A dash where there is none.
impl<T: Cell> Cell for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_owned(), Cell::text)
    }
}

/// One after the other.
impl<T: Cell> Cell for Vec<T> {
    fn text(&self) -> String {
        self.iter().map(Cell::text).collect::<Vec<_>>().join(", ")
    }
}

impl Cell for bool {
    fn text(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Cell for Day {
    fn text(&self) -> String {
        self.0.text()
    }
}

impl Cell for Timestamp {
    fn text(&self) -> String {
        local_time(*self)
    }
}

impl Cell for Instant {
    fn text(&self) -> String {
        local_time(*self)
    }
}

/// How good a word is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Doubtful,
    Bad,
}

/// A word in the colour of its tone.
pub(super) fn toned(tone: Tone, text: &str) -> String {
    let style = match tone {
        Tone::Good => GOOD,
        Tone::Doubtful => DOUBTFUL,
        Tone::Bad => BAD,
    };
    format!("{style}{text}{style:#}")
}

/// An instant as it is read in Asia/Shanghai, wherever this runs.
pub(super) fn local_time(at: impl Into<Instant>) -> String {
    LOCAL_OFFSET.to_datetime(at.into().0).strftime("%Y-%m-%d %H:%M:%S+08:00").to_string()
}

/// Enough of a digest to recognise it, and to name it with.
pub(super) fn short_digest(digest: &str) -> &str {
    const LENGTH: usize = "sha256:".len() + 12;
    digest.get(..LENGTH).unwrap_or(digest)
}
