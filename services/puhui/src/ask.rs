//! Questions from a terminal: tables with Chinese headings for people, JSON lines for programs.

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest};
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{
    GetFlowsRequest, GetProviderRequest, GetStatisticsRequest, ListOrder, ListProvidersRequest, ListTasksRequest, Near,
    Provider as Record, TaskKind, VerifyPlaqueRequest, WatchRequest,
};
use api::registry::v1::{CaseStage, CertificationStatus, PlaqueStatus, PledgeStatus, Point};
use puhui::print::{Table, harmless};
use tonic::transport::Channel;

use crate::args::{Earlier, Provider, Replay, Search, Stats, Tasks, Watch};
use crate::client::{Failure, Servers};
use crate::json;

/// Rows asked for in one page.
const PAGE: u32 = 100;

async fn directory(servers: &Servers) -> Result<DirectoryServiceClient<Channel>, Failure> {
    Ok(DirectoryServiceClient::new(servers.connect("directory").await?))
}

/// What a certification's status is called.
pub(crate) fn status(number: i32) -> &'static str {
    match CertificationStatus::try_from(number) {
        Ok(CertificationStatus::Valid) => "有效",
        Ok(CertificationStatus::Rectifying) => "限期整改",
        Ok(CertificationStatus::Suspended) => "暂停",
        Ok(CertificationStatus::Revoked) => "取消",
        Ok(CertificationStatus::Withdrawn) => "退出",
        Ok(CertificationStatus::Expired) => "到期",
        Ok(CertificationStatus::Deregistered) => "注销",
        Ok(CertificationStatus::Unspecified) | Err(_) => "",
    }
}

fn plaque_status(number: i32) -> &'static str {
    match PlaqueStatus::try_from(number) {
        Ok(PlaqueStatus::Ordered) => "制作中",
        Ok(PlaqueStatus::Issued) => "已发放",
        Ok(PlaqueStatus::Hung) => "已挂牌",
        Ok(PlaqueStatus::Recovered) => "已收回",
        Ok(PlaqueStatus::Lost) => "遗失",
        Ok(PlaqueStatus::Destroyed) => "已销毁",
        Ok(PlaqueStatus::NotReturned) => "未交回",
        Ok(PlaqueStatus::Unspecified) | Err(_) => "",
    }
}

fn pledge_status(number: i32) -> &'static str {
    match PledgeStatus::try_from(number) {
        Ok(PledgeStatus::UnderSupervision) => "监管中",
        Ok(PledgeStatus::Fulfilled) => "全部履行",
        Ok(PledgeStatus::PartlyFulfilled) => "部分履行",
        Ok(PledgeStatus::Unfulfilled) => "全部未履行",
        Ok(PledgeStatus::Repaired) => "已修复",
        Ok(PledgeStatus::Unspecified) | Err(_) => "",
    }
}

fn stage(number: i32) -> &'static str {
    match CaseStage::try_from(number) {
        Ok(CaseStage::Applied) => "已申报",
        Ok(CaseStage::Returned) => "补正中",
        Ok(CaseStage::Accepted) => "已受理",
        Ok(CaseStage::Inspected) => "已核查",
        Ok(CaseStage::Publicised) => "公示中",
        Ok(CaseStage::Certified) => "已认定",
        Ok(CaseStage::Refused) => "不予认定",
        Ok(CaseStage::Withdrawn) => "已撤回",
        Ok(CaseStage::Unspecified) | Err(_) => "",
    }
}

fn task_kind(number: i32) -> &'static str {
    match TaskKind::try_from(number) {
        Ok(TaskKind::NoticeEnded) => "公示期满",
        Ok(TaskKind::CertificationExpiring) => "即将到期",
        Ok(TaskKind::PlaqueToRecover) => "待收回牌匾",
        Ok(TaskKind::RectificationDue) => "整改待验收",
        Ok(TaskKind::PledgeToCheck) => "承诺待核查",
        Ok(TaskKind::OperatorToIdentify) => "代码待补",
        Ok(TaskKind::HearingEnded) => "申辩期满",
        Ok(TaskKind::CaseReturned) => "补正逾期",
        Ok(TaskKind::Unspecified) | Err(_) => "",
    }
}

