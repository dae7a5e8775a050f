//! `puhui stats`: counts, and what happened in some months.

use api::directory::v1::{GetFlowsRequest, GetStatisticsRequest};
use api::registry::v1::CertificationStatus;
use api::words::called;
use puhui::print::Table;

use super::to::{directory, of, print};
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
        category: stats.category,
        group_digits: stats.level,
        as_of: stats.as_of,
        as_of_position: stats.earlier.as_of_position,
        known_on: stats.earlier.known_on,
        ..GetStatisticsRequest::default()
    };
    let answer = directory(servers).await?.get_statistics(request).await?.into_inner();
    let mut table = Table::new(&["区划", "名称", "类别", "状态", "数量"]);
    for row in &answer.rows {
        if as_json {
            json::print(row)?;
        } else {
            let count = row.count.to_string();
            table.row([
                &row.division,
                &row.division_name,
                &row.category_name,
                called::<CertificationStatus>(row.status).zh,
                &count,
            ]);
        }
    }
    if as_json {
        return Ok(());
    }
    print(&table)?;
    json::say(&format!(
        "{}:网点 {} 个,其中现有认定 {} 个;{}",
        answer.as_of,
        answer.providers,
        answer.live_providers,
        of(answer.position, answer.as_of_position, &answer.known_on)
    ))
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
        category: stats.category,
        group_digits: stats.level,
        ..GetFlowsRequest::default()
    };
    let answer = directory(servers).await?.get_flows(request).await?.into_inner();
    let mut table = Table::new(&[
        "月份",
        "区划",
        "名称",
        "类别",
        "认定",
        "续期",
        "取消/撤销",
        "其中撤销",
        "退出",
        "到期",
        "注销",
        "牌匾未交回",
        "失信违诺",
    ]);
    for row in &answer.rows {
        if as_json {
            json::print(row)?;
            continue;
        }
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
        let counts = counts.map(|count| count.to_string());
        let place = [&row.month, &row.division, &row.division_name, &row.category_name];
        let cells: Vec<&str> = place.into_iter().chain(&counts).map(String::as_str).collect();
        table.row(cells);
    }
    if as_json {
        return Ok(());
    }
    print(&table)?;
    json::say(&format!("数据位置 {}", answer.position))
}
