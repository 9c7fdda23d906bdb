//! What must not move unnoticed: the interface by its meaning, the codes of
//! problems, and the tables that are handed out.

use std::path::Path;

use super::*;
use crate::http::Code;

fn is_as_kept(name: &str, found: &str) {
    golden_files::is_as_kept(env!("CARGO_MANIFEST_DIR"), name, found);
}

/// A document without its texts for people: paths, parameters, schemas, codes.
fn meaning(part: &Value) -> Value {
    match part {
        Value::Object(fields) => {
            let told = |name: &str, it: &Value| {
                matches!(name, "description" | "summary" | "title" | "tags")
                    && (it.is_string() || it.is_array())
            };
            let fields = fields.iter().filter(|(name, it)| !told(name, it));
            fields.map(|(name, it)| (name.clone(), meaning(it))).collect()
        }
        Value::Array(items) => items.iter().map(meaning).collect(),
        other => other.clone(),
    }
}

/// A line for each value, with the way to it.
fn flat(part: &Value, way: &str, lines: &mut String) {
    match part {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, it)| flat(it, &format!("{way}/{name}"), lines));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, it)| flat(it, &format!("{way}/{index}"), lines));
        }
        other => lines.push_str(&format!("{way} {other}\n")),
    }
}

#[test]
fn the_interface_means_what_it_meant() {
    let mut lines = String::new();
    flat(&meaning(&crate::http::openapi()), "", &mut lines);
    is_as_kept("openapi.txt", &lines);
}

#[test]
fn the_codes_of_problems_and_their_statuses() {
    let lines: String =
        Code::ALL.iter().map(|code| format!("{} {}\n", code.status().as_u16(), code.code())).collect();
    is_as_kept("problems.txt", &lines);
}

#[tokio::test]
async fn the_tables_of_an_edition_of_the_catalogue() {
    let host = TestHost::with_city(|_| {}).await;
    let city = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/city");
    let catalogue = std::fs::read_to_string(city.join("catalogue.jsonl")).unwrap();
    host.import("catalogue", &catalogue).await;
    let editions = host.get("/v1/admin/catalogue").await;
    let editions = editions["editions"].as_array().unwrap();
    let edition = editions.iter().map(|it| it["edition"].as_str().unwrap()).find(|it| *it != "t1").unwrap();
    let edition: String = form_urlencoded::byte_serialize(edition.as_bytes()).collect();
    let mut tables = String::new();
    for part in ["measures", "items", "key_items", "power_items", "memoranda", "categories", "bases"] {
        let path = format!("/v1/admin/catalogue/{edition}?format=csv&part={part}");
        let table = host.local(Method::GET, &path, "").await;
        assert_eq!(table.status.as_u16(), 200, "{}", table.text);
        tables.push_str(&format!("{part}\n{}\n", table.text));
    }
    is_as_kept("catalogue-tables.csv", &tables);
}
