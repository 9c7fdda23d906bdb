//! One fault of each kind that imports and `creditgate catalogue check` find,
//! put into a city that is otherwise sound.

mod catalogue;
mod entry;

/// A fault to put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An entry was recognised on a day that does not exist.
    EntryDate,
    /// An entry stands on a list nobody registered.
    EntryList,
    /// An entry's family is not that of its list.
    EntryKind,
    /// An entry names no authority.
    EntryWithoutAuthority,
    /// An entry's authority may not list there.
    EntryAuthority,
    /// A check character of an entry's identifier is wrong.
    EntryCheckDigit,
    /// Two entries have one id.
    EntryDuplicate,
    /// A subject stands on one list twice.
    EntrySameSubject,
    /// A subject of a black list stands on a red list.
    EntryRedAndBlack,
    /// A natural person was not told before being listed.
    EntryWithoutNotice,
    /// An entry is effective and ended.
    EntryEnded,
    /// A line is cut off.
    LineCut,
    /// A line is in another encoding.
    LineEncoding,
    /// A line is longer than an import takes.
    LineLength,
    /// A measure rests on a basis the edition has not.
    MeasureBasis,
    /// A measure rests on a basis that is no longer in force.
    MeasureBasisOver,
    /// A measure has no content.
    MeasureParticular,
    /// Nothing triggers a measure.
    MeasureWithoutList,
    /// A list nobody registered triggers a measure.
    MeasureList,
    /// Two measures have one code.
    MeasureDuplicate,
    /// A measure has a category the edition does not allow.
    MeasureCategory,
    /// A measure names a power item that is not there.
    MeasurePowerItem,
    /// A measure comes from a memorandum that is not there.
    MeasureMemorandum,
    /// A measure is meant for an item that is not there.
    MeasureItem,
    /// No measure is meant for an item.
    ItemWithoutMeasure,
    /// A power item has no section.
    PowerItemWithoutSection,
    /// A power item belongs to no item.
    PowerItemWithoutItem,
    /// No measure follows from a list.
    ListWithoutMeasure,
    /// A binding is for an item the catalogue has not.
    BindingItem,
    /// Two editions begin on the same day.
    EditionOverlap,
}

impl Fault {
    /// Every fault with its name on the command line.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::EntryDate, "entry-date"),
        (Self::EntryList, "entry-list"),
        (Self::EntryKind, "entry-kind"),
        (Self::EntryWithoutAuthority, "entry-without-authority"),
        (Self::EntryAuthority, "entry-authority"),
        (Self::EntryCheckDigit, "entry-check-digit"),
        (Self::EntryDuplicate, "entry-duplicate"),
        (Self::EntrySameSubject, "entry-same-subject"),
        (Self::EntryRedAndBlack, "entry-red-and-black"),
        (Self::EntryWithoutNotice, "entry-without-notice"),
        (Self::EntryEnded, "entry-ended"),
        (Self::LineCut, "line-cut"),
        (Self::LineEncoding, "line-encoding"),
        (Self::LineLength, "line-length"),
        (Self::MeasureBasis, "measure-basis"),
        (Self::MeasureBasisOver, "measure-basis-over"),
        (Self::MeasureParticular, "measure-particular"),
        (Self::MeasureWithoutList, "measure-without-list"),
        (Self::MeasureList, "measure-list"),
        (Self::MeasureDuplicate, "measure-duplicate"),
        (Self::MeasureCategory, "measure-category"),
        (Self::MeasurePowerItem, "measure-power-item"),
        (Self::MeasureMemorandum, "measure-memorandum"),
        (Self::MeasureItem, "measure-item"),
        (Self::ItemWithoutMeasure, "item-without-measure"),
        (Self::PowerItemWithoutSection, "power-item-without-section"),
        (Self::PowerItemWithoutItem, "power-item-without-item"),
        (Self::ListWithoutMeasure, "list-without-measure"),
        (Self::BindingItem, "binding-item"),
        (Self::EditionOverlap, "edition-overlap"),
    ];

    /// Name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(fault, _)| *fault == self).map_or("", |(_, name)| name)
    }

    /// The fault with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(fault, _)| *fault)
    }
}
