//! An act that is sent again, in whatever has become of the record since; and one that differs in a word.

use domain::command::Command;

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let ordered = || and(hung(), &[rectify("2026-06-05", "2026-07-05")]);
    let met = || and(ordered(), &[rectified("2026-06-20")]);
    let reviewed = |note: Option<&str>| match review(2026, domain::ReviewResult::Passed, "2026-06-20") {
        Command::RecordReview(mut c) => {
            c.note = note.map(text);
            Command::RecordReview(c)
        }
        other => other,
    };
    let hung_by = |design: &str| match issue(1) {
        Command::IssuePlaque(mut c) => {
            c.design_version = text(design);
            Command::IssuePlaque(c)
        }
        other => other,
    };
    vec![
        // A late duplicate of a request that was answered "already so" must not put the outlet back into rectification.
        row("an order sent again after it was met is the old one", met(), rectify("2026-06-05", "2026-07-05"), NOTHING),
        row(
            "one of another day is a new one",
            met(),
            rectify("2026-06-21", "2026-07-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row("met again it is met", met(), rectified("2026-06-20"), NOTHING),
        row("a review sent again is the same", and(hung(), &[reviewed(None)]), reviewed(None), NOTHING),
        row(
            "with another note it is not",
            and(hung(), &[reviewed(None)]),
            reviewed(Some("附注")),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row("nor is a plaque of another design", hung(), hung_by("另一版"), Err("PLAQUE_STATE")),
        row(
            "a plaque that came back is not handed out again",
            and(hung(), &[recover(1, "2026-06-20")]),
            issue(1),
            NOTHING,
        ),
        by("lists", on("2026-07-01", row("a list taken again is known", vec![back_enter()], back_enter(), NOTHING))),
    ]
}
