//! The clock of one program, which it is told by libfaketime and which a test moves while the program runs.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Where Debian's `faketime` puts its library.
const LIBRARIES: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];
/// What a clock shows that is right.
pub const RIGHT: &str = "+0";

/// The library, or a word on the terminal that this is left out.
pub fn faketime(what: &str) -> Option<&'static str> {
    let library = LIBRARIES.into_iter().find(|library| Path::new(library).is_file());
    if library.is_none() {
        // Past the test runner, which keeps to itself what a test prints that passes.
        let _ = writeln!(std::io::stderr(), "\nLEFT OUT: {what}: install `faketime` (`cargo xtask setup`)\n");
    }
    library
}

/// A clock that a program reads from a file.
#[derive(Debug)]
pub struct Clock {
    library: &'static str,
    file: PathBuf,
}

impl Clock {
    /// A clock in `folder` that shows this: `@2031-01-01 10:00:00` goes on from there, `-2h` is beside the right time.
    pub fn new(library: &'static str, folder: &Path, name: &str, shows: &str) -> Self {
        let clock = Self { library, file: folder.join(name) };
        clock.shows(shows);
        clock
    }

    /// Sets it, whole: the program reads the file whenever it asks for the time.
    pub fn shows(&self, what: &str) {
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, what).expect("written");
        std::fs::rename(&beside, &self.file).expect("renamed");
    }

    /// What has a program go by it, in its environment.
    pub fn settings(&self) -> [(&str, &str); 4] {
        [
            ("LD_PRELOAD", self.library),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().expect("UTF-8")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            // China's time, whatever the machine's.
            ("TZ", "Asia/Shanghai"),
        ]
    }
}
