//! When an outlet may yet be certified, by what is on record: what has ended for good, was refused or never decided is in no list of a later day,
//! and lists of today are found without it.

use super::standing::on;
use super::status::Status;
use super::view::{CertificationView, View};

/// The days from that of the last record on, on which a certification is live: the first and the last of them, and whether a measure
/// holds on any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) first: i32,
    /// `i32::MAX` where it goes on until something is recorded.
    pub(crate) last: i32,
    pub(crate) is_measured: bool,
}

impl Live {
    fn of(certification: &CertificationView, from: i32) -> Option<Self> {
        let mut days: Vec<i32> = certification.turns().filter(|day| *day > from).collect();
        days.push(from);
        days.sort_unstable();
        days.dedup();
        // Between two of these days nothing changes.
        let ends = days.iter().skip(1).map(|next| next.saturating_sub(1)).chain([i32::MAX]);
        let stands = |(first, last): (&i32, i32)| Some((*first, last, on(certification, *first)?.0));
        let live = days.iter().zip(ends).filter_map(stands).filter(|(_, _, status)| status.is_live());
        live.map(|(first, last, status)| Self { first, last, is_measured: status != Status::Valid }).reduce(Self::and)
    }

    /// Whether it is live on every day from one on, on which the other was, as far as first and last days tell.
    pub(crate) fn covers(self, other: Self, from: i32) -> bool {
        self.first <= other.first.max(from) && other.last <= self.last
    }

    fn and(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            is_measured: self.is_measured || other.is_measured,
        }
    }
}

impl View {
    /// Division and zone, as the public may see them, where it is on some day from that of the last record on: nearly always one.
    pub(crate) fn places_ahead(&self) -> Vec<(String, String)> {
        let (from, known) = (self.made.last_on(), self.known());
        let later = known.iter().skip(1).map(|later| later.from).chain([None]);
        let held = known.iter().zip(later).filter(|(_, until)| until.is_none_or(|until| from < until));
        held.map(|(known, _)| (known.division(), known.zone().to_owned())).collect()
    }

    /// When it may be certified, of a category or of any; `None` where it is not, unless something is recorded.
    pub(crate) fn live(&self, category: Option<&str>) -> Option<Live> {
        let from = self.made.last_on();
        let of = self.certifications.iter().filter(|c| category.is_none_or(|own| own == c.category));
        of.filter_map(|c| Live::of(c, from)).reduce(Live::and)
    }
}
