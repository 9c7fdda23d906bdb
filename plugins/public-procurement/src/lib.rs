//! Credit rules of public procurement, at the custom checkpoint
//! `bid-qualification` (R11). One rule, one file, in `rules`. What officers and
//! bidders read is Chinese.

mod rules;

use creditgate_plugin::{Answer, Custom, Failure, PartyRole, Plugin, export};
use rules::{bad_conduct, credit_report};

/// The plug-in.
#[derive(Debug)]
pub struct PublicProcurement;

/// Its settings; the manifest describes each.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Lists that ban from procurement for a period.
    pub bad_conduct_lists: Vec<String>,
    /// Items in which every bidder presents a credit report.
    pub report_items: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bad_conduct_lists: vec!["procurement.bad-conduct".into()],
            report_items: vec!["government-procurement".into()],
        }
    }
}

type Case<'a> = creditgate_plugin::Case<'a, Settings>;

impl Plugin for PublicProcurement {
    type Settings = Settings;
}

impl Custom for PublicProcurement {
    fn checkpoint(name: &str, case: &Case<'_>) -> Answer {
        if name != "bid-qualification" {
            return Err(Failure::new("unknown-checkpoint", format!("本插件不受理检查点“{name}”")));
        }
        if case.subjects_in(&BIDDERS).next().is_none() {
            return Err(Failure::new("no-bidder", "申请中没有投标人（供应商），无法核查"));
        }
        case.decide(
            "投标人（供应商）及相关人员未发现影响投标资格的信用记录。",
            |decision| {
                bad_conduct::check(case, decision);
                credit_report::check(case, decision);
                Ok(())
            },
        )
    }
}

export!(PublicProcurement: custom);

/// Roles of those whose qualification is examined.
const BIDDERS: [PartyRole; 2] = [PartyRole::Bidder, PartyRole::Applicant];

#[cfg(test)]
mod tests {
    use super::*;
    use creditgate_plugin::Outcome;
    use creditgate_plugin::testing::TestCase;

    #[test]
    fn r011_a_bidder_with_a_good_report_and_no_record_is_qualified() {
        let run = TestCase::new("government-procurement", "bid-qualification")
            .organisation("示例科技有限公司")
            .report(true, true)
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }

    #[test]
    fn a_case_that_cannot_be_checked_is_never_clear() {
        let nobody = TestCase::new("government-procurement", "bid-qualification");
        assert_eq!(nobody.custom::<PublicProcurement>().failure().code, "no-bidder");
        let elsewhere = TestCase::new("government-procurement", "award").organisation("示例科技有限公司");
        assert_eq!(elsewhere.custom::<PublicProcurement>().failure().code, "unknown-checkpoint");
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
