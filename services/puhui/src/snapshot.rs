//! `puhui snapshot`: the directory's rows in one file, to be carried to another machine; and `puhui dump`, which prints them.

use std::path::Path;
use std::time::Duration;

use crate::args::Snapshot;
use crate::failure::{Failure, of_snapshot};
use crate::{copied, data, json};

/// Longest wait at a signal for the file that was begun to be taken away.
const PART_GOES_MAX: Duration = Duration::from_secs(5);

/// Writes or takes a snapshot.
pub(crate) async fn snapshot(what: Snapshot, as_json: bool) -> Result<(), Failure> {
    let (carried, file) = match what {
        Snapshot::Export { folder, file } => {
            let (rows, to) = (data::rows(&folder)?, file.clone());
            (
                copied::beside_signals(PART_GOES_MAX, move |ending| {
                    directory::export(&rows, &to, ending).map_err(of_snapshot(&to))
                })
                .await
                .map_err(|failure| data::explained(&folder, &[data::ROWS], failure))?,
                file,
            )
        }
        Snapshot::Import { folder, file } => {
            if !file.is_file() {
                return Err(Failure::usage(format!("{}:没有此文件 / there is no such file", file.display())));
            }
            let taken = directory::import(&data::new_rows(&folder)?, &file).map_err(of_snapshot(&file));
            (taken.map_err(|failure| data::explained(&folder, &[data::ROWS], failure))?, file)
        }
    };
    let (position, digest, rows) = (carried.position, carried.digest.hex(), carried.rows);
    if as_json {
        let line = serde_json::json!({ "position": position, "digest": digest, "rows": rows });
        return json::say(&line.to_string());
    }
    json::say(&format!("{}: {rows} 行 rows,位置 position {position},摘要 digest {digest}", file.display()))
}

/// Prints every row of a directory that is not running.
pub(crate) async fn dump(folder: &Path) -> Result<(), Failure> {
    let rows = data::rows(folder)?;
    let say = |key: &[u8], value: &[u8]| json::say(&format!("{} {}", serve::hex(key), serve::hex(value)));
    let dump = move |ending: &directory::Ending| directory::dump(&rows, ending, say)?;
    let dumped = copied::beside_signals(Duration::ZERO, dump).await;
    dumped.map_err(|failure| data::explained(folder, &[data::ROWS], failure))
}
