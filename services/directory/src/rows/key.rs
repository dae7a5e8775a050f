//! Keys: the one place that knows the bytes rows are found by.

pub(crate) mod counted;

use projection::ReadError;

/// `p` provider id → the record.
pub(super) const PROVIDER: u8 = b'p';
/// `d` [`Class`], shown division (12 digits), provider id → [`days`], first position (5 bytes): any prefix of a division is an area.
pub(super) const BY_DIVISION: u8 = b'd';
/// `k` [`Class`], category, shown division, provider id → [`days`], the card: a page of a list is read from neighbouring rows.
pub(super) const BY_CATEGORY: u8 = b'k';
/// `z` [`Class`], zone, category or nothing for all, shown division, provider id → [`days`], first position (5 bytes).
pub(super) const BY_ZONE: u8 = b'z';
/// `o` operator's credit code, provider id → nothing: for codes supplied after the provider id was made.
pub(super) const BY_OPERATOR: u8 = b'o';
/// `n` folded name, shown division, provider id → first position (5 bytes), and [`OVER`] where that is so: names by what they begin with.
pub(super) const BY_NAME: u8 = b'n';
/// `t`, [`IN_NAME`] or [`ELSEWHERE`], a pair of characters, 0, the first position without its last [`CHUNK_BITS`] (3 bytes), shown
/// county (3 bytes) → the set of first positions. A provider is in some thirty of them, and shares most with others of its county. Under
/// [`LIVE`] and no pair, those that may be live.
pub(super) const BY_TEXT: u8 = b't';
/// `i` first position (5 bytes) → the card.
pub(super) const CARD: u8 = b'i';
/// `g` [`Class`], over or live, cell (8 bytes), first position (5 bytes) → nothing: where it stands, if that is shown.
pub(super) const BY_CELL: u8 = b'g';
/// `f` folded number of a certification document or a pledge, provider id → nothing.
pub(super) const BY_NUMBER: u8 = b'f';
/// A pair of characters of the name.
pub(crate) const IN_NAME: u8 = b'1';
/// One of the operator's name or the address.
pub(crate) const ELSEWHERE: u8 = b'2';
/// Of those that may be live, whatever pairs they have.
pub(crate) const LIVE: u8 = b'3';
/// That a name is of an outlet that is over.
pub(super) const OVER: &[u8] = b"0";
/// `w` county (6 digits), lapse (2 bytes), due day (4 bytes), provider id, kind (1 byte), category, 0, number of what it is about, 0,
/// act (4 bytes), first day (4 bytes) → the task. The lapse parts tasks by when they end by themselves, so that those that have are not looked at.
pub(super) const BY_WORK: u8 = b'w';
/// `x` status (1 byte), since when (2 bytes), shown division, provider id → first position (5 bytes): outlets with a certification that has
/// ended so, under the stretch of days in which it did.
pub(super) const BY_END: u8 = b'x';
/// `c` position → the commit as the public follows it.
pub(super) const CHANGE: u8 = b'c';
/// `b` operator's code → the bars on it: few operators have such a row.
pub(super) const BARS: u8 = b'b';
/// `u` operator's credit code → that it was confirmed, where it fails its check.
pub(super) const CONFIRMED: u8 = b'u';
/// `v` operator's code → its outlets that were ever certified, each with the bars that its ends brought.
pub(super) const OPERATED: u8 = b'v';
/// `h` pledge number → the providers that hold it; more than one where it is doubled.
pub(super) const HOLDERS: u8 = b'h';
/// How many messages of the log were set aside; there is no such row where none was.
pub(super) const STRAYS: [u8; 1] = [b'q'];
/// The latest day on which something was recorded.
pub(super) const NEWEST_DAY: [u8; 1] = [b'e'];
/// `y` county (6 digits), position (8 bytes) → nothing: the changes of outlets in a county.
pub(super) const CHANGE_IN: u8 = b'y';
/// `l` the position without its last [`LEFT_BITS`] (3 bytes), shown division, provider id → the last position (5 bytes) of these at which the
/// outlet left this place, or a zone, a category or a [`Class`] in it: what stood in an index then and does not now is found by it. Where its
/// address is withheld afterwards it is found by its street, so it has left that as well.
pub(super) const LEFT: u8 = b'l';
/// What the keys of all changes begin with.
pub(crate) const CHANGES: [u8; 1] = [CHANGE];
/// Stands between the parts of a key; no part holds it.
const SEPARATOR: u8 = 0;
/// First positions that differ only in so many lower bits share their sets of the text index: a set is as long as a chunk lets it be,
/// and a new provider touches none but the last. Few in tests, which have few outlets.
pub(crate) const CHUNK_BITS: u32 = if cfg!(test) { 6 } else { 18 };
/// Positions that differ only in so many lower bits share a stretch of what has left: who goes on from a page passes over what left since the stretch
/// began, and not over all that ever did. Few in tests.
const LEFT_BITS: u32 = if cfg!(test) { 10 } else { 14 };
/// A key of these parts.
pub(crate) fn key(kind: u8, parts: &[&str]) -> Vec<u8> {
    let mut key = vec![kind];
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            key.push(SEPARATOR);
        }
        key.extend_from_slice(part.as_bytes());
    }
    key
}

