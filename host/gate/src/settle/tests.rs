//! Each rule of the host against a verdict that breaks it.

use creditgate_credit::application::Material;
use creditgate_credit::catalogue::{
    Basis as LegalBasis, Catalogue, CatalogueItem, CatalogueMeasure, Category, Direction, StatutoryMaterial,
};
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::{EntryTerm, ListEntry, ListKind};
use creditgate_credit::identifier::{Identifier, IdentifierKind};
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::CommitmentEffect;
use creditgate_credit::samples;
use creditgate_credit::verdict::{Disposition, DispositionAction};
use jiff::civil::date;

use super::*;

const MEASURE: &str = "restrict-access/e1/p1";

fn number(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier::accepted(kind, value).unwrap()
}

fn application() -> Application {
    let material = |code: &str, required_by| Material {
        code: code.into(),
        name: "材料".into(),
        provided: false,
        required_by,
    };
    Application {
        materials: vec![material("by-law", RequiredBy::Law), material("floor-plan", RequiredBy::Other)],
        ..samples::application()
    }
}

fn catalogue() -> IndexedCatalogue {
    edition().into()
}

fn edition() -> Catalogue {
    let basis = |code: &str, until| LegalBasis {
        code: code.into(),
        text: "示例法第一条".into(),
        effective_from: date(2020, 1, 1),
        effective_until: until,
    };
    Catalogue {
        bases: vec![basis("law", None), basis("old-law", Some(date(2025, 12, 31)))],
        measures: vec![CatalogueMeasure {
            content: "不予许可".into(),
            power_item: "食品经营许可".into(),
            section: "许可科".into(),
            basis: "law".into(),
            ..samples::measure("restrict-access", "food-drug.serious", Direction::Punish)
        }],
        ..Catalogue::empty("2026", date(2026, 1, 1))
    }
}

fn entry(suspended: bool) -> ListEntry {
    ListEntry {
        list_name: "食品药品严重失信名单".into(),
        facts: String::new(),
        authority: String::new(),
        basis: String::new(),
        valid_until: None,
        suspended,
        ..samples::entry("e1", "food-drug.serious")
    }
}

fn settled(verdict: Verdict, entries: Vec<ListEntry>) -> Settled {
    settled_by(catalogue(), verdict, entries)
}

fn settled_by(catalogue: IndexedCatalogue, verdict: Verdict, entries: Vec<ListEntry>) -> Settled {
    settled_under(HostRules::CURRENT, catalogue, verdict, entries)
}

fn settled_under(
    rules: HostRules,
    catalogue: IndexedCatalogue,
    verdict: Verdict,
    entries: Vec<ListEntry>,
) -> Settled {
    let evidence = Evidence { by_identifier: entries, ..Evidence::default() };
    settled_of(rules, &application(), catalogue, verdict, evidence)
}

fn settled_of(
    rules: HostRules,
    application: &Application,
    catalogue: IndexedCatalogue,
    verdict: Verdict,
    evidence: Evidence,
) -> Settled {
    let policy = samples::policy();
    let dossier = Dossier::assemble(application, vec![evidence], &catalogue, &policy, &ListRules::default());
    let basis = Basis { application, dossier: &dossier, catalogue: &catalogue, policy: &policy, rules };
    settle_verdict(&verdict, &basis)
}

fn dossier_with(entries: Vec<ListEntry>) -> Dossier {
    let evidence = Evidence { by_identifier: entries, ..Evidence::default() };
    Dossier::assemble(&application(), vec![evidence], &catalogue(), &samples::policy(), &ListRules::default())
}

fn proceed() -> Verdict {
    Verdict {
        outcome: Outcome::Proceed,
        dispositions: Vec::new(),
        grounds: Vec::new(),
        advice: Vec::new(),
        commitment: None,
        explanation: "未发现不良信用记录".into(),
    }
}

fn refuse() -> Verdict {
    Verdict {
        outcome: Outcome::Refuse,
        dispositions: vec![Disposition { measure: MEASURE.into(), action: DispositionAction::Applied }],
        grounds: vec![Ground {
            basis: "law".into(), entry: Some("e1".into()), text: "依法不予许可".into()
        }],
        ..proceed()
    }
}

