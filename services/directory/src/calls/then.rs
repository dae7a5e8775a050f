//! What was on record earlier: the record as it was when the log ended at a position, told from the log.
//!
//! A record has two times. Rows answer for any day, by the days decisions took effect, from all that is recorded by now; this is about
//! the other time, what had been recorded by then. A provider's own commits up to the position are folded as they were then, and what
//! has been taken from the public since stays taken: an old page is shown now.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use api::directory::v1;
use domain::{DivisionPrefix, ProviderId};
use futures_util::{StreamExt, TryStreamExt, stream};
use projection::Snapshot;
use prost::Message as _;
use prost::bytes::Bytes;
use tonic::{Code, Status as Answer};

use super::directory::Directory;
use super::fields::well_checked;
use super::fresh::{Fresh, Moment};
use super::history::Before;
use super::list_changes::reached;
use super::places::{Caller, Weight};
use super::record::{self, Told as ToldOf};
use super::token::{PageEnd, Question};
use crate::ask::counts::{Counts, counts};
use crate::ask::effort::{Effort, Fault};
use crate::ask::list::SORTED;
use crate::ask::since::{Draft, Next, draft};
use crate::ask::then::{COMMITS_SINCE_MAX, Earlier, LOADED_COMMITS_MAX, Missing, OUTLETS_MAX, Past, Then, TooFar};
use crate::ask::{self, Ask, Filter};
use crate::outlet::shown::then as told;
use crate::outlet::view::View;
use crate::rows::bars::{BarRow, bars};
use crate::rows::card::{Found, view};
use crate::rows::confirmed::{ConfirmedRow, confirmed};
use crate::tell::page::{Encoder, Page};
use crate::tell::provider::{self, operator_code};
use crate::tell::record::Record;
use crate::tell::{Names, Teller, bar, day, summary};

/// Outlets loaded at one time for one question.
const LOADS_AT_A_TIME: usize = 32;
/// How often outlets are loaded that changed while others were.
const ROUNDS_MAX: usize = 8;

/// A later position is waited for, where one was asked for and the log has it.
async fn reaching(directory: &Directory, earlier: Earlier, fresh: Fresh) -> Result<Fresh, Answer> {
    match earlier {
        Earlier::Position(position) => reached(directory, position, fresh).await,
        Earlier::Day(_) => Ok(fresh),
    }
}

/// A page of a list that is asked for.
pub(crate) struct Listing {
    pub(crate) question: Question,
    pub(crate) filter: Filter,
    pub(crate) as_of: Option<i32>,
    pub(crate) page_size: usize,
    pub(crate) after: Option<PageEnd>,
}

impl Listing {
    /// Asks for the page in one of the ways in which lists are found, and has what it tells written into an answer.
    pub(crate) fn found<T>(
        &self,
        (names, day, effort): (&Names, i32, &Effort),
        way: impl FnOnce(Ask<'_>, Option<&[u8]>, &mut dyn FnMut(&Found<'_>) -> Range<usize>) -> Result<T, Fault>,
    ) -> Result<(T, Encoder), Fault> {
        let (teller, mut encoder) = (Teller::new(names), Encoder::of_page(self.page_size));
        let ask = Ask { filter: &self.filter, day, page_size: self.page_size, effort };
        let after = self.after.as_ref().map(|end| end.place.as_slice());
        let found = way(ask, after, &mut |found| summary::write(found, &mut encoder, &teller))?;
        Ok((found, encoder))
    }
}

pub(crate) fn too_many_to_sort() -> Answer {
    let (zh, en) = (
        "排序的网点过多,请缩小区划或类别",
        "too many outlets to sort: name a smaller place, a category, words or a circle",
    );
    serve::status::reasoned(Code::FailedPrecondition, "TOO_MANY_TO_SORT", zh, en)
}

fn too_far(at: u64, why: TooFar) -> Answer {
    let (most, what_zh, what_en) = match why {
        TooFar::Commits => (COMMITS_SINCE_MAX.to_string(), "次记录(所问区县内)", "commits in the county asked about"),
        TooFar::Outlets => (OUTLETS_MAX.to_string(), "个网点", "outlets in the place asked about"),
        TooFar::Loaded => (LOADED_COMMITS_MAX.to_string(), "次记录(所涉网点)", "commits of the outlets concerned"),
    };
    let zh = format!(
        "位置{at}之后变更的内容过多,超过{most}{what_zh},无法还原当时的名录;请指定较小的区划或较近的位置,或逐个网点查询"
    );
    let en = format!(
        "too much has changed since position {at}, more than {most} {what_en}: name a smaller place or a later position, or ask about single outlets"
    );
    let bound = match why {
        TooFar::Commits => "commits",
        TooFar::Outlets => "outlets",
        TooFar::Loaded => "commits_of_outlets",
    };
    let metadata = [("bound", bound.to_owned()), ("most", most)];
    serve::status::detailed(Code::FailedPrecondition, "AS_OF_TOO_FAR", &metadata, &zh, &en)
}

