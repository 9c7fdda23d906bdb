//! What an approval system sends: a request for a check, and what a department
//! did about the measures of one.
//!
//! Vocabularies and dates are taken as text and read in one pass, so that a
//! caller is told every fault and not only the first.

use creditgate_credit::application::{Material, PartyRole, Report, RequiredBy, SubjectKind};
use creditgate_credit::identifier::IdentifierKind;
use creditgate_gate::request::{CheckRequest, Idempotency, PartyInput};
use creditgate_gate::{DispositionReport, DispositionResult, FieldProblem, ReportedDisposition};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::attributes::AttributesBody;
use crate::code::{
    DispositionResultCode, IdentifierKindCode, PartyRoleCode, RequiredByCode, SubjectKindCode,
};
use crate::json::JsonObject;
use crate::time::{Day, EXPECTED_DAY, EXPECTED_INSTANT, Instant};

/// A request for a check at a checkpoint of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckRequest)]
pub struct CheckRequestBody {
    /// Checkpoint: `intake`, `review`, `issuance`, `supervision` or a custom name
    /// that is bound for the item.
    pub checkpoint: String,
    /// Department code.
    pub department: String,
    /// Item code (事项编码).
    pub item: String,
    /// Case number (办件编号).
    pub case_no: String,
    /// The officer on whose behalf the query is made: no purpose, no query (R117).
    pub operator: String,
    /// Administrative division, six digits (GB/T 2260); the binding's own when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// Day of filing; the day of the check when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Day>, inline)]
    pub filed_on: Option<String>,
    /// Everyone concerned; at least one.
    pub parties: Vec<PartyBody>,
    /// Materials of the application with their state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<MaterialBody>,
    /// Credit reports handed in (R87, R88).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportBody>,
    /// The form of the item: any object, passed to the plug-in as it is; at most
    /// 64 levels deep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<JsonObject>,
    /// Receipts of the case's earlier checkpoints, where the binding insists on
    /// them (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<String>,
    /// Extras for the plug-in.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

/// A party as the caller describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Party)]
pub struct PartyBody {
    /// Handle within the case, never an identity number; `p1`, `p2`, … by
    /// position when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The part it plays.
    #[schema(value_type = PartyRoleCode, inline)]
    pub role: String,
    /// Handle of the party it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<String>,
    /// Kind of subject.
    #[schema(value_type = SubjectKindCode, inline)]
    pub kind: String,
    /// Full name.
    pub name: String,
    /// One to eight numbers that identify it: a name alone is never checked.
    pub identifiers: Vec<PartyIdentifierBody>,
    /// Extras for the plug-in.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

/// A number of a party, as typed.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PartyIdentifier)]
pub struct PartyIdentifierBody {
    /// What kind of number it is.
    #[schema(value_type = IdentifierKindCode, inline)]
    pub kind: String,
    /// The number; spaces, hyphens, case and full-width characters do not matter.
    pub value: String,
}

/// Prints the kind only.
impl std::fmt::Debug for PartyIdentifierBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PartyIdentifierBody").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A material of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Material)]
pub struct MaterialBody {
    /// The item's code of the material.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it was handed in.
    pub provided: bool,
    /// On which level of law it is required; decides whether it may be supplied
    /// later (R77 to R79).
    #[schema(value_type = RequiredByCode, inline)]
    pub required_by: String,
}

/// A credit report handed in with the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditReport)]
pub struct ReportBody {
    /// Handle of the party it is about.
    pub party: String,
    /// Name of the issuing agency.
    pub issuer: String,
    /// The report's number.
    pub number: String,
    /// Date of issue.
    #[schema(value_type = Day, inline)]
    pub issued_on: String,
    /// Where it was seen published, such as `platform` and `credit_site`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published_at: Vec<String>,
    /// The grade it gives.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
}

impl CheckRequestBody {
    /// The request as the gate takes it. `idempotency` comes from outside the
    /// body.
    ///
    /// # Errors
    /// Every value that is not of its vocabulary (`value.unknown`), every date
    /// that is none (`date.malformed`), and a form that cannot be carried along
    /// (`form.not_an_object`). What the gate itself checks is left to it.
    pub fn into_request(self, idempotency: Option<Idempotency>) -> Result<CheckRequest, Vec<FieldProblem>> {
        let mut faults = Faults::default();
        let filed_on =
            self.filed_on.as_deref().and_then(|text| faults.day(|| "filed_on".to_owned(), text));
        let parties: Vec<PartyInput> = self
            .parties
            .into_iter()
            .enumerate()
            .filter_map(|(index, party)| party.read(index, &mut faults))
            .collect();
        let materials: Vec<Material> = self
            .materials
            .into_iter()
            .enumerate()
            .filter_map(|(index, material)| material.read(index, &mut faults))
            .collect();
        let reports: Vec<Report> = self
            .reports
            .into_iter()
            .enumerate()
            .filter_map(|(index, report)| report.read(index, &mut faults))
            .collect();
        let form = faults.form(self.form.as_ref());
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(CheckRequest {
            idempotency,
            department: self.department,
            item: self.item,
            checkpoint: self.checkpoint,
            case_no: self.case_no,
            operator: self.operator,
            division: self.division,
            filed_on,
            parties,
            materials,
            reports,
            form,
            receipts: self.receipts,
            attributes: self.attributes.into(),
        })
    }
}

impl PartyBody {
    fn read(self, index: usize, faults: &mut Faults) -> Option<PartyInput> {
        let at = |field: &str| format!("parties[{index}].{field}");
        let role = faults.value(|| at("role"), PartyRole::from_code(&self.role), PartyRoleCode::known);
        let kind = faults.value(|| at("kind"), SubjectKind::from_code(&self.kind), SubjectKindCode::known);
        let identifiers = self
            .identifiers
            .into_iter()
            .enumerate()
            .filter_map(|(position, identifier)| {
                let kind = faults.value(
                    || at(&format!("identifiers[{position}].kind")),
                    IdentifierKind::from_code(&identifier.kind),
                    IdentifierKindCode::known,
                );
                kind.map(|kind| (kind, identifier.value))
            })
            .collect();
        Some(PartyInput {
            id: self.id,
            role: role?,
            acts_for: self.acts_for,
            kind: kind?,
            name: self.name,
            identifiers,
            attributes: self.attributes.into(),
        })
    }
}

impl MaterialBody {
    fn read(self, index: usize, faults: &mut Faults) -> Option<Material> {
        let required_by = faults.value(
            || format!("materials[{index}].required_by"),
            RequiredBy::from_code(&self.required_by),
            RequiredByCode::known,
        )?;
        Some(Material { code: self.code, name: self.name, provided: self.provided, required_by })
    }
}

impl ReportBody {
    fn read(self, index: usize, faults: &mut Faults) -> Option<Report> {
        let issued_on = faults.day(|| format!("reports[{index}].issued_on"), &self.issued_on)?;
        Some(Report {
            party: self.party,
            issuer: self.issuer,
            number: self.number,
            issued_on,
            published_at: self.published_at,
            grade: self.grade,
        })
    }
}

/// What a department did about measures of a check (R3, R7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Dispositions)]
pub struct DispositionsBody {
    /// One for each measure reported on; at least one.
    pub dispositions: Vec<DispositionBody>,
}

/// What was done about one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Disposition)]
pub struct DispositionBody {
    /// Id of a measure of the check.
    pub measure: String,
    /// What became of it.
    #[schema(value_type = DispositionResultCode, inline)]
    pub result: String,
    /// Needed for everything but `executed`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What was done, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// Who did it.
    pub officer: String,
    /// When; the time of the report when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Instant>, inline)]
    pub executed_at: Option<String>,
    /// Extras for the credit platform.
    #[serde(default, skip_serializing_if = "AttributesBody::is_empty")]
    #[schema(inline)]
    pub attributes: AttributesBody<'static>,
}

impl DispositionsBody {
    /// The report as the gate takes it.
    ///
    /// # Errors
    /// Every result that is none (`value.unknown`) and every instant that is none
    /// (`date.malformed`).
    pub fn into_report(self, check_id: String) -> Result<DispositionReport, Vec<FieldProblem>> {
        let mut faults = Faults::default();
        let dispositions: Vec<ReportedDisposition> = self
            .dispositions
            .into_iter()
            .enumerate()
            .filter_map(|(index, disposition)| disposition.read(index, &mut faults))
            .collect();
        if faults.0.is_empty() { Ok(DispositionReport { check_id, dispositions }) } else { Err(faults.0) }
    }
}

impl DispositionBody {
    fn read(self, index: usize, faults: &mut Faults) -> Option<ReportedDisposition> {
        let at = |field: &str| format!("dispositions[{index}].{field}");
        let result = faults.value(
            || at("result"),
            DispositionResult::from_code(&self.result),
            DispositionResultCode::known,
        );
        let executed_at =
            self.executed_at.as_deref().and_then(|text| faults.instant(|| at("executed_at"), text));
        Some(ReportedDisposition {
            measure: self.measure,
            result: result?,
            reason: self.reason,
            action: self.action,
            officer: self.officer,
            executed_at,
            attributes: self.attributes.into(),
        })
    }
}

/// The feedback a report was turned into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DispositionsAccepted)]
pub struct DispositionsAcceptedBody {
    /// Ids of the messages to the credit platform, in the order reported.
    pub feedback: Vec<String>,
}

/// Collects what is wrong. A value that cannot be read becomes `None`; since
/// nothing is passed on while there is a fault, none gets lost.
#[derive(Default)]
struct Faults(Vec<FieldProblem>);

impl Faults {
    fn value<T>(
        &mut self,
        field: impl FnOnce() -> String,
        value: Option<T>,
        known: fn() -> String,
    ) -> Option<T> {
        if value.is_none() {
            self.add(field(), "value.unknown", format!("must be one of {}", known()));
        }
        value
    }