fn promise() -> Verdict {
    Verdict {
        outcome: Outcome::ProceedWithCommitment,
        commitment: Some(Commitment {
            party: "p1".into(),
            effect: CommitmentEffect::AcceptFirst,
            text: "承诺补齐材料".into(),
            missing: vec!["floor-plan".into()],
            due_on: date(2026, 12, 21),
        }),
        ..proceed()
    }
}

#[test]
fn a_sound_verdict_is_passed_on_as_it_is() {
    let clear = settled(proceed(), Vec::new());
    assert_eq!((clear.status, clear.outcome, clear.reasons), (Status::Clear, Outcome::Proceed, Vec::new()));
    let hit = settled(refuse(), vec![entry(false)]);
    assert_eq!((hit.status, hit.outcome, hit.reasons), (Status::Hit, Outcome::Refuse, Vec::new()));
    assert_eq!(hit.measures[0].disposition, Some(DispositionAction::Applied));
    let promised = settled(promise(), Vec::new());
    assert_eq!((promised.status, promised.outcome), (Status::Clear, Outcome::ProceedWithCommitment));
}

#[test]
fn a_verdict_that_breaks_a_rule_becomes_manual_review_with_the_reason() {
    type Break = fn(&mut Verdict);
    let on_hit: [(&str, Break); 8] = [
        ("measure.undisposed", |v| v.dispositions.clear()),
        ("measure.unknown", |v| {
            v.dispositions.push(Disposition { measure: "none".into(), action: DispositionAction::Applied });
        }),
        ("measure.disposed_twice", |v| v.dispositions.push(v.dispositions[0].clone())),
        ("measure.reason_missing", |v| v.dispositions[0].action = DispositionAction::Exempted(" ".into())),
        ("refusal.no_basis", |v| v.grounds.clear()),
        ("refusal.basis_not_in_force", |v| v.grounds[0].basis = "old-law".into()),
        ("refusal.entry_unknown", |v| v.grounds[0].entry = Some("e2".into())),
        ("explanation.missing", |v| v.explanation.clear()),
    ];
    for (code, spoil) in on_hit {
        let mut verdict = refuse();
        spoil(&mut verdict);
        let settled = settled(verdict, vec![entry(false)]);
        assert_eq!(settled.outcome, Outcome::ManualReview, "{code}");
        assert_eq!(settled.status, Status::Hit, "{code}");
        assert_eq!(settled.reasons.iter().map(|reason| &*reason.code).collect::<Vec<_>>(), [code]);
        assert_eq!(settled.grounds, Vec::new(), "{code}");
    }
    let on_clear: [(&str, Break); 7] = [
        ("commitment.missing", |v| v.commitment = None),
        ("commitment.unexpected", |v| v.outcome = Outcome::Proceed),
        ("commitment.party_unknown", |v| v.commitment.as_mut().unwrap().party = "p9".into()),
        ("commitment.no_text", |v| v.commitment.as_mut().unwrap().text.clear()),
        ("commitment.due_passed", |v| v.commitment.as_mut().unwrap().due_on = date(2026, 11, 23)),
        ("material.unknown", |v| v.advice.push(Advice::DeferredMaterials(vec!["none".into()]))),
        ("material.not_deferrable", |v| v.commitment.as_mut().unwrap().missing = vec!["by-law".into()]),
    ];
    for (code, spoil) in on_clear {
        let mut verdict = promise();
        spoil(&mut verdict);
        let settled = settled(verdict, Vec::new());
        assert_eq!(settled.outcome, Outcome::ManualReview, "{code}");
        assert_eq!(settled.status, Status::CouldNotCheck, "{code}: what cannot be relied on is not clear");
        assert_eq!(settled.reasons.iter().map(|reason| &*reason.code).collect::<Vec<_>>(), [code]);
        assert_eq!(settled.commitment, None, "{code}");
    }
}

