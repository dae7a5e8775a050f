//! The bar on an operator.

use domain::command::*;
use domain::*;

use crate::world::*;

fn bar(from: &str, until: &str, lifted: Option<&str>) -> Bar {
    Bar { from: day(from), until: day(until), lifted_on: lifted.map(day) }
}

#[test]
fn a_bar_on_the_operator_crosses_its_providers() {
    let world = World { operator_bars: vec![bar("2026-01-05", "2027-01-01", None)], ..World::new() };
    let refusal =
        world.decide(&Provider::default(), "everything", day("2026-07-01"), &apply("2026-07-01")).unwrap_err();
    assert_eq!(refusal.reason(), "OPERATOR_BARRED");
    assert!(world.decide(&Provider::default(), "everything", day("2027-01-02"), &apply("2027-01-02")).is_ok());
}

/// Of its own day, and not of the day on which it is typed.
#[test]
fn what_begins_is_asked_of_the_bar_of_its_day() {
    let bars = vec![bar("2026-05-20", "2026-12-31", Some("2026-08-01"))];
    let world = World { operator_bars: bars, ..World::new() };
    let today = day("2026-09-01");
    let asked = |command: Command| {
        let given = [register(), pledge()].iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-03-20"), command).unwrap())
        });
        let bureau = if matches!(command, Command::RecordCertification(_)) { "lists" } else { "everything" };
        world.decide(&given, bureau, today, &command).map(|_| ()).map_err(|refusal| refusal.reason())
    };
    let certify_on = |on: &str| {
        certify_as(|c| {
            (c.decided_on, c.valid_from) = (day(on), day(on));
            c.notice = NoticeWindow::new(day(on).plus_days(-20), day(on).plus_days(-1)).ok();
        })
    };
    let back_entered = |on: &str| back_enter_as(|c| (c.decided_on, c.valid_from) = (Some(day(on)), Some(day(on))));
    for (on, answer) in [
        ("2026-05-19", Ok(())),
        ("2026-05-20", Err("OPERATOR_BARRED")),
        ("2026-07-31", Err("OPERATOR_BARRED")),
        ("2026-08-01", Ok(())),
    ] {
        assert_eq!(asked(apply(on)), answer, "an application of {on}");
        assert_eq!(asked(certify_on(on)), answer, "a decision of {on}");
        assert_eq!(asked(back_entered(on)), answer, "a decision of elsewhere of {on}");
    }
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
    let on = |operator: &Operator, on: &str| operator.barred_on(day(on));
    assert_eq!((on(&lifted, "2026-06-30"), lifted.bars.len()), (None, 1));
    assert_eq!(on(&lifted, "2026-06-29"), Some(day("2028-06-19")));
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
    assert_eq!(both.barred_on(day("2026-06-10")), Some(day("2029-04-30")));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-20")), Ok(vec![]));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-21")).unwrap_err().reason(), "DECISION_DIFFERS");
    assert_eq!(decide(&both, &lift(None)).unwrap_err().reason(), "SEVERAL_OPEN");
    assert_eq!(decide(&both, &lift(Some(7))).unwrap_err().reason(), "ACT_NOT_OPEN");
    let one = then(both, &lift(Some(2)));
    assert_eq!(one.barred_on(day("2026-07-01")), Some(day("2029-04-30")));
    assert_eq!(then(one, &lift(None)).barred_on(day("2026-07-01")), None);
}
