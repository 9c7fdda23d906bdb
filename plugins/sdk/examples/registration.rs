//! The plug-in of the README, with its test.

use creditgate_plugin::{Answer, Case, PartyRole, Plugin, Review, export};

struct Registration;

#[derive(serde::Deserialize)]
struct Settings {
    defaulter_list: String,
}

impl Plugin for Registration {
    type Settings = Settings;
}

impl Review for Registration {
    fn review(case: &Case<'_, Settings>) -> Answer {
        case.decide("未发现影响登记的信用记录。", |decision| {
            for person in case.subjects_in(&[PartyRole::LegalRepresentative]) {
                if let Some(entry) = person.entry_on(&case.settings.defaulter_list) {
                    decision.refuse_for(person, entry, "失信被执行人不得登记为法定代表人。");
                }
            }
            Ok(())
        })
    }
}

export!(Registration: review);

#[cfg(test)]
mod tests {
    use super::Registration;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{ListKind, Outcome, PartyRole};

    #[test]
    fn a_judgment_defaulter_is_refused() {
        let run = TestCase::new("company-registration", "review")
            .settings(r#"{"defaulter_list": "court.judgment-defaulter"}"#)
            .organisation("示例商贸有限公司")
            .person("张某", PartyRole::LegalRepresentative)
            .entry("court.judgment-defaulter", ListKind::Black)
            .measure("restrict-office", "basis.market-entity-registration-12")
            .review::<Registration>();
        assert_eq!(run.verdict().outcome, Outcome::Refuse);
    }
}
