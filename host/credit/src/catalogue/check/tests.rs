//! Each kind of fault is sown into an edition in which nothing is missing, and
//! found.

use jiff::civil::date;

use super::*;
use crate::catalogue::{Direction, NonDisclosure};
use crate::samples;

/// An edition with what the host knows beside it.
#[derive(Clone)]
struct Host {
    catalogue: Catalogue,
    list_types: Vec<ListType>,
    bound: Vec<BoundItem>,
    published: Vec<Catalogue>,
}

impl Host {
    fn whole() -> Self {
        let bound = BoundItem { department: "market-regulation".into(), item: "food-licence".into() };
        Self {
            catalogue: samples::edition(),
            list_types: vec![samples::list_type("black")],
            bound: vec![bound.clone(), bound],
            published: vec![samples::edition()],
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let surroundings =
            Surroundings { list_types: &self.list_types, bound: &self.bound, published: &self.published };
        check(&self.catalogue, &surroundings, date(2026, 11, 23))
    }
}

fn later(days: (i16, i8, i8)) -> Catalogue {
    Catalogue::empty("later", date(days.0, days.1, days.2))
}

type Sow = fn(&mut Host);

/// Faults by their kinds and the codes of what has them.
type Found = &'static [(FaultKind, &'static str)];

/// Name, what is sown, and the faults that follow from it.
const CASES: &[(&str, Sow, Found)] = &[
    (
        "the same code twice",
        |h| {
            let again = h.catalogue.power_items[0].clone();
            h.catalogue.power_items.push(again);
        },
        &[(FaultKind::DuplicateCode, "power.food")],
    ),
    (
        "a particular is empty",
        |h| h.catalogue.measures[0].target.clear(),
        &[(FaultKind::EmptyParticular, "m1")],
    ),
    (
        "an unknown category",
        |h| h.catalogue.measures[0].category = "other".into(),
        &[(FaultKind::UnknownReference, "m1")],
    ),
    (
        "an unknown power item",
        |h| h.catalogue.measures[0].power_item = "other".into(),
        &[(FaultKind::UnknownReference, "m1")],
    ),
    (
        "an unknown memorandum",
        |h| h.catalogue.measures[0].memorandum = Some("other".into()),
        &[(FaultKind::UnknownReference, "m1")],
    ),
    (
        "an item without a measure",
        |h| {
            let mut item = h.catalogue.items[0].clone();
            (item.code, item.department) = ("award".into(), "finance".into());
            h.catalogue.measures[0].departments = vec!["market-regulation".into()];
            h.catalogue.items.push(item);
        },
        &[(FaultKind::ItemWithoutMeasure, "award")],
    ),
    (
        "an item whose measures no known list triggers",
        |h| h.list_types.clear(),
        &[(FaultKind::ItemWithoutList, "food-licence"), (FaultKind::MeasureWithoutList, "m1")],
    ),
    (
        "a measure without a list",
        |h| {
            let mut idle = samples::measure("m2", "no-such-list", Direction::Punish);
            (idle.category, idle.power_item) = ("market-access".into(), "power.food".into());
            h.catalogue.measures.push(idle);
        },
        &[(FaultKind::MeasureWithoutList, "m2")],
    ),
    (
        "a measure that names no trigger",
        |h| {
            let mut idle = h.catalogue.measures[0].clone();
            (idle.code, idle.lists) = ("m2".into(), Vec::new());
            h.catalogue.measures.push(idle);
        },
        &[(FaultKind::MeasureWithoutList, "m2")],
    ),
    (
        "a measure for no item",
        |h| {
            let mut orphan = h.catalogue.measures[0].clone();
            (orphan.code, orphan.departments) = ("m2".into(), vec!["finance".into()]);
            h.catalogue.measures.push(orphan);
        },
        &[(FaultKind::MeasureWithoutItem, "m2")],
    ),
    (
        "a measure for an item that is not there",
        |h| h.catalogue.measures[0].items = vec!["food-licence".into(), "gone".into()],
        &[(FaultKind::UnknownReference, "m1")],
    ),
    (
        "a basis that has ended",
        |h| h.catalogue.bases[0].effective_until = Some(date(2026, 11, 22)),
        &[(FaultKind::BasisNotInForce, "food-licence"), (FaultKind::BasisNotInForce, "m1")],
    ),
    (
        "a basis that the edition does not have",
        |h| h.catalogue.measures[0].basis = "other".into(),
        &[(FaultKind::UnknownReference, "m1")],
    ),
    (
        "a power item without an item",
        |h| {
            let mut power = h.catalogue.power_items[0].clone();
            power.code = "power.idle".into();
            h.catalogue.power_items.push(power);
        },
        &[(FaultKind::PowerItemWithoutItem, "power.idle")],
    ),
    (
        "a power item without a section",
        |h| h.catalogue.power_items[0].section = " ".into(),
        &[(FaultKind::PowerItemWithoutSection, "power.food")],
    ),
    (
        "a bound item that is not there",
        |h| h.bound.push(BoundItem { department: "finance".into(), item: "food-licence".into() }),
        &[(FaultKind::BoundItemMissing, "food-licence")],
    ),
    (
        "an edition that begins on the same day",
        |h| h.published.push(later((2026, 1, 1))),
        &[(FaultKind::OverlappingEditions, "2026")],
    ),
    (
        "an edition that ends after the next begins",
        |h| {
            h.catalogue.effective_until = Some(date(2027, 1, 1));
            h.published.push(later((2027, 1, 1)));
        },
        &[(FaultKind::OverlappingEditions, "2026")],
    ),
    (
        "a list without a measure",
        |h| h.list_types.push(samples::list_type("idle")),
        &[(FaultKind::ListWithoutMeasure, "idle")],
    ),
];

