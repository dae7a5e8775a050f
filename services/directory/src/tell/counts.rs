//! Counts as they travel.

use std::collections::BTreeMap;

use api::directory::v1;

use super::{Names, day, term};
use crate::outlet::happened::Flow;
use crate::outlet::status::Status;

/// Counts by place, category and status, and the totals by status; and how many of them hold until nobody knows when.
pub(crate) fn statistics(
    counts: BTreeMap<(String, String, Status), u64>,
    unstated: &BTreeMap<(String, String, Status), u64>,
    names: &Names,
) -> (Vec<v1::StatisticsRow>, Vec<v1::StatusCount>) {
    let mut totals: BTreeMap<Status, (u64, u64)> = BTreeMap::new();
    let mut rows = Vec::with_capacity(counts.len());
    for (of, count) in counts {
        let last_day_not_stated = unstated.get(&of).copied().unwrap_or(0);
        let (division, category, status) = of;
        let total = totals.entry(status).or_default();
        *total = (total.0 + count, total.1 + last_day_not_stated);
        rows.push(v1::StatisticsRow {
            division_name: names.division(&division),
            category_name: names.category(&category),
            division,
            category,
            status: term::status(status),
            count,
            last_day_not_stated,
        });
    }
    let told = |(status, (count, last_day_not_stated))| v1::StatusCount {
        status: term::status(status),
        count,
        last_day_not_stated,
    };
    (rows, totals.into_iter().map(told).collect())
}

/// What happened, by month, place and category, the months by their first days.
pub(crate) fn flows(counts: BTreeMap<(i32, String, String, Flow), u64>, names: &Names) -> Vec<v1::FlowsRow> {
    let mut told: BTreeMap<(i32, String, String), v1::FlowsRow> = BTreeMap::new();
    for ((month, division, category, flow), count) in counts {
        let row = told.entry((month, division.clone(), category.clone())).or_insert_with(|| v1::FlowsRow {
            division_name: names.division(&division),
            category_name: if category.is_empty() { String::new() } else { names.category(&category) },
            month: day(month).get(..7).unwrap_or_default().to_owned(),
            division,
            category,
            ..v1::FlowsRow::default()
        });
        let field = match flow {
            Flow::Certified => &mut row.certified,
            Flow::Cancelled => &mut row.cancelled,
            Flow::Withdrawn => &mut row.withdrawn,
            Flow::Expired => &mut row.expired,
            Flow::Deregistered => &mut row.deregistered,
            Flow::PlaqueNotReturned => &mut row.plaques_not_returned,
            Flow::PledgeBroken => &mut row.pledges_broken,
            Flow::Renewed => &mut row.renewed,
            Flow::Annulled => &mut row.annulled,
            Flow::Overturned => &mut row.overturned,
            Flow::Restored => &mut row.restored,
            Flow::Ordered => &mut row.ordered,
            Flow::Suspended => &mut row.suspended,
            Flow::Noticed => &mut row.noticed,
        };
        *field = count;
    }
    told.into_values().collect()
}
