//! Credit rules of market regulation, at intake, review and issuance. One rule,
//! one file, in `rules`; here stands only which checkpoint asks which rules.
//! What officers and applicants read is Chinese.

mod rules;

use creditgate_plugin::{Answer, Intake, Issuance, Plugin, Review, export};
use rules::{deferred_materials, false_material, food_safety, green_channel, judgment_defaulter, watch_list};

/// The plug-in.
#[derive(Debug)]
pub struct MarketRegistration;

/// Its settings; the manifest describes each.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Items that register a legal representative.
    pub registration_items: Vec<String>,
    /// Items closed to the seriously dishonest of the food and drug field.
    pub food_items: Vec<String>,
    /// Whether honest applicants get the green channel.
    pub fast_track: bool,
    /// Working days to supply deferred materials.
    pub deferral_working_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            registration_items: vec!["company-registration".into(), "institution-registration".into()],
            food_items: vec!["food-licence".into()],
            fast_track: true,
            deferral_working_days: 20,
        }
    }
}

type Case<'a> = creditgate_plugin::Case<'a, Settings>;

const CLEAR: &str = "申请人及相关人员未发现影响本环节办理的信用记录。";

impl Plugin for MarketRegistration {
    type Settings = Settings;

    fn validate(settings: &Settings) -> Result<(), Vec<String>> {
        let both = settings.registration_items.iter().find(|item| settings.food_items.contains(item));
        both.map_or(Ok(()), |item| Err(vec![format!("food_items: `{item}` is among registration_items too")]))
    }
}

impl Intake for MarketRegistration {
    fn intake(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            judgment_defaulter::foresee(case, decision);
            food_safety::foresee(case, decision);
            watch_list::at_intake(case, decision);
            false_material::check(case, decision)?;
            deferred_materials::at_intake(case, decision)?;
            green_channel::check(case, decision)
        })
    }
}

impl Review for MarketRegistration {
    fn review(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            judgment_defaulter::check(case, decision);
            food_safety::check(case, decision);
            watch_list::at_review(case, decision);
            false_material::check(case, decision)?;
            deferred_materials::before_decision(case, decision)?;
            green_channel::check(case, decision)
        })
    }
}

impl Issuance for MarketRegistration {
    fn issuance(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            judgment_defaulter::check(case, decision);
            food_safety::check(case, decision);
            watch_list::at_issuance(case, decision);
            deferred_materials::before_decision(case, decision)?;
            green_channel::check(case, decision)
        })
    }
}

export!(MarketRegistration: intake, review, issuance);

#[cfg(test)]
mod tests {
    use super::*;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{ListKind, Outcome, PartyRole};

    #[test]
    fn every_reason_for_a_refusal_is_given_at_once() {
        let run = TestCase::new("food-licence", "review")
            .settings(r#"{"registration_items": ["food-licence"], "food_items": ["food-licence"]}"#)
            .organisation("示例食品有限公司")
            .entry_with("food-drug.serious", ListKind::Black, |entry| entry.field = "food-and-drug".into())
            .measure("restrict-access", "basis.one")
            .person("张某", PartyRole::LegalRepresentative)
            .entry("court.judgment-defaulter", ListKind::Black)
            .measure("restrict-office", "basis.two")
            .review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Refuse);
        assert_eq!(run.verdict().grounds.len(), 2);
    }

    #[test]
    fn nobody_is_punished_while_an_objection_is_verified() {
        for checkpoint in ["intake", "review", "issuance"] {
            let case = TestCase::new("food-licence", checkpoint).organisation("示例食品有限公司").entry_with(
                "food-drug.serious",
                ListKind::Black,
                |entry| {
                    entry.field = "food-and-drug".into();
                    entry.suspended = true;
                },
            );
            let run = match checkpoint {
                "intake" => case.intake::<MarketRegistration>(),
                "review" => case.review::<MarketRegistration>(),
                _ => case.issuance::<MarketRegistration>(),
            };
            assert_eq!(run.verdict().outcome, Outcome::Proceed, "{checkpoint}");
            assert_eq!(run.verdict().advice.len(), 1, "the officer is told at {checkpoint}");
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        assert_eq!(MarketRegistration::validate(&Settings::default()), Ok(()));
        let settings = Settings { food_items: vec!["company-registration".into()], ..Settings::default() };
        let faults = MarketRegistration::validate(&settings).expect_err("a fault");
        assert!(faults[0].starts_with("food_items:"), "{faults:?}");
    }

    #[test]
    fn the_manifest_offers_the_settings_that_the_code_reads() {
        let manifest: toml::Table = include_str!("../plugin.toml").parse().expect("a TOML file");
        let settings = manifest["settings"].as_table().expect("a table of settings");
        let defaults: toml::Table =
            settings.iter().map(|(name, schema)| (name.clone(), schema["default"].clone())).collect();
        assert_eq!(defaults.try_into(), Ok(Settings::default()));
    }
}