/// `puhui provider`.
pub(crate) async fn provider(servers: &Servers, what: Provider, as_json: bool) -> Result<(), Failure> {
    match what {
        Provider::Show { id, as_of, earlier: Earlier { as_of_position, known_on } } => {
            let request = GetProviderRequest { provider_id: id, as_of, as_of_position, known_on, ..Default::default() };
            let answer = directory(servers).await?.get_provider(request).await?.into_inner();
            let record = answer.provider.unwrap_or_default();
            let of = of(answer.position, answer.as_of_position, &answer.known_on);
            if as_json { json::print(&record) } else { show(&record, &of) }
        }
        Provider::History { id } => {
            let request = ReplayRequest { provider_id: id.clone(), ..ReplayRequest::default() };
            let mut table = Table::new(&["位置", "版本", "日期", "经办单位", "经办人", "事件"]);
            let mut found = false;
            for_each_commit(servers, request, |commit| {
                found = true;
                if as_json {
                    return json::print(commit);
                }
                let day = domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string();
                table.row([
                    commit.position.to_string(),
                    commit.revision.to_string(),
                    day,
                    commit.bureau_id.clone(),
                    commit.officer_id.clone(),
                    event_names(commit)?.join(" "),
                ]);
                Ok(())
            })
            .await?;
            if !found {
                return Err(Failure::refused(format!("没有网点 {id} 的记录 / nothing was recorded of {id}")));
            }
            if as_json { Ok(()) } else { print(&table) }
        }
    }
}

/// The names of a commit's events, as docs/events.md has them.
fn event_names(commit: &Commit) -> Result<Vec<String>, Failure> {
    let value: serde_json::Value =
        serde_json::from_str(&json::line(commit)?).map_err(|error| Failure::unavailable(error.to_string()))?;
    let events = value["events"].as_array().cloned().unwrap_or_default();
    let name = |event: &serde_json::Value| event.as_object().and_then(|event| event.keys().next().cloned());
    Ok(events.iter().filter_map(name).map(|field| pascal(&field)).collect())
}

/// `provider_registered` as the event is called: `ProviderRegistered`.
fn pascal(field: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    field.split('_').map(word).collect()
}

fn print(table: &Table) -> Result<(), Failure> {
    table.print().map_err(Failure::from)
}

/// The position an answer is true at, and the earlier one it tells of.
fn of(position: u64, as_of_position: u64, known_on: &str) -> String {
    if known_on.is_empty() {
        return format!("数据位置 {position}");
    }
    format!("数据位置 {position},所示为 {known_on} 位置 {as_of_position} 的登记内容")
}

fn show(record: &Record, of: &str) -> Result<(), Failure> {
    let particulars = record.particulars.clone().unwrap_or_default();
    let code = if record.operator_code_to_be_completed { "待补全" } else { record.operator_code.as_str() };
    for (name, value) in [
        ("网点编号", record.provider_id.as_str()),
        ("名称", &particulars.name),
        ("运营主体", &particulars.operator_name),
        ("信用代码", code),
        ("区划", &record.division_name),
        ("功能区", &particulars.zone),
        ("地址", &particulars.address),
        ("电话", &particulars.phone),
    ] {
        if !value.is_empty() {
            json::say(&format!("{name}  {}", harmless(value)))?;
        }
    }
    let mut table = Table::new(&["类别", "次", "状态", "自", "有效期", "文号", "依据"]);
    for c in &record.certifications {
        let term = format!("{} — {}", c.valid_from, c.valid_to);
        let basis = if c.back_entered { "补录" } else { "认定" };
        let ordinal = c.ordinal.to_string();
        let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
        table.row([name, &ordinal, status(c.status), &c.status_since, &term, &c.document_number, basis]);
    }
    section("认定", &table)?;
    let mut table = Table::new(&["类别", "阶段", "公示期", "未处理异议"]);
    for case in &record.cases {
        let notice = case.notice.clone().map(|n| format!("{} — {}", n.start, n.end)).unwrap_or_default();
        table.row([&case.category, stage(case.stage), &notice, &case.open_objections.to_string()]);
    }
    section("申报件", &table)?;
    let mut table = Table::new(&["承诺编码", "状态", "作出日期", "内容"]);
    for pledge in &record.pledges {
        table.row([&pledge.number, pledge_status(pledge.status), &pledge.made_on, &pledge.content]);
    }
    section("信用承诺", &table)?;
    let mut table = Table::new(&["牌匾编号", "状态", "自", "收回期限"]);
    for plaque in &record.plaques {
        table.row([&plaque.number, plaque_status(plaque.status), &plaque.status_since, &plaque.recovery_due]);
    }
    section("牌匾", &table)?;
    json::say(&format!("{of},版本 {}", record.revision))
}

