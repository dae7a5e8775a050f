//! The directory's calls: read the question, wait for the position asked, answer from the rows on a thread that may block.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::{BureauId, CategoryCode, Day, DivisionPrefix, Instant, Invalid, Position, ProviderId, ZoneCode};
use futures_util::Stream;
use projection::{Progress, ReadError, Reader, Snapshot};
use serve::Fields;
use tokio::sync::{Semaphore, watch};
use tonic::{Code, Request, Response, Status as Answer};

use crate::card::Teller;
use crate::filters::{Fresh, bounded, fresh, group_digits, list_filter, month};
use crate::history::{self, History};
use crate::page::{self, Page};
use crate::past::Listing;
use crate::queries::{self, Desk, EncodedList, Filter};
use crate::search::Ask;
use crate::token::Tokens;
use crate::watch::{self as watching, WATCHERS_MAX, Watched};
use crate::{MIN_POSITION_WAIT_MAX, Names, present};

/// Reads on blocking threads at one time; beyond it calls wait their turn within their deadline.
const READS_MAX: usize = 64;
const PAGE_DEFAULT: usize = 20;
const PAGE_MAX: usize = 100;
const CHANGES_DEFAULT: usize = 100;
const CHANGES_MAX: usize = 1000;
const WITHIN_DAYS_DEFAULT: u32 = 90;
const WITHIN_DAYS_MAX: u32 = 366;
const PLAQUE_BYTES_MAX: usize = 64;
/// Months that flows are told of in one answer.
const MONTHS_MAX: i32 = 120;
/// Wait for rows that are not known to be young enough; they are looked at every half second.
const FRESH_WAIT_MAX: Duration = Duration::from_millis(1500);

/// The calls of the directory.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(crate) reader: Reader,
    pub(crate) history: History,
    pub(crate) names: Arc<Names>,
    tokens: Tokens,
    clock: fn() -> Instant,
    reads: Arc<Semaphore>,
    pub(crate) watchers: Arc<Semaphore>,
    draining: watch::Receiver<bool>,
}

pub(crate) fn too_many_to_sort() -> Answer {
    Answer::resource_exhausted(
        "排序的网点过多,请缩小区划或类别 / too many outlets to sort: name a smaller place or a category",
    )
}

pub(crate) fn too_many_rows() -> Answer {
    Answer::resource_exhausted("统计行数过多,请缩小区划 / too many rows: name a smaller place or fewer digits")
}

/// What an answer is true at.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) position: u64,
    pub(crate) true_at_ms: u64,
    pub(crate) digest: String,
}

/// That moment by the calendar, in milliseconds since 1970-01-01 UTC; 0 where there was none.
pub(crate) fn moment_ms(clock: fn() -> Instant, moment: Option<std::time::Instant>) -> u64 {
    moment.map_or(0, |moment| {
        let now = clock().0;
        // Part of a millisecond counts as one: what is said to be true at a moment was asked at it or later.
        let elapsed = u64::try_from(moment.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        now.saturating_sub(elapsed)
    })
}

/// Where a page ended; the pages that follow keep its day and the position it was of.
#[derive(Debug)]
pub(crate) struct PageEnd {
    pub(crate) day: i32,
    /// 0: whatever is there, and the beginning of the log.
    pub(crate) position: u64,
    pub(crate) place: Vec<u8>,
}

impl PageEnd {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (day, rest) = bytes.split_first_chunk()?;
        let (position, place) = rest.split_first_chunk()?;
        let (day, position) = (i32::from_be_bytes(*day), u64::from_be_bytes(*position));
        Some(Self { day, position, place: place.to_vec() })
    }
}

impl Directory {
    pub(crate) fn new(
        reader: Reader,
        history: History,
        names: Arc<Names>,
        tokens: Tokens,
        clock: fn() -> Instant,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let (reads, watchers) = (Arc::new(Semaphore::new(READS_MAX)), Arc::new(Semaphore::new(WATCHERS_MAX)));
        Self { reader, history, names, tokens, clock, reads, watchers, draining }
    }

    fn today(&self) -> i32 {
        Day::of((self.clock)()).number()
    }

    fn day(&self, fields: &mut Fields, as_of: &str) -> Option<i32> {
        let day = fields.optional("as_of", as_of, Day::parse)?;
        Some(day.map_or_else(|| self.today(), Day::number))
    }

