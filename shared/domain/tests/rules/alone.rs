//! On no day are two certifications of one category live: a back-entered one is asked of its own first day on, whatever the other came to since, and
//! in whatever order the two, their ends and what was put right of them are typed.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
use crate::certification::ended_early;
use crate::world::*;
use crate::{NOTHING, Row, Then, and, by, row};

/// A list's certification by another document, of these days.
fn listed(from: &str, to: Option<&str>) -> Command {
    back_enter_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = (None, Some(day(from)), to.map(day));
        c.document_number = Some(text("名单号"));
    })
}

const TAKEN: Then = Ok(&["CertificationRecorded"]);
const LAPSED: Then = Ok(&["CertificationExpired", "CertificationRecorded"]);
const REFUSED: Then = Err("ALREADY_CERTIFIED");

/// Certified from 2026-03-09 on as act 3, with an end as act 4, or as act 5 where a notice comes before it, from 2026-05-25 on.
fn ends() -> [(&'static str, Vec<Command>); 5] {
    let told = |code| notice_revocation_for(code, "2026-05-11", "2026-05-18");
    let of_conditions = revoke_as(|c| {
        (c.ground, c.decided_on, c.effective_on) = (ground("conditions-lost"), day("2026-05-25"), day("2026-05-25"));
    });
    [
        ("withdrawn", vec![withdraw("2026-05-20", "2026-05-25")]),
        ("deregistered", vec![deregister("2026-05-25")]),
        ("revoked", vec![told("conditions-lost"), of_conditions]),
        ("ended elsewhere", vec![record_ending(|c| c.effective_on = Some(day("2026-05-25")))]),
        ("overturned", vec![overturn(3, "2026-05-25")]),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    let lists = |row| by("lists", row);
    let left = || and(certified(), &ends()[0].1);
    let mut rows = Vec::new();
    for (rule, end) in ends() {
        let ended = || and(certified(), &end);
        rows.extend([
            lists(row(rule, ended(), listed("2026-04-01", Some("2026-12-31")), REFUSED)),
            lists(row(rule, ended(), listed("2026-05-24", None), REFUSED)),
            lists(row(rule, ended(), listed("2026-05-25", None), TAKEN)),
            lists(row(rule, ended(), listed("2024-03-09", Some("2026-03-08")), TAKEN)),
            lists(row(rule, ended(), listed("2024-03-09", Some("2026-03-09")), Err("CERTIFIED_LATER"))),
            lists(row(rule, ended(), listed("2024-03-09", None), Err("CERTIFIED_LATER"))),
        ]);
    }
    // As lists come: of three years, whichever is taken first, and the next one before the last is over (2026-07-01).
    let older = || listed("2020-09-01", Some("2023-08-31"));
    let newer = || listed("2023-09-01", Some("2026-08-31"));
    let of_three = || vec![older(), newer()];
    let decided_early = || {
        back_enter_as(|c| {
            (c.decided_on, c.valid_from) = (Some(day("2026-06-20")), Some(day("2026-06-20")));
            (c.valid_to, c.document_number) = (Some(day("2029-08-31")), Some(text("延续号")));
        })
    };
    let from_its_end = || {
        back_enter_as(|c| {
            (c.decided_on, c.valid_from) = (Some(day("2026-06-20")), Some(day("2026-09-01")));
            (c.valid_to, c.document_number) = (Some(day("2029-08-31")), Some(text("延续号")));
        })
    };
    let in_years = || {
        back_enter_as(|c| {
            (c.decided_on, c.valid_from) = (Some(day("2026-06-20")), Some(day("2036-09-01")));
        })
    };
    rows.extend([
        lists(row("the older list after the newer one", vec![newer()], older(), TAKEN)),
        lists(row("both are known again, the older one", of_three(), older(), NOTHING)),
        lists(row("and the newer one", vec![newer(), older()], newer(), NOTHING)),
        lists(row("the next one before the last is over", of_three(), from_its_end(), TAKEN)),
        lists(row(
            "of which it is known that it was decided",
            of_three(),
            listed("2026-09-01", None),
            Err("DAY_AHEAD"),
        )),
        lists(row("and which begins soon after that", of_three(), in_years(), Err("DAY_TOO_FAR"))),
        lists(row("it begins when the last is over", of_three(), decided_early(), REFUSED)),
    ]);
    let short = || vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-04-30"))];
    let renewed = || and(short(), &[renew("2026-04-20", "2026-05-01", "2026-06-30")]);
    let undone = || and(left(), &[overturn(4, "2026-06-10")]);
    let annulled = |on: &str| {
        let annul = revoke_as(|c| {
            (c.kind, c.ground, c.decided_on) = (RevocationKind::Annulled, ground("deceit"), day(on));
            c.effective_on = day("2026-03-09");
        });
        and(certified(), &[notice_revocation_for("deceit", "2026-05-06", "2026-05-13"), annul])
    };
    let between = || listed("2026-04-01", Some("2026-04-30"));
    rows.extend([
        lists(row("of no day at all, as lists have some", left(), back_enter_as(|c| c.decided_on = None), REFUSED)),
        lists(row(
            "over by its own term, and beside one that is live it was no more alone",
            certified(),
            listed("2024-05-06", Some("2026-06-01")),
            Err("CERTIFIED_LATER"),
        )),
        lists(row("within a term that ran out", short(), listed("2026-04-30", Some("2026-06-01")), REFUSED)),
        lists(row("from the day after it", short(), listed("2026-05-01", Some("2026-06-01")), LAPSED)),
        lists(row("not within what was added to it", renewed(), listed("2026-05-15", Some("2026-06-01")), REFUSED)),
        lists(row(
            "but once that was overturned",
            and(renewed(), &[overturn(4, "2026-05-15")]),
            listed("2026-05-15", Some("2026-06-01")),
            LAPSED,
        )),
        lists(row(
            "and no day sooner",
            and(renewed(), &[overturn(4, "2026-05-15")]),
            listed("2026-05-14", Some("2026-06-01")),
            REFUSED,
        )),
        lists(row("between an end and its ruling", undone(), listed("2026-05-25", Some("2026-06-09")), TAKEN)),
        lists(row("not on the day of that", undone(), listed("2026-05-25", Some("2026-06-10")), REFUSED)),
        lists(row("where there never was another", annulled("2026-05-18"), between(), TAKEN)),
        lists(row(
            "which there was until the annulment that was overturned",
            and(annulled("2026-05-18"), &[overturn(5, "2026-06-10")]),
            between(),
            REFUSED,
        )),
        row(
            "nor is that overturned once another was put there",
            and(annulled("2026-05-18"), &[between()]),
            overturn(5, "2026-06-10"),
            Err("CERTIFIED_SINCE"),
        ),
        row(
            "though it is where the other came after its decision",
            and(annulled("2026-05-18"), &[listed("2026-05-18", Some("2026-06-09"))]),
            overturn(5, "2026-06-10"),
            Ok(&["CertificationExpired", "ActOverturned"]),
        ),
        row("decided here, while the other had not left", left(), certify_again("2026-05-24", "2026-06-02"), REFUSED),
        row("and once it had", left(), certify_again("2026-05-25", "2026-05-25"), Ok(&["Certified"])),
        row(
            "no end is overturned that the other came after",
            and(left(), &[listed("2026-05-25", Some("2026-06-20"))]),
            overturn(4, "2026-06-10"),
            Err("CERTIFIED_SINCE"),
        ),
        row(
            "but once the other is over",
            and(left(), &[listed("2026-05-25", Some("2026-06-20"))]),
            overturn(4, "2026-06-21"),
            Ok(&["CertificationExpired", "ActOverturned"]),
        ),
    ]);
    rows
}

/// What was typed, what is asked then, and what refuses it.
type Typed<'a> = (&'a str, &'a [Asked], Asked, Result<(), &'a str>);

/// An end that is on record keeps two apart, also where it was typed after what it ends, or is of a later day than what is asked again.
#[test]
fn what_is_on_record_by_then_keeps_two_apart() {
    let world = World::new();
    let of = |command: Command| Asked::from(command);
    let none = |act: u32| correct(act, None);
    let left = || of(withdraw("2026-04-01", "2026-04-01"));
    let second = || of(listed("2026-06-01", Some("2027-05-31")));
    let again = || of(certify_again("2026-06-01", "2026-06-01"));
    let over = || of(deregister("2026-05-20"));
    let undone = |act: u32, on: &str| of(overturn(act, on));
    // Ended, put back by a ruling, ended again; and then another.
    let twice = |last: Asked| [left(), undone(4, "2026-04-20"), over(), last, undone(3, "2026-03-20")];
    // The same, typed with the other struck out in between.
    let put_back = [left(), second(), none(5), undone(4, "2026-04-20"), over()];
    let stands = [&put_back[..], &[none(6)]].concat();
    let ruled =
        [undone(3, "2026-03-20"), second(), none(5), undone(4, "2026-03-25"), of(withdraw("2026-05-20", "2026-05-20"))];
    let table: &[Typed<'_>] = &[
        ("a ruling on a ruling", &twice(second()), undone(8, "2026-03-25"), Ok(())),
        ("before one decided here", &twice(again()), undone(8, "2026-03-25"), Ok(())),
        ("its end is not on record", &[left(), second()], undone(4, "2026-04-20"), Err("CERTIFIED_SINCE")),
        ("and the other comes back after it", &put_back, none(6), Ok(())),
        ("but not without it", &put_back[..4], none(6), Err("ACT_RESTS_ON_IT")),
        ("nor is the end taken away", &stands, none(8), Err("ACT_RESTS_ON_IT")),
        ("the first end on another day", &stands, correct(4, Some(withdraw("2026-04-02", "2026-04-02"))), Ok(())),
        ("the last end on another day", &stands, correct(8, Some(deregister("2026-05-21"))), Ok(())),
        ("not after the other began", &stands, correct(8, Some(deregister("2026-06-02"))), Err("ACT_RESTS_ON_IT")),
        ("the ruling on another day", &stands, correct(7, Some(overturn(4, "2026-04-21"))), Ok(())),
        (
            "the first to another term",
            &stands,
            correct(3, Some(certify_as(|c| c.valid_to = day("2028-03-08")))),
            Ok(()),
        ),
        ("the other to another term", &stands, correct(5, Some(listed("2026-06-02", Some("2027-05-31")))), Ok(())),
        (
            "not to one before the end",
            &stands,
            correct(5, Some(listed("2026-05-19", Some("2027-05-31")))),
            Err("ACT_RESTS_ON_IT"),
        ),
        ("a certification that was undone", &ruled, none(6), Ok(())),
        ("while its end is not on record", &ruled[..4], none(6), Err("ACT_RESTS_ON_IT")),
    ];
    let mut wrong = Vec::new();
    for (rule, given, when, expected) in table {
        let mut history = History::default();
        let by = |history: &History, asked: &Asked| {
            let answers = ["everything", "lists"]
                .map(|by| history.decide(&world, by, day("2026-07-01"), asked).map(|made| (by, made)));
            let [answer, by_lists] = answers;
            if answer.as_ref().is_err_and(|why| ["DUTY_MISSING", "NOT_COMPETENT_FOR_CATEGORY"].contains(&why.reason()))
            {
                by_lists
            } else {
                answer
            }
        };
        for asked in certified().into_iter().map(Asked::from).chain(given.iter().cloned()) {
            let (bureau, facts) = by(&history, &asked).unwrap_or_else(|why| panic!("{rule}: {asked:?}: {why:?}"));
            history.record(bureau, day("2026-07-01"), facts);
        }
        let answer = by(&history, when).map(|_| ()).map_err(|why| why.reason());
        if answer != *expected {
            wrong.push(format!("{rule}: expected {expected:?}, got {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Until when the other was live that is in the way, and not until when its term would have run.
#[test]
fn a_refusal_says_until_when_the_other_was_live() {
    let world = World::new();
    let given = and(certified(), &[withdraw("2026-05-20", "2026-05-25")]);
    let provider = given.iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
    });
    let why = world.decide(&provider, "lists", day("2026-07-01"), &listed("2026-04-01", None)).unwrap_err();
    assert!(why.zh().contains("至 2026-05-24 止"), "{}", why.zh());
    // Of one that a list states no last day of, it says that.
    let given = [register(), back_enter_as(|c| (c.decided_on, c.valid_to) = (None, None))];
    let provider = given.iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "lists", day("2026-07-01"), command).unwrap())
    });
    let why = world.decide(&provider, "lists", day("2026-07-01"), &listed("2026-04-01", None)).unwrap_err();
    assert!(why.zh().contains("(登记中没有止日)") && why.en().contains("no last day"), "{} {}", why.zh(), why.en());
}

