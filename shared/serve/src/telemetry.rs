//! What the operator of a service reads: one line an event on standard error, levels by `PUHUI_LOG`.
//!
//! A service goes on whether its lines are read or not. They are written by a thread of their own: a pipe that is closed, a
//! disk that is full and a reader that does not read cost lines, which are counted, and nothing else.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait to be written; those beyond are lost and counted.
const LINES_WAITING_MAX: usize = 1024;
/// What is told where `PUHUI_LOG` says nothing. Of what lies under it less than of the program: h2 has a line for each connection that its peer
/// resets, however many those are.
const FILTER: &str = "info,sled=warn,fjall=warn,lsm_tree=warn,h2=error,hyper=error,hyper_util=error";
/// Longest the end of the process waits for its last lines to be written.
const LAST_LINES_MAX: Duration = Duration::from_secs(1);

/// Lines are written while this is kept. Dropped, it waits for the last of them, for at most a second.
#[derive(Debug)]
pub struct Telemetry {
    lines: SyncSender<Line>,
    written: Receiver<()>,
}

#[derive(Debug)]
enum Line {
    Text(Vec<u8>),
    End,
}

/// Starts logging. Called once, by `main`, which keeps what it returns to its end.
pub fn start() -> Telemetry {
    start_on(io::stderr())
}

fn start_on(out: impl Write + Send + 'static) -> Telemetry {
    let (lines, waiting) = sync_channel(LINES_WAITING_MAX);
    let (done, written) = sync_channel(1);
    let lost = Arc::new(AtomicU64::new(0));
    let queue = Queue { lines: lines.clone(), lost: Arc::clone(&lost) };
    let write = move || {
        write(&waiting, out, &lost);
        // Whoever waited has given up.
        let _ = done.send(());
    };
    if let Err(error) = std::thread::Builder::new().name("log lines".to_owned()).spawn(write) {
        // Nothing can be logged, and the service goes on without.
        let _ = writeln!(io::stderr(), "no thread for lines of the log: {error}");
    }
    let filter = EnvFilter::try_from_env("PUHUI_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(queue)
        .with_ansi(false)
        .log_internal_errors(false);
    // A second start, as tests may cause, keeps the first.
    let _ = subscriber.try_init();
    Telemetry { lines, written }
}

fn write(waiting: &Receiver<Line>, mut out: impl Write, lost: &AtomicU64) {
    while let Ok(Line::Text(line)) = waiting.recv() {
        let before = lost.swap(0, Ordering::Relaxed);
        if before > 0 && writeln!(out, "{before} lines before this one were lost").is_err() {
            lost.fetch_add(before, Ordering::Relaxed);
        }
        if out.write_all(&line).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    let _ = out.flush();
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // Where the queue is full nobody reads, and there is nothing to wait for.
        if self.lines.try_send(Line::End).is_ok() {
            // Whoever reads them may not: the process ends all the same.
            let _ = self.written.recv_timeout(LAST_LINES_MAX);
        }
    }
}

/// Where lines go that wait to be written.
#[derive(Debug, Clone)]
struct Queue {
    lines: SyncSender<Line>,
    lost: Arc<AtomicU64>,
}

/// One line in the making; it is put into the queue whole.
#[derive(Debug)]
struct Writing<'a> {
    line: Vec<u8>,
    queue: &'a Queue,
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Writing<'a>;

    fn make_writer(&'a self) -> Writing<'a> {
        Writing { line: Vec::new(), queue: self }
    }
}

impl Write for Writing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.queue.lines.try_send(Line::Text(line)).is_err() {
            self.queue.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cannot be written to at first.
    struct Fails(Arc<AtomicU64>, Vec<u8>);

    impl Write for Fails {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.load(Ordering::Relaxed) > 0 {
                self.0.fetch_sub(1, Ordering::Relaxed);
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted() {
        let (lines, waiting) = sync_channel(8);
        for line in ["one\n", "two\n", "three\n"] {
            lines.send(Line::Text(line.into())).unwrap();
        }
        lines.send(Line::End).unwrap();
        let mut out = Fails(Arc::new(AtomicU64::new(1)), Vec::new());
        write(&waiting, &mut out, &AtomicU64::new(0));
        assert_eq!(String::from_utf8(out.1).unwrap(), "1 lines before this one were lost\ntwo\nthree\n");
    }

    #[test]
    fn lines_beyond_the_queue_are_lost_and_hold_nobody_up() {
        let (lines, _waiting) = sync_channel(2);
        let queue = Queue { lines, lost: Arc::default() };
        for _ in 0..5 {
            queue.make_writer().write_all(b"a line\n").unwrap();
        }
        assert_eq!(queue.lost.load(Ordering::Relaxed), 3);
    }

    /// What a peer can cause as often as it likes is told to who asks for it alone.
    #[test]
    fn the_program_is_told_of_more_than_what_lies_under_it() {
        let told = FILTER.parse::<tracing_subscriber::filter::Targets>().unwrap();
        let tells = |target, level| told.would_enable(target, &level);
        assert!(tells("serve::door", tracing::Level::INFO) && tells("fjall::journal", tracing::Level::WARN));
        for under in ["h2::codec::framed_read", "hyper::proto::h2", "hyper_util::server"] {
            assert!(tells(under, tracing::Level::ERROR) && !tells(under, tracing::Level::WARN), "{under}");
        }
    }
}
