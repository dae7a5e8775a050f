//! One outlet's record, read and told in one go. Most are some KiB. One with hundreds of pledges is some MiB, and takes as long as a page of
//! counts: how long it is is known before it is read, and a long one is asked for as what is heavy is.

use domain::ProviderId;
use projection::Snapshot;
use tonic::Status as Answer;

use super::directory::Directory;
use super::fresh::{Fresh, Moment};
use super::places::{Caller, Weight};
use crate::ask::effort::Fault;
use crate::rows::card::record_bytes;

/// Bytes of a record with which it is long: some ten times those of an outlet with a long history, which are read and told in less than a
/// millisecond.
pub(crate) const LONG_BYTES: usize = 64 * 1024;

/// What is told of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// All of it: the answer is as long as the record.
    All,
    /// A few words.
    Little,
}

/// Reads the record of a provider, and what belongs to it, and tells it.
pub(crate) async fn read<T: Send + 'static>(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    id: &ProviderId,
    told: Told,
    tell: impl Fn(&Snapshot<'_>) -> Result<T, Fault> + Clone + Send + 'static,
) -> Result<(T, Moment), Answer> {
    let (of, at_once) = (id.clone(), tell.clone());
    let short = move |rows: &Snapshot<'_>, _: &_| {
        let bytes = record_bytes(rows, of.as_str())?;
        if bytes > LONG_BYTES { Ok(Err(bytes)) } else { Ok(Ok(at_once(rows)?)) }
    };
    let (read, moment) = directory.gate.read(Weight::Light, fresh, short).await?;
    let bytes = match read {
        Ok(told) => return Ok((told, moment)),
        Err(bytes) => bytes,
    };
    let answer_bytes = if told == Told::All { bytes } else { 0 };
    directory.gate.read(Weight::Long { caller, answer_bytes }, fresh, move |rows, _| tell(rows)).await
}