    fn day(&mut self, field: impl FnOnce() -> String, text: &str) -> Option<Date> {
        let day = Day::parse(text);
        if day.is_none() {
            self.add(field(), "date.malformed", format!("must be {EXPECTED_DAY}"));
        }
        day.map(|day| day.0)
    }

    fn instant(&mut self, field: impl FnOnce() -> String, text: &str) -> Option<Timestamp> {
        let instant = Instant::parse(text);
        if instant.is_none() {
            self.add(field(), "date.malformed", format!("must be {EXPECTED_INSTANT}"));
        }
        instant.map(|instant| instant.0)
    }

    fn form(&mut self, form: Option<&JsonObject>) -> String {
        match form.map(JsonObject::checked) {
            None => "{}".to_owned(),
            Some(Ok(text)) => text.to_owned(),
            Some(Err(fault)) => {
                self.add("form".to_owned(), "form.not_an_object", fault.message().to_owned());
                String::new()
            }
        }
    }

    fn add(&mut self, field: String, code: &'static str, message: String) {
        self.0.push(FieldProblem { field, code, message });
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::read::from_json;

    const REQUEST: &str = r#"{
        "checkpoint":"review","department":"market-regulation","item":"food-licence","case_no":"C-1",
        "operator":"officer-7","filed_on":"2026-08-03",
        "parties":[{"role":"applicant","kind":"legal_person","name":"甲食品有限公司",
            "identifiers":[{"kind":"uscc","value":"91110000600037341L"}],"attributes":{"b":"1","a":"2"}}],
        "materials":[{"code":"m1","name":"场地证明","provided":false,"required_by":"other"}],
        "reports":[{"party":"p1","issuer":"甲评级","number":"R-1","issued_on":"2026-07-01"}],
        "form":{"area": 120,"x":[1.50]}
    }"#;

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        let request = from_json::<CheckRequestBody>(REQUEST.as_bytes()).unwrap().into_request(None).unwrap();
        assert_eq!(request.filed_on, Some(date(2026, 8, 3)));
        assert_eq!(request.parties[0].role, PartyRole::Applicant);
        assert_eq!(
            request.parties[0].identifiers,
            [(IdentifierKind::Uscc, "91110000600037341L".to_owned())]
        );
        assert_eq!(request.parties[0].attributes[0].0, "b", "the order of attributes is kept");
        assert_eq!(request.materials[0].required_by, RequiredBy::Other);
        assert_eq!(request.form, r#"{"area": 120,"x":[1.50]}"#, "the form is carried along as text");
        assert_eq!(request.reports[0].grade, "");
    }

