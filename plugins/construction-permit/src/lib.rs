//! Credit rules of housing and construction, at intake, review and issuance.
//! One rule, one file, in `rules`; here stands only which checkpoint asks which
//! rules. What officers and applicants read is Chinese.

mod rules;

use creditgate_plugin::{Answer, Intake, Issuance, Plugin, Review, export};
use rules::{informed_commitment, key_supervision, market_ban, responsible_persons};

/// The plug-in.
#[derive(Debug)]
pub struct ConstructionPermit;

/// Its settings; the manifest describes each.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Lists whose mandatory measures close the construction market.
    pub ban_lists: Vec<String>,
    /// List of earlier false commitments.
    pub false_commitment_list: String,
    /// Working days until an informed commitment is due.
    pub commitment_working_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ban_lists: vec!["construction.serious".into()],
            false_commitment_list: "commitment.false".into(),
            commitment_working_days: 15,
        }
    }
}

type Case<'a> = creditgate_plugin::Case<'a, Settings>;

const CLEAR: &str = "建设单位及相关责任人员未发现影响本环节办理的信用记录。";

impl Plugin for ConstructionPermit {
    type Settings = Settings;

    fn validate(settings: &Settings) -> Result<(), Vec<String>> {
        if settings.false_commitment_list.trim().is_empty() {
            return Err(vec![
                "false_commitment_list: names no list, so no false commitment would be found".into(),
            ]);
        }
        Ok(())
    }
}

impl Intake for ConstructionPermit {
    fn intake(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            market_ban::foresee(case, decision);
            responsible_persons::check(case, decision);
            informed_commitment::at_intake(case, decision)
        })
    }
}

impl Review for ConstructionPermit {
    fn review(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            market_ban::check(case, decision);
            responsible_persons::check(case, decision);
            informed_commitment::before_decision(case, decision)
        })
    }
}

impl Issuance for ConstructionPermit {
    fn issuance(case: &Case<'_>) -> Answer {
        case.decide(CLEAR, |decision| {
            market_ban::check(case, decision);
            informed_commitment::before_decision(case, decision)?;
            key_supervision::check(case, decision);
            Ok(())
        })
    }
}

export!(ConstructionPermit: intake, review, issuance);

#[cfg(test)]
mod tests {
    use super::*;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Advice, ListKind, Outcome, PartyRole, RequiredBy};

    #[test]
    fn a_clean_case_goes_through_all_three_checkpoints() {
        let case = |checkpoint| {
            TestCase::new("construction-permit", checkpoint)
                .organisation("示例建设有限公司")
                .person("李某", PartyRole::ResponsiblePerson)
                .provided("land-use-permit", RequiredBy::Law)
        };
        for run in [
            case("intake").intake::<ConstructionPermit>(),
            case("review").review::<ConstructionPermit>(),
            case("issuance").issuance::<ConstructionPermit>(),
        ] {
            assert_eq!(run.verdict(), &creditgate_plugin::Verdict::proceed(CLEAR));
        }
    }

    #[test]
    fn nobody_is_punished_while_an_objection_is_verified() {
        let run = TestCase::new("construction-permit", "review")
            .organisation("示例建设有限公司")
            .entry_with("construction.serious", ListKind::Black, |entry| entry.suspended = true)
            .missing("funding-proof", RequiredBy::Other)
            .review::<ConstructionPermit>();
        assert!(run.verdict().outcome < Outcome::Refuse);
        assert!(run.verdict().advice.iter().any(|advice| matches!(advice, Advice::Note(_))));
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        assert_eq!(ConstructionPermit::validate(&Settings::default()), Ok(()));
        let settings = Settings { false_commitment_list: String::new(), ..Settings::default() };
        let faults = ConstructionPermit::validate(&settings).expect_err("one fault");
        assert!(faults[0].starts_with("false_commitment_list:"));
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