/// Five bytes, the big end first: enough for a position or the twelve digits of a division.
pub(crate) fn short(number: u64) -> [u8; 5] {
    let bytes = number.min((1 << 40) - 1).to_be_bytes();
    [bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]
}

/// The first and the last of twelve digits that begin with these.
pub(crate) fn division_range(digits: &str) -> (u64, u64) {
    let padded = |with: &str| format!("{digits:<12}").replace(' ', with).parse().unwrap_or(0);
    (padded("0"), padded("9"))
}

/// The part of the text index that one pair, or every pair beginning with one character, has.
pub(crate) fn text_prefix(class: u8, gram: &str) -> Vec<u8> {
    let mut key = vec![BY_TEXT, class];
    key.extend_from_slice(gram.as_bytes());
    if gram.chars().nth(1).is_some() {
        key.push(SEPARATOR);
    }
    key
}

/// Three bytes, the big end first.
fn three(number: u64) -> [u8; 3] {
    let bytes = number.min((1 << 24) - 1).to_be_bytes();
    [bytes[5], bytes[6], bytes[7]]
}

/// The six digits that twelve begin with.
pub(crate) fn county(division: u64) -> u64 {
    division / 1_000_000
}

pub(crate) fn text_key(class: u8, gram: &str, division: u64, first_position: u64) -> Vec<u8> {
    let mut key = text_prefix(class, gram);
    key.extend_from_slice(&three(first_position >> CHUNK_BITS));
    key.extend_from_slice(&three(county(division)));
    key
}

/// The sets that a pair has of a chunk, in the counties from one to another, both included.
pub(crate) fn text_range(class: u8, gram: &str, chunk: u64, (low, high): (u64, u64)) -> (Vec<u8>, Vec<u8>) {
    let mut prefix = text_prefix(class, gram);
    prefix.extend_from_slice(&three(chunk));
    ([prefix.as_slice(), &three(low)].concat(), [prefix.as_slice(), &three(high + 1)].concat())
}

/// The chunk and the county in a key of the text index.
pub(crate) fn text_place(key: &[u8]) -> Option<(u64, u64)> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let (chunk, county) = key.last_chunk::<6>()?.split_at(3);
    Some((number(chunk), number(county)))
}

/// What the keys begin with of outlets whose folded name begins with a text.
pub(crate) fn named(text: &str) -> Vec<u8> {
    key(BY_NAME, &[text])
}

/// What the keys begin with of outlets that have a number, as numbers are compared.
pub(crate) fn numbered(number: &str) -> Vec<u8> {
    key(BY_NUMBER, &[number, ""])
}

/// What the keys begin with of the records of an operator's outlets.
pub(crate) fn outlets_of(operator: &str) -> Vec<u8> {
    key(PROVIDER, &[operator])
}

/// What the keys begin with of outlets whose operator's code was supplied later.
pub(crate) fn completed(operator: &str) -> Vec<u8> {
    key(BY_OPERATOR, &[operator, ""])
}

