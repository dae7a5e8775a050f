//! `puhui stats`: counts, and what happened in some months.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use api::directory::v1::{
    FlowsRow, GetFlowsRequest, GetFlowsResponse, GetStatisticsRequest, GetStatisticsResponse, StatisticsRow,
    StatusCount,
};
use api::registry::v1::CertificationStatus;
use api::words::called;
use puhui::print::Column;

use super::pages::{Paged, pages};
use super::rows::Rows;
use super::to::{at, directory};
use crate::args::Stats;
use crate::client::{Failure, Servers};
use crate::json;

/// `puhui stats`.
pub(crate) async fn stats(servers: &Servers, stats: Stats, as_json: bool) -> Result<(), Failure> {
    if let (Some(from_month), Some(to_month)) = (stats.from_month.clone(), stats.to_month.clone()) {
        return flows(servers, stats, from_month, to_month, as_json).await;
    }
    let request = GetStatisticsRequest {
        division: stats.division,
        zone: stats.zone,
        category: stats.category,
        group_digits: stats.level,
        as_of: stats.as_of,
        as_of_position: stats.earlier.as_of_position,
        known_on: stats.earlier.known_on,
        ..GetStatisticsRequest::default()
    };
    let client = directory(servers).await?;
    let ask = async |_, page_token: String| {
        let request = GetStatisticsRequest { page_token, ..request.clone() };
        client.clone().get_statistics(request).await.map(tonic::Response::into_inner)
    };
    let mut sums = Sums::default();
    let last = pages(u32::MAX, String::new(), ask, |page| sums.add(page)).await?;
    let answer = sums.whole(last);
    let columns = [
        Column::whole("区划"),
        Column::text("名称"),
        Column::whole("类别"),
        Column::whole("状态"),
        Column::whole("数量"),
        Column::whole("其中有效期未载明"),
    ];
    let mut rows = Rows::new(as_json, columns);
    for row in &answer.rows {
        rows.add(row, count)?;
    }
    let of = at(answer.position, answer.true_at_ms, (answer.as_of_position, &answer.known_on));
    let unstated: u64 = answer.totals.iter().map(|total| total.last_day_not_stated).sum();
    let unstated = if unstated == 0 {
        String::new()
    } else {
        format!(";现有认定中 {unstated} 项有效期未载明 / live certifications of which no last day is stated")
    };
    let told = format!(
        "{}:网点 {} 个,其中现有认定 {} 个 / outlets, and those with a live certification{unstated};{of}",
        answer.as_of, answer.providers, answer.live_providers,
    );
    rows.end(&json::without(&answer, &["rows"])?, &told)
}

/// Of a page, all that is added up.
pub(super) struct Counted {
    rows: Vec<StatisticsRow>,
    totals: Vec<StatusCount>,
    outlets: (u64, u64),
}

impl Paged for GetStatisticsResponse {
    type Row = Counted;

    fn rows(&mut self) -> Vec<Counted> {
        let (rows, totals) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.totals));
        vec![Counted { rows, totals, outlets: (self.providers, self.live_providers) }]
    }

    fn next(&self) -> &str {
        &self.next_page_token
    }
}

/// The numbers of several pages: a row of one place, category and status may stand on two.
#[derive(Default)]
struct Sums {
    rows: BTreeMap<(String, String, i32), StatisticsRow>,
    totals: BTreeMap<i32, StatusCount>,
    outlets: (u64, u64),
}

impl Sums {
    #[expect(clippy::unnecessary_wraps, reason = "what takes a page may fail elsewhere")]
    fn add(&mut self, page: Counted) -> Result<(), Failure> {
        for row in page.rows {
            let key = (row.division.clone(), row.category.clone(), row.status);
            let (count, unstated) = (row.count, row.last_day_not_stated);
            let sum = self.rows.entry(key).or_insert(StatisticsRow { count: 0, last_day_not_stated: 0, ..row });
            sum.count += count;
            sum.last_day_not_stated += unstated;
        }
        for total in page.totals {
            let StatusCount { status, count, last_day_not_stated } = total;
            let sum = self.totals.entry(status).or_insert(StatusCount { status, ..StatusCount::default() });
            sum.count += count;
            sum.last_day_not_stated += last_day_not_stated;
        }
        let (providers, live) = self.outlets;
        self.outlets = (providers + page.outlets.0, live + page.outlets.1);
        Ok(())
    }

    /// One answer made of all, true of what the last one is true of.
    fn whole(self, last: GetStatisticsResponse) -> GetStatisticsResponse {
        let (providers, live_providers) = self.outlets;
        let totals = self.totals.into_values().collect();
        GetStatisticsResponse { rows: self.rows.into_values().collect(), totals, providers, live_providers, ..last }
    }
}

fn count(row: &StatisticsRow) -> Vec<Vec<String>> {
    let status = called::<CertificationStatus>(row.status).zh.to_owned();
    let (place, category) = (row.division_name.clone(), row.category_name.clone());
    let unstated = row.last_day_not_stated.to_string();
    vec![vec![row.division.clone(), place, category, status, row.count.to_string(), unstated]]
}

