//! A wire between client and server that loses a publish, or the answer to it, or answers something else.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const NOTHING: u16 = 0;
const PUBLISH: u16 = 1;
const ANSWER: u16 = 2;
/// From here on the number of the server's error that is answered instead.
const ERRORS_FROM: u16 = 10_000;
/// How a publish to one of our subjects begins on the wire.
const PUBLISHES: &[u8] = b"HPUB puhui.";
/// How a question begins on the wire that asks how a NATS stream is kept, and where it ends: the first of a look at the log.
const LOOKS: &str = "PUB $JS.API.STREAM.INFO.";
/// What an answer to a publish says.
const ANSWERS: &[u8] = b"{\"stream\":";

/// Passes everything on between its own port and a server's, but for what it is told to lose: that, and the connection with it.
pub(crate) struct Proxy {
    port: u16,
    loses: Arc<AtomicU16>,
    /// How that begins which does not reach the server.
    kept_back: KeptBack,
    /// What of it was kept back.
    lost: watch::Receiver<Vec<String>>,
}

type KeptBack = Arc<Mutex<Vec<String>>>;

impl Proxy {
    /// In front of the server on `port` of this machine.
    pub(crate) async fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let loses = Arc::new(AtomicU16::new(NOTHING));
        let told = Arc::clone(&loses);
        let kept_back = KeptBack::default();
        let keeps_back = Arc::clone(&kept_back);
        let (losing, lost) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (told, keeps_back, losing) = (Arc::clone(&told), Arc::clone(&keeps_back), losing.clone());
                tokio::spawn(async move {
                    let server = TcpStream::connect(("127.0.0.1", server)).await.expect("the server");
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    let nothing = KeptBack::default();
                    // One way ending ends the connection.
                    tokio::select! {
                        () = pass(from_client, to_server, (&told, &keeps_back, &losing), PUBLISH, PUBLISHES) => {}
                        () = pass(from_server, to_client, (&told, &nothing, &losing), ANSWER, ANSWERS) => {}
                    }
                });
            }
        });
        Self { port, loses, kept_back, lost }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The next publish does not reach the server.
    pub(crate) fn lose_publish(&self) {
        self.loses.store(PUBLISH, Ordering::SeqCst);
    }

    /// No publish with this subject reaches the server, until [`Self::pass_on`].
    pub(crate) fn keep_back(&self, subject: &str) {
        self.kept_back.lock().expect("whole").push(publish_of(subject));
    }

    /// No look at the log reaches the server, until [`Self::pass_on`].
    pub(crate) fn keep_back_looks(&self) {
        self.kept_back.lock().expect("whole").push(LOOKS.to_owned());
    }

    /// Waits until a publish with this subject was kept back.
    pub(crate) async fn has_kept_back(&self, subject: &str) {
        self.has_lost_one(&publish_of(subject)).await;
    }

    /// Waits until a look was kept back.
    pub(crate) async fn has_kept_back_a_look(&self) {
        self.has_lost_one(LOOKS).await;
    }

    async fn has_lost_one(&self, begin: &str) {
        self.lost.clone().wait_for(|lost| lost.iter().any(|lost| lost == begin)).await.expect("it listens");
    }

    /// From now on everything is passed on.
    pub(crate) fn pass_on(&self) {
        self.kept_back.lock().expect("whole").clear();
    }

    /// The next publish is stored, and its answer does not reach the client.
    pub(crate) fn lose_answer(&self) {
        self.loses.store(ANSWER, Ordering::SeqCst);
    }

    /// The next publish is stored, and answered with this error of the server's (10001 and up).
    pub(crate) fn answer_error(&self, number: u16) {
        self.loses.store(number, Ordering::SeqCst);
    }

    /// Whether something was lost since it was last told to.
    pub(crate) fn has_lost(&self) -> bool {
        self.loses.load(Ordering::SeqCst) == NOTHING
    }
}

/// How a publish with this subject begins on the wire.
fn publish_of(subject: &str) -> String {
    format!("HPUB {subject} ")
}

/// Copies what comes, until the end or until a piece with `mark` is to be lost.
async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    (told, kept_back, losing): (&AtomicU16, &KeptBack, &watch::Sender<Vec<String>>),
    loses: u16,
    mark: &[u8],
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let holds = |part: &[u8]| buffer[..read].windows(part.len()).any(|window| window == part);
        let marked = holds(mark);
        let begins = kept_back.lock().expect("whole").clone();
        let (piece, lost) = without(&buffer[..read], &begins);
        losing.send_modify(|all| all.extend(lost));
        let Some(piece) = piece else { return };
        if marked && told.compare_exchange(loses, NOTHING, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            return;
        }
        let number = told.load(Ordering::SeqCst);
        let written = if marked && loses == ANSWER && number > ERRORS_FROM {
            told.store(NOTHING, Ordering::SeqCst);
            to.write_all(&with_error(&piece, number)).await
        } else {
            to.write_all(&piece).await
        };
        if written.is_err() {
            return;
        }
    }
}

/// `piece` without the publishes that begin so, `HPUB subject reply headers total\r\n` or `PUB subject reply total\r\n` and so many bytes and
/// `\r\n`; `None` where one of them is not whole in it, so that it can be kept back only with the connection. And how they began.
fn without(piece: &[u8], begins: &[String]) -> (Option<Vec<u8>>, Vec<String>) {
    let (mut rest, mut lost) = (piece.to_vec(), Vec::new());
    for begin in begins {
        while let Some(at) = rest.windows(begin.len()).position(|window| window == begin.as_bytes()) {
            lost.push(begin.clone());
            let Some(end) = end_of_publish(&rest, at) else { return (None, lost) };
            rest.drain(at..end);
        }
    }
    (Some(rest), lost)
}

/// Where the publish that begins at `at` ends; `None` where it is not whole in `piece`.
fn end_of_publish(piece: &[u8], at: usize) -> Option<usize> {
    let line = at + piece[at..].windows(2).position(|window| window == b"\r\n")?;
    let total = std::str::from_utf8(&piece[at..line]).ok()?.rsplit(' ').next()?.parse::<usize>().ok()?;
    Some(line + 2 + total + 2).filter(|end| *end <= piece.len())
}

/// The one message in `piece`, `MSG subject number length\r\npayload\r\n`, with an error for its payload.
fn with_error(piece: &[u8], number: u16) -> Vec<u8> {
    let text = std::str::from_utf8(piece).expect("an answer is text");
    let (head, _) = text.split_once("\r\n").expect("a line and a payload");
    let (head, _) = head.rsplit_once(' ').expect("a length");
    assert!(head.starts_with("MSG ") && text.matches("\r\n").count() == 2, "one message: {text}");
    let payload =
        format!(r#"{{"error":{{"code":503,"err_code":{number},"description":"injected"}},"stream":"PUHUI","seq":0}}"#);
    format!("{head} {}\r\n{payload}\r\n", payload.len()).into_bytes()
}