    #[test]
    fn every_fault_of_a_request_is_told() {
        let broken = REQUEST
            .replace("\"applicant\"", "\"boss\"")
            .replace("\"uscc\"", "\"tax\"")
            .replace("\"other\"", "\"habit\"")
            .replace("2026-07-01", "2026-07-32")
            .replace("2026-08-03", "3.8.2026")
            .replace("{\"area\": 120,\"x\":[1.50]}", "[]");
        let problems = from_json::<CheckRequestBody>(broken.as_bytes()).unwrap().into_request(None).unwrap_err();
        let found: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.field.as_str(), problem.code)).collect();
        assert_eq!(
            found,
            [
                ("filed_on", "date.malformed"),
                ("parties[0].role", "value.unknown"),
                ("parties[0].identifiers[0].kind", "value.unknown"),
                ("materials[0].required_by", "value.unknown"),
                ("reports[0].issued_on", "date.malformed"),
                ("form", "form.not_an_object"),
            ]
        );
    }

    #[test]
    fn a_request_may_hold_no_unknown_field() {
        for (from, to, field) in [
            ("\"operator\"", "\"oparator\"", "oparator"),
            ("\"provided\"", "\"provide\"", "materials[0].provide"),
        ] {
            let problem = from_json::<CheckRequestBody>(REQUEST.replace(from, to).as_bytes()).unwrap_err();
            assert_eq!((problem.field.as_str(), problem.code), (field, "field.unknown"));
        }
    }

    #[test]
    fn dispositions_are_read_with_every_fault() {
        let body = r#"{"dispositions":[
            {"measure":"m/e/p1","result":"partly","reason":"场地未清","officer":"officer-7",
             "executed_at":"2026-08-03T10:00:00+08:00"},
            {"measure":"n/e/p1","result":"done","officer":"officer-7","executed_at":"today"}]}"#;
        let problems =
            from_json::<DispositionsBody>(body.as_bytes()).unwrap().into_report("c1".into()).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["dispositions[1].result", "dispositions[1].executed_at"]);

        let good = body.replace("\"done\"", "\"executed\"").replace("\"today\"", "\"2026-08-03T02:00:00Z\"");
        let report =
            from_json::<DispositionsBody>(good.as_bytes()).unwrap().into_report("c1".into()).unwrap();
        assert_eq!(report.dispositions[0].executed_at, report.dispositions[1].executed_at);
        assert_eq!(report.dispositions[0].result, DispositionResult::Partly);
    }
}
