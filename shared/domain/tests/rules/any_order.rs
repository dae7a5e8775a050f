//! What was decided on a day on which it could be is on record in whatever order it is typed, and the same is told then.

use domain::command::*;
use domain::*;

use crate::certification::ended_early;
use crate::world::*;
use crate::{Row, and, by, row, state};

/// Decided on one day by another body, for later, with a bar.
pub(crate) fn cancelled_elsewhere(decided: &str, effective: &str) -> Command {
    record_ending(|c| {
        (c.decided_on, c.effective_on) = (Some(day(decided)), Some(day(effective)));
        c.bar_until = Some(day("2028-06-01"));
    })
}

/// By another document, on a notice of the twenty days before.
pub(crate) fn certify_again(decided: &str, from: &str) -> Command {
    certify_as(|c| {
        (c.decided_on, c.valid_from) = (day(decided), day(from));
        c.valid_to = c.valid_from.plus_months(36).plus_days(-1);
        c.document_number = text(&format!("认定{decided}"));
        c.notice = NoticeWindow::new(day(decided).plus_days(-20), day(decided).plus_days(-1)).ok();
    })
}

/// An application, and the certification that was decided after it, both of later days.
pub(crate) fn rows() -> Vec<Row> {
    let earlier = || {
        certify_as(|c| {
            (c.decided_on, c.valid_from) = (day("2026-03-20"), day("2026-03-20"));
            c.valid_to = day("2026-05-19");
            c.document_number = text("认定〔2026〕1号");
            c.notice = Some(window("2026-02-24", "2026-03-16"));
        })
    };
    let later = || and(vec![register(), pledge()], &[certify_again("2026-06-02", "2026-06-02")]);
    let applied = || vec![register(), pledge(), apply("2026-04-30")];
    // Deceit in the first term, found after the second began.
    let twice = || and(vec![register(), pledge(), earlier()], &[certify_again("2026-06-02", "2026-06-02")]);
    let of_first = |certification: u32, code: &str| {
        let Command::NoticeRevocation(c) = notice_revocation_for(code, "2026-06-08", "2026-06-15") else {
            unreachable!()
        };
        Command::NoticeRevocation(NoticeRevocation { certification: Act::new(certification).ok(), ..c })
    };
    let annul_first = |named: Option<u32>, notice: Option<u32>| {
        revoke_as(|c| {
            (c.kind, c.ground, c.effective_on) = (RevocationKind::Annulled, ground("deceit"), day("2026-03-20"));
            (c.certification, c.notice) =
                (named.and_then(|act| Act::new(act).ok()), notice.and_then(|act| Act::new(act).ok()));
        })
    };
    let ahead = || and(vec![register(), pledge()], &[certify_again("2026-06-10", "2026-07-20")]);
    vec![
        row("an earlier certification, typed after a later one", later(), earlier(), Ok(&["Certified"])),
        row(
            "not where it runs into that",
            later(),
            certify_as(|c| {
                (c.decided_on, c.valid_from) = (day("2026-03-20"), day("2026-03-20"));
                c.document_number = text("认定〔2026〕1号");
                c.notice = Some(window("2026-02-24", "2026-03-16"));
            }),
            Err("CERTIFIED_LATER"),
        ),
        row("one decided before the application that is open", applied(), earlier(), Ok(&["Certified"])),
        row(
            "deceit in a term that has ended is noticed by its number",
            twice(),
            of_first(3, "deceit"),
            Ok(&["RevocationNoticed"]),
        ),
        row("of what is no certification nothing is", twice(), of_first(2, "deceit"), Err("ACT_NOT_OPEN")),
        row("told alike it is told", and(twice(), &[of_first(3, "deceit")]), of_first(3, "deceit"), Ok(&[])),
        row(
            "of the other term it is another",
            and(twice(), &[of_first(3, "deceit")]),
            of_first(5, "deceit"),
            Ok(&["RevocationNoticed"]),
        ),
        row(
            "without a number it is either",
            and(twice(), &[of_first(3, "deceit")]),
            notice_revocation_for("deceit", "2026-06-08", "2026-06-15"),
            Err("ACT_UNNAMED"),
        ),
        row(
            "and annulled by the notice's",
            and(twice(), &[of_first(3, "deceit")]),
            annul_first(None, Some(6)),
            Ok(&["CertificationRevoked"]),
        ),
        row(
            "or by its own",
            and(twice(), &[of_first(3, "deceit")]),
            annul_first(Some(3), None),
            Ok(&["CertificationRevoked"]),
        ),
        row(
            "not both apart",
            and(twice(), &[of_first(3, "deceit")]),
            annul_first(Some(5), Some(6)),
            Err("ACT_NOT_OPEN"),
        ),
        row("nor is what ended cancelled", twice(), of_first(3, "overcharging"), Err("NOT_LIVE")),
        row(
            "which is open still",
            and(applied(), &[earlier()]),
            accept("2026-06-01"),
            Ok(&["CertificationExpired", "CaseAccepted"]),
        ),
        row(
            "an application of before another case",
            vec![apply("2026-06-01"), accept("2026-06-02"), refuse("2026-06-10"), pledge()],
            apply("2026-03-01"),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "nobody applies again before a term begins that is decided",
            ahead(),
            apply("2026-06-20"),
            Err("CERTIFIED_AHEAD"),
        ),
        row("before it is decided one does", ahead(), apply("2026-06-09"), Ok(&["ApplicationFiled"])),
        row(
            "the pledge that a term rests on is not over when it begins",
            vec![
                register(),
                pledge_as(PledgeForm { valid_until: Some(day("2026-05-31")), ..pledge_form(1) }),
                certify_as(|c| c.valid_to = day("2026-05-31")),
            ],
            renew("2026-05-06", "2026-06-01", "2029-05-31"),
            Err("PLEDGE_ENDS_BEFORE_TERM"),
        ),
        row(
            "also of a certification",
            vec![register(), pledge_as(PledgeForm { valid_until: Some(day("2026-06-30")), ..pledge_form(1) })],
            certify_again("2026-06-10", "2026-07-20"),
            Err("PLEDGE_ENDS_BEFORE_TERM"),
        ),
        row(
            "on its first day it is enough",
            vec![
                register(),
                pledge_as(PledgeForm { valid_until: Some(day("2026-06-01")), ..pledge_form(1) }),
                certify_as(|c| c.valid_to = day("2026-05-31")),
            ],
            renew("2026-05-06", "2026-06-01", "2029-05-31"),
            Ok(&["CertificationRenewed"]),
        ),
    ]
}

