//! Pledges: made, determined, repaired.

use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let of = |change: fn(&mut PledgeForm)| {
        let mut form = pledge_form(1);
        change(&mut form);
        pledge_as(form)
    };
    let broken = |severity| and(certified(), &[breach("2026-05-01", severity)]);
    vec![
        row("a pledge is made", vec![register()], pledge(), Ok(&["PledgeMade"])),
        row("made alike it is made", vec![register(), pledge()], pledge(), NOTHING),
        row(
            "a number holds one pledge",
            vec![register(), pledge()],
            of(|form| form.content = text("别的")),
            Err("PLEDGE_NUMBER_TAKEN"),
        ),
        row(
            "the number holds its day",
            vec![register()],
            of(|form| form.made_on = day("2026-02-12")),
            Err("PLEDGE_NUMBER_DAY"),
        ),
        row(
            "an organisation gives its code",
            vec![register()],
            of(|form| form.promisor_uscc = None),
            Err("PROMISOR_CODE"),
        ),
        row(
            "a person gives none",
            vec![register()],
            of(|form| form.promisor_class = PromisorClass::NaturalPerson),
            Err("PROMISOR_CODE"),
        ),
        row(
            "the operator pledges",
            vec![register()],
            of(|form| form.promisor_uscc = Some(Uscc::parse("91110108717743469K").unwrap())),
            Err("PROMISOR_NOT_OPERATOR"),
        ),
        row(
            "another type has a name",
            vec![register()],
            of(|form| form.pledge_type = PledgeType::Other),
            Err("OTHER_TYPE"),
        ),
        row(
            "a pledge does not end before it begins",
            vec![register()],
            of(|form| form.valid_until = Some(day("2026-02-10"))),
            Err("PLEDGE_BACKWARDS"),
        ),
        row("it is kept", certified(), fulfil("2026-06-01"), Ok(&["PledgeFulfilled"])),
        row("kept is kept", and(certified(), &[fulfil("2026-06-01")]), fulfil("2026-06-01"), NOTHING),
        row(
            "a kept pledge is not broken afterwards",
            and(certified(), &[fulfil("2026-06-01")]),
            breach("2026-06-02", BreachSeverity::Minor),
            Err("PLEDGE_DETERMINED"),
        ),
        row(
            "a broken one opens a rectification",
            certified(),
            breach("2026-05-01", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "a minor breach is repaired at once",
            broken(BreachSeverity::Minor),
            repair("2026-05-02"),
            Ok(&["PledgeRepaired"]),
        ),
        row(
            "a general one after three months",
            broken(BreachSeverity::General),
            repair("2026-06-30"),
            Err("REPAIR_TOO_EARLY"),
        ),
        on(
            "2026-08-01",
            row("and then", broken(BreachSeverity::General), repair("2026-08-01"), Ok(&["PledgeRepaired"])),
        ),
        on(
            "2027-04-30",
            row(
                "a serious one after a year",
                broken(BreachSeverity::Serious),
                repair("2027-04-30"),
                Err("REPAIR_TOO_EARLY"),
            ),
        ),
        row("what is not broken is not repaired", certified(), repair("2026-05-02"), Err("PLEDGE_NOT_BROKEN")),
    ]
}
