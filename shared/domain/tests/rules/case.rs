//! The case kept here: from application to notice.

use domain::command::*;

use crate::world::*;
use crate::{NOTHING, Row, and, by, row};

pub(crate) fn rows() -> Vec<Row> {
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
