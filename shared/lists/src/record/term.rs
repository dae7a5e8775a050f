//! How a certification that a list tells of stands to one on record.

use domain::{Day, document_key};

use crate::reading::Entry;

use super::known::Held;
use super::step::Decision;

/// Days by which an end that was worked out from a length may miss the one on record: whoever counts from the decision or from the first day, by
/// whole months, means one end.
const WORKED_OUT_DAYS: i32 = 31;

/// How a listed certification stands to one on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is that one, and the record says all that the list says.
    Same,
    /// It is that one, and the list says what the record leaves open.
    Fills(Decision),
    /// It is that one, and the two do not agree.
    Differs(Vec<Difference>),
    /// It is another.
    Other,
}

/// One thing in which a list and the record do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) what: &'static str,
    pub(super) on_record: String,
    pub(super) listed: String,
}

/// What two values are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    /// Both are there, and equal.
    Equal,
    /// Both are there, and differ.
    Differ,
    /// The record has none.
    Listed,
    /// The list has none, or neither has.
    Open,
}

fn compare<T>(listed: Option<&T>, on_record: Option<&T>, same: impl Fn(&T, &T) -> bool) -> Compared {
    match (listed, on_record) {
        (Some(listed), Some(on_record)) if same(listed, on_record) => Compared::Equal,
        (Some(_), Some(_)) => Compared::Differ,
        (Some(_), None) => Compared::Listed,
        (None, _) => Compared::Open,
    }
}

/// How the certification of a row stands to one of `all` that are on record of its outlet and category.
pub(super) fn relation(entry: &Entry, held: &Held, all: &[&Held]) -> Relation {
    use Compared::{Differ, Equal};
    let listed_document = entry.document.as_ref().map(ToString::to_string);
    let number = compare(listed_document.as_ref(), held.document.as_ref(), |a, b| document_key(a) == document_key(b));
    let decided = compare(entry.decided_on.as_ref(), held.decided_on.as_ref(), Day::eq);
    let mut from = compare(entry.valid_from.as_ref(), held.valid_from.as_ref(), Day::eq);
    if from == Differ && was_put_behind(entry, held, all) {
        from = Equal;
    }
    let mut to = compare(entry.valid_to.as_ref(), held.valid_to.as_ref(), Day::eq);
    if let (Differ, Some(_), Some(listed), Some(known)) = (to, &entry.worked_out, entry.valid_to, held.valid_to)
        && (listed.number() - known.number()).abs() <= WORKED_OUT_DAYS
    {
        to = Equal;
    }
    let says_nothing = entry.decided_on.or(entry.valid_from).or(entry.valid_to).is_none() && listed_document.is_none();
    let holds_nothing = held.decided_on.or(held.valid_from).or(held.valid_to).is_none() && held.document.is_none();
    let is_that_one = match (number, decided) {
        // One document may carry decisions of several years: then their days tell them apart.
        (Equal, _) => !are_apart(entry, held) && (decided != Differ || from != Differ),
        (Differ, _) => decided == Equal && from == Equal && to == Equal,
        (_, Equal) => !are_apart(entry, held),
        (_, Differ) => from == Equal && to == Equal,
        _ => from == Equal || from != Differ && to == Equal || says_nothing || holds_nothing,
    };
    if !is_that_one {
        return Relation::Other;
    }
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let compared = [
        ("文号", number, held.document.clone().unwrap_or_default(), listed_document.clone().unwrap_or_default()),
        ("认定日期", decided, day(held.decided_on), day(entry.decided_on)),
        ("有效期起", from, day(held.valid_from), day(entry.valid_from)),
        ("有效期至", to, day(held.valid_to), day(entry.valid_to)),
    ];
    let differences: Vec<Difference> = compared
        .iter()
        .filter(|(_, compared, ..)| *compared == Differ)
        .map(|(what, _, on_record, listed)| Difference { what, on_record: on_record.clone(), listed: listed.clone() })
        .collect();
    if !differences.is_empty() {
        return Relation::Differs(differences);
    }
    if compared.iter().any(|(_, compared, ..)| *compared == Compared::Listed) {
        return Relation::Fills(Decision {
            decided_on: held.decided_on.or(entry.decided_on),
            valid_from: held.valid_from.or(entry.valid_from),
            valid_to: held.valid_to.or(entry.valid_to),
            worked_out: if held.valid_to.is_some() { held.worked_out.clone() } else { entry.worked_out.clone() },
            document: held.document.clone().or(listed_document),
            body: held.body.clone(),
            source: held.source.clone(),
        });
    }
    Relation::Same
}

/// Both terms are known, and no day is of both.
fn are_apart(entry: &Entry, held: &Held) -> bool {
    let listed = entry.valid_from.or(entry.decided_on).zip(entry.valid_to);
    let known = held.begin().zip(held.valid_to);
    listed.zip(known).is_some_and(|((from, to), (begin, last))| to < begin || last < from)
}

/// The record has it behind the term before it, of which the list's first day is: it was put there when it was entered.
fn was_put_behind(entry: &Entry, held: &Held, all: &[&Held]) -> bool {
    let (Some(listed), Some(begin)) = (entry.valid_from, held.valid_from) else { return false };
    let before = all.iter().filter_map(|other| other.last()).map(|last| last.plus_days(1));
    listed < begin && before.into_iter().any(|next| next == begin)
}

/// What stands between a listed certification, which is another than those on record, and one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// No day is of both, as far as is known.
    Free,
    /// It goes on after the one on record: it begins when that is over, on this day.
    Behind(Day),
    /// The one on record goes on after it: that one begins when this is over.
    Before(Day),
    /// The one on record begins earlier, and has no end.
    AfterUnending(Day),
    /// One lies within the other, or neither says when.
    Within,
}

/// How a listed certification lies beside one on record that is another.
pub(super) fn beside(entry: &Entry, held: &Held) -> Beside {
    let from = entry.valid_from.or(entry.decided_on);
    let (Some(from), Some(begin)) = (from, held.begin()) else {
        // It is not known which came first: where what is on record has ended, the other came after it.
        return match (from, held.begin(), held.last()) {
            (Some(from), None, Some(last)) if last < from => Beside::Free,
            (Some(from), None, None) if held.end.is_none() => Beside::AfterUnending(from.plus_days(-1)),
            _ if held.end.is_some() => Beside::Free,
            _ => Beside::Within,
        };
    };
    // By the days of the decisions where both begin on one.
    let is_later = (from, entry.decided_on) > (begin, held.decided_on);
    if is_later {
        match (held.last(), entry.valid_to) {
            (Some(last), _) if last < from => Beside::Free,
            (None, _) if held.end.is_some() => Beside::Free,
            (None, _) => Beside::AfterUnending(from.plus_days(-1)),
            (Some(last), Some(to)) if to <= last => Beside::Within,
            (Some(last), _) => Beside::Behind(last.plus_days(1)),
        }
    } else {
        match (entry.valid_to, held.valid_to) {
            (Some(to), _) if to < begin => Beside::Free,
            (Some(to), Some(last)) if last <= to => Beside::Within,
            (Some(to), _) if held.back_entered && held.act > 0 => Beside::Before(to.plus_days(1)),
            _ => Beside::Within,
        }
    }
}