fn section(title: &str, table: &Table) -> Result<(), Failure> {
    if table.is_empty() {
        return Ok(());
    }
    json::say(&format!("\n{title}"))?;
    print(table)
}

/// A point as it is typed.
fn point(text: &str) -> Result<Point, Failure> {
    let odd = || Failure::usage(format!("--near {text}: LATITUDE,LONGITUDE in degrees, as 32.393,119.412"));
    let (latitude, longitude) = text.split_once(',').ok_or_else(odd)?;
    let microdegrees = |text: &str| text.trim().parse::<f64>().ok().filter(|d| d.abs() <= 180.0).ok_or_else(odd);
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 millions")]
    let microdegrees = |text: &str| microdegrees(text).map(|degrees| (degrees * 1e6).round() as i32);
    Ok(Point { latitude_microdegrees: microdegrees(latitude)?, longitude_microdegrees: microdegrees(longitude)? })
}

/// `puhui search`.
pub(crate) async fn search(servers: &Servers, search: Search, as_json: bool) -> Result<(), Failure> {
    let statuses = search.statuses.iter().map(|name| {
        let full = format!("CERTIFICATION_STATUS_{}", name.to_uppercase());
        CertificationStatus::from_str_name(&full).map(i32::from).ok_or_else(|| {
            Failure::usage(format!(
                "--status {name}: valid, rectifying, suspended, revoked, withdrawn, expired or deregistered"
            ))
        })
    });
    let near = search.near.as_deref().map(|text| point(text).map(|point| (point, search.within))).transpose()?;
    let order = format!("LIST_ORDER_{}", search.order.to_uppercase().replace('-', "_"));
    let order = ListOrder::from_str_name(&order)
        .ok_or_else(|| Failure::usage(format!("--order {}: name, certified-on or distance", search.order)))?;
    let mut request = ListProvidersRequest {
        number: search.number,
        near: near.map(|(point, within_metres)| Near { point: Some(point), within_metres }),
        order: order.into(),
        division: search.division,
        zone: search.zone,
        category: search.category,
        statistical_class: search.class,
        statuses: statuses.collect::<Result<_, _>>()?,
        text: search.words.join(" "),
        as_of: search.as_of,
        as_of_position: search.earlier.as_of_position,
        known_on: search.earlier.known_on,
        min_position: search.min_position,
        page_size: PAGE.min(u32::try_from(search.limit).unwrap_or(PAGE)),
        ..ListProvidersRequest::default()
    };
    let mut client = directory(servers).await?;
    let mut table = Table::new(&["网点编号", "名称", "类别", "状态", "有效期至", "区划", "地址"]);
    let mut left = search.limit;
    let (of, more) = loop {
        let answer = client.list_providers(request.clone()).await?.into_inner();
        for provider in answer.providers.into_iter().take(left) {
            left -= 1;
            if as_json {
                json::print(&provider)?;
                continue;
            }
            for c in &provider.certifications {
                let name = if c.category_name.is_empty() { &c.category } else { &c.category_name };
                table.row([
                    &provider.provider_id,
                    &provider.name,
                    name,
                    status(c.status),
                    &c.valid_to,
                    &provider.division_name,
                    &provider.address,
                ]);
            }
        }
        if left == 0 || answer.next_page_token.is_empty() {
            let of = of(answer.position, answer.as_of_position, &answer.known_on);
            break (of, !answer.next_page_token.is_empty());
        }
        request.page_token = answer.next_page_token;
    };
    if as_json {
        return Ok(());
    }
    if table.is_empty() {
        return Err(Failure::refused("没有符合条件的网点 / nothing fits"));
    }
    print(&table)?;
    let more = if more { ",还有更多(--limit)" } else { "" };
    json::say(&format!("{of}{more}"))
}

