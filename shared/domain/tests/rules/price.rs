//! Price promises: proposed, approved, turned down.

use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, row};

pub(crate) fn rows() -> Vec<Row> {
    let priced = || and(certified(), &[propose(200_000, PriceUnit::Month), approve_price()]);
    vec![
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
