//! Errors that no handler makes: bytes that are no message, messages that are too large, calls that do not exist, calls
//! whose time is over. Each has its place in the table as a handler's own has, with google.rpc.ErrorInfo. Sent frame by
//! frame, since a client that means well cannot.

use std::future::poll_fn;
use std::task::Poll;

use api::certification::v1::RegisterProviderRequest;
use api::registry::v1::Particulars;
use prost::Message;
use prost::bytes::Bytes;
use tests::{BEGUN, Running, channel};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::codegen::http::{HeaderMap, Request};
use tonic::{Code, Status};
use tonic_types::StatusExt;

const APPLY: &str = "/puhui.certification.v1.CertificationService/Apply";
const REGISTER: &str = "/puhui.certification.v1.CertificationService/RegisterProvider";

/// A call of each service and of each way of answering.
const CALLS: [&str; 10] = [
    APPLY,
    "/puhui.pledge.v1.PledgeService/MakePledge",
    "/puhui.signage.v1.SignageService/OrderPlaque",
    "/puhui.directory.v1.DirectoryService/ListProviders",
    "/puhui.directory.v1.DirectoryService/GetProvider",
    "/puhui.directory.v1.DirectoryService/Watch",
    "/puhui.directory.v1.RowsService/Rebuild",
    "/puhui.audit.v1.AuditService/Replay",
    "/puhui.audit.v1.AuditService/GetHead",
    "/puhui.health.v1.HealthService/ListParts",
];

/// A message as it travels: a flag, its length, and its bytes.
fn frame(flag: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short").to_be_bytes();
    [&[flag][..], &length, bytes].concat()
}

/// A call that is begun, and the connection it is made on.
type Begun = (h2::client::ResponseFuture, h2::SendStream<Bytes>, JoinHandle<Result<(), h2::Error>>);

async fn begin(server: &Running, path: &str, timeout: Option<&str>) -> Begun {
    let address = server.url.strip_prefix("http://").expect("an address");
    let tcp = TcpStream::connect(address).await.expect("connected");
    let (mut client, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut request = Request::post(format!("{}{path}", server.url)).header("content-type", "application/grpc");
    if let Some(timeout) = timeout {
        request = request.header("grpc-timeout", timeout);
    }
    let (answer, sending) = client.send_request(request.body(()).expect("a request"), false).expect("sent");
    (answer, sending, connection)
}

/// How an answer says that the call ended.
async fn told(answer: h2::client::ResponseFuture) -> Status {
    let answer = answer.await.expect("an answer");
    let told = |headers: &HeaderMap| Status::from_header_map(headers);
    if let Some(status) = told(answer.headers()) {
        return status;
    }
    let mut body = answer.into_body();
    while let Some(bytes) = body.data().await {
        let bytes = bytes.expect("bytes");
        body.flow_control().release_capacity(bytes.len()).expect("released");
    }
    told(&body.trailers().await.expect("readable").expect("trailers")).expect("a status")
}

/// Sends these bytes as the body of a call, and answers how it ended.
async fn ask(server: &Running, path: &str, timeout: Option<&str>, body: Vec<u8>) -> Status {
    let (answer, mut sending, connection) = begin(server, path, timeout).await;
    // A server that has seen enough may end the stream before all of it is sent.
    let _ = sending.send_data(Bytes::from(body), true);
    let status = told(answer).await;
    connection.abort();
    status
}

/// The same with the rest of the body sent after the answer, once it is read: how that ended, where the stream was reset.
async fn ask_and_send_on(
    server: &Running,
    path: &str,
    timeout: Option<&str>,
    body: Vec<u8>,
) -> (Status, Result<(), h2::Reason>) {
    let (answer, mut sending, connection) = begin(server, path, timeout).await;
    let mut body = Bytes::from(body);
    sending.send_data(body.split_to(1_000), false).expect("sent");
    let status = told(answer).await;
    let rest = async {
        while !body.is_empty() {
            sending.reserve_capacity(body.len());
            let room = poll_fn(|cx| match sending.poll_reset(cx) {
                Poll::Ready(reason) => Poll::Ready(Err(reason.expect("a reason"))),
                Poll::Pending => sending.poll_capacity(cx).map(|room| Ok(room.and_then(Result::ok).unwrap_or(0))),
            });
            let room = room.await?.min(body.len());
            sending.send_data(body.split_to(room), body.is_empty()).map_err(|_| h2::Reason::INTERNAL_ERROR)?;
        }
        Ok(())
    };
    let rest = rest.await;
    connection.abort();
    (status, rest)
}

fn assert_told(status: &Status, code: Code, reason: &str, of: &str) {
    assert_eq!(status.code(), code, "{of}: {status}");
    let told = status.get_details_error_info().unwrap_or_else(|| panic!("{of}: no ErrorInfo in {status}"));
    assert_eq!((told.reason.as_str(), told.domain.as_str()), (reason, "puhui"), "{of}");
}

#[tokio::test]
async fn what_is_no_message_is_an_invalid_argument_and_too_large_is_out_of_range() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    // A length beyond the end, a wire type there is none of, a field that ends in its middle, a text that is no UTF-8.
    let malformed = [&[0x0A, 0x7F, 1][..], &[0x0F], &[0x08], &[0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]];
    let mut sent = 0;
    for path in CALLS {
        for bytes in malformed {
            assert_told(&ask(&server, path, None, frame(0, bytes)).await, Code::InvalidArgument, "MALFORMED", path);
            sent += 1;
        }
        for (body, of) in [
            (frame(7, b""), "a flag there is none of"),
            (frame(1, b"x"), "compressed, and not said how"),
            (frame(0, b"12345678")[..9].to_vec(), "a message that ends in its middle"),
            (vec![0, 0], "a head that ends in its middle"),
            (Vec::new(), "no message"),
        ] {
            let told = ask(&server, path, None, body).await;
            assert_told(&told, Code::InvalidArgument, "MALFORMED", &format!("{path}: {of}"));
            sent += 1;
        }
        let told = ask(&server, path, None, frame(0, &vec![0; 300 * 1024])).await;
        assert_told(&told, Code::OutOfRange, "MESSAGE_TOO_LARGE", path);
    }
    println!("{sent} bodies that are no message");
    for path in ["/puhui.certification.v1.CertificationService/Bless", "/puhui.Nothing/Get", "/", "/x"] {
        assert_told(&ask(&server, path, None, frame(0, b"")).await, Code::Unimplemented, "UNKNOWN_METHOD", path);
    }
    // An answer that has begun, and ends with an error of a library.
    let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let symbol = [&[0x22, 7][..], b"nothing"].concat();
    assert_told(&ask(&server, reflection, None, frame(0, &symbol)).await, Code::NotFound, "NOT_FOUND", reflection);
    server.stop();
}

