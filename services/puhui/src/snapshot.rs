//! `puhui snapshot`: the directory's rows in one file, to be carried to another machine.

use crate::args::Snapshot;
use crate::client::Failure;
use crate::json;

/// Writes or takes a snapshot.
pub(crate) fn snapshot(what: &Snapshot, as_json: bool) -> Result<(), Failure> {
    let (carried, file) = match what {
        Snapshot::Export { folder, file } => (directory::export(&folder.join("directory"), file), file),
        Snapshot::Import { folder, file } => (directory::import(&folder.join("directory"), file), file),
    };
    let carried = carried.map_err(|error| Failure::refused(error.to_string()))?;
    let (position, digest, rows) = (carried.position, carried.digest.hex(), carried.rows);
    if as_json {
        return json::say(&format!("{{\"position\":\"{position}\",\"digest\":\"{digest}\",\"rows\":\"{rows}\"}}"));
    }
    json::say(&format!("{}: {rows} 行 rows,位置 position {position},摘要 digest {digest}", file.display()))
}