/// The catalogue of the other tests with an item that needs a material by law, and
/// with bases that have nothing to do with the entry.
fn with_statutory_materials() -> Catalogue {
    let basis = |code: &str, until| LegalBasis {
        code: code.into(),
        text: "示例法第二条".into(),
        effective_from: date(2020, 1, 1),
        effective_until: until,
    };
    let required =
        |material: &str, basis: &str| StatutoryMaterial { material: material.into(), basis: basis.into() };
    let item = CatalogueItem {
        code: application().item,
        name: "示例事项".into(),
        department: application().department,
        kind: "licence".into(),
        report_required: false,
        key_item: false,
        power_items: Vec::new(),
        non_disclosure: None,
        statutory_materials: vec![
            required("by-law", "material-law"),
            required("identity-proof", "identity-law"),
            required("by-law", "old-law"),
        ],
    };
    let mut edition = edition();
    edition.bases.extend(["unrelated-law", "material-law", "identity-law"].map(|code| basis(code, None)));
    let favour = CatalogueMeasure {
        code: "reward".into(),
        direction: Direction::Incentive,
        nature: Nature::Recommended,
        basis: "unrelated-law".into(),
        ..edition.measures[0].clone()
    };
    let elsewhere = CatalogueMeasure {
        code: "elsewhere".into(),
        items: vec!["other-item".into()],
        basis: "material-law".into(),
        ..edition.measures[0].clone()
    };
    edition.measures.extend([favour, elsewhere]);
    Catalogue { items: vec![item], ..edition }
}

#[test]
fn a_refusal_rests_on_a_measure_of_its_entry_or_on_a_statutory_material_and_on_no_other_basis() {
    let (entry, listed) = (Some("e1"), entry(false));
    let cases = [
        ("the basis of the entry's measure here", "law", entry, None),
        ("a basis in force of nothing", "unrelated-law", entry, Some("refusal.basis_not_of_entry")),
        ("of a measure for another item", "material-law", entry, Some("refusal.basis_not_of_entry")),
        ("a basis that is over", "old-law", entry, Some("refusal.basis_not_in_force")),
        ("a missing material that law requires", "material-law", None, None),
        ("the entry's basis, and no entry", "law", None, Some("refusal.basis_not_statutory")),
        (
            "a material the application does not list",
            "identity-law",
            None,
            Some("refusal.basis_not_statutory"),
        ),
        ("a basis in force, and no entry", "unrelated-law", None, Some("refusal.basis_not_statutory")),
        ("a material by a basis that is over", "old-law", None, Some("refusal.basis_not_in_force")),
    ];
    for (what, basis, entry_id, fault) in cases {
        let mut verdict = refuse();
        verdict.grounds[0].basis = basis.into();
        verdict.grounds[0].entry = entry_id.map(str::to_owned);
        let settle = |rules| {
            let catalogue = with_statutory_materials().into();
            settled_under(rules, catalogue, verdict.clone(), vec![listed.clone()])
        };
        let settled = settle(HostRules::CURRENT);
        assert_eq!(settled.reasons.iter().map(|it| &*it.code).next(), fault, "{what}");
        let outcome = if fault.is_none() { Outcome::Refuse } else { Outcome::ManualReview };
        assert_eq!(settled.outcome, outcome, "{what}");
        let before = settle(HostRules::First);
        let in_force = basis != "old-law";
        assert_eq!(before.outcome == Outcome::Refuse, in_force, "{what}: what was decided before stays");
    }
}

#[test]
fn an_entry_whose_end_nobody_knows_is_a_question_for_an_officer() {
    let endless = |id: &str| ListEntry {
        id: id.into(),
        kind: ListKind::Watch,
        severity: None,
        list_name: "重点关注名单".into(),
        ..entry(false)
    };
    let question = |settled: &Settled| {
        let found = settled.reasons.iter().find(|reason| reason.code == "entry.end_unknown");
        found.map(|reason| reason.text.clone())
    };
    let asked = settled(proceed(), vec![endless("e2")]);
    assert_eq!((asked.status, asked.outcome), (Status::Hit, Outcome::ManualReview));
    let text = question(&asked).unwrap();
    assert!(text.contains("重点关注名单") && text.contains("e2") && text.contains("未载明有效期"), "{text}");
    assert!(asked.measures.is_empty(), "nothing punishes meanwhile");

    // A refusal stands that rests on another entry, and falls where it rests on this.
    let stands = settled(refuse(), vec![entry(false), endless("e2")]);
    assert_eq!((stands.outcome, question(&stands)), (Outcome::Refuse, None));
    let falls = settled(refuse(), vec![endless("e1")]);
    assert_eq!(falls.outcome, Outcome::ManualReview);
    assert!(question(&falls).is_some());

    let mut suspended = endless("e2");
    suspended.suspended = true;
    assert_eq!(question(&settled(proceed(), vec![suspended])), None, "nothing follows from it now");
    let mut permanent = endless("e2");
    permanent.particulars.term = Some(EntryTerm::Permanent);
    assert_eq!(question(&settled(proceed(), vec![permanent])), None, "law makes it permanent");
    let mut undated_stated = entry(false);
    undated_stated.particulars.term = Some(EntryTerm::Stated);
    let text = question(&settled(proceed(), vec![undated_stated])).unwrap();
    assert!(text.contains("以载明的期限为准"), "{text}");
    let before = settled_under(HostRules::First, catalogue(), proceed(), vec![endless("e2")]);
    assert_eq!(question(&before), None, "what was decided before stays");
}