/// What was typed, which act is corrected, to what, and what refuses it.
type Put<'a> = (&'a [Command], u32, Option<Command>, Result<(), &'a str>);

#[test]
fn nothing_is_put_right_so_that_two_are_live() {
    let world = World::new();
    let left = |effective: &str| withdraw("2026-05-20", effective);
    let second = |from: &str| listed(from, Some("2026-06-20"));
    let followed = [left("2026-05-25"), second("2026-05-25")];
    let undone = [left("2026-05-25"), overturn(4, "2026-06-10"), listed("2026-05-25", Some("2026-06-09"))];
    let before = [ended_early("2026-03-09")];
    let end_of_before = |on: &str| {
        record_ending(|c| {
            (c.kind, c.effective_on) = (EndingKind::Withdrawn, Some(day(on)));
            (c.deciding_body, c.source) = (text("教育局"), text("公告第3号"));
        })
    };
    let rests = Err("ACT_RESTS_ON_IT");
    let table: &[Put<'_>] = &[
        (&followed, 4, Some(left("2026-05-26")), rests),
        (&followed, 4, None, rests),
        (&followed, 4, Some(left("2026-05-24")), Ok(())),
        (&followed, 5, Some(second("2026-05-24")), Err("ALREADY_CERTIFIED")),
        (&followed, 5, Some(second("2026-05-26")), Ok(())),
        // The first one to a longer term than it had, whose end comes before the second.
        (&followed, 3, Some(certify_as(|c| c.valid_to = day("2028-03-08"))), Ok(())),
        (&undone, 5, Some(overturn(4, "2026-06-09")), rests),
        (&undone, 5, Some(overturn(4, "2026-06-11")), Ok(())),
        (&undone, 4, Some(left("2026-05-26")), rests),
        (&undone, 6, Some(listed("2026-05-25", Some("2026-06-10"))), Err("ALREADY_CERTIFIED")),
        // The end of one that was entered with it.
        (&before, 5, Some(end_of_before("2026-03-10")), rests),
        (&before, 5, Some(end_of_before("2026-03-08")), Ok(())),
        (&before, 5, None, rests),
    ];
    for (given, act, right, then) in table {
        let mut history = History::default();
        for command in certified().iter().chain(*given) {
            let asked = command.clone().into();
            let (bureau, facts) = ["everything", "lists"]
                .into_iter()
                .find_map(|bureau| Some((bureau, history.decide(&world, bureau, day("2026-07-01"), &asked).ok()?)))
                .unwrap_or_else(|| panic!("a given step is refused: {command:?}"));
            history.record(bureau, day("2026-07-01"), facts);
        }
        let asked = correct(*act, right.clone());
        let answers = ["everything", "lists"].map(|by| history.decide(&world, by, day("2026-07-01"), &asked));
        let [answer, by_lists] = answers.map(|answer| answer.map(|_| ()).map_err(|why| why.reason()));
        let answer = if answer == Err("DUTY_MISSING") { by_lists } else { answer };
        assert_eq!(answer, *then, "{act} to {right:?} after {given:?}");
    }
}
