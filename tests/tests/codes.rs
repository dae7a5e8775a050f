//! Every filter of every call that takes a code, by the interface's own description: one that is in no table is `INVALID_ARGUMENT` with the
//! nearest that are, and never an empty answer, which would read as "there is nothing".

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MethodDescriptor};
use tests::{Running, run};

/// Packages whose calls read.
const READ: [&str; 3] = ["puhui.directory.v1", "puhui.audit.v1", "puhui.health.v1"];
/// Fields that hold a code of a table: one that is in none, and the one that was meant.
const CODES: [(&str, &str, &str); 6] = [
    ("division", "321099", "321003"),
    ("zone", "eco-tech", "eco-tech-city"),
    ("category", "childcre", "childcare"),
    ("statistical_class", "019", "01"),
    ("bureau_id", "321003-helth", "321003-health"),
    ("event_names", "PlaqueHangs", "PlaqueHung"),
];
/// Texts that are no codes of a table: what they name is on record or is not, and the answer says so.
const NO_CODES: [&str; 10] = [
    "as_of",
    "from_month",
    "known_on",
    "number",
    "operator_code",
    "page_token",
    "plaque_number",
    "provider_id",
    "text",
    "to_month",
];
/// No number of an enumeration.
const NO_NUMBER: i32 = 99;

/// What a field is asked with, and what is told of it; `None` for one that takes no code.
fn wrong(field: &FieldDescriptor) -> Option<(serde_json::Value, String)> {
    let as_many = |value: serde_json::Value| if field.is_list() { serde_json::json!([value]) } else { value };
    match field.kind() {
        Kind::Enum(listed) => {
            let last = listed.values().max_by_key(prost_reflect::EnumValueDescriptor::number).expect("values");
            Some((as_many(serde_json::json!(NO_NUMBER)), last.name().to_owned()))
        }
        Kind::String if NO_CODES.contains(&field.name()) => None,
        Kind::String => {
            let code = CODES.iter().find(|(name, ..)| *name == field.name());
            let (_, code, near) = code.unwrap_or_else(|| panic!("say here whether {} holds a code", field.full_name()));
            Some((as_many(serde_json::json!(code)), (*near).to_owned()))
        }
        _ => None,
    }
}

/// Asks, with what else the call needs.
fn asked(
    url: &str,
    method: &MethodDescriptor,
    field: &FieldDescriptor,
    value: serde_json::Value,
) -> (Option<i32>, String) {
    let mut request = serde_json::Map::from_iter([(field.name().to_owned(), value)]);
    for needed in ["from_month", "to_month"] {
        if method.input().get_field_by_name(needed).is_some() {
            request.insert(needed.to_owned(), "2026-01".into());
        }
    }
    let path = format!("{}/{}", method.parent_service().full_name(), method.name());
    let output = run(&["--server", url, "call", &path, &serde_json::Value::from(request).to_string()]);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_code_that_is_in_no_table_is_refused_with_the_nearest_by_every_call_that_takes_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Running::puhui("all", &["--data", folder.path().to_str().expect("UTF-8")]);
    let pool = DescriptorPool::decode(api::DESCRIPTORS).expect("descriptors");
    let methods = pool.services().filter(|service| READ.contains(&service.package_name()));
    let methods: Vec<_> = methods.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    assert!(methods.len() > READ.len(), "no calls were found");
    let mut seen = Vec::new();
    for method in &methods {
        for field in method.input().fields() {
            let Some((value, near)) = wrong(&field) else { continue };
            let (code, said) = asked(&service.url, method, &field, value);
            let case = format!("{} {}: {code:?} {said}", method.full_name(), field.name());
            assert_eq!(code, Some(2), "{case}");
            assert!(said.contains(&format!("{}: UNKNOWN: ", field.name())), "{case}");
            let nearest = said.split("the nearest: ").nth(1);
            assert!(nearest.is_some_and(|nearest| nearest.contains(&near)), "{case}");
            seen.push(format!("{}.{}", method.name(), field.name()));
        }
    }
    println!("{} filters: {}", seen.len(), seen.join(" "));
    for (code, ..) in CODES {
        assert!(seen.iter().any(|seen| seen.ends_with(&format!(".{code}"))), "no call takes a {code} any more");
    }
}

/// What the command line takes by name is told in the same way, before anything is asked.
#[test]
fn the_command_line_names_what_it_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Running::puhui("all", &["--data", folder.path().to_str().expect("UTF-8")]);
    for (words, known) in [
        (&["tasks", "--kind", "plaque-to-recver"][..], "plaque-to-recover"),
        (&["search", "--status", "revokd"], "revoked"),
        (&["replay", "--event", "certified"], "Certified"),
        (&["replay", "--bureau", "321003-helth"], "321003-health"),
        (&["watch", "--category", "childcre"], "childcare"),
    ] {
        let output = run(&[&["--server", &service.url][..], words].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(known), "{words:?}: {said}");
    }
}