/// `puhui plaque`.
pub(crate) async fn plaque(servers: &Servers, number: String, as_of: String, as_json: bool) -> Result<(), Failure> {
    let request = VerifyPlaqueRequest { plaque_number: number, as_of, ..Default::default() };
    let answer = directory(servers).await?.verify_plaque(request).await?.into_inner();
    if as_json {
        return json::print(&answer);
    }
    let sentence = answer.sentence.clone().unwrap_or_default();
    json::say(&format!("结论 verdict: {}", answer.verdict().as_str_name().trim_start_matches("PLAQUE_VERDICT_")))?;
    for (name, value) in [("名称", &answer.outlet_name), ("地址", &answer.address), ("自", &answer.since)] {
        if !value.is_empty() {
            json::say(&format!("{name}  {}", harmless(value)))?;
        }
    }
    json::say(&harmless(&sentence.zh))?;
    json::say(&harmless(&sentence.en))
}

/// `puhui tasks`.
pub(crate) async fn tasks(servers: &Servers, tasks: Tasks, as_json: bool) -> Result<(), Failure> {
    let mut request = ListTasksRequest {
        bureau_id: tasks.bureau,
        division: tasks.division,
        category: tasks.category,
        within_days: tasks.within_days,
        page_size: PAGE.min(u32::try_from(tasks.limit).unwrap_or(PAGE)),
        ..ListTasksRequest::default()
    };
    let mut client = directory(servers).await?;
    let mut table = Table::new(&["事项", "期限", "逾期", "网点编号", "名称", "类别", "编号", "说明"]);
    let mut left = tasks.limit;
    loop {
        let answer = client.list_tasks(request.clone()).await?.into_inner();
        for task in answer.tasks.into_iter().take(left) {
            left -= 1;
            if as_json {
                json::print(&task)?;
                continue;
            }
            let overdue = if task.overdue { "逾期" } else { "" };
            let sentence = task.sentence.clone().unwrap_or_default().zh;
            table.row([
                task_kind(task.kind),
                &task.due_on,
                overdue,
                &task.provider_id,
                &task.name,
                &task.category,
                &task.subject,
                &sentence,
            ]);
        }
        if left == 0 || answer.next_page_token.is_empty() {
            break;
        }
        request.page_token = answer.next_page_token;
    }
    if as_json {
        return Ok(());
    }
    if table.is_empty() { json::say("没有待办 / nothing to do") } else { print(&table) }
}

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
            table.row([&row.division, &row.division_name, &row.category_name, status(row.status), &count]);
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

/// `puhui watch`.
pub(crate) async fn watch(servers: &Servers, watch: Watch) -> Result<(), Failure> {
    let request = WatchRequest { after_position: watch.after, division: watch.division, category: watch.category };
    let mut told = directory(servers).await?.watch(request).await?.into_inner();
    while let Some(message) = told.message().await? {
        json::print(&message)?;
    }
    Ok(())
}

/// `puhui replay`.
pub(crate) async fn replay(servers: &Servers, replay: Replay) -> Result<(), Failure> {
    let request = ReplayRequest {
        after_position: replay.after,
        until_position: replay.until,
        provider_id: replay.provider,
        operator_code: String::new(),
        bureau_id: replay.bureau,
        event_names: replay.events,
    };
    for_each_commit(servers, request, json::print).await
}

/// Hands every commit of a replay to `take`.
pub(crate) async fn for_each_commit(
    servers: &Servers,
    request: ReplayRequest,
    mut take: impl FnMut(&Commit) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut client = AuditServiceClient::new(servers.connect("audit").await?);
    let mut commits = client.replay(request).await?.into_inner();
    while let Some(answer) = commits.message().await? {
        if let Some(commit) = &answer.commit {
            take(commit)?;
        }
    }
    Ok(())
}
