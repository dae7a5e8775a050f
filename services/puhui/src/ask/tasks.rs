//! `puhui tasks`: a bureau's work list.

use api::directory::v1::{ListTasksRequest, ListTasksResponse, Task, TaskKind};
use api::words::called;
use puhui::print::Column;

use super::code::called as called_code;
use super::pages::pages;
use super::rows::Rows;
use super::to::{at, directory};
use crate::args::Tasks;
use crate::client::{Failure, Servers};
use crate::json;

/// What the name of a kind begins with in the .proto file.
const KIND_PREFIX: &str = "TASK_KIND_";
/// The kinds as they are typed.
const KINDS: &str = "notice-ended, certification-expiring, plaque-to-recover, rectification-due, pledge-to-check, \
                     operator-to-identify, hearing-ended, case-returned, pledge-doubled, objection-open, within-bar \
                     or last-day-to-state";

fn kind(name: &String) -> Result<i32, Failure> {
    let full = format!("{KIND_PREFIX}{}", name.to_uppercase().replace('-', "_"));
    let known = TaskKind::from_str_name(&full).filter(|kind| *kind != TaskKind::Unspecified);
    known.map(i32::from).ok_or_else(|| Failure::usage(format!("--kind {name}:只能是其中之一 / is one of {KINDS}")))
}

/// `puhui tasks`.
pub(crate) async fn tasks(servers: &Servers, tasks: Tasks, as_json: bool) -> Result<(), Failure> {
    let (limit, token) = (tasks.limit, tasks.page_token);
    let request = ListTasksRequest {
        bureau_id: tasks.bureau,
        division: tasks.division,
        zone: tasks.zone,
        category: tasks.category,
        within_days: tasks.within_days,
        kinds: tasks.kinds.iter().map(kind).collect::<Result<_, _>>()?,
        min_position: tasks.min_position,
        ..ListTasksRequest::default()
    };
    let client = directory(servers).await?;
    let ask = async |page_size: u32, page_token: String| {
        let request = ListTasksRequest { page_size, page_token, ..request.clone() };
        client.clone().list_tasks(request).await.map(tonic::Response::into_inner)
    };
    let columns = [
        Column::whole("网点编号"),
        Column::whole("事项"),
        Column::whole("期限"),
        Column::whole("逾期"),
        Column::text("名称"),
        Column::whole("类别"),
        Column::whole("编号"),
        Column::whole("第几项"),
        Column::whole("事由"),
        Column::text("说明"),
    ];
    let mut rows = Rows::new(as_json, columns);
    let last = pages(limit, token, ask, |task| rows.add(&task, line)).await?;
    let nothing = if rows.is_empty() { "没有待办 / nothing to do;" } else { "" };
    rows.end(&json::without(&last, &["tasks"])?, &format!("{nothing}{}", end(&last)))
}

fn line(task: &Task) -> Vec<Vec<String>> {
    let overdue = if task.overdue { "逾期" } else { "" };
    vec![vec![
        task.provider_id.clone(),
        called::<TaskKind>(task.kind).zh.to_owned(),
        task.due_on.clone(),
        overdue.to_owned(),
        task.name.clone(),
        called_code(&task.category, &task.category_name),
        task.subject.clone(),
        if task.act == 0 { String::new() } else { format!("第{}项", task.act) },
        task.ground_name.clone(),
        task.sentence.clone().unwrap_or_default().zh,
    ]]
}

fn end(last: &ListTasksResponse) -> String {
    let more = if last.next_page_token.is_empty() { "" } else { ";还有更多 / there are more (--limit)" };
    format!("{} 的待办,{}{more}", last.as_of, at(last.position, last.true_at_ms, (0, "")))
}
