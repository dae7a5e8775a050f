//! What is told of a difference.

use super::*;
use crate::ending::terms::Ended;
use crate::particulars::terms::{Particulars, Release};
use crate::pledge::terms::PledgeForm;
use crate::price::terms::Price;

#[test]
fn every_field_of_a_command_has_its_words() {
    let records =
        [Particulars::FIELDS, Release::FIELDS, Ended::FIELDS, Price::FIELDS, PledgeForm::FIELDS, &["start", "end"]];
    let names =
        records.into_iter().chain(Command::FIELDS.iter().copied()).chain(OperatorCommand::FIELDS.iter().copied());
    // Those that hold records have no value of their own.
    let holders = ["particulars", "release", "ended", "price", "pledge"];
    let without: Vec<&str> =
        names.flatten().copied().filter(|name| !holders.contains(name) && !words::is_known(name)).collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn a_value_is_told_as_far_as_there_is_room_and_as_it_is_public() {
    let field = |recorded: &str, is_public| Differing {
        name: "particulars.address".to_owned(),
        recorded: Some(recorded.to_owned()),
        asked: None,
        is_public,
    };
    let difference = |fields| Difference { act: Act::new(3).unwrap(), fields };
    let told = difference(vec![field(&"路".repeat(30), true)]);
    assert_eq!(told.zh(), format!("与第3项不同:地址已记载 {}…,本次 无", "路".repeat(24)));
    assert_eq!(told.en(), format!("it differs from no. 3: address on record {}…, now nothing", "路".repeat(24)));
    assert_eq!(difference(vec![field("甲路1号", false)]).zh(), "与第3项不同:地址不同");
    let many = difference(vec![field("甲路1号", false); 5]);
    assert_eq!(many.zh(), "与第3项不同:地址不同;地址不同;地址不同;地址不同等");
    assert_eq!(many.names().split(',').count(), 5);
}

/// What is not so is told as that, and not as something that is missing.
#[test]
fn whether_something_is_so_is_told_as_yes_or_no() {
    let withheld = |recorded: Option<&str>, asked: Option<&str>| Differing {
        name: "particulars.withhold_address".to_owned(),
        recorded: recorded.map(str::to_owned),
        asked: asked.map(str::to_owned),
        is_public: true,
    };
    let told = |of| Difference { act: Act::new(3).unwrap(), fields: vec![of] };
    let away = told(withheld(Some("true"), None));
    assert_eq!(away.zh(), "与第3项不同:地址不公开已记载 是,本次 否");
    assert_eq!(away.en(), "it differs from no. 3: address withheld on record yes, now no");
    assert_eq!(told(withheld(None, Some("true"))).zh(), "与第3项不同:地址不公开已记载 否,本次 是");
}

/// A code is told with what it is called.
#[test]
fn a_code_is_told_with_its_name() {
    let field = |name: &str, recorded: &str| Differing {
        name: name.to_owned(),
        recorded: Some(recorded.to_owned()),
        asked: None,
        is_public: true,
    };
    let fields = vec![field("ground", "deceit"), field("particulars.division", "321003"), field("reason", "deceit")];
    let named = Difference { act: Act::new(3).unwrap(), fields }.named(
        &|of, code| (of == CodeOf::Ground && code == "deceit").then(|| crate::value::Name::parse("骗取认定").unwrap()),
        &|code| (code == "321003").then(|| "邗江区".to_owned()),
    );
    let told = "与第3项不同:事由已记载 骗取认定(deceit),本次 无;区划代码已记载 邗江区(321003),本次 无;理由已记载 deceit,本次 无";
    assert_eq!(named.zh(), told);
}

/// No name of the program is told to people: of each choice there are words, in both languages.
#[test]
fn a_choice_is_told_in_words() {
    let kind = Differing {
        name: "kind".to_owned(),
        recorded: Some("Cancelled".to_owned()),
        asked: Some("Annulled".to_owned()),
        is_public: true,
    };
    let difference = Difference { act: Act::new(8).unwrap(), fields: vec![kind] };
    assert_eq!(difference.zh(), "与第8项不同:方式已记载 取消,本次 撤销");
    assert_eq!(difference.en(), "it differs from no. 8: kind on record cancellation, now annulment");
    // A text of the same letters stays as it is.
    assert_eq!(words::choice("reason", "Cancelled"), None);
}

/// Not one of them falls back on its name in the program.
#[test]
fn every_choice_there_is_has_its_words() {
    use crate::ending::terms::EndingKind::{Annulled, Cancelled, Deregistered, Withdrawn};
    use crate::pledge::terms::BreachExtent::{Partly, Wholly};
    use crate::pledge::terms::BreachSeverity::{General, Minor, Serious};
    use crate::pledge::terms::PledgeType::{
        ApprovalReplacing, CreditRepair, Other, PapersOwed, ProofReplacing, SelfDiscipline, Voluntary,
    };
    use crate::pledge::terms::PromisorClass::{IndividualBusiness, NaturalPerson, Organisation};
    use crate::pledge::terms::PublicationScope::{Closed, Limited, Public};
    use crate::price::terms::PriceUnit::{Hour, Meal, Month, Night};
    use crate::supervision::terms::ReviewResult::{Failed, NotTaken, Passed};
    let names = |choices: &[&dyn std::fmt::Debug]| choices.iter().map(|of| format!("{of:?}")).collect::<Vec<_>>();
    let types: [&dyn std::fmt::Debug; 7] =
        [&ApprovalReplacing, &PapersOwed, &ProofReplacing, &CreditRepair, &SelfDiscipline, &Voluntary, &Other];
    let mut told = std::collections::BTreeSet::new();
    for (field, choices) in [
        ("kind", names(&[&Cancelled, &Annulled, &Withdrawn, &Deregistered])),
        ("result", names(&[&Passed, &Failed, &NotTaken])),
        ("severity", names(&[&Minor, &General, &Serious])),
        ("extent", names(&[&Partly, &Wholly])),
        ("price.unit", names(&[&Month, &Meal, &Night, &Hour])),
        ("pledge.publication", names(&[&Public, &Limited, &Closed])),
        ("pledge.promisor_class", names(&[&Organisation, &IndividualBusiness, &NaturalPerson])),
        ("pledge.pledge_type", names(&types)),
    ] {
        for choice in choices {
            let Some((zh, en)) = words::choice(field, &choice) else { panic!("{field}: {choice}") };
            assert!(told.insert((field, zh)) && told.insert((field, en)), "{field}: {choice}");
        }
    }
}

#[test]
fn as_many_fields_as_are_told_are_all_there_are() {
    let field =
        Differing { name: "reason".to_owned(), recorded: None, asked: Some("搬迁".to_owned()), is_public: true };
    let of = |count| Difference { act: Act::new(3).unwrap(), fields: vec![field.clone(); count] };
    let (four, five) = (of(FIELDS_TOLD_MAX), of(FIELDS_TOLD_MAX + 1));
    assert!(!four.zh().ends_with('等') && five.zh().ends_with('等'));
    assert!(!four.en().ends_with("; and more") && five.en().ends_with("; and more"));
}
