//! `puhui stats`: counts, and what happened in some months.

use api::directory::v1::{FlowsRow, GetFlowsRequest, GetStatisticsRequest, StatisticsRow};
use api::registry::v1::CertificationStatus;
use api::words::called;
use puhui::print::Column;

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
    let answer = directory(servers).await?.get_statistics(request).await?.into_inner();
    let columns = [
        Column::whole("区划"),
        Column::text("名称"),
        Column::whole("类别"),
        Column::whole("状态"),
        Column::whole("数量"),
    ];
    let mut rows = Rows::new(as_json, columns);
    for row in &answer.rows {
        rows.add(row, count)?;
    }
    let of = at(answer.position, answer.true_at_ms, (answer.as_of_position, &answer.known_on));
    let told = format!(
        "{}:网点 {} 个,其中现有认定 {} 个 / outlets, and those with a live certification;{of}",
        answer.as_of, answer.providers, answer.live_providers,
    );
    rows.end(&json::without(&answer, &["rows"])?, &told)
}

fn count(row: &StatisticsRow) -> Vec<Vec<String>> {
    let status = called::<CertificationStatus>(row.status).zh.to_owned();
    let (place, category) = (row.division_name.clone(), row.category_name.clone());
    vec![vec![row.division.clone(), place, category, status, row.count.to_string()]]
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
    let answer = directory(servers).await?.get_flows(request).await?.into_inner();
    let counts =
        ["认定", "续期", "取消/撤销", "其中撤销", "退出", "到期", "注销", "牌匾未交回", "失信违诺"].map(Column::whole);
    let places = [Column::whole("月份"), Column::whole("区划"), Column::text("名称"), Column::whole("类别")];
    let mut rows = Rows::new(as_json, places.into_iter().chain(counts));
    for row in &answer.rows {
        rows.add(row, flow)?;
    }
    let of = at(answer.position, answer.true_at_ms, (0, ""));
    rows.end(&json::without(&answer, &["rows"])?, &of)
}

fn flow(row: &FlowsRow) -> Vec<Vec<String>> {
    let place = [&row.month, &row.division, &row.division_name, &row.category_name].map(String::clone);
    let counts = [
        row.certified,
        row.renewed,
        row.revoked,
        row.annulled,
        row.withdrawn,
        row.expired,
        row.deregistered,
        row.plaques_not_returned,
        row.pledges_broken,
    ];
    vec![place.into_iter().chain(counts.iter().map(u64::to_string)).collect()]
}
