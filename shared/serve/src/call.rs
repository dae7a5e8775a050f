//! One call of gRPC: how long it may take, and every error told as the table has it, the transport's own as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, Response};
use tonic::Status;

use crate::door::{Answers, End, Ending};
use crate::routes::Routed;
use crate::status;
use crate::wire::{failed, is_command};

/// Longest a call may take before its answer begins; a caller's own `grpc-timeout` may be shorter. Above what the log waits
/// for a commit (5 s) and what a question waits for a position (5 s), with room for a queue before them.
pub const CALL_MAX: Duration = Duration::from_secs(30);
/// Digits a `grpc-timeout` may have.
const TIMEOUT_DIGITS_MAX: usize = 8;

/// Whether a call has handed something on that may be stored even if the call is cut off. In the extensions of every request.
#[derive(Debug, Clone, Default)]
pub(crate) struct HandedOn(Arc<AtomicBool>);

impl HandedOn {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The calls of gRPC.
#[derive(Debug, Clone)]
pub(crate) struct Grpc<R> {
    routes: R,
}

impl<R> Grpc<R> {
    pub(crate) fn new(routes: R) -> Self {
        Self { routes }
    }
}

impl<R: Routed> Answers for Grpc<R> {
    fn until(&self, request: &Parts, came: Instant) -> Result<Instant, Status> {
        longest(&request.headers).map(|longest| came + longest).ok_or_else(status::malformed_timeout)
    }

    fn answer(
        &self,
        mut request: Request<Body>,
        came: Instant,
    ) -> impl Future<Output = Response<Body>> + Send + 'static {
        let longest = longest(request.headers());
        let is_command = is_command(request.uri().path());
        let handed_on = HandedOn::default();
        request.extensions_mut().insert(handed_on.clone());
        let ending = request.extensions().get::<Ending>().cloned();
        let answering = self.routes.route(request);
        async move {
            let Some(longest) = longest else { return failed(&status::malformed_timeout()) };
            // What is ready at once would be answered however late it is.
            if came.elapsed() >= longest {
                return failed(&status::timed_out(is_command));
            }
            let answered = tokio::select! {
                // What is ready is told, whatever else is.
                biased;
                answered = tokio::time::timeout_at((came + longest).into(), answering) => answered.map_err(|_| None),
                why = ends(ending) => Err(Some(why)),
            };
            match answered {
                Ok(answer) => told(answer),
                Err(cut) if handed_on.is_set() => failed(&status::outcome_unknown(match cut {
                    None => "the call was cut off at its time-out",
                    Some(_) => "the call was cut off with its connection",
                })),
                Err(Some(why)) => failed(&status::ends(why == End::Server)),
                Err(None) => failed(&status::timed_out(is_command)),
            }
        }
    }
}

/// Done when calls that are under way have to end; never where nothing says so.
async fn ends(ending: Option<Ending>) -> End {
    match ending {
        Some(ending) => ending.comes().await,
        None => std::future::pending().await,
    }
}

/// How long a call may take; `None` where what its caller gives cannot be read.
fn longest(headers: &HeaderMap) -> Option<Duration> {
    asked(headers).map(|asked| asked.map_or(CALL_MAX, |asked| asked.min(CALL_MAX)))
}

/// The time a caller gives; the inner `None` where it gives none, the outer where that cannot be read.
#[expect(clippy::option_option, reason = "none given and none that can be read are different answers")]
fn asked(headers: &HeaderMap) -> Option<Option<Duration>> {
    headers.get("grpc-timeout").map_or(Some(None), |given| given.to_str().ok().and_then(time).map(Some))
}

/// A time as gRPC writes it: up to eight digits and a unit.
fn time(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > TIMEOUT_DIGITS_MAX || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_hours(number)),
        "M" => Some(Duration::from_mins(number)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// An answer with the error of the transport, if it is one, in the words of the table.
fn told(answer: Response<Body>) -> Response<Body> {
    status::completed(answer.headers()).map_or(answer, |status| failed(&status))
}

#[cfg(test)]
mod tests {
    use axum::Router;

    use super::*;

    /// A question writes nothing, however it ends; a command says that it did not.
    #[tokio::test]
    async fn who_asked_a_question_too_long_is_not_told_of_writing() {
        for (path, is_command) in [
            ("/puhui.certification.v1.CertificationService/Apply", true),
            ("/puhui.pledge.v1.PledgeService/MakePledge", true),
            ("/puhui.signage.v1.SignageService/OrderPlaque", true),
            ("/puhui.rules.v1.RulesService/AdoptScheme", true),
            ("/puhui.rules.v1.RulesService/AdoptCalendar", true),
            ("/puhui.rules.v1.RulesService/AdoptPlaces", true),
            ("/puhui.rules.v1.RulesService/GetRules", false),
            ("/puhui.rules.v1.RulesService/ListEditions", false),
            ("/puhui.directory.v1.DirectoryService/ListProviders", false),
            ("/puhui.directory.v1.RowsService/Rebuild", false),
            ("/puhui.audit.v1.AuditService/GetHead", false),
            ("/puhui.health.v1.HealthService/ListParts", false),
            ("/grpc.health.v1.Health/Check", false),
            ("/", false),
        ] {
            let routes = Router::new().fallback(std::future::pending::<()>);
            for timeout in ["0S", "1m"] {
                let request = Request::post(path).header("grpc-timeout", timeout).body(Body::empty()).unwrap();
                let answer = Grpc::new(routes.clone()).answer(request, Instant::now()).await;
                let told = tonic::Status::from_header_map(answer.headers()).unwrap();
                assert_eq!(told.code(), tonic::Code::DeadlineExceeded, "{path}");
                let says = [told.message().contains("未写入任何内容"), told.message().contains("nothing was written")];
                assert_eq!(says, [is_command; 2], "{path}: {}", told.message());
            }
        }
    }

    #[test]
    fn a_callers_time_is_read_as_grpc_has_it() {
        for (text, time) in [
            ("2S", Some(Duration::from_secs(2))),
            ("99999999H", Some(Duration::from_hours(99_999_999))),
            ("1500m", Some(Duration::from_millis(1500))),
            ("7u", Some(Duration::from_micros(7))),
            ("1n", Some(Duration::from_nanos(1))),
            ("3M", Some(Duration::from_mins(3))),
            ("999999999S", None),
            ("S", None),
            ("-1S", None),
            ("1秒", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", axum::http::HeaderValue::from_bytes(text.as_bytes()).unwrap());
            assert_eq!(asked(&headers), time.map(Some), "{text}");
        }
        assert_eq!(asked(&HeaderMap::new()), Some(None));
    }
}