#[test]
fn a_material_that_was_handed_in_is_no_ground() {
    let mut handed_in = application();
    handed_in.materials[0].provided = true;
    let mut verdict = refuse();
    verdict.dispositions.clear();
    verdict.grounds[0] =
        Ground { basis: "material-law".into(), entry: None, text: "缺少法定材料".into() };
    for (application, sound) in [(application(), true), (handed_in, false)] {
        let catalogue = IndexedCatalogue::from(with_statutory_materials());
        let (policy, nothing) = (samples::policy(), vec![Evidence::default()]);
        let dossier = Dossier::assemble(&application, nothing, &catalogue, &policy, &ListRules::default());
        let basis = Basis {
            application: &application,
            dossier: &dossier,
            catalogue: &catalogue,
            policy: &policy,
            rules: HostRules::CURRENT,
        };
        assert_eq!(settle_verdict(&verdict, &basis).outcome == Outcome::Refuse, sound);
    }
}

#[test]
fn r098_nobody_is_refused_because_of_an_entry_under_verification() {
    let mut verdict = refuse();
    verdict.dispositions.clear();
    let settled = settled(verdict, vec![entry(true)]);
    assert_eq!(settled.outcome, Outcome::ManualReview);
    assert_eq!(settled.reasons[0].code, "refusal.entry_suspended");
    assert!(settled.measures.is_empty(), "a suspended entry triggers no punish measure");
}

/// The catalogue of the other tests in an edition that allows these categories.
fn allowing(categories: &[&str]) -> IndexedCatalogue {
    let category = |code: &&str| Category { code: (*code).into(), name: "示例类别".into() };
    let categories = categories.iter().map(category).collect();
    Catalogue { categories, ..edition() }.into()
}

#[test]
fn r005_a_measure_of_a_category_outside_the_edition_is_neither_shown_nor_applied() {
    let entries = || vec![entry(false)];
    let applied = settled_by(allowing(&["市场准入"]), refuse(), entries());
    assert_eq!((applied.outcome, applied.measures.len()), (Outcome::Refuse, 1));

    let outside = settled_by(allowing(&["重点监管"]), refuse(), entries());
    assert_eq!(outside.outcome, Outcome::ManualReview);
    assert_eq!(outside.reasons[0].code, "measure.unknown", "a plug-in cannot bring the measure in");
    assert!(outside.measures.is_empty(), "nor was it ever shown one");
}

#[test]
fn r060_a_measure_whose_basis_has_ended_is_neither_shown_nor_applied() {
    let mut ended = edition();
    ended.bases[0].effective_until = Some(date(2026, 11, 22));
    let mut verdict = refuse();
    verdict.outcome = Outcome::Proceed;
    let settled = settled_by(ended.into(), verdict, vec![entry(false)]);
    assert_eq!(settled.outcome, Outcome::ManualReview);
    assert_eq!(settled.reasons[0].code, "measure.unknown");
    assert!(settled.measures.is_empty());
}

#[test]
fn r059_a_mandatory_measure_is_not_passed_over_without_a_reason_and_a_recommended_one_may_be() {
    let mut recommended = edition();
    recommended.measures[0].nature = Nature::Recommended;
    let exempted = |reason: &str| DispositionAction::Exempted(reason.into());
    let cases = [
        (catalogue(), None, Some("measure.undisposed")),
        (catalogue(), Some(exempted(" ")), Some("measure.reason_missing")),
        (catalogue(), Some(exempted("经市信用办批准，暂缓执行")), None),
        (catalogue(), Some(DispositionAction::Applied), None),
        (recommended.into(), None, None),
    ];
    for (catalogue, action, reason) in cases {
        let mut verdict = proceed();
        verdict.dispositions = action
            .iter()
            .map(|action| Disposition { measure: MEASURE.into(), action: action.clone() })
            .collect();
        let settled = settled_by(catalogue, verdict, vec![entry(false)]);
        assert_eq!(settled.reasons.first().map(|it| &*it.code), reason, "{action:?}");
        let expected = if reason.is_some() { Outcome::ManualReview } else { Outcome::Proceed };
        assert_eq!(settled.outcome, expected, "{action:?}");
    }
}

