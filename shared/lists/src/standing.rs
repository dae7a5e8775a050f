//! How far the certifications of a list have come by its titles: by that of the list, and by those of its parts.

use domain::CategoryCode;

use crate::outline::{Again, Step};
use crate::tables::TITLE_SEPARATOR;
use crate::words::marks::Mark;
use crate::words::phrases::Place;
use crate::words::sections::{self, Part};
use crate::words::{places, verdicts};

/// What a title, or the titles above it, say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Says {
    /// Nothing of it.
    #[default]
    Nothing,
    /// How far the certifications have come, and the title that says so.
    Mark(Mark, String),
    /// The title that leaves it open.
    Unclear(String),
}

impl Says {
    /// Whether it comes to the same, whichever title says it.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mark(one, _), Self::Mark(other, _)) => one == other,
            (one, other) => one == other,
        }
    }
}

/// What was said from the sheet's first line on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// By the titles of the list, and of those of its parts that have headings of their own.
    list: Says,
    /// By the titles above the list's first headings.
    whole: Says,
    /// By the numbered parts that are under way, each with its depth: a part that comes ends those of its depth and below.
    parts: Vec<(u8, Says)>,
    /// By a title between rows that has no number.
    loose: Option<Says>,
    /// Whether a part has said that what it lists is not certified: then one that says nothing is not taken for the list's.
    parted: bool,
    /// The list's title, which lists set in pages repeat.
    title: String,
    /// Whether it is not the sheet's first list.
    later: bool,
}

impl Standing {
    /// Whether the sheet has lists before this one.
    pub(crate) fn is_later(&self) -> bool {
        self.later
    }

    /// What holds now, and whether a part of the list says so rather than the list.
    pub(crate) fn now(&self) -> (&Says, bool) {
        match (&self.loose, self.parts.last()) {
            (Some(says), _) | (None, Some((_, says))) => (says, *says != self.list),
            (None, None) => (&self.list, false),
        }
    }

    /// Takes in one more title.
    pub(crate) fn take(&mut self, text: &str, step: Step, category: Option<&CategoryCode>) {
        // A sentence on rules says nothing of any list, wherever it stands.
        if verdicts::tells_rules(text) {
            return;
        }
        let own = self.of(text, step);
        if !step.inside && sections::is_of_a_list(text) {
            text.clone_into(&mut self.title);
        }
        if step.begins && sections::is_of_a_list(text) {
            let same = self.title == text;
            if same && step.again == Again::Page {
                return;
            }
            if !same || step.again == Again::Anew {
                // A list of its own: what the one before it said holds no more.
                let again = Some(self.whole.clone()).filter(|_| same);
                let list = own.or(again).unwrap_or_default();
                let whole = list.clone();
                *self = Self { list, whole, title: text.to_owned(), later: true, ..Self::default() };
            } else if !self.whole.is_like(self.now().0) {
                // Whether it goes on with the part before it or begins the list once more nobody can tell.
                self.parts.clear();
                self.loose = Some(Says::Unclear(text.to_owned()));
            }
            return;
        }
        if let Some(level) = step.level {
            self.parts.retain(|(other, _)| *other < level);
            self.loose = None;
            let above = self.parts.last().map_or_else(|| self.list.clone(), |(_, says)| says.clone());
            let says = match own {
                Some(says) => says,
                None if self.parted && !is_group(text, category) => Says::Unclear(text.to_owned()),
                None => above,
            };
            self.parted |= step.inside && is_other(&says);
            self.parts.push((level, says));
            return;
        }
        if !step.inside || step.begins {
            if let Some(says) = own {
                self.parts.clear();
                self.loose = None;
                if !step.inside {
                    self.whole.clone_from(&says);
                }
                self.list = says;
            }
            return;
        }
        match own {
            Some(says) => {
                self.parted |= is_other(&says);
                self.loose = Some(says);
            }
            // Who stands below a part that has ended and a title that says nothing nobody can tell.
            None if step.after_rows && !is_group(text, category) && self.loose.as_ref().is_some_and(is_other) => {
                self.loose = Some(Says::Unclear(text.to_owned()));
            }
            None => {}
        }
    }

    /// What the title itself says; `None` where it says nothing.
    fn of(&self, text: &str, step: Step) -> Option<Says> {
        let part = Some(()).filter(|()| step.inside || step.level.is_some()).and_then(|()| sections::of(text));
        match part {
            // What is found good in a notice is still no more than proposed.
            Some(Part::Mark(Mark::Certified)) if matches!(self.list, Says::Mark(Mark::Proposed, _)) => {
                return Some(self.list.clone());
            }
            Some(Part::Mark(mark)) => return Some(Says::Mark(mark, text.to_owned())),
            Some(Part::Unclear) => return Some(Says::Unclear(text.to_owned())),
            Some(Part::Rest) if self.parted => return Some(Says::Unclear(text.to_owned())),
            Some(Part::List | Part::Rest) => return Some(self.list.clone()),
            None => {}
        }
        let beside: Vec<Option<Mark>> = text.split(TITLE_SEPARATOR).map(verdicts::of_title).collect();
        let said: Vec<Mark> = beside.iter().flatten().copied().collect();
        let lists =
            text.split(TITLE_SEPARATOR).filter(|one| verdicts::of_title(one).is_some()).all(sections::is_of_a_list);
        if lists && said.iter().any(|mark| *mark != said[0]) {
            // Titles of blocks side by side: nobody can tell here which one is whose.
            return Some(Says::Unclear(text.to_owned()));
        }
        if let Some(mark) = verdicts::of_title(text) {
            return Some(Says::Mark(mark, text.to_owned()));
        }
        if verdicts::is_unclear(text, Place::Title) {
            return Some(Says::Unclear(text.to_owned()));
        }
        // One of the lists of a notice of two kinds (附件1).
        let of_both = |says: &Says| matches!(says, Says::Unclear(title) if verdicts::is_of_both(title));
        let open = *self.now().0 == Says::Nothing
            || (step.begins || step.level == Some(0) && of_both(&self.list)) && sections::is_of_a_list(text);
        (open && verdicts::is_inclusive(text)).then(|| Says::Mark(Mark::Certified, text.to_owned()))
    }
}

/// Whether it says that what is listed is not certified, or leaves that open.
fn is_other(says: &Says) -> bool {
    match says {
        Says::Mark(mark, _) => *mark != Mark::Certified,
        Says::Unclear(_) => true,
        Says::Nothing => false,
    }
}

/// Whether a title is of a group within a part: a place, a category.
fn is_group(text: &str, category: Option<&CategoryCode>) -> bool {
    category.is_some() || places::is_place(&sections::bare(text))
}