/// Bytes of a day that are in the order of days.
pub(crate) fn day_bytes(day: i32) -> [u8; 4] {
    u32::try_from(i64::from(day) - i64::from(i32::MIN)).unwrap_or(u32::MAX).to_be_bytes()
}

fn day_of(bytes: [u8; 4]) -> i32 {
    i32::try_from(i64::from(u32::from_be_bytes(bytes)) + i64::from(i32::MIN)).unwrap_or(i32::MAX)
}

/// Days that are parted from others together: some twelve months.
const LAPSE_DAYS: i32 = 384;
/// Tasks that end with the day they are due on.
pub(crate) const LAPSE_WHEN_DUE: u16 = 0;
/// Tasks that end only when something is recorded.
const LAPSE_NEVER: u16 = u16::MAX;

/// The lapse of tasks whose last day is this one.
pub(crate) fn lapse(until: i32) -> u16 {
    if until == i32::MAX {
        return LAPSE_NEVER;
    }
    let stretch = until.div_euclid(LAPSE_DAYS).clamp(-0x4000, 0x4000) + 0x4001;
    u16::try_from(stretch).unwrap_or(LAPSE_NEVER - 1)
}

/// What the keys begin with of the tasks of a county, or of all whose digits begin so.
pub(crate) fn work_in(area: &str) -> Vec<u8> {
    [&[BY_WORK], area.as_bytes()].concat()
}

/// What the keys begin with of the tasks of a key's county and lapse, and that lapse.
pub(crate) fn work_of(key: &[u8]) -> Option<(&[u8], u16)> {
    let (prefix, lapse) = (key.get(..9)?, key.get(7..9)?);
    Some((prefix, u16::from_be_bytes(lapse.try_into().ok()?)))
}

/// The key of a task.
pub(super) fn task_key(county: &str, lapse: u16, place: &[u8]) -> Vec<u8> {
    [&[BY_WORK], county.as_bytes(), &lapse.to_be_bytes(), place].concat()
}

/// Where a task stands among others: the end of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskPlace<'a> {
    pub(crate) on: i32,
    pub(crate) id: &'a str,
    pub(crate) kind: u8,
    pub(crate) category: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) act: u32,
    pub(crate) from: i32,
}

/// Bytes of a provider id.
const ID_BYTES: usize = 22;

impl<'a> TaskPlace<'a> {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self { on, id, kind, category, subject, act, from } = self;
        let texts = [category.as_bytes(), &[SEPARATOR], subject.as_bytes(), &[SEPARATOR]].concat();
        [day_bytes(*on).as_slice(), id.as_bytes(), &[*kind], &texts, &act.to_be_bytes(), &day_bytes(*from)].concat()
    }

    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (on, rest) = bytes.split_first_chunk::<4>()?;
        let (id, rest) = rest.split_at_checked(ID_BYTES)?;
        let (kind, rest) = rest.split_first()?;
        let (rest, from) = rest.split_last_chunk::<4>()?;
        let (texts, act) = rest.split_last_chunk::<4>()?;
        let (category, subject) = std::str::from_utf8(texts).ok()?.strip_suffix('\0')?.split_once('\0')?;
        let id = std::str::from_utf8(id).ok()?;
        Some(Self {
            on: day_of(*on),
            id,
            kind: *kind,
            category,
            subject,
            act: u32::from_be_bytes(*act),
            from: day_of(*from),
        })
    }
}

/// Months of 32 days in which certifications end are told apart in the year of the day asked about, years of twelve before it.
const END_MONTHS_A_YEAR: i32 = 12;
/// Marks a month among stretches.
const MONTH_BIT: u16 = 0x8000;

fn end_month(day: i32) -> i32 {
    day.div_euclid(32).clamp(-0x1000, 0x1000) + 0x1000
}

/// The stretches an end on this day is kept under: its year and its month.
pub(super) fn end_stretches(day: i32) -> [u16; 2] {
    let month = end_month(day);
    let number = |stretch: i32| u16::try_from(stretch).unwrap_or(0);
    [number(month / END_MONTHS_A_YEAR), MONTH_BIT | number(month)]
}

