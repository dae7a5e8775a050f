//! Frames of HTTP/2 and connections that send them, for tests that do what no client would.

use std::net::TcpStream;
use std::time::Duration;

use crate::Running;

/// The program's own bound to the first bytes is 5 s; this is when a test gives up waiting for what should end by it.
pub const GIVE_UP: Duration = Duration::from_secs(20);

/// The connection preface.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// An empty SETTINGS frame.
pub const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/// A connection that has said nothing.
pub fn connect(server: &Running) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("an address");
    let tcp = TcpStream::connect(address).expect("connected");
    tcp.set_read_timeout(Some(GIVE_UP)).expect("a time");
    tcp
}

/// A frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A HEADERS or CONTINUATION frame with this block of header fields.
pub fn headers_frame(kind: u8, flags: u8, stream: u32, block: &[u8]) -> Vec<u8> {
    frame(kind, flags, stream, block)
}

/// A header field without indexing, as HPACK writes it in plain.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        let mut bytes = Vec::new();
        if text.len() < 127 {
            bytes.push(u8::try_from(text.len()).expect("short"));
        } else {
            bytes.push(127);
            let mut rest = text.len() - 127;
            while rest >= 128 {
                bytes.push(u8::try_from(rest % 128 + 128).expect("a byte"));
                rest /= 128;
            }
            bytes.push(u8::try_from(rest).expect("a byte"));
        }
        bytes.extend(text.as_bytes());
        bytes
    };
    [vec![0], text(name), text(value)].concat()
}

/// The header fields of a call.
pub fn call_fields(path: &str) -> Vec<u8> {
    [
        field(":method", "POST"),
        field(":scheme", "http"),
        field(":path", path),
        field(":authority", "x"),
        field("content-type", "application/grpc"),
        field("te", "trailers"),
    ]
    .concat()
}

/// A whole call: its header fields, and this message of gRPC.
pub fn call_frames(stream: u32, path: &str, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    let data = [&[0], &length[..], message].concat();
    [frame(1, 4, stream, &call_fields(path)), frame(0, 1, stream, &data)].concat()
}
