//! Connections that end while somebody still reads: what was answered comes whole, and nothing of it is lost with the connection.

use std::io::{Read, Write};
use std::net::TcpStream as Tcp;

use super::*;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW: u8 = 8;
const END: u8 = 1;
const ACK: u8 = 1;
/// Far more than the systems on both sides hold.
const BYTES: usize = 4 * 1024 * 1024;
/// What a peer lets come before it reads: all of it.
const WINDOW_BYTES: u32 = 16 * 1024 * 1024;
const GOODBYE: Duration = Duration::from_millis(100);

/// Bytes of an answer, in one message or in many pieces.
#[derive(Debug, Clone, Copy)]
struct Long {
    piece: usize,
}

struct Pieces {
    piece: usize,
    left: usize,
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = self.left.min(self.piece);
        self.left -= bytes;
        Poll::Ready((bytes > 0).then(|| Ok(Frame::data(vec![7; bytes].into()))))
    }
}

impl Answers for Long {
    fn answer(&self, _: Request<Body>, _: Instant) -> impl Future<Output = Response<Body>> + Send + 'static {
        std::future::ready(Response::new(Body::new(Pieces { piece: self.piece, left: BYTES })))
    }
}

/// Why a connection ends on which somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The server stops.
    Stops,
    /// It is old.
    Old,
    /// Another is to have its place.
    Displaced,
    /// Its peer says that it asks no more.
    OwnGoodbye,
}

/// A caller that has asked for an answer and let all of it come.
fn asks(address: std::net::SocketAddr) -> Tcp {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    // Of the answer the most waits with the server.
    socket.set_recv_buffer_size(128 * 1024).unwrap();
    socket.connect(&address.into()).unwrap();
    let mut tcp = Tcp::from(socket);
    tcp.set_read_timeout(Some(GIVE_UP)).unwrap();
    let window = WINDOW_BYTES.to_be_bytes();
    let settings = [&[0, 4][..], &window].concat();
    let question = fields("/puhui.directory.v1.DirectoryService/GetProvider");
    let said = [frame(SETTINGS, 0, 0, &settings), frame(WINDOW, 0, 0, &window), frame(HEADERS, 5, 1, &question)];
    tcp.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), said.concat()].concat()).unwrap();
    tcp
}

/// The next frame: of what kind, with which flags, and what is in it; nothing where all was said.
fn next(tcp: &mut Tcp) -> std::io::Result<Option<(u8, u8, Vec<u8>)>> {
    let mut header = [0; 9];
    if tcp.read(&mut header[..1])? == 0 {
        return Ok(None);
    }
    tcp.read_exact(&mut header[1..])?;
    let mut payload = vec![0; usize::try_from(u32::from_be_bytes([0, header[0], header[1], header[2]])).unwrap()];
    tcp.read_exact(&mut payload)?;
    Ok(Some((header[3], header[4], payload)))
}

/// Reads on to the end, as any client does, and says meanwhile that more may come: how many bytes of the answer came, and whether it ended.
fn reads_on(tcp: &mut Tcp) -> std::io::Result<(usize, bool)> {
    let (mut bytes, mut has_ended) = (0, false);
    while let Some((kind, flags, payload)) = next(tcp)? {
        match kind {
            DATA => {
                bytes += payload.len();
                let more = u32::try_from(payload.len()).unwrap().to_be_bytes();
                if !payload.is_empty() {
                    // What comes after the end may find nobody.
                    let _ = tcp.write_all(&frame(WINDOW, 0, 0, &more));
                }
            }
            PING if flags & ACK == 0 => drop(tcp.write_all(&frame(PING, ACK, 0, &payload))),
            SETTINGS if flags & ACK == 0 => drop(tcp.write_all(&frame(SETTINGS, ACK, 0, &[]))),
            _ => {}
        }
        has_ended |= matches!(kind, DATA | HEADERS) && flags & END != 0;
    }
    Ok((bytes, has_ended))
}

/// Who takes nothing for some goodbyes, and then reads on, has all of an answer that was under way.
async fn an_answer_under_way_comes_whole(why: Why, piece: usize) {
    // It is looked whether it is old once it should have begun to speak.
    let (age, preface) = if why == Why::Old { (GOODBYE, 20 * GOODBYE) } else { (GIVE_UP, GIVE_UP) };
    let bounds = Bounds { goodbye: GOODBYE, age, preface, ..patient() };
    let bounds = if why == Why::Displaced { bounds.in_all(1) } else { bounds };
    let (door, address, stop) = open(Long { piece }, bounds, GIVE_UP).await;
    let mut tcp = tokio::task::spawn_blocking(move || asks(address)).await.unwrap();
    let (mut first, begun) = (tcp.try_clone().unwrap(), |frame: &Option<(u8, u8, Vec<u8>)>| {
        frame.as_ref().expect("it goes on").0 == HEADERS
    });
    let begins = tokio::task::spawn_blocking(move || while !begun(&next(&mut first).unwrap()) {});
    begins.await.unwrap();
    let mut stop = Some(stop);
    let mut other = None;
    match why {
        Why::Stops => stop.take().unwrap().send(()).unwrap(),
        Why::Old => {}
        Why::Displaced => other = Some(TcpStream::connect(address).await.unwrap()),
        Why::OwnGoodbye => tcp.write_all(&frame(GOAWAY, 0, 0, &[0; 8])).unwrap(),
    }
    #[expect(clippy::disallowed_methods, reason = "a reader who takes nothing for a while")]
    tokio::time::sleep(if why == Why::Old { preface } else { Duration::ZERO } + 8 * GOODBYE).await;
    let read = tokio::task::spawn_blocking(move || (reads_on(&mut tcp), tcp));
    let (read, tcp) = read.await.unwrap();
    let (bytes, has_ended) = read.unwrap_or_else(|error| panic!("{why:?}, in pieces of {piece}: {error}"));
    assert_eq!((bytes, has_ended), (BYTES, true), "{why:?}, in pieces of {piece}");
    drop((tcp, other));
    if let Some(stop) = stop {
        stop.send(()).unwrap();
    }
    assert!(door.await.unwrap(), "nothing is left at the door");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_connection_an_answer_under_way_comes_whole() {
    for piece in [BYTES, 64 * 1024] {
        for why in [Why::Stops, Why::Old, Why::Displaced, Why::OwnGoodbye] {
            an_answer_under_way_comes_whole(why, piece).await;
        }
    }
}

/// Whoever takes nothing keeps nobody: neither a server that stops, nor one who comes.
#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_and_does_not_close_is_not_waited_for() {
    let finish = 3 * GOODBYE;
    let bounds = Bounds { goodbye: GOODBYE, finish, going: 1, ..patient() }.in_all(1);
    let (door, address, stop) = open(Long { piece: 64 * 1024 }, bounds, GIVE_UP).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(tokio::task::spawn_blocking(move || asks(address)).await.unwrap());
        let mut tcp = held.last().unwrap().try_clone().unwrap();
        // It is let in, and answered.
        tokio::task::spawn_blocking(move || next(&mut tcp).unwrap().unwrap()).await.unwrap();
    }
    let stopped = Instant::now();
    stop.send(()).unwrap();
    assert!(door.await.unwrap(), "it was cut");
    println!("stopped after {:?}", stopped.elapsed());
    drop(held);
}