/// Whether the ends of a stretch are to be looked at for a day, so that each that lies before the day is in one that is.
pub(crate) fn is_stretch_before(stretch: u16, day: i32) -> bool {
    let month = end_month(day);
    let first_of_year = month / END_MONTHS_A_YEAR * END_MONTHS_A_YEAR;
    let number = i32::from(stretch & !MONTH_BIT);
    if stretch & MONTH_BIT == 0 {
        number < month / END_MONTHS_A_YEAR
    } else {
        (first_of_year..=month).contains(&number)
    }
}

/// What the keys begin with of outlets that ended with a status.
pub(crate) fn ended(status: u8) -> Vec<u8> {
    vec![BY_END, status]
}

/// What the keys begin with of the stretch of such a key, and the stretch.
pub(crate) fn ended_of(key: &[u8]) -> Option<(&[u8], u16)> {
    let (prefix, stretch) = (key.get(..4)?, key.get(2..4)?);
    Some((prefix, u16::from_be_bytes(stretch.try_into().ok()?)))
}

/// The key of an outlet that ended with a status in a stretch.
pub(super) fn end_key(status: u8, stretch: u16, division: &str, id: &str) -> Vec<u8> {
    let tail = key(0, &[division, id]);
    [&[BY_END, status], stretch.to_be_bytes().as_slice(), &tail[1..]].concat()
}

/// A division and a provider id as they stand at the end of an index key.
pub(crate) fn place_of(division: &str, id: &str) -> Vec<u8> {
    key(0, &[division, id]).split_off(1)
}

/// The division and the provider id at the end of an index key, as they stand there.
pub(crate) fn outlet_place(key: &[u8]) -> Option<&[u8]> {
    let id = key.iter().rposition(|byte| *byte == SEPARATOR)?;
    key.get(id.checked_sub(12)?..)
}

/// The first position in the value of a row of names, and whether its outlet is over.
pub(crate) fn of_name(value: &[u8]) -> Option<(&[u8], bool)> {
    let (position, rest) = value.split_at_checked(5)?;
    Some((position, rest == OVER))
}

pub(crate) fn card_key(first_position: &[u8]) -> Vec<u8> {
    let mut key = vec![CARD];
    key.extend_from_slice(first_position);
    key
}

/// Where the cells from `cell` on begin.
pub(crate) fn cell_key(class: Class, cell: u64) -> Vec<u8> {
    let mut key = vec![BY_CELL, class.byte()];
    key.extend_from_slice(&cell.to_be_bytes());
    key
}

/// Where the outlets of a cell begin, from a first position on.
pub(crate) fn cell_in(class: Class, cell: u64, position: &[u8]) -> Vec<u8> {
    [cell_key(class, cell).as_slice(), position].concat()
}

pub(crate) fn change_key(position: u64) -> Vec<u8> {
    let mut key = vec![CHANGE];
    key.extend_from_slice(&position.to_be_bytes());
    key
}

/// The provider id at the end of an index key.
pub(crate) fn id_of(key: &[u8]) -> Option<&str> {
    let start = key.iter().rposition(|byte| *byte == SEPARATOR)? + 1;
    std::str::from_utf8(&key[start..]).ok()
}

/// The county a division is in; of one that is not known, no county's digits.
pub(crate) fn county_digits(division: &str) -> &str {
    division.get(..6).unwrap_or("000000")
}

/// A row that has another form than this version writes.
pub(crate) fn odd() -> ReadError {
    ReadError::Store("a key of the directory has an odd form".to_owned())
}

/// Outlets that an index has apart, by what is on record of them: a list of what is live passes over nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Those that are live on no day from that of their last record on, and places that they have left.
    Over,
    /// Those that may be, and no measure is on them.
    Live,
    /// Those that may be, with one.
    Measured,
}

impl Class {
    pub(crate) const ALL: &'static [Self] = &[Self::Over, Self::Live, Self::Measured];

    fn byte(self) -> u8 {
        match self {
            Self::Over => b'0',
            Self::Live => b'1',
            Self::Measured => b'2',
        }
    }
}

/// What the value of such a row begins with: the first and the last day on which it may be live; nothing of one that is over.
pub(super) fn days((first, last): (i32, i32)) -> Vec<u8> {
    [day_bytes(first), day_bytes(last)].concat()
}

const DAYS_BYTES: usize = 8;

