//! One provider: the state that decisions need, put together of what each facet knows. Not what a screen shows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bar::{Bar, barred_on, barring_on};
use crate::case::state::Case;
use crate::certification::state::Certification;
use crate::context::Context;
use crate::ending::state::End;
use crate::particulars::state::{Identified, Stretch, Version, stretch_on, stretches};
use crate::particulars::terms::{OperatorClass, Particulars};
use crate::plaque::state::Plaque;
use crate::pledge::state::Pledge;
use crate::price::state::PricePromise;
use crate::refusal::Refusal;
use crate::rules::scheme::Bureau;
use crate::same::SaidActs;
use crate::standing::{Spans, Standing, of_one_category};
use crate::value::{Act, Called, CategoryCode, Day, NOT_STATED, Name, PlaqueNumber, PledgeNumber, Uscc};

/// What is known of a provider. `Provider::default()` is one that nothing was recorded of.
///
/// A copy shares what is large: each decision makes one, and thousands of providers are held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// The versions of its particulars, by the days from which they hold; none before it is registered.
    pub particulars: Vec<Arc<Version>>,
    /// How the operator's code became known, where it was supplied after the provider id was made.
    pub operator: Option<Arc<Identified>>,
    /// How many facts its stream holds.
    pub acts: u32,
    /// Every case, in the order they were filed; at most one of a category is open.
    pub cases: Vec<Arc<Case>>,
    /// Every certification, in the order they were recorded.
    pub certifications: Vec<Arc<Certification>>,
    /// Price promises by category and item.
    pub prices: BTreeMap<(CategoryCode, Name), PricePromise>,
    /// Every pledge.
    pub pledges: BTreeMap<PledgeNumber, Arc<Pledge>>,
    /// What its acts say, by which an act is known that is sent again.
    pub said: Arc<SaidActs>,
    /// Every plaque.
    pub plaques: BTreeMap<PlaqueNumber, Plaque>,
    /// The last number within the outlet that a plaque was ever given, also one that was ordered by mistake: no number is given twice.
    pub plaques_numbered: u16,
}

impl Provider {
    /// The number of the fact that is recorded next.
    pub(crate) fn next_act(&self) -> Act {
        Act::after(self.acts)
    }

    /// Whether any certification is live on `day`.
    pub fn certified_on(&self, day: Day) -> bool {
        self.certifications.iter().any(|c| c.live_on(day))
    }

    /// Whether any pledge is in force on `day`.
    pub fn pledged_on(&self, day: Day) -> bool {
        self.pledges.values().any(|p| p.in_force_on(day))
    }

    /// The bureau decides in this place, and on what the outlet has in hand: one of its categories with a live certification or an open case, or of
    /// all it ever had where nothing is in hand; an outlet that has none yet is anybody's. So is any to a bureau with the duty.
    pub(crate) fn in_charge(&self, context: &Context<'_>) -> Result<(), Refusal> {
        context.governs(self.registered()?)?;
        self.held_by(context.acting()?, context.today)
    }

    /// The bureau decides on what the outlet has in hand, wherever it is, or has the duty.
    pub(crate) fn held_by(&self, bureau: &Bureau, today: Day) -> Result<(), Refusal> {
        if bureau.keeps_pledges {
            return Ok(());
        }
        let ahead_or_live = |c: &&Arc<Certification>| c.live_on(today) || c.lies_ahead(today);
        let live = self.certifications.iter().filter(ahead_or_live).map(|c| &c.category);
        let open = self.cases.iter().filter(|case| case.is_open()).map(|case| &case.category);
        let mut in_hand = live.chain(open).peekable();
        let decides = |category: &CategoryCode| bureau.decides_on(category);
        let certified = self.certifications.iter().map(|c| &c.category);
        let mut ever = certified.chain(self.cases.iter().map(|case| &case.category)).peekable();
        let in_charge = match (in_hand.peek(), ever.peek()) {
            (Some(_), _) => in_hand.any(decides),
            (None, Some(_)) => ever.any(decides),
            // Whoever decides on anything.
            (None, None) => bureau.every_category || !bureau.categories.is_empty(),
        };
        if in_charge { Ok(()) } else { Err(Refusal::NotCompetentForOutlet) }
    }

