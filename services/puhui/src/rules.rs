//! The rules on record: what a log begins with, what of them the read side is told with, and what people do about them from a terminal.

mod beginning;
mod check;
mod tasks;

use std::path::Path;
use std::sync::Arc;

use domain::Day;
use serve::clock;
use serve::reference::{self, Editions, SchemeTables};
use tokio::sync::watch;

pub(crate) use beginning::Beginning;
pub(crate) use tasks::run;

use crate::failure::{Failure, of_path};
use crate::named_file;

/// The example that the program carries.
pub(crate) fn example() -> Result<SchemeTables, Failure> {
    reference::scheme(reference::YANGZHOU_SCHEME).map_err(|error| Failure::usage(error.to_string()))
}

/// Everything that schemes on record name; where there are none yet, what the example names.
pub(crate) fn tables_of(editions: &Editions, example: &SchemeTables) -> SchemeTables {
    editions.everywhere(Day::of(clock::now())).unwrap_or_else(|| example.clone())
}

fn names(editions: &Editions, example: &SchemeTables) -> directory::Names {
    let SchemeTables { scheme, statistical_classes } = tables_of(editions, example);
    let divisions = match editions.divisions() {
        none if none.rows().next().is_none() => reference::divisions(),
        known => domain::DivisionTable::clone(known),
    };
    directory::Names { divisions, scheme, statistical_classes }
}

/// What the directory tells its answers with, made anew when rules are adopted.
pub(crate) fn followed_names(
    mut rules: watch::Receiver<Arc<Editions>>,
    example: SchemeTables,
) -> watch::Receiver<Arc<directory::Names>> {
    let (told, followed) = watch::channel(Arc::new(names(&rules.borrow_and_update(), &example)));
    tokio::spawn(async move {
        while rules.changed().await.is_ok() {
            let made = Arc::new(names(&rules.borrow_and_update(), &example));
            if told.send(made).is_err() {
                return;
            }
        }
    });
    followed
}

/// More than any file of rules may have, in bytes: one that is too long is refused as such, with its length looked at where rules are.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What stands in a file of rules.
fn file(path: &Path) -> Result<String, Failure> {
    let bytes = named_file::read(path, FILE_BYTES_MAX).map_err(of_path(path))?;
    String::from_utf8(bytes)
        .map_err(|error| Failure::usage(format!("{}:不是 UTF-8 文字 / is no text in UTF-8: {error}", path.display())))
}