/// What was on record at an earlier position, and when, for a question about some place.
async fn find(directory: &Directory, fresh: Fresh, earlier: Earlier, kept: Option<u64>) -> Result<Then, Answer> {
    let fresh = reaching(directory, earlier, fresh).await?;
    let read = move |rows: &Snapshot<'_>, _: &Effort| Ok(earlier.find(rows, kept)?);
    let (then, _) = directory.gate.read(Weight::Light, fresh, read).await?;
    Ok(then)
}

/// Runs a read on a snapshot and on what was on record at `at` of the outlets in a place that have changed since.
pub(crate) async fn read_then<T: Send + 'static>(
    directory: &Directory,
    weight: Weight,
    fresh: Fresh,
    at: u64,
    area: Option<DivisionPrefix>,
    read: impl Fn(&Snapshot<'_>, &Past, &Effort) -> Result<T, Fault> + Send + Sync + 'static,
) -> Result<(T, Moment), Answer> {
    // The pages of one list follow each other: what was loaded for the last one is not loaded again.
    let mut past = directory.history.kept(at, area);
    let read = Arc::new(read);
    for _ in 0..ROUNDS_MAX {
        let (gate, read) = (directory.gate.clone(), Arc::clone(&read));
        let look = move |rows: &Snapshot<'_>, effort: &Effort| {
            // They are not dropped while the snapshot is held.
            let dropped = gate.dropped();
            if past.dropped != dropped {
                past = Past::new(past.at, past.area);
                past.dropped = dropped;
            }
            let missing = match past.look(rows, effort)? {
                Ok(missing) => missing,
                Err(why) => return Ok(Err(why)),
            };
            let answer = if missing.is_empty() { Some(read(rows, &past, effort)?) } else { None };
            Ok(Ok((answer, missing, past)))
        };
        let (looked, moment) = directory.gate.read(weight, fresh, look).await?;
        let (answer, missing, known) = looked.map_err(|why| too_far(at, why))?;
        past = known;
        if let Some(answer) = answer {
            directory.history.keep(past);
            return Ok((answer, moment));
        }
        let _turn = if missing.is_empty() { None } else { Some(directory.history.turn().await?) };
        for (id, view) in load(directory, missing, at).await? {
            past.put(id.as_str(), view);
        }
    }
    let (zh, en) =
        ("办理频繁,暂时无法还原当时的名录,请稍后再试", "too much is being recorded just now, try again later");
    Err(serve::status::reasoned(Code::Unavailable, "BUSY", zh, en))
}

/// The providers of a page, encoded, and where it ended if more follow.
type Told = ask::Page<Bytes>;

/// A page of a list as it was at `at`, by how the certifications stood on a day.
pub(crate) async fn page_then(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    (at, day): (u64, i32),
    asked: &Arc<Listing>,
) -> Result<(Told, Moment), Answer> {
    if asked.filter.by_division() {
        by_division(directory, &[Weight::Heavy(caller)], fresh, (at, day), asked).await
    } else {
        sorted(directory, caller, fresh, (at, day), asked).await
    }
}

/// A page that goes on from one of what is live today: it costs as little as that did, whatever was recorded since.
pub(crate) async fn page_after(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    (at, day): (u64, i32),
    asked: &Arc<Listing>,
) -> Result<(Told, Moment), Answer> {
    if asked.filter.goes_straight(day, directory.today()) {
        by_division(directory, &[Weight::Light, Weight::Heavy(caller)], fresh, (at, day), asked).await
    } else {
        page_then(directory, caller, fresh, (at, day), asked).await
    }
}

