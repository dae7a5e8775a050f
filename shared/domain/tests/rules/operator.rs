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
    let barred = events.iter().fold(none, evolve_operator);
    assert_eq!(decide(&barred, "lists", &bar("2028-06-19", "overcharging")), Ok(vec![]));
    let lifted = decide(&barred, "lists", &lift).unwrap().iter().fold(barred, evolve_operator);
    assert_eq!(lifted, Operator::default());
}
