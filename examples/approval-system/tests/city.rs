//! The example city, read with the host's own parsers: everything in it can be
//! imported, and everything it names is there.

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::{Path, PathBuf};

    use approval_system::Case;
    use creditgate_api::ImportProblem;
    use creditgate_credit::catalogue::Catalogue;
    use creditgate_credit::catalogue::check::{BoundItem, Surroundings, check};
    use creditgate_credit::entry::ListEntry;
    use creditgate_credit::identifier::Strictness;
    use creditgate_credit::policy::Policy;
    use creditgate_gate::Binding;
    use creditgate_wire::import::{
        Format, Parsed, parse_bindings, parse_catalogue, parse_list_types, parse_lists, parse_policy,
    };

    struct City {
        catalogue: Catalogue,
        policies: Vec<Policy>,
        bindings: Vec<Binding>,
        entries: Vec<ListEntry>,
        cases: Vec<Case>,
    }

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../city")
    }

    fn text(name: &str) -> String {
        std::fs::read_to_string(folder().join(name)).unwrap()
    }

    fn faultless<T>(parsed: Parsed<T>) -> Vec<T> {
        assert_eq!(parsed.problems, []);
        // One entry has no number on purpose.
        let intended = |warning: &ImportProblem| warning.code == "identifier.none";
        assert!(parsed.warnings.iter().all(intended), "{:?}", parsed.warnings);
        parsed.rows
    }

    fn cases(name: &str) -> Vec<Case> {
        let files = std::fs::read_dir(folder().join(name)).unwrap();
        let mut cases: Vec<Case> = files.map(|file| Case::read(&file.unwrap().path()).unwrap()).collect();
        cases.sort_by(|a, b| a.case_no.cmp(&b.case_no));
        cases
    }

    fn city() -> City {
        let lists = |name: &str, format| faultless(parse_lists(name, format, text(name), Strictness::Strict));
        let bindings = |name: &str| faultless(parse_bindings(name, Format::Jsonl, text(name)));
        let catalogues = faultless(parse_catalogue("catalogue", Format::Jsonl, text("catalogue.jsonl")));
        let [catalogue] = catalogues.try_into().unwrap();
        City {
            catalogue,
            policies: faultless(parse_policy("policy", Format::Jsonl, text("policy.jsonl"))),
            bindings: [bindings("bindings.jsonl"), bindings("trap/bindings.jsonl")].concat(),
            entries: [lists("lists.jsonl", Format::Jsonl), lists("lists.csv", Format::Csv)].concat(),
            cases: [cases("applications"), cases("trap/applications")].concat(),
        }
    }

    #[test]
    fn every_list_leads_to_a_measure_and_every_measure_to_a_list_and_a_binding() {
        let city = city();
        let listed: HashSet<&str> = city.entries.iter().map(|entry| entry.list.as_str()).collect();
        let triggers: HashSet<&str> =
            city.catalogue.measures.iter().flat_map(|measure| &measure.lists).map(String::as_str).collect();
        assert_eq!(listed, triggers);
        for measure in &city.catalogue.measures {
            let applies = |binding: &Binding| {
                measure.applies_at(&binding.department, &binding.item, &binding.checkpoint)
            };
            assert!(city.bindings.iter().any(applies), "{} applies nowhere", measure.code);
        }
    }

    #[test]
    fn r062_nothing_is_missing_in_its_catalogue() {
        let city = city();
        let list_types = faultless(parse_list_types("list types", Format::Jsonl, text("list-types.jsonl")));
        let own = faultless(parse_bindings("bindings", Format::Jsonl, text("bindings.jsonl")));
        let bound: Vec<BoundItem> = own
            .into_iter()
            .map(|binding| BoundItem { department: binding.department, item: binding.item })
            .collect();
        let surroundings = Surroundings { list_types: &list_types, bound: &bound, published: &[] };
        for day in ["2026-04-01", "2035-12-31"] {
            assert_eq!(check(&city.catalogue, &surroundings, day.parse().unwrap()), []);
        }
    }

    #[test]
    fn ids_of_entries_are_unique_over_both_files() {
        let entries = city().entries;
        let ids: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), entries.len());
    }

    #[test]
    fn every_binding_has_a_policy_and_demands_receipts_of_checkpoints_that_are_bound() {
        let city = city();
        for binding in &city.bindings {
            assert!(city.policies.iter().any(|policy| policy.division == binding.division), "{}", binding.id);
            for checkpoint in &binding.require_receipts {
                let is_there = |other: &Binding| {
                    other.department == binding.department
                        && other.item == binding.item
                        && other.checkpoint == *checkpoint
                };
                assert!(city.bindings.iter().any(is_there), "{} demands {checkpoint}", binding.id);
            }
        }
    }

    #[test]
    fn every_case_is_a_sound_request_at_bound_checkpoints_and_says_what_should_come_of_it() {
        let city = city();
        for case in &city.cases {
            assert!(!case.expected.is_empty(), "{}", case.case_no);
            for (checkpoint, expected) in case.checkpoints.iter().zip(&case.expected) {
                assert_eq!(*checkpoint, expected.checkpoint, "{}", case.case_no);
                let body = case.request(checkpoint, &["receipt".into()]);
                let request = creditgate_wire::request::check_request(body, None);
                assert_eq!(request.faults, []);
                let bound = |binding: &Binding| {
                    binding.department == request.department
                        && binding.item == request.item
                        && binding.checkpoint == *checkpoint
                };
                assert!(city.bindings.iter().any(bound), "{} at {checkpoint}", case.case_no);
            }
        }
        let numbers: HashSet<&str> = city.cases.iter().map(|case| case.case_no.as_str()).collect();
        assert_eq!(numbers.len(), city.cases.len());
    }
}
