//! The rules, one row each: what was done, what is asked, what comes of it. Every refusal there is has a row.
//! This file is long because it is the specification in one place.

#![allow(clippy::too_many_lines, reason = "a table is as long as it has rows")]
#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

mod world;

use std::collections::BTreeSet;

use domain::command::*;
use domain::*;
use world::*;

/// What a row expects: the names of the facts, or the reason of the refusal.
type Then = Result<&'static [&'static str], &'static str>;

struct Row {
    rule: &'static str,
    given: Vec<Command>,
    bureau: &'static str,
    today: &'static str,
    when: Command,
    then: Then,
}

/// A row on 2026-07-01 by a bureau that may decide on everything in the city.
fn row(rule: &'static str, given: Vec<Command>, when: Command, then: Then) -> Row {
    Row { rule, given, bureau: "everything", today: "2026-07-01", when, then }
}

fn by(bureau: &'static str, row: Row) -> Row {
    Row { bureau, ..row }
}

fn on(today: &'static str, row: Row) -> Row {
    Row { today, ..row }
}

fn and(given: Vec<Command>, more: &[Command]) -> Vec<Command> {
    [given, more.to_vec()].concat()
}

const NOTHING: Then = Ok(&[]);

fn records() -> Vec<Row> {
    let elsewhere = |code: &str| Particulars { division: Division::parse(code).unwrap(), ..particulars() };
    let zone = |code: &str| Particulars { zone: Some(ZoneCode::parse(code).unwrap()), ..particulars() };
    let renamed = Particulars { name: text("新名"), ..particulars() };
    let moved = Particulars { address: Some(text("新址")), ..particulars() };
    vec![
        row("a provider comes on record", vec![], register(), Ok(&["ProviderRegistered"])),
        row("registering again changes nothing", vec![register()], register(), NOTHING),
        row(
            "other particulars are amended, not registered over",
            vec![register()],
            register_as(renamed.clone()),
            Err("PARTICULARS_DIFFER"),
        ),
        row(
            "a place that no table lists is refused",
            vec![],
            register_as(elsewhere("321003099")),
            Err("DIVISION_UNKNOWN"),
        ),
        row("a zone the scheme does not list is refused", vec![], register_as(zone("nowhere")), Err("ZONE_UNKNOWN")),
        by("nobody", row("a bureau must be in the scheme", vec![], register(), Err("BUREAU_UNKNOWN"))),
        by("elsewhere", row("a bureau acts in its area", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        by(
            "zone",
            row("a zone's bureau acts in its zone", vec![], register_as(zone("lake")), Ok(&["ProviderRegistered"])),
        ),
        by("zone", row("and not outside it", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        row(
            "a name may change",
            vec![register()],
            amend(renamed.clone(), "2026-06-01", None),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "amending to what is on record changes nothing",
            vec![register()],
            amend(particulars(), "2026-06-01", None),
            NOTHING,
        ),
        row(
            "nothing is amended before it is on record",
            vec![],
            amend(renamed, "2026-06-01", None),
            Err("PROVIDER_NOT_REGISTERED"),
        ),
        row(
            "a certified outlet moves after a site check",
            certified(),
            amend(moved.clone(), "2026-06-01", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "with the site check it moves",
            certified(),
            amend(moved, "2026-06-01", Some("2026-05-30")),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "an operator whose code is on record is known",
            vec![register()],
            identify("91110108717743469K"),
            Err("OPERATOR_KNOWN"),
        ),
        row("naming the code on record changes nothing", vec![register()], identify("914403001922038216"), NOTHING),
    ]
}

fn cases() -> Vec<Row> {
    let applied = || vec![apply("2026-02-02")];
    let accepted = || and(applied(), &[accept("2026-02-03")]);
    let inspected = |passed| and(accepted(), &[inspect("2026-02-10", passed)]);
    let unknown = || {
        Command::Apply(Apply {
            particulars: Some(particulars()),
            category: category("fitness"),
            applied_on: day("2026-02-02"),
        })
    };
    let without =
        || Command::Apply(Apply { particulars: None, category: category(CARE), applied_on: day("2026-02-02") });
    vec![
        row(
            "an application registers and files",
            vec![],
            apply("2026-02-02"),
            Ok(&["ProviderRegistered", "ApplicationFiled"]),
        ),
        row("filed again the same day it is already so", applied(), apply("2026-02-02"), NOTHING),
        row("one case a category", accepted(), apply("2026-02-20"), Err("CASE_OPEN")),
        row("a certified category needs no application", certified(), apply("2026-06-01"), Err("ALREADY_CERTIFIED")),
        row("particulars come first", vec![], without(), Err("PROVIDER_NOT_REGISTERED")),
        row("tomorrow has not happened", vec![], apply("2026-07-02"), Err("DAY_AHEAD")),
        row("the scheme lists the categories", vec![], unknown(), Err("CATEGORY_UNKNOWN")),
        by(
            "commerce",
            row("a bureau decides on its categories", vec![], apply("2026-02-02"), Err("NOT_COMPETENT_FOR_CATEGORY")),
        ),
        row("papers can be asked for", applied(), return_case("2026-02-09"), Ok(&["CaseReturned"])),
        row(
            "and come in",
            and(applied(), &[return_case("2026-02-09")]),
            supplement("2026-02-05"),
            Ok(&["CaseSupplemented"]),
        ),
        row("nothing comes in that was not asked for", applied(), supplement("2026-02-05"), Err("WRONG_STAGE")),
        row("a case is accepted", applied(), accept("2026-02-03"), Ok(&["CaseAccepted"])),
        row("accepted twice is accepted", accepted(), accept("2026-02-03"), NOTHING),
        row("steps follow one another in time", applied(), accept("2026-02-01"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("no step without a case", vec![register()], accept("2026-02-03"), Err("NO_OPEN_CASE")),
        row("an accepted case is inspected", accepted(), inspect("2026-02-10", true), Ok(&["CaseInspected"])),
        row(
            "a failed inspection can be done again",
            inspected(false),
            inspect("2026-02-20", true),
            Ok(&["CaseInspected"]),
        ),
        row(
            "no notice after a failed inspection",
            inspected(false),
            notice("2026-03-02", "2026-03-06"),
            Err("INSPECTION_NOT_PASSED"),
        ),
        row("a passed one is publicised", inspected(true), notice("2026-03-02", "2026-03-06"), Ok(&["NoticeOpened"])),
        row(
            "four working days are too few",
            inspected(true),
            notice("2026-03-02", "2026-03-05"),
            Err("NOTICE_TOO_SHORT"),
        ),
        row(
            "a weekend adds no working day",
            inspected(true),
            notice("2026-03-05", "2026-03-10"),
            Err("NOTICE_TOO_SHORT"),
        ),
        row(
            "working days need their table",
            inspected(true),
            notice("2027-03-01", "2027-03-05"),
            Err("CALENDAR_NOT_COVERED"),
        ),
        row("an objection is raised in time", publicised(), object("2026-03-06"), Ok(&["ObjectionRaised"])),
        row("and not after it", publicised(), object("2026-03-07"), Err("OBJECTION_OUT_OF_TIME")),
        row(
            "it is resolved",
            and(publicised(), &[object("2026-03-04")]),
            resolve(1, "2026-03-05", false),
            Ok(&["ObjectionResolved"]),
        ),
        row(
            "resolved alike it is already so",
            and(publicised(), &[object("2026-03-04"), resolve(1, "2026-03-05", false)]),
            resolve(1, "2026-03-05", false),
            NOTHING,
        ),
        row(
            "it is not resolved twice",
            and(publicised(), &[object("2026-03-04"), resolve(1, "2026-03-05", false)]),
            resolve(1, "2026-03-05", true),
            Err("OBJECTION_ALREADY_RESOLVED"),
        ),
        row(
            "there is no second objection",
            and(publicised(), &[object("2026-03-04")]),
            resolve(2, "2026-03-05", false),
            Err("OBJECTION_UNKNOWN"),
        ),
        row(
            "no decision over an open objection",
            and(publicised(), &[object("2026-03-04")]),
            certify(),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "none against an upheld one",
            and(publicised(), &[object("2026-03-04"), resolve(1, "2026-03-05", true)]),
            certify(),
            Err("OBJECTION_UPHELD"),
        ),
        row(
            "the notice is not run again over an open one",
            and(publicised(), &[object("2026-03-04")]),
            notice("2026-04-13", "2026-04-17"),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "after mending it is",
            and(publicised(), &[object("2026-03-04"), resolve(1, "2026-03-05", true)]),
            notice("2026-04-13", "2026-04-17"),
            Ok(&["NoticeOpened"]),
        ),
        row("a case can be refused", publicised(), refuse("2026-03-09"), Ok(&["CaseRefused"])),
        row("but not before it is accepted", applied(), refuse("2026-03-09"), Err("WRONG_STAGE")),
        row("an applicant may go at any time", applied(), withdraw_case("2026-02-04"), Ok(&["CaseWithdrawn"])),
    ]
}

fn certifications() -> Vec<Row> {
    let pledged = || vec![register(), pledge()];
    let until = |to: &'static str| certify_as(move |c| c.valid_to = day(to));
    let ended = || [certified(), vec![withdraw("2026-04-01", "2026-04-01")]].concat();
    let unbarred = || {
        let told = notice_revocation("2026-06-08", "2026-06-15");
        and(certified(), &[told, revoke_as(|c| c.ground = ground("conditions-lost"))])
    };
    let listed = || vec![back_enter_as(|c| c.valid_to = Some(day("2027-05-05")))];
    vec![
        row("certified on evidence", pledged(), certify(), Ok(&["Certified"])),
        row("certified on the case", publicised(), certify_as(|c| c.notice = None), Ok(&["Certified"])),
        row(
            "the notice sent must be the case's",
            publicised(),
            certify_as(|c| c.notice = Some(window("2026-03-03", "2026-03-09"))),
            Err("NOTICE_DIFFERS"),
        ),
        row("certified twice alike is certified", certified(), certify(), NOTHING),
        row("one document holds one decision", certified(), until("2029-01-01"), Err("DECISION_DIFFERS")),
        row(
            "another document meets a live certification",
            certified(),
            certify_as(|c| c.document_number = text("另号")),
            Err("ALREADY_CERTIFIED"),
        ),
        row("no certificate without a pledge", vec![register()], certify(), Err("PLEDGE_UNKNOWN")),
        row(
            "no certificate on a broken pledge",
            and(pledged(), &[breach("2026-03-01", BreachSeverity::Minor)]),
            certify(),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row(
            "a pledge must bind on the day of the decision",
            vec![register(), pledge_as(PledgeForm { valid_until: Some(day("2026-03-08")), ..pledge_form(1) })],
            certify(),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row("no certificate without a notice", pledged(), certify_as(|c| c.notice = None), Err("NOTICE_MISSING")),
        row(
            "not on the notice's last day",
            pledged(),
            certify_as(|c| {
                c.decided_on = day("2026-03-06");
                c.valid_from = day("2026-03-06");
                c.valid_to = day("2029-03-05");
            }),
            Err("NOTICE_NOT_ENDED"),
        ),
        row(
            "but on the day after",
            pledged(),
            certify_as(|c| {
                c.decided_on = day("2026-03-07");
                c.valid_from = day("2026-03-07");
                c.valid_to = day("2029-03-06");
            }),
            Ok(&["Certified"]),
        ),
        row(
            "a term does not begin before its decision",
            pledged(),
            certify_as(|c| c.valid_from = day("2026-03-01")),
            Err("TERM_BEFORE_DECISION"),
        ),
        row("nor end before it begins", pledged(), until("2026-03-08"), Err("TERM_BACKWARDS")),
        row("nor last longer than the scheme allows", pledged(), until("2029-03-10"), Err("TERM_TOO_LONG")),
        row(
            "a decision older than the scheme is back-entered",
            pledged(),
            certify_as(|c| c.decided_on = day("2022-11-30")),
            Err("BEFORE_SCHEME"),
        ),
        row(
            "a new decision follows an ended one",
            ended(),
            certify_as(|c| c.document_number = text("认定〔2026〕40号")),
            Ok(&["Certified"]),
        ),
        row(
            "nor one that is older than the latest",
            ended(),
            certify_as(|c| {
                c.document_number = text("旧号");
                c.decided_on = day("2026-03-07");
                c.valid_from = day("2026-03-07");
                c.valid_to = day("2029-03-06");
            }),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("an old decision sent again does not certify anew", ended(), certify(), NOTHING),
        row("nor after a revocation without a bar", unbarred(), certify(), NOTHING),
        by(
            "lists",
            row(
                "a published decision is back-entered",
                vec![],
                back_enter(),
                Ok(&["ProviderRegistered", "CertificationRecorded"]),
            ),
        ),
        row("only by a bureau with that duty", vec![], back_enter(), Err("DUTY_MISSING")),
        by(
            "lists",
            row(
                "taken again it changes nothing",
                listed(),
                back_enter_as(|c| c.valid_to = Some(day("2027-05-05"))),
                NOTHING,
            ),
        ),
        by("lists", row("another list does not overwrite it", listed(), back_enter(), Err("ALREADY_CERTIFIED"))),
        by(
            "lists",
            row(
                "a back-entered term runs forward",
                vec![],
                back_enter_as(|c| {
                    c.valid_from = Some(day("2025-01-02"));
                    c.valid_to = Some(day("2025-01-01"));
                }),
                Err("TERM_BACKWARDS"),
            ),
        ),
        row(
            "a breach is to be mended",
            certified(),
            rectify("2026-05-06", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row(
            "ordered alike it is already so",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectify("2026-05-06", "2026-06-05"),
            NOTHING,
        ),
        row(
            "not twice at once",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectify("2026-05-07", "2026-06-05"),
            Err("NOT_VALID"),
        ),
        row("within the scheme's term", certified(), rectify("2026-05-06", "2026-06-06"), Err("RECTIFICATION_TERM")),
        row(
            "on a ground of the scheme",
            certified(),
            rectify_for("whim", "2026-05-06", "2026-06-05"),
            Err("GROUND_UNKNOWN"),
        ),
        row(
            "what was never certified is not rectified",
            vec![register()],
            rectify("2026-05-06", "2026-06-05"),
            Err("NOT_CERTIFIED"),
        ),
        row("nor what has ended", ended(), rectify("2026-05-06", "2026-06-05"), Err("NOT_LIVE")),
        row(
            "mended it is valid",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectified("2026-05-20"),
            Ok(&["RectificationAccepted"]),
        ),
        row("only what is broken is mended", certified(), rectified("2026-05-20"), Err("NOT_RECTIFYING")),
        row("a certification is suspended", certified(), suspend(CARE, "2026-05-06"), Ok(&["CertificationSuspended"])),
        row(
            "suspended is suspended",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            suspend(CARE, "2026-05-06"),
            NOTHING,
        ),
        row(
            "where the scheme has it",
            [vec![register(), pledge()], vec![certify_as(|c| c.category = category("domestic"))]].concat(),
            suspend("domestic", "2026-05-06"),
            Err("SUSPENSION_NOT_IN_SCHEME"),
        ),
        row(
            "a suspension ends",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            resume("2026-05-16"),
            Ok(&["CertificationResumed"]),
        ),
        row("if there is one", certified(), resume("2026-05-16"), Err("NOT_SUSPENDED")),
        row(
            "a review is written down",
            certified(),
            review(2026, ReviewResult::Passed, "2026-06-01"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "alike it is already so",
            and(certified(), &[review(2026, ReviewResult::Passed, "2026-06-01")]),
            review(2026, ReviewResult::Passed, "2026-06-01"),
            NOTHING,
        ),
        row(
            "one review a year",
            and(certified(), &[review(2026, ReviewResult::Passed, "2026-06-01")]),
            review(2026, ReviewResult::Failed, "2026-06-02"),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row(
            "a failed review opens a rectification",
            certified(),
            review(2026, ReviewResult::Failed, "2026-06-01"),
            Ok(&["ReviewRecorded", "RectificationOrdered"]),
        ),
        row(
            "a clerical error is mended",
            certified(),
            correct(None, Some("2029-03-01")),
            Ok(&["CertificationCorrected"]),
        ),
        row("a correction corrects something", certified(), correct(None, None), Err("NOTHING_TO_CORRECT")),
        row("correct already", certified(), correct(None, Some("2029-03-08")), NOTHING),
        row("a corrected term runs forward", certified(), correct(Some("2029-04-01"), None), Err("TERM_BACKWARDS")),
    ]
}

fn endings() -> Vec<Row> {
    let told = || [hung(), vec![notice_revocation("2026-06-08", "2026-06-15")]].concat();
    let two = || {
        [
            told(),
            vec![certify_as(|c| {
                c.category = category("domestic");
                c.document_number = text("家政1号");
            })],
        ]
        .concat()
    };
    let failed = || and(certified(), &[review(2028, ReviewResult::Failed, "2028-12-01"), rectified("2028-12-10")]);
    let renewal = || renew("2029-01-05", "2029-03-09", "2032-03-08");
    vec![
        row(
            "the provider is told",
            certified(),
            notice_revocation("2026-06-08", "2026-06-15"),
            Ok(&["RevocationNoticed"]),
        ),
        row("told alike it is told", told(), notice_revocation("2026-06-08", "2026-06-15"), NOTHING),
        row("told once", told(), notice_revocation("2026-06-09", "2026-06-16"), Err("REVOCATION_ALREADY_NOTICED")),
        row(
            "with time to answer",
            certified(),
            notice_revocation("2026-06-08", "2026-06-12"),
            Err("HEARING_TOO_SHORT"),
        ),
        row("a notice can be dropped", told(), lift_notice("2026-06-10"), Ok(&["RevocationNoticeLifted"])),
        row("if there is one", certified(), lift_notice("2026-06-10"), Err("REVOCATION_NOT_NOTICED")),
        row("no revocation out of the blue", hung(), revoke(), Err("REVOCATION_NOT_NOTICED")),
        row(
            "none before the answer's time is over",
            told(),
            revoke_as(|c| {
                c.decided_on = day("2026-06-15");
                c.effective_on = day("2026-06-15");
            }),
            Err("HEARING_NOT_ENDED"),
        ),
        row(
            "revoked, and the plaque ordered back",
            told(),
            revoke(),
            Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"]),
        ),
        row("not while another certification is live", two(), revoke(), Ok(&["CertificationRevoked"])),
        row("revoked is revoked", revoked(), revoke(), NOTHING),
        row(
            "a cancellation does not reach back",
            told(),
            revoke_as(|c| c.effective_on = day("2026-06-01")),
            Err("EFFECT_BEFORE_DECISION"),
        ),
        row(
            "an annulment does",
            told(),
            revoke_as(|c| {
                c.kind = RevocationKind::Annulled;
                c.effective_on = day("2026-03-09");
            }),
            Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"]),
        ),
        row("a bar runs forward", told(), revoke_as(|c| c.bar_until = Some(day("2026-06-01"))), Err("BAR_BACKWARDS")),
        row("a revoked provider is barred", revoked(), apply("2026-07-01"), Err("BARRED")),
        on("2028-06-17", row("until the bar is over", revoked(), apply("2028-06-17"), Ok(&["ApplicationFiled"]))),
        row(
            "a ground may bring no bar",
            [told(), vec![revoke_as(|c| c.ground = ground("conditions-lost"))]].concat(),
            apply("2026-07-01"),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "a provider may leave",
            hung(),
            withdraw("2026-06-01", "2026-06-30"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "on a day that lies ahead",
            hung(),
            withdraw("2026-06-01", "2026-08-31"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "not on a day before it asked",
            hung(),
            withdraw("2026-06-01", "2026-05-31"),
            Err("EFFECT_BEFORE_DECISION"),
        ),
        row(
            "leaving alike is leaving",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            withdraw("2026-06-01", "2026-08-31"),
            NOTHING,
        ),
        row(
            "until then it is live",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            rectify("2026-06-06", "2026-07-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row(
            "a body that is gone is deregistered",
            hung(),
            deregister("2026-06-20"),
            Ok(&["CertificationDeregistered", "PlaqueRecoveryOrdered"]),
        ),
        row("once", and(hung(), &[deregister("2026-06-20")]), deregister("2026-06-20"), NOTHING),
        on(
            "2029-03-09",
            row(
                "a term ends by itself, and is written down",
                hung(),
                expire(),
                Ok(&["CertificationExpired", "PlaqueRecoveryOrdered"]),
            ),
        ),
        on("2029-03-08", row("not on its last day", hung(), expire(), Err("TERM_NOT_ENDED"))),
        on(
            "2029-03-10",
            row(
                "the next touch writes it down first",
                hung(),
                recover(1, "2029-03-10"),
                Ok(&["CertificationExpired", "PlaqueRecovered"]),
            ),
        ),
        on("2029-03-10", row("a touch that changes nothing writes nothing", hung(), register(), NOTHING)),
        by(
            "lists",
            row(
                "a term that no list stated does not end by itself",
                vec![back_enter()],
                expire(),
                Err("TERM_UNSTATED"),
            ),
        ),
        on("2029-01-05", row("a term is renewed without a gap", certified(), renewal(), Ok(&["CertificationRenewed"]))),
        on("2029-01-05", row("renewed alike is renewed", and(certified(), &[renewal()]), renewal(), NOTHING)),
        on(
            "2028-07-01",
            row(
                "not too early",
                certified(),
                renew("2028-07-01", "2029-03-09", "2032-03-08"),
                Err("RENEWAL_TOO_EARLY"),
            ),
        ),
        on(
            "2029-01-05",
            row("not with a gap", certified(), renew("2029-01-05", "2029-03-10", "2032-03-08"), Err("RENEWAL_GAP")),
        ),
        on("2029-01-05", row("not after a failed review", failed(), renewal(), Err("REVIEW_FAILED"))),
        on(
            "2029-01-05",
            row(
                "not while a revocation is noticed",
                and(certified(), &[notice_revocation("2028-12-20", "2029-01-10")]),
                renewal(),
                Err("REVOCATION_ALREADY_NOTICED"),
            ),
        ),
        row("a wrong revocation is overturned", revoked(), overturn("2026-06-30"), Ok(&["CertificationOverturned"])),
        row("what is not revoked is not overturned", certified(), overturn("2026-06-30"), Err("NOT_REVOKED")),
        row(
            "restored, it is live",
            and(revoked(), &[overturn("2026-06-30")]),
            review(2026, ReviewResult::Passed, "2026-07-01"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "and no bar is left",
            and(revoked(), &[overturn("2026-06-30")]),
            withdraw("2026-07-01", "2026-07-01"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
    ]
}

fn pledges() -> Vec<Row> {
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

fn plaques_and_prices() -> Vec<Row> {
    let priced = || and(certified(), &[propose(200_000, PriceUnit::Month), approve_price()]);
    let out = || hung();
    let recalled = || revoked();
    vec![
        row("a plaque is ordered and numbered", certified(), order(None), Ok(&["PlaqueOrdered"])),
        row("no plaque without a certificate", vec![register(), pledge()], order(None), Err("NO_LIVE_CERTIFICATION")),
        row("it is handed out", and(certified(), &[order(None)]), issue(1), Ok(&["PlaqueIssued"])),
        row(
            "none on a back-entered certification before a pledge",
            vec![back_enter(), order(None)],
            issue(1),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row(
            "none while suspended",
            and(certified(), &[order(None), suspend(CARE, "2026-03-12")]),
            issue(1),
            Err("NO_LIVE_CERTIFICATION"),
        ),
        row("a number the provider never had", certified(), issue(1), Err("PLAQUE_UNKNOWN")),
        row("it hangs", and(certified(), &[order(None), issue(1)]), hang(1), Ok(&["PlaqueHung"])),
        row("hung is hung", out(), hang(1), NOTHING),
        row("what was not handed out does not hang", and(certified(), &[order(None)]), hang(1), Err("PLAQUE_STATE")),
        row(
            "what is ordered back is not hung",
            and(certified(), &[order(None), issue(1), deregister("2026-03-19")]),
            hang(1),
            Err("PLAQUE_RECALLED"),
        ),
        row("it comes back", recalled(), recover(1, "2026-06-20"), Ok(&["PlaqueRecovered"])),
        row("back is back", and(recalled(), &[recover(1, "2026-06-20")]), recover(1, "2026-06-20"), NOTHING),
        row("it is lost", out(), lose("2026-05-01"), Ok(&["PlaqueLost"])),
        row("a replacement is not older than what it replaces", out(), order(Some(1)), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("an unknown one is not replaced", out(), order(Some(9)), Err("PLAQUE_UNKNOWN")),
        row(
            "one that is not made yet is not replaced",
            and(certified(), &[order(None)]),
            order(Some(1)),
            Err("PLAQUE_STATE"),
        ),
        row("it is destroyed", out(), destroy("2026-05-01"), Ok(&["PlaqueDestroyed"])),
        on(
            "2026-08-01",
            row("not returned in time", recalled(), not_returned("2026-08-01"), Ok(&["PlaqueNotReturned"])),
        ),
        row("before the term is over nobody is late", recalled(), not_returned("2026-07-01"), Err("RECOVERY_NOT_DUE")),
        on(
            "2026-08-02",
            row(
                "a late one may still come",
                and(recalled(), &[not_returned("2026-08-01")]),
                recover(1, "2026-08-02"),
                Ok(&["PlaqueRecovered"]),
            ),
        ),
        row("a price is proposed", certified(), propose(200_000, PriceUnit::Month), Ok(&["PriceProposed"])),
        row(
            "for something certified",
            vec![register()],
            propose(200_000, PriceUnit::Month),
            Err("PRICE_NEEDS_CERTIFICATION"),
        ),
        row(
            "proposed alike it is proposed",
            and(certified(), &[propose(200_000, PriceUnit::Month)]),
            propose(200_000, PriceUnit::Month),
            NOTHING,
        ),
        row(
            "one proposal waits",
            and(certified(), &[propose(200_000, PriceUnit::Month)]),
            propose(210_000, PriceUnit::Month),
            Err("PRICE_PENDING"),
        ),
        row(
            "a bureau approves it",
            and(certified(), &[propose(200_000, PriceUnit::Month)]),
            approve_price(),
            Ok(&["PriceApproved"]),
        ),
        row(
            "or turns it down",
            and(certified(), &[propose(200_000, PriceUnit::Month)]),
            reject_price(),
            Ok(&["PriceRejected"]),
        ),
        row("if there is one", certified(), approve_price(), Err("NO_PRICE_PENDING")),
        row("a rise within the promise", priced(), propose(220_000, PriceUnit::Month), Ok(&["PriceProposed"])),
        row("not over it", priced(), propose(220_001, PriceUnit::Month), Err("PRICE_RISE_TOO_LARGE")),
        row("not by another unit", priced(), propose(1_000, PriceUnit::Hour), Err("PRICE_UNIT_DIFFERS")),
    ]
}

fn table() -> Vec<Row> {
    [records(), cases(), certifications(), endings(), pledges(), plaques_and_prices()].into_iter().flatten().collect()
}

/// The state after the given commands, each decided on the row's day.
fn state(row: &Row, world: &World) -> Provider {
    row.given.iter().fold(Provider::default(), |state, command| {
        // Given steps are those of whoever may take them, on whatever day they could be taken.
        let days = ["2026-03-20", "2026-07-01", row.today, "2029-01-05"];
        let decided =
            days.iter().flat_map(|today| ["everything", "lists", "zone"].map(|bureau| (bureau, day(today)))).find_map(
                |(bureau, today)| world.decide(&state, bureau, today, command).ok().filter(|events| !events.is_empty()),
            );
        let events = decided.unwrap_or_else(|| panic!("{}: a given step is refused: {command:?}", row.rule));
        events.iter().fold(state, evolve)
    })
}

#[test]
fn every_row_holds() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in table() {
        let answer = world.decide(&state(&row, &world), row.bureau, day(row.today), &row.when);
        let names: Result<Vec<&str>, &str> = match &answer {
            Ok(events) => Ok(events.iter().map(Event::name).collect()),
            Err(refusal) => Err(refusal.reason()),
        };
        if names != row.then.map(<[&str]>::to_vec) {
            wrong.push(format!("{}: expected {:?}, got {names:?}", row.rule, row.then));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refusal_there_is_has_a_row() {
    let mut rows: BTreeSet<&str> = table().iter().filter_map(|row| row.then.err()).collect();
    // Shown below, where a row has no room for what they need.
    rows.extend(["OPERATOR_BARRED", "NOT_BARRED", "PLAQUES_EXHAUSTED", "PLAQUE_REPLACED"]);
    let all: BTreeSet<&str> = Refusal::REASONS.iter().copied().collect();
    assert_eq!(all.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new());
}

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

#[test]
fn a_plaque_is_replaced_once_and_numbers_run_out() {
    let world = World::new();
    let row = row("", hung(), order(None), NOTHING);
    let mut provider = state(&row, &world);
    let order_on = |replaces| Command::OrderPlaque(OrderPlaque { ordered_on: day("2026-06-30"), replaces });
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let replaced = decide(&provider, &order_on(Some(plaque(1)))).unwrap();
    provider = replaced.iter().fold(provider, evolve);
    assert_eq!(decide(&provider, &order_on(Some(plaque(1)))).unwrap_err().reason(), "PLAQUE_REPLACED");
    for _ in provider.plaques.len()..99 {
        provider = decide(&provider, &order_on(None)).unwrap().iter().fold(provider, evolve);
    }
    assert_eq!(provider.plaques.len(), 99);
    assert_eq!(decide(&provider, &order_on(None)).unwrap_err().reason(), "PLAQUES_EXHAUSTED");
}

#[test]
fn a_listed_operator_is_identified_once() {
    let world = World { provider: listed_id(), ..World::new() };
    let today = day("2026-07-01");
    let listed = world.decide(&Provider::default(), "lists", today, &back_enter()).unwrap();
    let provider = listed.iter().fold(Provider::default(), evolve);
    let named = world.decide(&provider, "everything", today, &identify("914403001922038216")).unwrap();
    assert_eq!(named[0].name(), "OperatorIdentified");
    let provider = named.iter().fold(provider, evolve);
    assert_eq!(world.decide(&provider, "everything", today, &identify("914403001922038216")), Ok(vec![]));
    let other = world.decide(&provider, "everything", today, &identify("91110108717743469K"));
    assert_eq!(other.unwrap_err().reason(), "OPERATOR_KNOWN");
}

#[test]
fn working_days_are_counted_over_national_day() {
    // 江门新会 2025: five working days from 09-26 are over on 10-09, because 09-28 was worked and 10-01 to 10-08 were off.
    let world = World::new();
    let today = day("2025-10-20");
    let given = [
        register(),
        pledge_as(PledgeForm {
            number: PledgeNumber::parse("32100320250901000001").unwrap(),
            made_on: day("2025-09-01"),
            ..pledge_form(1)
        }),
    ];
    let provider = given.iter().fold(Provider::default(), |state, command| {
        world.decide(&state, "everything", today, command).unwrap().iter().fold(state, evolve)
    });
    let with = |end: &str| {
        certify_as(|c| {
            c.decided_on = day("2025-10-10");
            c.valid_from = day("2025-10-10");
            c.valid_to = day("2028-10-09");
            c.pledge_number = PledgeNumber::parse("32100320250901000001").unwrap();
            c.notice = Some(window("2025-09-26", end));
        })
    };
    assert!(world.decide(&provider, "everything", today, &with("2025-10-09")).is_ok());
    let short = world.decide(&provider, "everything", today, &with("2025-10-08")).unwrap_err();
    assert_eq!(short, Refusal::NoticeTooShort { days: 4, required: 5 });
}