/// Along the index of the place: what has changed since is loaded for each page alone, so that it may be however much.
async fn by_division(
    directory: &Directory,
    weights: &[Weight],
    fresh: Fresh,
    (at, day): (u64, i32),
    asked: &Arc<Listing>,
) -> Result<(Told, Moment), Answer> {
    let mut read = None;
    for weight in weights {
        let (names, of) = (directory.names(), Arc::clone(asked));
        let look = move |rows: &Snapshot<'_>, effort: &Effort| {
            of.found((&names, day, effort), |ask, after, mut tell| draft(rows, ask, at, after, &mut tell))
        };
        let ((drafted, encoder), moment) = directory.gate.read(*weight, fresh, look).await?;
        let drafted = drafted.ok_or_else(|| too_far(at, TooFar::Loaded))?;
        let has_come_to_some = !drafted.page.is_empty() || drafted.end.is_none();
        read = Some((drafted, encoder, moment));
        if has_come_to_some {
            break;
        }
    }
    let Some((Draft { page, end }, mut encoder, moment)) = read else { return Ok(Default::default()) };
    let changed = |next: &Next<_>| match next {
        Next::Changed(changed) => Some((changed.id.clone(), changed.known)),
        Next::Told(_) => None,
    };
    let missing: Missing = page.iter().filter_map(changed).collect();
    let _turn = match weights {
        _ if missing.is_empty() => None,
        [Weight::Light, ..] => Some(directory.history.page_turn().await?),
        _ => Some(directory.history.turn().await?),
    };
    let records = load(directory, missing, at).await?;
    let records: BTreeMap<_, _> = records.into_iter().collect();
    let names = directory.names();
    let (teller, effort) = (Teller::new(&names), Effort::short(0));
    let ask = Ask { filter: &asked.filter, day, page_size: asked.page_size, effort: &effort };
    let mut places = Vec::with_capacity(page.len());
    for next in page {
        places.extend(match next {
            Next::Told(place) => Some(place),
            Next::Changed(changed) => {
                let then = records.get(&changed.id).and_then(Option::as_ref);
                changed.tell(ask, then, &mut |found| summary::write(found, &mut encoder, &teller))
            }
        });
    }
    Ok(((encoder.cut(places.into_iter()), end), moment))
}

/// From all the outlets under the filters, with what has changed since.
async fn sorted(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    (at, day): (u64, i32),
    asked: &Arc<Listing>,
) -> Result<(Told, Moment), Answer> {
    let (names, of) = (directory.names(), Arc::clone(asked));
    let read = move |rows: &Snapshot<'_>, past: &Past, effort: &Effort| {
        let (found, encoder) = of.found((&names, day, effort), |ask, after, mut tell| {
            // Before it, a token has the way in which the page before was found: to what was earlier there is one.
            past.sorted(rows, ask, after.map(|after| after.get(1..).unwrap_or_default()), &mut tell)
        })?;
        let marked = |end: Vec<u8>| [&[SORTED], end.as_slice()].concat();
        Ok(found.map(|(places, end)| (encoder.cut(places.into_iter()), end.map(marked))))
    };
    let area = asked.filter.division.clone();
    let (page, moment) = read_then(directory, Weight::Heavy(caller), fresh, at, area, read).await?;
    Ok((page.ok_or_else(too_many_to_sort)?, moment))
}

/// What was on record at `at` of outlets, each known to the rows up to a position.
async fn load(directory: &Directory, missing: Missing, at: u64) -> Result<Vec<(ProviderId, Option<View>)>, Answer> {
    let loads = missing.into_iter().map(|(id, known)| async move {
        let commits = directory.history.load(&id, known).await?;
        Ok::<_, Answer>((id, told(&commits, at)))
    });
    stream::iter(loads).buffer_unordered(LOADS_AT_A_TIME).try_collect().await
}

/// A page of the list as it was earlier.
pub(crate) async fn list_then(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    earlier: Earlier,
    asked: &Arc<Listing>,
) -> Result<Page, Answer> {
    let then = find(directory, fresh, earlier, asked.after.as_ref().map(|end| end.position)).await?;
    let on = asked.after.as_ref().map_or_else(|| asked.as_of.unwrap_or(then.known_on), |end| end.day);
    let ((providers, end), moment) = page_then(directory, caller, fresh, (then.position, on), asked).await?;
    if providers.is_empty() && end.is_none() && !earlier.is_over(then, moment.position) {
        moment.absent()?;
    }
    let Moment { position, true_at_ms, digest, .. } = moment;
    let end = end.map(|place| PageEnd { day: on, position: then.position, place });
    Ok(Page {
        providers,
        next_page_token: asked.question.token(end.as_ref()),
        position,
        as_of: day(on),
        as_of_position: then.position,
        known_on: day(then.known_on),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
        ..Default::default()
    })
}

