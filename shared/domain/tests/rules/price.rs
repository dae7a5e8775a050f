//! Price promises: proposed, approved, turned down.

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row, state};

pub(crate) fn rows() -> Vec<Row> {
    // Registered, pledged, certified; the proposal is no. 4, its approval no. 5.
    let proposed = || and(certified(), &[propose(200_000, PriceUnit::Month)]);
    let priced = || and(proposed(), &[approve_price()]);
    // A rise of a tenth, which is all that was promised.
    let risen = || and(priced(), &[propose_as("2026-05-04", month(220_000)), approve_on("2026-05-10", "2026-06-01")]);
    let cheaper = || and(priced(), &[propose_as("2026-05-04", month(150_000)), approve_on("2026-05-10", "2026-06-01")]);
    let ended = || and(proposed(), &[withdraw("2026-04-20", "2026-04-20")]);
    let anew = || {
        and(
            risen(),
            &[
                withdraw("2026-06-10", "2026-06-10"),
                certify_as(|c| {
                    (c.decided_on, c.valid_from, c.valid_to) =
                        (day("2026-06-22"), day("2026-06-22"), day("2029-06-21"));
                    c.document_number = text("认定2号");
                    c.notice = Some(window("2026-06-11", "2026-06-17"));
                }),
            ],
        )
    };
    // Applied for, with a price that was decided on the case, and certified on it; that ended, and it was certified anew on other evidence.
    let anew_on_evidence = || {
        and(
            publicised(),
            &[
                propose_as("2026-02-03", month(200_000)),
                approve_on("2026-02-04", "2026-02-04"),
                certify_as(|c| c.notice = None),
                withdraw("2026-06-10", "2026-06-10"),
                certify_as(|c| {
                    (c.decided_on, c.valid_from, c.valid_to) =
                        (day("2026-06-22"), day("2026-06-22"), day("2029-06-21"));
                    c.document_number = text("认定2号");
                    c.notice = Some(window("2026-06-11", "2026-06-17"));
                }),
            ],
        )
    };
    let renewed = || and(risen(), &[renew("2029-01-05", "2029-03-09", "2032-03-08")]);
    vec![
        row("a price is proposed", certified(), propose(200_000, PriceUnit::Month), Ok(&["PriceProposed"])),
        row(
            "for something certified",
            vec![register()],
            propose(200_000, PriceUnit::Month),
            Err("PRICE_NEEDS_CERTIFICATION"),
        ),
        row("or applied for", publicised(), propose_as("2026-02-03", month(200_000)), Ok(&["PriceProposed"])),
        row(
            "not before the application",
            publicised(),
            propose_as("2026-02-01", month(200_000)),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "nor before the certification",
            certified(),
            propose_as("2026-03-08", month(200_000)),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "decided on a case, since its application",
            and(publicised(), &[certify_as(|c| c.notice = None)]),
            propose_as("2026-02-03", month(200_000)),
            Ok(&["PriceProposed"]),
        ),
        row(
            "not for what has ended by then",
            and(certified(), &[withdraw("2026-04-01", "2026-04-01")]),
            propose_as("2026-04-01", month(200_000)),
            Err("NOT_LIVE"),
        ),
        row("proposed alike it is proposed", proposed(), propose(200_000, PriceUnit::Month), NOTHING),
        row("also after it was decided", priced(), propose(200_000, PriceUnit::Month), NOTHING),
        row("one proposal waits", proposed(), propose(210_000, PriceUnit::Month), Err("PRICE_PENDING")),
        row("on another day it is another", proposed(), propose_as("2026-04-02", month(200_000)), Err("PRICE_PENDING")),
        row("a bureau approves it", proposed(), approve_price(), Ok(&["PriceApproved"])),
        row("approved alike it is approved", priced(), approve_of(Some(4), "2026-04-10", "2026-05-01"), NOTHING),
        row(
            "otherwise it was decided",
            priced(),
            approve_of(Some(4), "2026-04-10", "2026-05-02"),
            Err("PRICE_ALREADY_DECIDED"),
        ),
        row("also by turning it down", priced(), reject_of(Some(4), "2026-04-10"), Err("PRICE_ALREADY_DECIDED")),
        row(
            "what is no proposal is not approved",
            proposed(),
            approve_of(Some(3), "2026-04-10", "2026-05-01"),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "nor is a proposal before it was made",
            proposed(),
            approve_on("2026-03-31", "2026-05-01"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "nor does a price stand before its approval",
            proposed(),
            approve_on("2026-04-10", "2026-04-09"),
            Err("EFFECT_BEFORE_DECISION"),
        ),
        row(
            "nor before the price before it",
            and(priced(), &[propose_as("2026-04-11", month(210_000))]),
            approve_on("2026-04-12", "2026-04-30"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("nothing is approved after the end", ended(), approve_on("2026-04-21", "2026-05-01"), Err("NOT_LIVE")),
        row("what was approved before it is", ended(), approve_on("2026-04-15", "2026-05-01"), Ok(&["PriceApproved"])),
        row("the other is turned down", ended(), reject_of(Some(4), "2026-04-21"), Ok(&["PriceRejected"])),
        row("a bureau turns it down", proposed(), reject_price(), Ok(&["PriceRejected"])),
        row("not before it was made", proposed(), reject_of(None, "2026-03-31"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("alike it is so", and(proposed(), &[reject_price()]), reject_of(Some(4), "2026-04-02"), NOTHING),
        row("if there is one", certified(), approve_price(), Err("NO_PRICE_PENDING")),
        row("once", priced(), approve_price(), NOTHING),
        row(
            "a proposal of the day of the decision before it",
            priced(),
            propose_as("2026-04-10", month(210_000)),
            Ok(&["PriceProposed"]),
        ),
        row(
            "a proposal is not older than what was decided before it",
            priced(),
            propose_as("2026-04-09", month(210_000)),
            Err("CONTRADICTS_LATER"),
        ),
        row("a rise within the promise", priced(), propose_as("2026-05-04", month(220_000)), Ok(&["PriceProposed"])),
        row("not over it", priced(), propose_as("2026-05-04", month(220_001)), Err("PRICE_RISE_TOO_LARGE")),
        row(
            "rises are counted together, from the price that was promised",
            risen(),
            propose_as("2026-06-02", month(220_001)),
            Err("PRICE_RISE_TOO_LARGE"),
        ),
        row(
            "a lower price is a promise of its own",
            cheaper(),
            propose_as("2026-06-02", month(165_000)),
            Ok(&["PriceProposed"]),
        ),
        row("and binds", cheaper(), propose_as("2026-06-02", month(165_001)), Err("PRICE_RISE_TOO_LARGE")),
        row(
            "also after it has risen again",
            and(cheaper(), &[propose_as("2026-06-02", month(165_000)), approve_on("2026-06-03", "2026-06-20")]),
            propose_as("2026-06-21", month(165_001)),
            Err("PRICE_RISE_TOO_LARGE"),
        ),
        row(
            "a new price allows no larger rise",
            priced(),
            propose_as("2026-05-04", Price { rise_percent_max: Percent::new(11).unwrap(), ..month(200_000) }),
            Err("PRICE_RISE_RAISED"),
        ),
        row(
            "also than the one before it",
            and(
                priced(),
                &[
                    propose_as("2026-05-04", Price { rise_percent_max: Percent::new(5).unwrap(), ..month(200_000) }),
                    approve_on("2026-05-10", "2026-06-01"),
                ],
            ),
            propose_as("2026-06-02", month(200_000)),
            Err("PRICE_RISE_RAISED"),
        ),
        row("not by another unit", priced(), propose(1_000, PriceUnit::Hour), Err("CONTRADICTS_LATER")),
        row("nor later", priced(), propose_as("2026-05-04", price(1_000, PriceUnit::Hour)), Err("PRICE_UNIT_DIFFERS")),
        row(
            "another item has its own",
            priced(),
            propose_for("午餐", "2026-05-04", price(1_500, PriceUnit::Meal)),
            Ok(&["PriceProposed"]),
        ),
        row(
            "certified anew it promises anew",
            anew(),
            propose_as("2026-06-22", month(300_000)),
            Ok(&["PriceProposed"]),
        ),
        row(
            "whatever was applied for with the one before",
            anew_on_evidence(),
            propose_as("2026-06-22", month(300_000)),
            Ok(&["PriceProposed"]),
        ),
        row(
            "nor is it proposed before that was decided",
            anew_on_evidence(),
            propose_as("2026-06-21", month(300_000)),
            Err("NOT_LIVE"),
        ),
        on(
            "2029-04-01",
            row(
                "in a new term rises are counted from the price it began with",
                renewed(),
                propose_as("2029-04-01", month(242_000)),
                Ok(&["PriceProposed"]),
            ),
        ),
        on(
            "2029-04-01",
            row(
                "and are as large as before",
                renewed(),
                propose_as("2029-04-01", month(242_001)),
                Err("PRICE_RISE_TOO_LARGE"),
            ),
        ),
        row(
            "what was asked before anything was promised is held against it when it is approved",
            and(
                publicised(),
                &[
                    propose_as("2026-02-03", month(200_000)),
                    approve_on("2026-02-04", "2026-02-04"),
                    propose_as("2026-02-05", month(900_000)),
                    certify_as(|c| c.notice = None),
                ],
            ),
            approve_on("2026-03-10", "2026-04-01"),
            Err("PRICE_RISE_TOO_LARGE"),
        ),
        by(
            "commerce",
            row(
                "by whom it concerns",
                certified(),
                propose(200_000, PriceUnit::Month),
                Err("NOT_COMPETENT_FOR_CATEGORY"),
            ),
        ),
    ]
}

fn month(fen: u32) -> Price {
    price(fen, PriceUnit::Month)
}

#[test]
fn an_approval_says_what_it_changed() {
    let world = World::new();
    let given = [propose(200_000, PriceUnit::Month), approve_price(), propose_as("2026-05-04", month(210_000))];
    let given = state(&row("", and(certified(), &given), register(), NOTHING), &world);
    let approve = approve_on("2026-05-10", "2026-06-01");
    let facts = world.decide(&given, "everything", day("2026-07-01"), &approve).unwrap();
    let [Event::PriceApproved(approved)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!((approved.from.as_ref(), &approved.to), (Some(&month(200_000)), &month(210_000)));
    assert_eq!((approved.proposal.get(), approved.decided_on), (6, day("2026-05-10")));
}

/// A later certification has no promise of an earlier one that has ended: its first price takes the place of none.
#[test]
fn an_approval_takes_the_place_of_no_price_of_an_ended_term() {
    let world = World::new();
    let given = [
        propose(200_000, PriceUnit::Month),
        approve_price(),
        withdraw("2026-06-10", "2026-06-10"),
        certify_as(|c| {
            (c.decided_on, c.valid_from, c.valid_to) = (day("2026-06-22"), day("2026-06-22"), day("2029-06-21"));
            c.document_number = text("认定2号");
            c.notice = Some(window("2026-06-11", "2026-06-17"));
        }),
        propose_as("2026-06-22", month(300_000)),
    ];
    let given = state(&row("", and(certified(), &given), register(), NOTHING), &world);
    let approve = approve_on("2026-06-23", "2026-06-25");
    let facts = world.decide(&given, "everything", day("2026-07-01"), &approve).unwrap();
    let [Event::PriceApproved(approved)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!((approved.from.as_ref(), &approved.to), (None, &month(300_000)));
}

#[test]
fn proposals_that_wait_are_refused_before_there_are_too_many() {
    let world = World::new();
    let mut provider = state(&row("", certified(), register(), NOTHING), &world);
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let propose = |item: u32| propose_for(&format!("项目{item}"), "2026-04-01", month(100_000));
    for item in 0..50 {
        let facts = decide(&provider, &propose(item)).unwrap();
        provider = then(provider, &facts);
    }
    assert_eq!(decide(&provider, &propose(50)).unwrap_err().reason(), "PRICES_PENDING_MAX");
    let reject = RejectPrice {
        category: category(CARE),
        item: text("项目3"),
        proposal: None,
        rejected_on: day("2026-04-02"),
        reason: text("过高"),
    };
    let facts = decide(&provider, &Command::RejectPrice(reject)).unwrap();
    provider = then(provider, &facts);
    assert!(decide(&provider, &propose(50)).is_ok());
}

/// Which decision is in the way is named.
#[test]
fn a_proposal_that_was_decided_names_its_decision() {
    let (world, today) = (World::new(), day("2026-07-01"));
    let mut history = History::default();
    for command in and(certified(), &[propose(200_000, PriceUnit::Month), approve_price()]) {
        let events = history.decide(&world, "everything", today, &command.into()).unwrap();
        history.record("everything", today, events);
    }
    let again = history.decide(&world, "everything", today, &reject_of(Some(4), "2026-04-10").into());
    assert_eq!(again, Err(Refusal::PriceDecided { act: Act::new(5).unwrap() }));
}

/// A price that is typed after later ones is told which acts came after it. Put right to none, the newest first, they leave it its place, and are said
/// again behind it.
#[test]
fn a_price_that_is_typed_late_is_told_the_way_on() {
    let world = World::new();
    let mut history = History::default();
    let today = day("2026-07-01");
    let month = |fen: u32| price(fen, PriceUnit::Month);
    let mut told = |asked: Asked| {
        let made = history.decide(&world, "everything", today, &asked);
        made.map(|events| {
            let names: Vec<&str> = events.iter().map(Event::name).collect();
            history.record("everything", today, events.clone());
            names
        })
    };
    let first = [
        register(),
        pledge(),
        certify(),
        propose_as("2026-03-16", month(200_000)),
        approve_on("2026-03-20", "2026-04-01"),
    ];
    let (later, approved) = (propose_as("2026-06-01", month(215_000)), approve_on("2026-06-05", "2026-06-10"));
    for asked in
        first.into_iter().chain([later.clone(), approved.clone(), overturn(7, "2026-06-20"), overturn(8, "2026-06-25")])
    {
        assert!(told(asked.into()).is_ok());
    }
    let forgotten = propose_as("2026-05-06", month(210_000));
    let refused = told(forgotten.clone().into()).unwrap_err();
    let Refusal::ContradictsLater { acts, zh, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!((acts.as_str(), zh.as_str()), ("9、8、7、6", "日期不得早于前一步骤的 2026-06-05"));
    // What is of the very day does not come after it.
    for (on, later) in [("2026-03-20", "9、8、7、6"), ("2026-06-01", "9、8、7")] {
        let Err(Refusal::ContradictsLater { acts, .. }) = told(propose_as(on, month(211_000)).into()) else {
            panic!("{on}")
        };
        assert_eq!(acts, later);
    }
    for act in [9, 8, 7, 6] {
        assert!(told(correct(act, None)).is_ok(), "{act}");
    }
    for asked in [forgotten, approve_on("2026-05-08", "2026-05-11"), later, approved] {
        assert_eq!(told(asked.into()).map(|names| names.len()), Ok(1));
    }
    // An act that would be refused for that is told why, and not what is to be done with another.
    let moved = told(correct(5, Some(approve_of(Some(4), "2026-06-30", "2026-06-30")))).unwrap_err();
    let Refusal::ActRestsOnIt { zh, .. } = &moved else { panic!("{moved:?}") };
    assert_eq!(zh, "日期不得早于前一步骤的 2026-06-30");
}
