//! What one field says of another.

use tonic_types::StatusExt;

use super::*;

/// The fields that are refused, each with its rule.
fn refused<T>(read: impl FnOnce(&mut Fields) -> Option<T>) -> Vec<(String, String)> {
    let mut fields = Fields::new();
    let value = read(&mut fields);
    let Err(status) = fields.finish(value) else { return Vec::new() };
    let rule = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| (violation.field, rule(&violation.description))).collect()
}

fn one(field: &str, rule: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), rule.to_owned())]
}

#[test]
fn a_home_is_entered_to_the_street_and_without_a_point() {
    let point = Some(registry::Point { latitude_microdegrees: 32_390_000, longitude_microdegrees: 119_420_000 });
    let form = |address: &str, withhold_address, location| registry::Particulars {
        name: "样例托育点".to_owned(),
        operator_name: "样例托育点".to_owned(),
        division: "321003".to_owned(),
        address: address.to_owned(),
        withhold_address,
        location,
        ..registry::Particulars::default()
    };
    for (case, expected) in [
        (form("文昌西路88号", false, point), vec![]),
        (form("文昌西路", true, None), vec![]),
        (form("", true, None), vec![]),
        (form("文昌西路88号", true, None), one("particulars.address", "DOOR_NUMBER")),
        (form("文昌西路", true, point), one("particulars.location", "LOCATION_WITHHELD")),
    ] {
        assert_eq!(
            refused(|fields| domain::Particulars::read(fields, "particulars", &Some(case.clone()))),
            expected,
            "{case:?}"
        );
    }
}

#[test]
fn a_person_who_pledges_is_named_as_published() {
    let form = |promisor_name: &str, promisor_class: i32| registry::PledgeForm {
        number: "32100320260301000001".to_owned(),
        promisor_name: promisor_name.to_owned(),
        promisor_class,
        pledge_type: registry::PledgeType::Voluntary.into(),
        reason: "合成".to_owned(),
        content: "合成".to_owned(),
        liability: "合成".to_owned(),
        made_on: "2026-03-01".to_owned(),
        accepting_unit: "合成".to_owned(),
        accepting_unit_uscc: "11370829004333734U".to_owned(),
        publication: registry::PublicationScope::Public.into(),
        ..registry::PledgeForm::default()
    };
    let person = registry::PromisorClass::NaturalPerson.into();
    for (case, expected) in [
        (form("张三", registry::PromisorClass::IndividualBusiness.into()), vec![]),
        (form("张*", person), vec![]),
        (form("张某某", person), vec![]),
        (form("张三", person), one("pledge.promisor_name", "NAME_NOT_MASKED")),
        (form("样例公司", person), one("pledge.promisor_name", "NAME_NOT_MASKED")),
        (form("张三", 0), one("pledge.promisor_class", "UNSPECIFIED")),
    ] {
        assert_eq!(
            refused(|fields| domain::PledgeForm::read(fields, "pledge", &Some(case.clone()))),
            expected,
            "{case:?}"
        );
    }
}