#[test]
fn r062_a_whole_edition_has_no_fault_and_every_fault_that_is_sown_is_found() {
    assert_eq!(Host::whole().faults(), []);
    for (name, sow, expected) in CASES {
        let mut host = Host::whole();
        sow(&mut host);
        let faults = host.faults();
        let found: Vec<(FaultKind, &str)> =
            faults.iter().map(|fault| (fault.kind, fault.code.as_str())).collect();
        assert_eq!(found, *expected, "{name}");
        for fault in &faults {
            assert!(fault.message.contains(&fault.code) && !fault.kind.remedy().is_empty(), "{fault:?}");
        }
    }
    let sown: HashSet<FaultKind> =
        CASES.iter().flat_map(|(_, _, expected)| expected.iter().map(|(kind, _)| *kind)).collect();
    let all: HashSet<FaultKind> = FaultKind::ALL.iter().copied().collect();
    assert_eq!(sown, all.difference(&[FaultKind::ItemWithoutPowerItem].into()).copied().collect());
}

#[test]
fn r093_an_item_is_built_on_power_items_whether_it_is_public_or_not() {
    let mut host = Host::whole();
    host.catalogue.items[0].non_disclosure = Some(NonDisclosure::TradeSecret);
    assert_eq!(host.faults(), [], "a reason not to make it public is no fault");
    assert!(!host.catalogue.items[0].is_published_key_item());
    host.catalogue.items[0].power_items.clear();
    let kinds: Vec<FaultKind> = host.faults().iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::ItemWithoutPowerItem, FaultKind::PowerItemWithoutItem]);
}

#[test]
fn r060_an_edition_without_an_end_makes_way_for_the_next() {
    let mut host = Host::whole();
    host.published.push(later((2027, 1, 1)));
    assert_eq!(host.faults(), []);
    host.catalogue.effective_until = Some(date(2026, 12, 31));
    assert_eq!(host.faults(), [], "nor does one that ends the day before");
}

#[test]
fn r011_the_kind_of_an_item_is_data() {
    let mut host = Host::whole();
    for kind in ["procurement", "tender", "fund", "award", "market-access", "qualification-review", "other"] {
        host.catalogue.items[0].kind = kind.into();
        assert_eq!(host.faults(), [], "{kind}");
    }
}

#[test]
fn r064_a_city_is_checked_whole() {
    let mut host = Host::whole();
    let (measure, item) = (host.catalogue.measures[0].clone(), host.catalogue.items[0].clone());
    let power = host.catalogue.power_items[0].clone();
    host.catalogue.power_items = (0..2411)
        .map(|n| crate::catalogue::PowerItem { code: format!("power.{n}"), ..power.clone() })
        .collect();
    host.catalogue.items = (0..470)
        .map(|n| crate::catalogue::CatalogueItem {
            code: format!("item.{n}"),
            power_items: (n..2411).step_by(470).map(|n| format!("power.{n}")).collect(),
            ..item.clone()
        })
        .collect();
    host.catalogue.measures = (0..3000)
        .map(|n| crate::catalogue::CatalogueMeasure {
            code: format!("m{n}"),
            items: vec![format!("item.{}", n % 470)],
            power_item: format!("power.{}", n % 2411),
            ..measure.clone()
        })
        .collect();
    host.bound = vec![BoundItem { department: "market-regulation".into(), item: "item.469".into() }];
    assert_eq!(host.faults(), []);
}