/// A page of counts that is asked for.
pub(crate) struct Counting {
    pub(crate) question: Question,
    pub(crate) filter: Filter,
    pub(crate) as_of: Option<i32>,
    pub(crate) digits: usize,
    pub(crate) after: Option<PageEnd>,
}

/// A page of the counts as they were earlier: what it counts, where it ended if more follow, and the day it is about.
pub(crate) async fn counts_then(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    earlier: Earlier,
    asked: &Arc<Counting>,
) -> Result<((Counts, Option<Vec<u8>>), Moment, Then, i32), Answer> {
    let then = find(directory, fresh, earlier, asked.after.as_ref().map(|end| end.position)).await?;
    let on = asked.after.as_ref().map_or_else(|| asked.as_of.unwrap_or(then.known_on), |end| end.day);
    let of = Arc::clone(asked);
    let read = move |rows: &Snapshot<'_>, past: &Past, effort: &Effort| {
        let after = of.after.as_ref().map(|end| end.place.as_slice());
        let (mut found, part) = counts(rows, &of.filter, (on, of.digits), after, effort)?;
        past.recount(rows, &mut found, &of.filter, &part, (on, of.digits))?;
        Ok((found, part.end))
    };
    let area = asked.filter.division.clone();
    let (found, moment) = read_then(directory, Weight::Heavy(caller), fresh, then.position, area, read).await?;
    Ok((found, moment, then, on))
}

/// What the rows say of a provider that is asked about as it was.
#[derive(Clone)]
struct Known {
    then: Then,
    first_position: u64,
    last_position: u64,
    revision: u64,
    confirmed: Option<ConfirmedRow>,
    barred: Vec<(String, BarRow)>,
}

/// One provider as it was on record earlier.
pub(crate) async fn provider_then(
    directory: &Directory,
    caller: Caller,
    fresh: Fresh,
    id: &ProviderId,
    earlier: Earlier,
    as_of: Option<i32>,
) -> Result<Record, Answer> {
    let fresh = reaching(directory, earlier, fresh).await?;
    let (of, names, today) = (id.clone(), directory.names(), directory.today());
    let tell = move |known: &Known, view: View| {
        let on = as_of.unwrap_or(known.then.known_on);
        let view = view.told_of(on).shown_on(today);
        let told = provider::provider(&of, &view, known.confirmed.as_ref(), &names, on);
        let told = v1::Provider { operator_bars: bar::bars(&known.barred, (&of, &view), &names, on), ..told };
        Bytes::from(told.encode_to_vec())
    };
    let (of, at_once) = (id.clone(), tell.clone());
    let look = move |rows: &Snapshot<'_>| {
        let then = earlier.find(rows, None)?;
        let Some(now) = view(rows, of.as_str())? else { return Ok((then, None)) };
        let known = Known {
            then,
            first_position: now.first_position,
            last_position: now.last_position,
            revision: now.revision,
            confirmed: confirmed(rows, &operator_code(&of, &now).0, then.position)?,
            barred: bars(rows, now.codes(&of), then.position)?,
        };
        // What has not changed since is told as it stands.
        let told = (known.last_position <= then.position).then(|| at_once(&known, now));
        Ok((then, Some((known, told))))
    };
    let ((then, found), moment) = record::read(directory, caller, fresh, id, ToldOf::All, look).await?;
    let told = match found.filter(|(known, _)| known.first_position <= then.position) {
        Some((_, Some(told))) => Some(told),
        Some((known, None)) => {
            let before = Before { at: then.position, known: known.last_position, revision: known.revision };
            directory.history.of_provider(id, before, move |view| tell(&known, view)).await?
        }
        None => None,
    };
    let Some(told) = told else {
        if !earlier.is_over(then, moment.position) {
            moment.absent()?;
        }
        well_checked("provider_id", id.operator())?;
        let (zh, en) = ("当时没有这个网点的记录", "nothing had been recorded of this provider by then");
        return Err(serve::status::reasoned(Code::NotFound, "NOT_FOUND", zh, en));
    };
    let Moment { position, true_at_ms, digest, .. } = moment;
    Ok(Record {
        provider: Some(told),
        position,
        as_of: day(as_of.unwrap_or(then.known_on)),
        as_of_position: then.position,
        known_on: day(then.known_on),
        true_at_ms,
        digest,
        log_id: directory.log_id.to_string(),
    })
}