/// `puhui stats --from-month … --to-month …`.
async fn flows(
    servers: &Servers,
    stats: Stats,
    from_month: String,
    to_month: String,
    as_json: bool,
) -> Result<(), Failure> {
    let request = GetFlowsRequest {
        from_month,
        to_month,
        division: stats.division,
        zone: stats.zone,
        category: stats.category,
        group_digits: stats.level,
        ..GetFlowsRequest::default()
    };
    let client = directory(servers).await?;
    let ask = async |_, page_token: String| {
        let request = GetFlowsRequest { page_token, ..request.clone() };
        client.clone().get_flows(request).await.map(tonic::Response::into_inner)
    };
    // A row of one month, place and category may stand on two pages.
    let mut sums: BTreeMap<_, FlowsRow> = BTreeMap::new();
    // Each page is of its own position, and so the numbers are of the first one, with what was recorded up to the last one for a part.
    let mut first = None;
    let take = |(page, of): (Vec<FlowsRow>, Of)| {
        first.get_or_insert(of);
        for row in page {
            let key = (row.month.clone(), row.division.clone(), row.category.clone());
            match sums.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert(row)),
                Entry::Occupied(mut entry) => add(entry.get_mut(), &row),
            }
        }
        Ok(())
    };
    let answer = pages(u32::MAX, String::new(), ask, take).await?;
    let counts = [
        "认定",
        "续期",
        "取消",
        "撤销",
        "撤销原决定",
        "恢复认定",
        "退出",
        "到期",
        "注销",
        "牌匾未交回",
        "失信违诺",
        "限期整改",
        "暂停",
        "拟取消或撤销告知",
    ]
    .map(Column::whole);
    let places = [Column::whole("月份"), Column::whole("区划"), Column::text("名称"), Column::whole("类别")];
    let mut rows = Rows::new(as_json, places.into_iter().chain(counts));
    for row in sums.values() {
        rows.add(row, flow)?;
    }
    let first = first.unwrap_or_else(|| Of::page(&answer));
    let (told, of) = first.of_all(answer);
    let mut line = json::without(&told, &["rows"])?;
    if let (Some(last), Some(fields)) = (of.last, line.as_object_mut()) {
        fields.insert("last_position".to_owned(), last.into());
    }
    rows.end(&line, &of.words)
}

/// What a page is true of.
pub(super) struct Of {
    position: u64,
    true_at_ms: u64,
    digest: String,
}

/// What the sum of several pages is true of.
struct OfAll {
    /// The position of the last page, where it is another than the first one's.
    last: Option<u64>,
    words: String,
}

impl Of {
    fn page(page: &GetFlowsResponse) -> Self {
        Self { position: page.position, true_at_ms: page.true_at_ms, digest: page.digest.clone() }
    }

    /// This is of the first page: the answer, of which only the last page is left, tells it for all.
    fn of_all(self, last: GetFlowsResponse) -> (GetFlowsResponse, OfAll) {
        let Self { position, true_at_ms, digest } = self;
        let mut words = at(position, true_at_ms, (0, ""));
        let moved = (last.position != position).then_some(last.position);
        if let Some(last) = moved {
            words = format!("{words};后续各页的数据位置至 {last} / later pages are as of up to position {last}");
        }
        (GetFlowsResponse { position, true_at_ms, digest, ..last }, OfAll { last: moved, words })
    }
}

impl Paged for GetFlowsResponse {
    type Row = (Vec<FlowsRow>, Of);

    fn rows(&mut self) -> Vec<Self::Row> {
        let of = Of::page(self);
        vec![(std::mem::take(&mut self.rows), of)]
    }

    fn next(&self) -> &str {
        &self.next_page_token
    }
}

/// Adds the numbers of a row to another's.
fn add(to: &mut FlowsRow, row: &FlowsRow) {
    to.certified += row.certified;
    to.renewed += row.renewed;
    to.cancelled += row.cancelled;
    to.annulled += row.annulled;
    to.overturned += row.overturned;
    to.restored += row.restored;
    to.ordered += row.ordered;
    to.suspended += row.suspended;
    to.noticed += row.noticed;
    to.withdrawn += row.withdrawn;
    to.expired += row.expired;
    to.deregistered += row.deregistered;
    to.plaques_not_returned += row.plaques_not_returned;
    to.pledges_broken += row.pledges_broken;
}

fn flow(row: &FlowsRow) -> Vec<Vec<String>> {
    let place = [&row.month, &row.division, &row.division_name, &row.category_name].map(String::clone);
    let counts = [
        row.certified,
        row.renewed,
        row.cancelled,
        row.annulled,
        row.overturned,
        row.restored,
        row.withdrawn,
        row.expired,
        row.deregistered,
        row.plaques_not_returned,
        row.pledges_broken,
        row.ordered,
        row.suspended,
        row.noticed,
    ];
    vec![place.into_iter().chain(counts.iter().map(u64::to_string)).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_of_several_positions_are_told_at_the_first_with_the_last_beside() {
        let page = |position: u64| GetFlowsResponse { position, digest: format!("{position}"), ..Default::default() };
        let (told, of) = Of::page(&page(7)).of_all(page(9));
        assert_eq!((told.position, told.digest.as_str(), of.last), (7, "7", Some(9)));
        assert!(of.words.starts_with("数据位置 7") && of.words.ends_with("up to position 9"), "{}", of.words);
        let (told, of) = Of::page(&page(7)).of_all(page(7));
        assert_eq!((told.position, of.last, of.words.as_str()), (7, None, "数据位置 7"));
    }
}