    /// The particulars of today, which every decision about a registered provider needs: none takes effect after the day it is recorded.
    pub(crate) fn registered(&self) -> Result<&Particulars, Refusal> {
        self.particulars.last().map(|version| &version.particulars).ok_or(Refusal::NotRegistered)
    }

    /// Which version of the particulars holds on a day.
    pub fn version_on(&self, day: Day) -> Option<&Version> {
        let begun = self.particulars.iter().rev().find(|version| version.from.is_none_or(|from| from <= day));
        begun.or_else(|| self.particulars.first()).map(|version| &**version)
    }

    /// The particulars of a day; `None` before the provider is registered.
    pub fn particulars_on(&self, day: Day) -> Option<Cow<'_, Particulars>> {
        let versions: Vec<_> = self.particulars.iter().map(|version| (version.from, version.act)).collect();
        let identified = self.operator.as_ref().map(|operator| (operator.identified_on, operator.act));
        let Stretch { version, is_identified, .. } = *stretch_on(&stretches(&versions, identified), day)?;
        let particulars = Cow::Borrowed(&self.particulars.get(version)?.particulars);
        let operator = self.operator.as_ref().filter(|_| is_identified);
        Some(operator.map_or(particulars.clone(), |operator| {
            let (operator_name, operator_class) =
                (operator.operator_name.clone(), Some(OperatorClass::of(&operator.operator_uscc)));
            Cow::Owned(Particulars { operator_name, operator_class, ..particulars.into_owned() })
        }))
    }

    /// The operator's code, where it was supplied after the provider id was made.
    pub fn operator_uscc(&self) -> Option<&Uscc> {
        self.operator.as_ref().map(|operator| &operator.operator_uscc)
    }

    /// Every case of a category, open or over, in the order they were filed.
    pub fn cases_of(&self, category: &CategoryCode) -> impl Iterator<Item = &Case> {
        self.cases.iter().map(|case| &**case).filter(move |case| case.category == *category)
    }

    /// The open case of a category.
    pub fn open_case(&self, category: &CategoryCode) -> Option<&Case> {
        self.cases_of(category).find(|case| case.is_open())
    }

    /// The day before which nothing can have happened to the certifications that are live on `day`: the decision of the first of them; `None`
    /// where the record does not say it.
    pub(crate) fn live_since(&self, day: Day) -> Result<Option<Day>, Refusal> {
        let since = self.certifications.iter().filter(|held| held.live_on(day)).map(|held| held.known_since());
        if let Some(since) = since.min() {
            return Ok(since);
        }
        let ahead =
            self.certifications.iter().filter(|held| held.lies_ahead(day)).filter_map(|held| held.known_since());
        match ahead.min() {
            Some(earliest) if day < earliest => Err(Refusal::DayBefore { earliest }),
            _ => Err(Refusal::NoLiveCertification),
        }
    }

    /// Every certification of a category, in the order they were recorded.
    pub fn of_category(&self, category: &CategoryCode) -> impl Iterator<Item = &Certification> + Clone {
        self.certifications.iter().map(|certification| &**certification).filter(move |c| c.category == *category)
    }

    /// A category was not certified on the day of an application or decision, by what had been decided by then: neither live, nor decided with a
    /// term ahead.
    pub(crate) fn uncertified(&self, category: &CategoryCode, day: Day) -> Result<(), Refusal> {
        if let Some(held) = self.of_category(category).find(|held| held.was_live_on(day)) {
            return Err(held.already());
        }
        let is_decided = |held: &&Certification| held.known_since().is_none_or(|since| since <= day);
        let mut ahead = self.of_category(category).filter(|held| held.lies_ahead(day)).filter(is_decided);
        match ahead.next().and_then(Certification::begin) {
            Some(from) => Err(Refusal::CertifiedAhead { category: category.into(), from }),
            None => Ok(()),
        }
    }

    /// Whether the application that a ruling on a decision against it reopens was overtaken: what it asks for had been granted by then.
    pub(crate) fn is_overtaken(&self, refusal: Act, ruling: Day) -> bool {
        let refused = |case: &&Arc<Case>| case.refusals.iter().any(|known| known.is_about(refusal));
        let case = self.cases.iter().find(refused);
        case.is_some_and(|case| self.uncertified(&case.category, ruling).is_err())
    }

    /// The certification of a category that a day is about, and how it stands; `None` where none had begun.
    pub fn standing(&self, category: &CategoryCode, day: Day) -> Option<(&Certification, Standing)> {
        of_one_category(self.of_category(category).map(|c| (c, c.begin(), c.standing(day))))
    }

    /// The certification of a category that a day was about by what had been decided by then, and how it stood.
    fn stood(&self, category: &CategoryCode, day: Day) -> Option<(&Certification, Standing)> {
        of_one_category(self.of_category(category).map(|c| (c, c.begin(), c.stood_on(day))))
    }

    /// The certification of a category that is live on `day`, or will be and was decided by then. What happens to a certification is asked of its
    /// own day, whenever it is recorded: who asks holds the day against that of the decision, too.
    pub(crate) fn live(&self, category: &CategoryCode, day: Day) -> Result<&Certification, Refusal> {
        let ended = match self.stood(category, day) {
            Some((certification, standing)) if standing.status.is_live() => return Ok(certification),
            Some((_, standing)) => standing.since,
            None => None,
        };
        let ahead = || self.of_category(category).filter(|c| c.lies_ahead(day));
        let is_decided = |c: &&Certification| c.known_since().is_none_or(|since| since <= day);
        if let Some(decided) = ahead().filter(is_decided).last() {
            return Ok(decided);
        }
        if let Some(since) = ended {
            return Err(Refusal::NotLive { since });
        }
        if let Some(first) = ahead().min_by_key(|c| c.begin()) {
            return Ok(first);
        }
        let over = self.certified(category, day)?.over_since();
        Err(over.map_or(Refusal::NotLive { since: day }, |since| Refusal::over(since, day)))
    }

    /// The certification of a category that `day` is about, live or not; where none has begun, the one recorded last.
    pub(crate) fn certified(&self, category: &CategoryCode, day: Day) -> Result<&Certification, Refusal> {
        let standing = self.standing(category, day).map(|(certification, _)| certification);
        standing
            .or_else(|| self.of_category(category).last())
            .ok_or_else(|| Refusal::NotCertified { category: category.into() })
    }

    /// What rulings made of a breach or a review, if this act is one.
    pub(crate) fn rulings_on(&self, act: Act) -> Option<&Spans> {
        let breach = self.pledges.values().flat_map(|pledge| &pledge.breaches).find(|of| of.determination.act == act);
        let review = || self.certifications.iter().flat_map(|c| &c.reviews).find(|of| of.act == act);
        breach.map_or_else(|| review().map(|review| &review.rulings), |breach| Some(&breach.rulings))
    }

    /// The bars that its revocations brought. One whose revocation was overturned held until then.
    pub fn bars(&self) -> impl Iterator<Item = Bar> + '_ {
        let bar = |end: &End| {
            Some(Bar {
                from: end.decided_on,
                until: end.bar_until?,
                lifted_on: end.overturned_on,
                act: end.act,
                ground: end.ground.clone(),
                document_number: end.document_number.clone(),
            })
        };
        self.certifications.iter().flat_map(|c| &c.ends).filter_map(bar)
    }

    /// Last day of the bars on it that hold on `day`.
    pub fn barred_on(&self, day: Day) -> Option<Day> {
        barred_on(self.bars(), day)
    }

    /// No bar on the provider or its operator holds on the day of an application or decision, whenever that is typed.
    pub(crate) fn not_barred(&self, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
        if context.beside.before_bars {
            return Ok(());
        }
        let bureau = Called::no_bureau;
        let document =
            |bar: &Bar| bar.document_number.as_ref().map_or_else(|| NOT_STATED.to_owned(), ToString::to_string);
        let ground = |bar: &Bar| Called::ground(bar.ground.as_ref());
        if let Some(bar) = barring_on(self.bars(), day) {
            let (until, act, ground, document) = (bar.until, bar.act, ground(&bar), document(&bar));
            return Err(Refusal::Barred { until, act, ground, document, bureau: bureau() });
        }
        match barring_on(context.operator_bars.into_iter().flatten().cloned(), day) {
            Some(bar) => {
                let (until, act, ground, document) = (bar.until, bar.act, ground(&bar), document(&bar));
                Err(Refusal::OperatorBarred { until, act, ground, document, bureau: bureau() })
            }
            None => Ok(()),
        }
    }
}
