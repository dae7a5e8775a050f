//! Page after page, up to a limit: while there is a token there may be more, however few rows a page brings.

use std::time::Duration;

use api::directory::v1::{ListProvidersResponse, ListTasksResponse, ProviderSummary, Task};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::client::Failure;
use crate::json;

/// Rows asked for in one page.
pub(super) const PAGE_ROWS: u32 = 100;
/// Pages without a row that are taken one after another: each looked at thousands of rows that did not fit.
const EMPTY_PAGES_MAX: u32 = 100_000;
/// Times a page is asked for that the server cannot give now and says when to ask again.
const ATTEMPTS_MAX: u32 = 10;
/// Longest pause before it is asked again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// An answer that is a page.
pub(super) trait Paged {
    type Row;
    /// Takes the rows out.
    fn rows(&mut self) -> Vec<Self::Row>;
    /// The token of the next page; empty where this was the last.
    fn next(&self) -> &str;
}

impl Paged for ListProvidersResponse {
    type Row = ProviderSummary;

    fn rows(&mut self) -> Vec<ProviderSummary> {
        std::mem::take(&mut self.providers)
    }

    fn next(&self) -> &str {
        &self.next_page_token
    }
}

impl Paged for ListTasksResponse {
    type Row = Task;

    fn rows(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.tasks)
    }

    fn next(&self) -> &str {
        &self.next_page_token
    }
}

/// Hands up to `limit` rows to `take`, beginning after `token`, and returns the last page without its rows: its token goes on after the
/// last row that was handed over. `ask` gets the rows wanted and the token.
pub(super) async fn pages<A: Paged>(
    limit: u32,
    token: String,
    mut ask: impl AsyncFnMut(u32, String) -> Result<A, Status>,
    mut take: impl FnMut(A::Row) -> Result<(), Failure>,
) -> Result<A, Failure> {
    let (mut left, mut token, mut empty, mut first) = (limit, token, 0, true);
    loop {
        let wanted = left.min(PAGE_ROWS);
        let mut page = if first { ask(wanted, token.clone()).await? } else { again(&mut ask, wanted, &token).await? };
        first = false;
        let rows = page.rows();
        empty = if rows.is_empty() { empty + 1 } else { 0 };
        for row in rows {
            left = left.checked_sub(1).ok_or_else(|| odd("more rows than were asked for"))?;
            take(row)?;
        }
        if left == 0 || page.next().is_empty() {
            return Ok(page);
        }
        if page.next() == token || empty > EMPTY_PAGES_MAX {
            return Err(odd("the same page again and again"));
        }
        page.next().clone_into(&mut token);
    }
}

fn odd(what: &str) -> Failure {
    Failure::unavailable(format!("服务器的翻页有误,已停止 / the server's pages are wrong, stopped: {what}"))
}

/// Asks for a page that follows others: what was told already is not to be lost to a server that is busy for a moment.
async fn again<A>(
    ask: &mut impl AsyncFnMut(u32, String) -> Result<A, Status>,
    wanted: u32,
    token: &str,
) -> Result<A, Status> {
    let mut attempt = 1;
    loop {
        let status = match ask(wanted, token.to_owned()).await {
            Ok(page) => return Ok(page),
            Err(status) => status,
        };
        let Some(pause) = retry_after(&status).filter(|_| attempt < ATTEMPTS_MAX) else { return Err(status) };
        json::note(&format!("稍后重试 / trying again: {}", status.message()));
        #[expect(clippy::disallowed_methods, reason = "the server says when to ask again")]
        tokio::time::sleep((pause * 2_u32.pow(attempt - 1)).min(PAUSE_MAX)).await;
        attempt += 1;
    }
}

/// When to ask again, where the server says that it helps.
fn retry_after(status: &Status) -> Option<Duration> {
    let helps = matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::Aborted);
    status.get_details_retry_info().filter(|_| helps)?.retry_delay
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    /// Answers by token: the rows of a page and the token of the next.
    type Book = HashMap<&'static str, (Vec<u32>, &'static str)>;

    struct Answer(Vec<u32>, String);

    impl Paged for Answer {
        type Row = u32;

        fn rows(&mut self) -> Vec<u32> {
            std::mem::take(&mut self.0)
        }

        fn next(&self) -> &str {
            &self.1
        }
    }

    async fn read(book: &Book, limit: u32) -> (Vec<u32>, Result<String, Failure>) {
        let mut told = Vec::new();
        let ask = async |wanted: u32, token: String| {
            let (rows, next) = &book[token.as_str()];
            assert!(wanted > 0 && wanted <= PAGE_ROWS);
            let cut = rows.len().min(wanted as usize);
            Ok(Answer(rows[..cut].to_vec(), (*next).to_owned()))
        };
        let take = |row| {
            told.push(row);
            Ok(())
        };
        let last = pages(limit, String::new(), ask, take).await.map(|last| last.1);
        (told, last)
    }

    #[tokio::test]
    async fn pages_without_rows_are_passed_over_while_there_is_a_token() {
        let book = Book::from([("", (vec![], "a")), ("a", (vec![1], "b")), ("b", (vec![], "c")), ("c", (vec![2], ""))]);
        let (told, last) = read(&book, 10).await;
        assert_eq!((told, last.unwrap()), (vec![1, 2], String::new()));
        let (told, last) = read(&book, 1).await;
        assert_eq!((told, last.unwrap()), (vec![1], "b".to_owned()));
    }

    #[tokio::test]
    async fn a_token_that_is_its_own_successor_ends_with_an_error() {
        let book = Book::from([("", (vec![1], "a")), ("a", (vec![], "a"))]);
        let (told, last) = read(&book, 10).await;
        assert_eq!(told, [1]);
        assert!(last.unwrap_err().to_string().contains("the same page"));
    }

    #[tokio::test]
    async fn a_page_that_cannot_be_given_now_is_asked_for_again_so_many_times() {
        let busy = || {
            let details = ErrorDetails::with_retry_info(Some(Duration::ZERO));
            tonic::Status::with_error_details(Code::Unavailable, "busy", details)
        };
        for (refusals, well) in [(0, true), (3, true), (ATTEMPTS_MAX - 1, true), (ATTEMPTS_MAX, false)] {
            let mut refused = 0;
            let ask = async |_: u32, token: String| match token.as_str() {
                "" => Ok(Answer(vec![1], "a".to_owned())),
                _ if refused < refusals => {
                    refused += 1;
                    Err(busy())
                }
                _ => Ok(Answer(vec![2], String::new())),
            };
            let read = pages(10, String::new(), ask, |_| Ok(())).await;
            assert_eq!(read.is_ok(), well, "{refusals}");
        }
        // The first page, of which nothing was told yet, and an error that does not say when to ask again, are the caller's.
        let first = pages(10, String::new(), async |_, _| Err::<Answer, _>(busy()), |_| Ok(())).await;
        assert!(first.is_err());
        assert_eq!(retry_after(&tonic::Status::unavailable("gone")), None);
    }
}
