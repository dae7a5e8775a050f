//! `puhui snapshot`: the directory's rows in one file, to be carried to another machine.

use crate::args::Snapshot;
use crate::client::Failure;
use crate::{data, json};

/// Writes or takes a snapshot.
pub(crate) fn snapshot(what: &Snapshot, as_json: bool) -> Result<(), Failure> {
    let (carried, file) = match what {
        Snapshot::Export { folder, file } => (directory::export(&data::rows(folder)?, file), file),
        Snapshot::Import { folder, file } => {
            if !file.is_file() {
                return Err(Failure::usage(format!("{}:没有此文件 / there is no such file", file.display())));
            }
            (directory::import(&data::new_rows(folder)?, file), file)
        }
    };
    let carried = carried.map_err(|error| Failure::refused(error.to_string()))?;
    let (position, digest, rows) = (carried.position, carried.digest.hex(), carried.rows);
    if as_json {
        let line = serde_json::json!({ "position": position, "digest": digest, "rows": rows });
        return json::say(&line.to_string());
    }
    json::say(&format!("{}: {rows} 行 rows,位置 position {position},摘要 digest {digest}", file.display()))
}
