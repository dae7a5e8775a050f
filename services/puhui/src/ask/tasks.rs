//! `puhui tasks`: a bureau's work list.

use api::directory::v1::{ListTasksRequest, TaskKind};
use api::words::called;
use puhui::print::Table;

use super::to::{PAGE, directory, print};
use crate::args::Tasks;
use crate::client::{Failure, Servers};
use crate::json;

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
                called::<TaskKind>(task.kind).zh,
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