/// The answer comes before all is sent, and the stream is not reset before its caller has sent the rest: many clients lose an answer
/// that they have not read by then.
#[tokio::test]
async fn a_message_far_too_large_has_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    for path in CALLS {
        for (timeout, code, reason) in
            [(None, Code::OutOfRange, "MESSAGE_TOO_LARGE"), (Some("0S"), Code::DeadlineExceeded, "TIMED_OUT")]
        {
            let (told, rest) = ask_and_send_on(&server, path, timeout, frame(0, &vec![0; 1 << 20])).await;
            assert_told(&told, code, reason, path);
            assert_eq!(rest, Ok(()), "{path}: the stream was reset");
        }
    }
    // Without an end it is reset in the end, and answered all the same.
    let (told, rest) = ask_and_send_on(&server, APPLY, None, frame(0, &vec![0; 16 << 20])).await;
    assert_told(&told, Code::OutOfRange, "MESSAGE_TOO_LARGE", "16 MiB");
    assert_eq!(rest, Err(h2::Reason::NO_ERROR), "16 MiB were taken in");
    server.stop();
}

/// A time that cannot be read is refused, and one that is over when the call comes is over, whatever could be answered at once.
#[tokio::test]
async fn a_time_that_is_none_or_over_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    for path in ["/puhui.audit.v1.AuditService/GetHead", "/grpc.health.v1.Health/Check", REGISTER] {
        for malformed in ["abc", "S", "1", "1s", "-1S", "1.5S", " 1S", "123456789S", ""] {
            let told = ask(&server, path, Some(malformed), frame(0, b"")).await;
            assert_told(&told, Code::InvalidArgument, "MALFORMED", &format!("{path}: {malformed:?}"));
        }
        for over in ["0S", "0n", "1n"] {
            let told = ask(&server, path, Some(over), frame(0, b"")).await;
            assert_told(&told, Code::DeadlineExceeded, "TIMED_OUT", &format!("{path}: {over}"));
        }
    }
    let enough = ask(&server, "/puhui.audit.v1.AuditService/GetHead", Some("20S"), frame(0, b"")).await;
    assert_eq!(enough.code(), Code::Ok, "{enough}");
    server.stop();
}

fn register(request_id: &str) -> RegisterProviderRequest {
    RegisterProviderRequest {
        request_id: request_id.to_owned(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "table".to_owned(),
        provider_id: "914403001922038216-001".to_owned(),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    }
}

/// A log that does not answer. A command whose time is over may be stored or not, and the same request id finds out; a
/// question, or a command of which no message came, was cut off and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_time_is_over_says_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let server = Running::puhui("all", &words);
    nats.signal("STOP");
    let id = "6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11";
    let asked = || async { ask(&server, REGISTER, Some("700m"), frame(0, &register(id).encode_to_vec())).await };
    // Those behind the first wait for the provider's turn.
    let (one, two, three) = tokio::join!(asked(), asked(), asked());
    for told in [one, two, three] {
        assert_told(&told, Code::Unknown, "OUTCOME_UNKNOWN", "a command");
    }
    let head = ask(&server, "/puhui.audit.v1.AuditService/GetHead", Some("300m"), frame(0, b"")).await;
    assert_told(&head, Code::DeadlineExceeded, "TIMED_OUT", "a question");
    nats.signal("CONT");
    let mut client = api::certification::v1::certification_service_client::CertificationServiceClient::new(
        channel(&server.url).await,
    );
    let found = client.register_provider(register(id)).await.expect("the same request id finds out").into_inner();
    assert_eq!((found.position, found.revision), (BEGUN + 1, 1));
    server.stop();
}