/// Where in the value of a row at this key begins what its card is or where that is found.
pub(crate) fn behind_days(key: &[u8]) -> usize {
    let is_over = key.get(1) == Some(&Class::Over.byte());
    if matches!(key.first(), Some(&BY_DIVISION | &BY_CATEGORY | &BY_ZONE)) && !is_over { DAYS_BYTES } else { 0 }
}

/// Whether a row of an index that is not over may be live on a day.
pub(crate) fn may_be_live(value: &[u8], day: i32) -> bool {
    let day = day_bytes(day);
    let days = value.first_chunk::<4>().zip(value.get(4..).and_then(<[u8]>::first_chunk::<4>));
    days.is_none_or(|(first, last)| *first <= day && day <= *last)
}

/// Which index has the outlets of a place in order: the zone's, the category's or the division's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index<'a> {
    pub(crate) zone: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
}

impl Index<'_> {
    /// What the keys begin with of the outlets of a class in a place; `area` is the first digits of its division.
    pub(crate) fn of_place(self, class: Class, area: &str) -> Vec<u8> {
        self.key(class, &[area])
    }

    /// The key of an outlet.
    pub(super) fn key(self, class: Class, parts: &[&str]) -> Vec<u8> {
        let mut key = match (self.zone, self.category) {
            (Some(zone), category) => key(BY_ZONE, &[&[zone, category.unwrap_or_default()], parts].concat()),
            (None, Some(category)) => key(BY_CATEGORY, &[&[category], parts].concat()),
            (None, None) => key(BY_DIVISION, parts),
        };
        key.insert(1, class.byte());
        key
    }

    /// Where a page ended, of a division and id as they stand in an index: whatever form rows have, the same in every directory.
    pub(crate) fn at(self, place: &[u8]) -> Vec<u8> {
        let index = match (self.zone, self.category) {
            (Some(zone), _) => key(BY_ZONE, &[zone, ""]),
            (None, Some(category)) => key(BY_CATEGORY, &[category, ""]),
            (None, None) => key(BY_DIVISION, &[]),
        };
        [index.as_slice(), place].concat()
    }
}

/// What the keys begin with of outlets that have left a place, of each stretch from that of one position to that of another, the latest first.
pub(crate) fn left_since(from: u64, until: u64) -> impl Iterator<Item = Vec<u8>> {
    (from >> LEFT_BITS..=until >> LEFT_BITS).rev().map(|stretch| [&[LEFT], three(stretch).as_slice()].concat())
}

/// The key of an outlet that has left a place at a position.
pub(super) fn left_key(position: u64, division: &str, id: &str) -> Vec<u8> {
    [&[LEFT], three(position >> LEFT_BITS).as_slice(), &place_of(division, id)].concat()
}

/// The position in the value of such a row.
pub(crate) fn left_at(value: &[u8]) -> Option<u64> {
    let bytes: &[u8; 5] = value.try_into().ok()?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Whether the row at a key of an index is a card itself; else it says where the card is.
pub(crate) fn is_card(key: &[u8]) -> bool {
    matches!(key.first(), Some(&BY_CATEGORY | &CARD))
}

/// Whether a key that ends with division and id is of a place.
pub(crate) fn in_place(key: &[u8], area: &str) -> bool {
    let parts: Vec<&[u8]> = key.rsplitn(3, |byte| *byte == SEPARATOR).collect();
    area.is_empty() || parts.get(1).is_some_and(|division| division.starts_with(area.as_bytes()))
}

/// What the keys begin with of the changes in a county.
pub(crate) fn changes_in(county: &str) -> Vec<u8> {
    [&[CHANGE_IN], county.as_bytes()].concat()
}

/// The key of a change in a county.
pub(crate) fn change_in_key(county: &str, position: u64) -> Vec<u8> {
    [changes_in(county).as_slice(), &position.to_be_bytes()].concat()
}

/// The position at the end of the key of a change.
pub(crate) fn change_position(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The cell in a key of the index of cells, and the first position.
pub(crate) fn cell_of(key: &[u8]) -> Option<(u64, &[u8])> {
    let (cell, position) = key.get(2..)?.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*cell), position))
}