#[test]
fn r087_an_application_without_the_report_its_item_asks_for_is_remarked_on() {
    let item = CatalogueItem {
        code: application().item,
        name: "示例事项".into(),
        department: application().department,
        kind: "licence".into(),
        report_required: true,
        key_item: false,
        power_items: Vec::new(),
        non_disclosure: None,
        statutory_materials: Vec::new(),
    };
    let with_item = Catalogue { items: vec![item], ..edition() };
    let remarked = |catalogue: Catalogue| crate::validate::missing_report(&application(), &catalogue.into());
    assert_eq!(remarked(with_item.clone()).unwrap().code, "report.required");
    assert_eq!(remarked(edition()), None);
}

/// Numbers by which nobody can say who the party is.
fn doubtful() -> [(Identifier, &'static str); 6] {
    use IdentifierKind as Kind;
    [
        (number(Kind::Uscc, "91110105MA0000349A"), "identifier.check_failed"),
        (number(Kind::OrganisationCode, "101623742"), "identifier.check_failed"),
        (number(Kind::RegistrationNumber, "110105000000013"), "identifier.check_failed"),
        (number(Kind::CitizenId, "110101199001010016"), "identifier.check_failed"),
        (number(Kind::Lei, "213800KUD8LXJWSQ9D15"), "identifier.check_failed"),
        (number(Kind::Other, "不详"), "identifier.none"),
    ]
}

fn with_number(number: Identifier) -> Application {
    let mut application = application();
    application.parties[0].identifiers = vec![number];
    application
}

fn found(by_identifier: Vec<ListEntry>, by_name: Vec<ListEntry>) -> Evidence {
    Evidence { by_identifier, by_name, ..Evidence::default() }
}

#[test]
fn r024_a_party_whose_number_fails_its_check_is_never_clear_and_an_officer_is_asked() {
    let fast = Verdict { advice: vec![Advice::FastTrack("绿色通道".into())], ..proceed() };
    let deferred =
        Verdict { advice: vec![Advice::DeferredMaterials(vec!["floor-plan".into()])], ..proceed() };
    for (number, code) in doubtful() {
        for verdict in [proceed(), fast.clone(), deferred.clone(), promise()] {
            let application = with_number(number.clone());
            let settled = settled_of(
                HostRules::CURRENT,
                &application,
                catalogue(),
                verdict,
                found(Vec::new(), Vec::new()),
            );
            assert_eq!(
                (settled.status, settled.outcome),
                (Status::CouldNotCheck, Outcome::ManualReview),
                "{number:?}"
            );
            assert_eq!(settled.reasons[0].code, code, "{number:?}");
            assert!(settled.reasons[0].text.contains("请核对证件号码后重新核查"), "{:?}", settled.reasons);
            assert_eq!(settled.explanation, settled.reasons[0].text, "nothing says that nothing was found");
            assert_eq!((settled.advice, settled.commitment), (Vec::new(), None), "{number:?}");
            assert!(!settled.reasons[0].text.contains(number.value()));
        }
    }
}

#[test]
fn r024_of_a_party_in_doubt_what_is_found_counts_and_what_speaks_for_it_does_not() {
    for (number, code) in doubtful() {
        let application = with_number(number);
        let hit = |verdict| {
            settled_of(
                HostRules::CURRENT,
                &application,
                catalogue(),
                verdict,
                found(vec![entry(false)], Vec::new()),
            )
        };
        let refused = hit(refuse());
        assert_eq!((refused.status, refused.outcome), (Status::Hit, Outcome::Refuse));
        assert_eq!((refused.grounds.len(), refused.reasons[0].code.as_ref()), (1, code));
        let let_through = hit(Verdict { outcome: Outcome::Proceed, grounds: Vec::new(), ..refuse() });
        assert_eq!((let_through.status, let_through.outcome), (Status::Hit, Outcome::ManualReview));
        assert!(let_through.explanation.ends_with("未发现不良信用记录"), "{}", let_through.explanation);

        let mut incentive = edition();
        incentive.measures[0].direction = Direction::Incentive;
        let mut red = entry(false);
        red.kind = ListKind::Red;
        let red = settled_of(
            HostRules::CURRENT,
            &application,
            incentive.into(),
            proceed(),
            found(vec![red], Vec::new()),
        );
        assert_eq!(red.measures, [], "a reward follows from no doubtful number");

        let namesake = settled_of(
            HostRules::CURRENT,
            &application,
            catalogue(),
            proceed(),
            found(Vec::new(), vec![entry(false)]),
        );
        assert!(namesake.reasons[0].text.contains("同名记录 1 条"), "{:?}", namesake.reasons);
    }
}

#[test]
fn r024_a_doubt_about_any_party_is_one_about_the_case_and_a_filler_beside_a_number_is_none() {
    let mut application = application();
    let mut other = application.parties[0].clone();
    other.id = "p2".into();
    other.identifiers = vec![number(IdentifierKind::CitizenId, "110101199001010016")];
    application.parties.push(other);
    let settled =
        settled_of(HostRules::CURRENT, &application, catalogue(), proceed(), found(Vec::new(), Vec::new()));
    assert_eq!((settled.status, settled.outcome), (Status::CouldNotCheck, Outcome::ManualReview));
    assert!(settled.reasons[0].text.contains("当事人 p2 的公民身份号码"), "{:?}", settled.reasons);

    application.parties.pop();
    application.parties[0].identifiers.push(number(IdentifierKind::Other, "无"));
    let settled =
        settled_of(HostRules::CURRENT, &application, catalogue(), proceed(), found(Vec::new(), Vec::new()));
    assert_eq!((settled.status, settled.reasons), (Status::Clear, Vec::new()));
}

#[test]
fn r098_the_officer_reads_of_an_entry_that_rests_whatever_the_plug_in_says() {
    for explanation in ["未发现影响本环节办理的信用记录。", ""] {
        let verdict = Verdict { explanation: explanation.into(), ..proceed() };
        let settled = settled(verdict, vec![entry(true)]);
        assert_eq!(settled.status, Status::Hit);
        for named in ["示例甲食品有限公司", "食品药品严重失信名单", "e1", "核实"] {
            assert!(settled.explanation.contains(named), "{named}: {}", settled.explanation);
        }
        assert!(settled.explanation.starts_with("主机提示"), "before anything else");
        assert!(settled.explanation.ends_with(explanation) || explanation.is_empty());
    }
    let before = settled_under(HostRules::First, catalogue(), proceed(), vec![entry(true)]);
    assert_eq!(before.explanation, proceed().explanation, "what was decided before stays as it was");
    let plain = settled(proceed(), Vec::new());
    assert_eq!(plain.explanation, proceed().explanation, "nothing is added to what has none");
    let failed =
        no_verdict(reason("plugin.trap", "it trapped"), &dossier_with(vec![entry(true)]), HostRules::CURRENT);
    assert!(failed.explanation.contains("食品药品严重失信名单"), "{}", failed.explanation);
    assert!(failed.explanation.contains("it trapped"));
}

#[test]
fn r006_r049_an_entry_that_rests_outranks_a_reward_all_the_same() {
    let rewarding = || Verdict {
        advice: vec![
            Advice::FastTrack("绿色通道".into()),
            Advice::DeferredMaterials(vec!["floor-plan".into()]),
            Advice::Note("提示".into()),
        ],
        ..proceed()
    };
    assert_eq!(settled(rewarding(), Vec::new()).advice, rewarding().advice);
    let withheld = settled(rewarding(), vec![entry(true)]);
    assert_eq!(withheld.advice, [Advice::Note("提示".into())]);
    assert_eq!((withheld.outcome, withheld.reasons.as_slice()), (Outcome::Proceed, [].as_slice()));
    assert!(withheld.explanation.contains("未予采纳"), "{}", withheld.explanation);
    let advice = vec![Advice::DeferredMaterials(vec!["floor-plan".into()])];
    let promised = settled(Verdict { advice: advice.clone(), ..promise() }, vec![entry(true)]);
    assert_eq!(promised.advice, advice, "a commitment carries it");
    let mut red = entry(false);
    red.kind = ListKind::Red;
    red.list = "honour".into();
    assert_eq!(settled(rewarding(), vec![red]).advice, rewarding().advice);
}