    /// Runs a read on a snapshot that is fresh enough, and says when it was.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        fresh: Fresh,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<(T, Moment), Answer> {
        let min_position = Position(fresh.min_position);
        if let Err(behind) = self.reader.wait_for(min_position, MIN_POSITION_WAIT_MAX).await {
            let (cursor, wanted) = (behind.cursor.0, behind.wanted.0);
            let zh = format!("数据尚未更新到位置{wanted},当前{cursor}");
            let en = format!("the directory is at position {cursor} and not yet at {wanted}");
            return Err(serve::status::reasoned(Code::Unavailable, "BEHIND", &zh, &en));
        }
        // Taken before the rows are: what they hold by then, they hold afterwards.
        let true_at_ms = self.current(fresh).await?;
        let _permit = self.reads.acquire().await.map_err(|error| Answer::unavailable(error.to_string()))?;
        let reader = self.reader.clone();
        let done = tokio::task::spawn_blocking(move || {
            let rows = reader.rows();
            let snapshot = rows.snapshot();
            let (position, digest) = (snapshot.position().0, snapshot.digest().hex());
            read(&snapshot).map(|value| (value, Moment { position, true_at_ms, digest }))
        });
        done.await.map_err(|error| Answer::internal(error.to_string()))?.map_err(|error| {
            if error.passes() {
                let (zh, en) =
                    ("数据正在更新,请稍后再试", "the rows have moved on or are being opened anew, try again later");
                return serve::status::reasoned(Code::Unavailable, "ROWS_AWAY", zh, en);
            }
            tracing::error!(%error, "a read failed");
            Answer::internal("读取失败 / a read failed")
        })
    }

    /// When the rows last held everything the log had; an error where that is longer ago than asked for.
    async fn current(&self, fresh: Fresh) -> Result<u64, Answer> {
        let mut progress = self.reader.progress();
        let known = |progress: &Progress| moment_ms(self.clock, progress.current);
        if fresh.max_age_seconds == 0 {
            return Ok(known(&progress.borrow()));
        }
        let longest = Duration::from_secs(fresh.max_age_seconds.into());
        let young = |progress: &Progress| progress.current.is_some_and(|current| current.elapsed() <= longest);
        // A timeout and a closed channel mean the same here: look how old the rows are.
        let _ = tokio::time::timeout(FRESH_WAIT_MAX, progress.wait_for(|progress| young(progress))).await;
        let now = progress.borrow();
        if young(&now) {
            return Ok(known(&now));
        }
        let zh = format!("数据可能早于{}秒,请稍后再试", fresh.max_age_seconds);
        let en = format!("the rows may be older than {} s, try again later", fresh.max_age_seconds);
        Err(serve::status::reasoned(Code::Unavailable, "STALE", &zh, &en))
    }

    /// A page that a short look at the rows fills, answered on the caller's thread: handing it to another takes as long as the look.
    /// `None` where it would wait or take longer, or fails; the long way says why.
    fn at_once(
        &self,
        fresh: Fresh,
        filter: &Filter,
        day: i32,
        after: Option<&[u8]>,
        page_size: usize,
    ) -> Option<(EncodedList, Moment)> {
        if !filter.by_division() || fresh.max_age_seconds > 0 || self.reader.cursor() < Position(fresh.min_position) {
            return None;
        }
        let true_at_ms = moment_ms(self.clock, self.reader.progress().borrow().current);
        let pinned = self.reader.rows();
        let rows = pinned.snapshot();
        let teller = &Teller::new(&self.names);
        let ask = Ask { filter, teller, day, page_size, rows_max: 2 * PAGE_MAX };
        let (page, end) = queries::encoded_list(&rows, ask, after).ok()?;
        let full = page.len() == page_size || end.is_none();
        full.then(|| ((page, end), Moment { position: rows.position().0, true_at_ms, digest: rows.digest().hex() }))
    }

    /// Where the page before ended, as its token says; `Some(None)` for the first page.
    #[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
    fn page_end(&self, fields: &mut Fields, question: &str, token: &str) -> Option<Option<PageEnd>> {
        if token.is_empty() {
            return Some(None);
        }
        let foreign = Invalid {
            rule: "FORMAT", zh: "翻页标记无效或不属于此查询", en: "not a token of this question"
        };
        let end = self.tokens.read(question, token).and_then(|bytes| PageEnd::read(&bytes));
        fields.checked("page_token", end.ok_or(foreign)).map(Some)
    }

    pub(crate) fn token(&self, question: &str, end: &PageEnd) -> String {
        let mut bytes = end.day.to_be_bytes().to_vec();
        bytes.extend(end.position.to_be_bytes());
        bytes.extend_from_slice(&end.place);
        self.tokens.make(question, &bytes)
    }

    /// A page of a list.
    pub(crate) async fn list(&self, request: v1::ListProvidersRequest) -> Result<Page, Answer> {
        let question = format!(
            "list|{}|{}|{}|{}|{:?}|{}|{}|{}|{}|{:?}|{}|{}|{}",
            request.division,
            request.zone,
            request.category,
            request.statistical_class,
            request.statuses,
            request.operator_code,
            request.as_of,
            request.text,
            request.number,
            request.near,
            request.order,
            request.as_of_position,
            request.known_on,
        );
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let filter = list_filter(&mut fields, &request);
        let as_of = fields.optional("as_of", &request.as_of, Day::parse);
        let earlier = history::asked(&mut fields, request.as_of_position, &request.known_on, self.today());
        let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
        let after = self.page_end(&mut fields, &question, &request.page_token);
        let read = (|| Some((filter?, as_of?.map(Day::number), earlier?, page_size?, after?)))();
        let (filter, as_of, earlier, page_size, after) = fields.finish(read)?;
        if let Some(earlier) = earlier {
            let asked = Listing { question, filter, as_of, page_size, after };
            return self.list_then(fresh, earlier, asked).await;
        }
        // The pages that follow keep the first page's day.
        let (day, after) = match after {
            Some(end) => (end.day, Some(end.place)),
            None => (as_of.unwrap_or_else(|| self.today()), None),
        };
        let at_once = self.at_once(fresh, &filter, day, after.as_deref(), page_size);
        let ((providers, end), Moment { position, true_at_ms, digest }) = if let Some(answer) = at_once {
            answer
        } else {
            let names = Arc::clone(&self.names);
            let read = move |rows: &Snapshot<'_>| {
                let (teller, rows_max) = (&Teller::new(&names), queries::SCAN_ROWS_MAX);
                queries::list(rows, Ask { filter: &filter, teller, day, page_size, rows_max }, after.as_deref())
            };
            let (page, moment) = self.read(fresh, read).await?;
            let (providers, end) = page.ok_or_else(too_many_to_sort)?;
            ((page::encoded(&providers), end), moment)
        };
        let end = end.map(|place| PageEnd { day, position: 0, place });
        Ok(Page {
            providers,
            next_page_token: end.map(|end| self.token(&question, &end)).unwrap_or_default(),
            position,
            as_of: present::day(day),
            true_at_ms,
            digest,
            ..Default::default()
        })
    }
}

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn get_provider(
        &self,
        request: Request<v1::GetProviderRequest>,
    ) -> Result<Response<v1::GetProviderResponse>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let id = fields.required("provider_id", &request.provider_id, ProviderId::parse);
        let as_of = fields.optional("as_of", &request.as_of, Day::parse);
        let earlier = history::asked(&mut fields, request.as_of_position, &request.known_on, self.today());
        let read = (|| Some((id?, as_of?.map(Day::number), earlier?)))();
        let (id, as_of, earlier) = fields.finish(read)?;
        if let Some(earlier) = earlier {
            return self.provider_then(fresh, &id, earlier, as_of).await.map(Response::new);
        }
        let day = as_of.unwrap_or_else(|| self.today());
        let key = id.to_string();
        let (view, Moment { position, true_at_ms, digest }) =
            self.read(fresh, move |rows| queries::view(rows, &key)).await?;
        let view =
            view.ok_or_else(|| Answer::not_found("没有这个网点的记录 / nothing was recorded of this provider"))?;
        let provider = Some(present::provider(&id, &view, &self.names, day));
        let as_of = present::day(day);
        Ok(Response::new(v1::GetProviderResponse {
            provider,
            position,
            as_of,
            true_at_ms,
            digest,
            ..Default::default()
        }))
    }

    async fn list_providers(
        &self,
        request: Request<v1::ListProvidersRequest>,
    ) -> Result<Response<v1::ListProvidersResponse>, Answer> {
        self.list(request.into_inner()).await?.decoded().map(Response::new)
    }

    async fn verify_plaque(
        &self,
        request: Request<v1::VerifyPlaqueRequest>,
    ) -> Result<Response<v1::VerifyPlaqueResponse>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let day = self.day(&mut fields, &request.as_of);
        let number = fields.required("plaque_number", request.plaque_number.trim(), |text| {
            if text.len() > PLAQUE_BYTES_MAX { Err(Invalid::TOO_LONG) } else { Ok(text.to_owned()) }
        });
        let (number, day) = fields.finish(number.zip(day))?;
        let (mut answer, Moment { position, true_at_ms, digest }) =
            self.read(fresh, move |rows| queries::verify(rows, &number, day)).await?;
        answer.position = position;
        answer.true_at_ms = true_at_ms;
        answer.digest = digest;
        answer.as_of = present::day(day);
        Ok(Response::new(answer))
    }

    async fn list_changes(
        &self,
        request: Request<v1::ListChangesRequest>,
    ) -> Result<Response<v1::ListChangesResponse>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let division = fields.optional("division", &request.division, DivisionPrefix::parse);
        let category = fields.optional("category", &request.category, CategoryCode::parse);
        let page_size = bounded(&mut fields, "page_size", request.page_size, CHANGES_DEFAULT, CHANGES_MAX);
        let read = (|| Some((division?, category?, page_size?)))();
        let (division, category, page_size) = fields.finish(read)?;
        let after = request.after_position;
        let read =
            move |rows: &Snapshot<'_>| queries::changes(rows, after, division.as_ref(), category.as_ref(), page_size);
        let ((changes, next_after_position, has_more), Moment { position, true_at_ms, digest }) =
            self.read(fresh, read).await?;
        Ok(Response::new(v1::ListChangesResponse {
            changes,
            next_after_position,
            has_more,
            position,
            true_at_ms,
            digest,
        }))
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<v1::WatchResponse, Answer>> + Send>>;

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<Self::WatchStream>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let division = fields.optional("division", &request.division, DivisionPrefix::parse);
        let category = fields.optional("category", &request.category, CategoryCode::parse);
        let (division, category) = fields.finish(division.zip(category))?;
        let place = Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| {
            let en = format!("{WATCHERS_MAX} watch already, try again later");
            serve::status::reasoned(Code::ResourceExhausted, "BUSY", "订阅已达上限,请稍后再试", &en)
        })?;
        let watched = Watched { after: request.after_position, division, category };
        let (reader, reads) = (self.reader.clone(), Arc::clone(&self.reads));
        Ok(Response::new(Box::pin(watching::begin(reader, reads, watched, place, self.clock, self.draining.clone()))))
    }

    async fn list_tasks(
        &self,
        request: Request<v1::ListTasksRequest>,
    ) -> Result<Response<v1::ListTasksResponse>, Answer> {
        let request = request.into_inner();
        let question = format!(
            "tasks|{}|{}|{}|{}|{:?}|{}",
            request.bureau_id, request.division, request.zone, request.category, request.kinds, request.within_days
        );
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let bureau = fields.optional("bureau_id", &request.bureau_id, BureauId::parse);
        let division = fields.optional("division", &request.division, DivisionPrefix::parse);
        let zone = fields.optional("zone", &request.zone, ZoneCode::parse);
        let category = fields.optional("category", &request.category, CategoryCode::parse);
        let known = |kind: &i32| v1::TaskKind::try_from(*kind).is_ok_and(|kind| kind != v1::TaskKind::Unspecified);
        if request.kinds.len() > 8 || !request.kinds.iter().all(known) {
            fields.violate("kinds", Invalid::RANGE);
        }
        let within_days = match request.within_days {
            0 => Some(WITHIN_DAYS_DEFAULT),
            days if days <= WITHIN_DAYS_MAX => Some(days),
            _ => fields.checked("within_days", Err(Invalid::RANGE)),
        };
        let page_size = bounded(&mut fields, "page_size", request.page_size, PAGE_DEFAULT, PAGE_MAX);
        let after = self.page_end(&mut fields, &question, &request.page_token);
        let today = self.today();
        let read = (|| {
            let kinds = request.kinds.clone();
            let desk = Desk { bureau: bureau?, division: division?, zone: zone?, category: category?, kinds };
            let (day, after) = after?.map_or((today, None), |end| (end.day, Some(end.place)));
            Some((desk, i32::try_from(within_days?).ok()?, page_size?, day, after))
        })();
        let (desk, within_days, page_size, day, after) = fields.finish(read)?;
        let names = Arc::clone(&self.names);
        let read = move |rows: &Snapshot<'_>| queries::work(rows, &desk, &names, day, within_days);
        let (tasks, Moment { position, true_at_ms, digest }) = self.read(fresh, read).await?;
        // The task that ended the page before may be done by now: what comes after its place is next.
        let done = after.map_or(0, |end| tasks.partition_point(|task| queries::place(task) <= end));
        let page: Vec<v1::Task> = tasks.iter().skip(done).take(page_size).cloned().collect();
        let more = done + page.len() < tasks.len();
        let end = page.last().filter(|_| more).map(|last| PageEnd { day, position: 0, place: queries::place(last) });
        Ok(Response::new(v1::ListTasksResponse {
            tasks: page,
            next_page_token: end.map(|end| self.token(&question, &end)).unwrap_or_default(),
            position,
            as_of: present::day(day),
            true_at_ms,
            digest,
        }))
    }

    async fn get_flows(&self, request: Request<v1::GetFlowsRequest>) -> Result<Response<v1::GetFlowsResponse>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let first = fields.required("from_month", &request.from_month, month);
        let last = fields.required("to_month", &request.to_month, month);
        let division = fields.optional("division", &request.division, DivisionPrefix::parse);
        let zone = fields.optional("zone", &request.zone, ZoneCode::parse);
        let category = fields.optional("category", &request.category, CategoryCode::parse);
        let digits = group_digits(&mut fields, request.group_digits);
        if let Some(((from, _), (to, _))) = first.zip(last)
            && !(0..MONTHS_MAX).contains(&(to - from))
        {
            fields.violate("to_month", Invalid::RANGE);
        }
        let read = (|| {
            let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
            // Up to the day before the month that follows the last.
            Some((filter, digits?, (first?.1, last?.1)))
        })();
        let (filter, digits, (first, last)) = fields.finish(read)?;
        let names = Arc::clone(&self.names);
        let days = (first.0, last.1);
        let read = move |rows: &Snapshot<'_>| queries::flows(rows, &filter, &names, days, digits);
        let (rows, Moment { position, true_at_ms, digest }) = self.read(fresh, read).await?;
        let rows = rows.ok_or_else(too_many_rows)?;
        Ok(Response::new(v1::GetFlowsResponse { rows, position, true_at_ms, digest }))
    }

    async fn get_statistics(
        &self,
        request: Request<v1::GetStatisticsRequest>,
    ) -> Result<Response<v1::GetStatisticsResponse>, Answer> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let fresh = fresh(&mut fields, request.min_position, request.max_age_seconds);
        let division = fields.optional("division", &request.division, DivisionPrefix::parse);
        let zone = fields.optional("zone", &request.zone, ZoneCode::parse);
        let category = fields.optional("category", &request.category, CategoryCode::parse);
        let digits = group_digits(&mut fields, request.group_digits);
        let as_of = fields.optional("as_of", &request.as_of, Day::parse);
        let earlier = history::asked(&mut fields, request.as_of_position, &request.known_on, self.today());
        let read = (|| {
            let filter = Filter { division: division?, zone: zone?, category: category?, ..Filter::default() };
            Some((filter, digits?, as_of?.map(Day::number), earlier?))
        })();
        let (filter, digits, as_of, earlier) = fields.finish(read)?;
        if let Some(earlier) = earlier {
            return self.statistics_then(fresh, earlier, (filter, digits, as_of)).await.map(Response::new);
        }
        let day = as_of.unwrap_or_else(|| self.today());
        let names = Arc::clone(&self.names);
        let read = move |rows: &Snapshot<'_>| queries::statistics(rows, &filter, &names, day, digits, None);
        let (counted, Moment { position, true_at_ms, digest }) = self.read(fresh, read).await?;
        let counted = counted.ok_or_else(too_many_rows)?;
        Ok(Response::new(v1::GetStatisticsResponse {
            rows: counted.rows,
            totals: counted.totals,
            providers: counted.providers,
            live_providers: counted.live_providers,
            position,
            as_of: present::day(day),
            true_at_ms,
            digest,
            ..Default::default()
        }))
    }
}
