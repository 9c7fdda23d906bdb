//! A plug-in that misbehaves on demand, so that every limit and every rule of
//! the host is met by a guest that breaks it. Nothing here is an example to
//! follow.

mod behaviour;

use behaviour::Behaviour;
use creditgate_plugin::{
    Answer, Case, Custom, Failure, Intake, Issuance, Plugin, Review, Supervision, Verdict, attribute, export,
    log,
};

/// The plug-in.
#[derive(Debug)]
pub struct Hostile;

/// What it is told to do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The name of a behaviour, or `invalid`.
    pub behaviour: String,
    /// Bytes, lines, calls, turns or reports, as the behaviour has it.
    pub size: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { behaviour: "honest".into(), size: 1000 }
    }
}

impl Plugin for Hostile {
    type Settings = Settings;

    fn validate(settings: &Settings) -> Result<(), Vec<String>> {
        if Behaviour::named(&settings.behaviour).is_some() {
            Ok(())
        } else {
            Err(vec![format!("behaviour: there is none named `{}`", settings.behaviour)])
        }
    }
}

/// Does what the settings say, or the application's attribute `behaviour`: a
/// release that misbehaves from the start does not stand its trial.
fn behave(case: &Case<'_, Settings>) -> Answer {
    let settings = case.settings;
    let name = attribute(&case.application.attributes, "behaviour").unwrap_or(&settings.behaviour);
    let Some(behaviour) = Behaviour::named(name) else {
        return Err(Failure::new("unknown-behaviour", name));
    };
    behaviour.run(case, settings.size)
}

impl Intake for Hostile {
    fn intake(case: &Case<'_, Settings>) -> Answer {
        behave(case)
    }
}

impl Review for Hostile {
    fn review(case: &Case<'_, Settings>) -> Answer {
        behave(case)
    }
}

impl Issuance for Hostile {
    fn issuance(case: &Case<'_, Settings>) -> Answer {
        behave(case)
    }
}

impl Supervision for Hostile {
    fn supervision(case: &Case<'_, Settings>) -> Answer {
        behave(case)
    }
}

impl Custom for Hostile {
    fn checkpoint(name: &str, case: &Case<'_, Settings>) -> Answer {
        log::debug(name);
        behave(case)
    }
}

export!(Hostile: intake, review, issuance, supervision, custom);

/// What an honest guest would say.
fn honest(explanation: impl Into<String>) -> Answer {
    Ok(Verdict::proceed(explanation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{ListKind, Outcome};

    fn case(behaviour: &str) -> TestCase {
        TestCase::new("anything", "intake")
            .organisation("示例有限公司")
            .entry("test.black", ListKind::Black)
            .measure("test.restrict", "basis.test")
            .settings(&format!(r#"{{"behaviour": "{behaviour}", "size": 10}}"#))
    }

    #[test]
    fn every_behaviour_has_one_name_and_validates() {
        let mut names: Vec<&str> = Behaviour::ALL.iter().map(|behaviour| behaviour.name()).collect();
        for name in &names {
            let settings = Settings { behaviour: (*name).into(), size: 0 };
            assert_eq!(Hostile::validate(&settings), Ok(()), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Behaviour::ALL.len());
    }

    #[test]
    fn the_behaviour_named_invalid_does_not_validate() {
        let settings = Settings { behaviour: "invalid".into(), size: 0 };
        assert!(Hostile::validate(&settings).is_err());
    }

    #[test]
    fn the_honest_guest_is_one_the_host_passes_on() {
        let run = case("honest").intake::<Hostile>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }

    #[test]
    fn dishonest_verdicts_break_the_rule_they_are_named_for() {
        for (behaviour, fault) in [
            ("no-dispositions", "has no disposition"),
            ("unknown-measure", "does not apply here"),
            ("refuse-without-basis", "without a ground"),
            ("exempt-mandatory-without-reason", "gives no reason"),
            ("commitment-without-commitment", "a commitment belongs"),
        ] {
            let faults = case(behaviour).intake::<Hostile>().faults();
            assert!(faults.iter().any(|found| found.contains(fault)), "{behaviour}: {faults:?}");
        }
    }

    #[test]
    fn a_foreign_party_is_refused() {
        let run = case("foreign-party").intake::<Hostile>();
        assert_eq!(run.failure().code, "not-a-party");
    }

    #[test]
    fn sizes_are_respected() {
        let run = case("big-result").intake::<Hostile>();
        assert_eq!(run.answer.map(|verdict| verdict.explanation.len()), Ok(10));
        let run = case("log-flood").intake::<Hostile>();
        assert_eq!(run.log.len(), 10);
        let run = case("feedback-flood").intake::<Hostile>();
        assert_eq!(run.reports.len(), 10);
    }

    #[test]
    fn one_case_in_twenty_is_unlucky_and_the_probe_is_not() {
        let unlucky = |number: u32| behaviour::is_one_in_twenty(&format!("LIFE-{number:06}"));
        let found = (0..20_000).filter(|number| unlucky(*number)).count();
        assert!((900..1100).contains(&found), "{found} of 20000 instead of about 1000");
        assert!(!behaviour::is_one_in_twenty("probe"));
        let run = case("panic-for-one-in-twenty").intake::<Hostile>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
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
