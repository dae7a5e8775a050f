//! The bar on an operator.

use domain::command::*;
use domain::*;

use crate::world::*;

#[test]
fn a_bar_on_the_operator_crosses_its_providers() {
    let world = World { operator_barred_until: Some(day("2027-01-01")), ..World::new() };
    let refusal =
        world.decide(&Provider::default(), "everything", day("2026-07-01"), &apply("2026-07-01")).unwrap_err();
    assert_eq!(refusal.reason(), "OPERATOR_BARRED");
    assert!(world.decide(&Provider::default(), "everything", day("2027-01-02"), &apply("2027-01-02")).is_ok());
}

#[test]
fn an_operator_is_barred_and_the_bar_lifted() {
    let scheme = scheme();
    let decide = |operator: &Operator, bureau: &str, command: &OperatorCommand| {
        decide_operator(operator, command, &scheme, &BureauId::parse(bureau).unwrap(), day("2026-07-01"))
    };
    let bar = |until: &str, code: &str| {
        OperatorCommand::BarOperator(BarOperator {
            ground: ground(code),
            barred_on: day("2026-06-20"),
            until: day(until),
            document_number: text("禁入1号"),
            detail: text("多店乱收费"),
        })
    };
    let lift = OperatorCommand::LiftOperatorBar(LiftOperatorBar {
        bar: None,
        lifted_on: day("2026-06-30"),
        document_number: text("解除1号"),
        reason: text("复议"),
    });
    let none = Operator::default();
    let reason = |answer: Result<Vec<Event>, Refusal>| answer.unwrap_err().reason();
    assert_eq!(reason(decide(&none, "health", &bar("2028-06-19", "overcharging"))), "DUTY_MISSING");
    assert_eq!(reason(decide(&none, "lists", &bar("2028-06-19", "whim"))), "GROUND_UNKNOWN");
    assert_eq!(reason(decide(&none, "lists", &bar("2026-06-19", "overcharging"))), "BAR_BACKWARDS");
    assert_eq!(reason(decide(&none, "lists", &lift)), "NOT_BARRED");
    let events = decide(&none, "lists", &bar("2028-06-19", "overcharging")).unwrap();
    let barred = then_of_operator(none, &events);
    assert_eq!(decide(&barred, "lists", &bar("2028-06-19", "overcharging")), Ok(vec![]));
    let lifted = then_of_operator(barred.clone(), &decide(&barred, "lists", &lift).unwrap());
    assert_eq!((lifted.barred_until(), lifted.bars.len()), (None, 1));
}

/// A later bar takes none away, and each is lifted by itself.
#[test]
fn a_shorter_bar_lifts_no_longer_one() {
    let scheme = scheme();
    let decide = |operator: &Operator, command: &OperatorCommand| {
        decide_operator(operator, command, &scheme, &BureauId::parse("lists").unwrap(), day("2026-07-01"))
    };
    let bar = |document: &str, on: &str, until: &str| {
        OperatorCommand::BarOperator(BarOperator {
            ground: ground("overcharging"),
            barred_on: day(on),
            until: day(until),
            document_number: text(document),
            detail: text("多店乱收费"),
        })
    };
    let lift = |bar: Option<u32>| {
        OperatorCommand::LiftOperatorBar(LiftOperatorBar {
            bar: bar.map(|act| Act::new(act).unwrap()),
            lifted_on: day("2026-06-30"),
            document_number: text("解除1号"),
            reason: text("复议"),
        })
    };
    let then = |operator: Operator, command: &OperatorCommand| {
        then_of_operator(operator.clone(), &decide(&operator, command).unwrap())
    };
    let long = then(Operator::default(), &bar("禁入1号", "2026-05-01", "2029-04-30"));
    let both = then(long, &bar("禁入2号", "2026-06-01", "2026-06-20"));
    assert_eq!(both.barred_until(), Some(day("2029-04-30")));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-20")), Ok(vec![]));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-21")).unwrap_err().reason(), "DECISION_DIFFERS");
    assert_eq!(decide(&both, &lift(None)).unwrap_err().reason(), "SEVERAL_OPEN");
    assert_eq!(decide(&both, &lift(Some(7))).unwrap_err().reason(), "ACT_NOT_OPEN");
    for (path, changed) in bar("禁入2号", "2026-06-01", "2026-06-20").changes() {
        assert_ne!(decide(&both, &changed), Ok(vec![]), "{path}");
    }
    let one = then(both, &lift(Some(2)));
    assert_eq!(one.barred_until(), Some(day("2029-04-30")));
    // By a document that has lifted another: which is meant has to be said.
    assert_eq!(decide(&one, &lift(None)).unwrap_err().reason(), "ACT_UNNAMED");
    let none = then(one, &lift(Some(1)));
    assert_eq!(none.barred_until(), None);
    assert_eq!([None, Some(1), Some(2)].map(|bar| decide(&none, &lift(bar))), [const { Ok(Vec::new()) }; 3]);
    assert_eq!([None, Some(1), Some(2)].map(|bar| repeated_of_operator(&none, &lift(bar)).unwrap().get()), [4, 4, 3]);
}