/// A breach, and what makes a certification live on its day, typed after it.
pub(crate) fn breaches() -> Vec<Row> {
    let broken = || vec![register(), pledge(), breach("2026-06-10", BreachSeverity::Minor)];
    let left =
        || and(certified(), &[withdraw("2026-04-20", "2026-04-30"), breach("2026-06-10", BreachSeverity::Minor)]);
    let short = || vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-05-31"))];
    let lists = |row| by("lists", row);
    vec![
        row(
            "a certification of before a breach is to be mended too",
            broken(),
            certify(),
            Ok(&["Certified", "RectificationOrdered"]),
        ),
        lists(row(
            "also one that is back-entered",
            broken(),
            back_enter_as(|c| c.valid_to = Some(day("2027-05-05"))),
            Ok(&["CertificationRecorded", "RectificationOrdered"]),
        )),
        lists(row(
            "but not one that was over by then",
            broken(),
            ended_early("2026-06-10"),
            Ok(&["CertificationRecorded", "EndingRecorded"]),
        )),
        lists(row(
            "which it is on the day of its end, and not before",
            broken(),
            ended_early("2026-06-11"),
            Ok(&["CertificationRecorded", "EndingRecorded", "RectificationOrdered"]),
        )),
        row("one that had left", left(), overturn(4, "2026-06-11"), Ok(&["ActOverturned"])),
        row(
            "unless that had been undone by then",
            left(),
            overturn(4, "2026-06-10"),
            Ok(&["ActOverturned", "RectificationOrdered"]),
        ),
        row(
            "one whose term had been added to by then",
            and(short(), &[breach("2026-06-10", BreachSeverity::Minor)]),
            renew("2026-05-06", "2026-06-01", "2029-05-31"),
            Ok(&["CertificationRenewed", "RectificationOrdered"]),
        ),
    ]
}

#[test]
fn a_breach_opens_the_same_orders_whenever_it_is_typed() {
    let world = World::new();
    let acts = [certify(), breach("2026-06-10", BreachSeverity::Minor), breach("2026-06-20", BreachSeverity::General)];
    let orders_of = |order: &[Command]| {
        let given = and(vec![register(), pledge()], order);
        let provider = state(&row("an order", given, register(), Ok(&[])), &world);
        let breaches: Vec<_> = provider.pledges.values().flat_map(|of| &of.breaches).collect();
        let told = provider.certifications[0].orders.iter().map(|order| {
            let because = breaches.iter().find(|breach| Some(breach.determination.act) == order.because);
            (order.ordered_on, order.ground.clone(), because.map(|breach| breach.determination.determined_on))
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    };
    let first = orders_of(&acts);
    assert_eq!(first.len(), 2);
    for order in orders(&acts) {
        assert_eq!(orders_of(&order), first, "{order:#?}");
    }
}

/// Every order of these.
fn orders<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = of.split_first() else { return vec![Vec::new()] };
    let put = |order: Vec<T>| {
        (0..=order.len()).map(move |at| [&order[..at], std::slice::from_ref(first), &order[at..]].concat())
    };
    orders(rest).into_iter().flat_map(put).collect()
}

#[test]
fn ends_that_were_decided_while_it_was_live_are_told_alike_in_every_order() {
    let world = World::new();
    let told = and(hung(), &[notice_revocation("2026-05-08", "2026-05-15")]);
    let ends = [
        withdraw("2026-05-01", "2026-06-30"),
        withdraw("2026-05-20", "2026-06-25"),
        cancelled_elsewhere("2026-06-01", "2026-06-15"),
        revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-06-04"), day("2026-06-20"))),
        deregister("2026-06-10"),
    ];
    let days = || (0..900).map(|days| day("2026-04-25").plus_days(days));
    let tell = |provider: &Provider| {
        let stands = |on: Day| provider.standing(&category(CARE), on).map(|(_, standing)| standing);
        let plaques = provider.plaques.values().map(|of| (of.status, of.recovery_due)).collect::<Vec<_>>();
        (days().map(|on| (stands(on), provider.barred_on(on))).collect::<Vec<_>>(), plaques)
    };
    let orders = orders(&ends);
    assert_eq!(orders.len(), 120);
    let after = |order: &[Command]| state(&row("an order", and(told.clone(), order), register(), Ok(&[])), &world);
    let first = tell(&after(&orders[0]));
    let ended = first.0.iter().find_map(|(standing, _)| standing.filter(|standing| !standing.status.is_live()));
    assert_eq!(ended, Some(Standing { status: Status::Deregistered, since: Some(day("2026-06-10")) }));
    for order in &orders {
        let provider = after(order);
        assert_eq!(provider.certifications[0].ends.len(), ends.len());
        assert_eq!(tell(&provider), first, "{order:#?}");
    }
}
