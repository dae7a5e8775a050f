//! Calls that are begun and never come whole, and calls that are none: what the process takes for them is bounded, all in all, whatever they say
//! they will send. Over the real program, by connections that keep to the windows of HTTP/2 and to nothing else.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::frames::{PREFACE, SETTINGS, call_fields, connect, frame};
use tests::{Running, channel, descriptors, requests};

/// Connections at one time.
const CONNECTIONS: usize = 64;
/// Calls that each begins.
const CALLS: u32 = 1000;
/// What each call says that its message will be: lawful, and more than comes of it.
const SAID_BYTES: u32 = 200 * 1024;
/// Memory of the process at its most, all in all.
const MEMORY_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// So long nothing is taken any more before a connection counts as done.
const STUCK: Duration = Duration::from_secs(2);
/// Bytes of messages that a connection may send before the server says more.
const FIRST_WINDOW: usize = 65_535;
/// Types of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const WINDOW_UPDATE: u8 = 8;

/// A connection and how much of messages it may still send.
struct Sends {
    tcp: TcpStream,
    window: usize,
}

impl Sends {
    /// Sends a frame of which so much counts; `None` once the other end takes nothing, or is gone.
    fn send(&mut self, frame: &[u8], counted: usize) -> Option<()> {
        while self.window < counted {
            self.reads()?;
        }
        self.window -= counted;
        self.tcp.write_all(frame).ok()
    }

    /// Reads one frame.
    fn reads(&mut self) -> Option<()> {
        let mut header = [0; 9];
        self.tcp.read_exact(&mut header).ok()?;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        let mut payload = vec![0; usize::try_from(length).ok()?];
        self.tcp.read_exact(&mut payload).ok()?;
        if header[3] == WINDOW_UPDATE && header[5..] == [0; 4] {
            let more = u32::from_be_bytes(payload.try_into().ok()?);
            self.window += usize::try_from(more).ok()?;
        }
        Some(())
    }

    /// Reads until nothing has come for a while, or the other end is gone.
    fn reads_all(&mut self) {
        while self.reads().is_some() {}
    }
}

/// Begins a thousand calls, of each of which so many bytes come.
fn begins(tcp: TcpStream, bytes: usize) -> TcpStream {
    tcp.set_read_timeout(Some(STUCK)).expect("set");
    tcp.set_write_timeout(Some(STUCK)).expect("set");
    let mut sends = Sends { tcp, window: FIRST_WINDOW };
    let fields = call_fields("/puhui.certification.v1.CertificationService/RegisterProvider");
    let message = [&[0], &SAID_BYTES.to_be_bytes()[..], &vec![0; bytes]].concat();
    let data = &message[..bytes.min(message.len())];
    let mut all = || {
        sends.send(&[PREFACE, &SETTINGS].concat(), 0)?;
        for call in 0..CALLS {
            sends.send(&frame(HEADERS, 4, 2 * call + 1, &fields), 0)?;
            for piece in data.chunks(16 * 1024) {
                sends.send(&frame(DATA, 0, 2 * call + 1, piece), piece.len())?;
            }
        }
        Some(())
    };
    // Where it is ended before, others go on.
    let _ = all();
    sends.reads_all();
    sends.tcp
}

/// Whether the other end is there.
fn is_open(tcp: &mut TcpStream) -> bool {
    !matches!(tcp.read(&mut [0; 1]), Ok(0))
        && !matches!(tcp.write(&[]), Err(error) if error.kind() != ErrorKind::WouldBlock)
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_calls_whose_messages_never_end_take_no_more_than_so_much() {
    // Header fields alone, what stands before a message, and a part of it.
    for bytes in [0, 5, 1024, 16 * 1024] {
        let folder = tempfile::tempdir().unwrap();
        let server = Running::puhui("certification", &["--data", folder.path().to_str().unwrap()]);
        let before = server.memory();
        let calls: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let tcp = connect(&server);
                tokio::task::spawn_blocking(move || begins(tcp, bytes))
            })
            .collect();
        // Beside them whoever sends whole messages is answered.
        let mut client = CertificationServiceClient::new(channel(&server.url).await);
        for number in 0..100 {
            client.register_provider(requests::register(number)).await.expect("recorded");
        }
        let mut open = 0;
        for tcp in calls {
            open += usize::from(is_open(&mut tcp.await.expect("begun")));
        }
        let most = server.most_memory();
        println!(
            "{bytes} bytes of each message: {} MiB before, {} MiB at the most; {open} connections are left",
            before >> 20,
            most >> 20
        );
        assert!(most < MEMORY_BYTES_MAX, "{bytes} bytes of each message: {most} bytes of memory");
        assert!(open > 0, "not all of them end");
        client.register_provider(requests::register(1000)).await.expect("recorded");
        server.stop();
    }
}

/// Connections that ask wrongly: as many as there are descriptors for.
const WRONG: usize = 1000;

/// The types and streams of frames that come, until the other end closes or has reset this stream.
fn until_reset(tcp: &mut TcpStream, stream: u32) -> usize {
    let (mut header, mut resets) = ([0; 9], 0);
    while tcp.read_exact(&mut header).is_ok() {
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        if tcp.read_exact(&mut vec![0; usize::try_from(length).expect("short")]).is_err() {
            break;
        }
        resets += usize::from(header[3] == RST_STREAM);
        if header[3] == RST_STREAM && header[5..] == stream.to_be_bytes() {
            break;
        }
    }
    resets
}

/// Whoever sends header fields that are no request is told so a few times, and then has to go: the protocol would keep room for each.
#[tokio::test(flavor = "multi_thread")]
async fn who_always_asks_wrongly_has_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("certification", &["--data", folder.path().to_str().unwrap()]);
    let mut client = CertificationServiceClient::new(channel(&server.url).await);
    // `:method` is GET, and nothing else is said.
    let wrong = (0..CALLS).flat_map(|call| frame(HEADERS, 5, 2 * call + 1, &[0x82]));
    let wrong: Vec<u8> = PREFACE.iter().copied().chain(SETTINGS).chain(wrong).collect();
    let address = server.url.strip_prefix("http://").expect("an address").to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let most = descriptors() / 2;
        let connect = || TcpStream::connect(&address).expect("connected");
        let mut held: Vec<_> = (0..WRONG.min(most)).map(|_| connect()).collect();
        for tcp in &mut held {
            // Where it is ended before, what was sent suffices.
            let _ = tcp.write_all(&wrong);
        }
        let resets = held.iter_mut().map(|tcp| until_reset(tcp, 2 * CALLS - 1)).max();
        (held, resets)
    });
    let (held, resets) = asked.await.expect("asked");
    let most = server.most_memory();
    println!(
        "{} connections, at most {resets:?} requests told that they are none: {} MiB at the most",
        held.len(),
        most >> 20
    );
    assert!(most < MEMORY_BYTES_MAX, "{most} bytes of memory");
    client.register_provider(requests::register(1)).await.expect("recorded");
    server.stop();
}
