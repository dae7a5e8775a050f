//! Every way to say one thing else: commands that differ from another in one leaf, made of the table of [`super`], so that a field that is added
//! is changed too. For tests.

use crate::command::MadeBy;
use crate::ending::terms::{EndingKind, RevocationKind};
use crate::particulars::terms::OperatorClass;
use crate::pledge::terms::{BreachExtent, BreachSeverity, PledgeType, PromisorClass, PublicationScope};
use crate::price::terms::PriceUnit;
use crate::supervision::terms::ReviewResult;
use crate::value::{
    Act, BureauId, CategoryCode, Day, Division, Fen, GroundCode, NoticeWindow, Percent, Phone, PlaqueNumber,
    PledgeNumber, Point, Position, ProviderId, RulesText, Text, Uscc, Year, ZoneCode,
};

/// A value that can be changed.
pub(crate) trait Changing: Sized {
    /// Each of its changes, with the path of the leaf that is another.
    fn changed(&self) -> Vec<(String, Self)>;
    /// Some value, where there was none.
    fn some() -> Option<Self>;
}

/// A leaf's path within a field.
pub(crate) fn within(field: &str, path: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{field}.{path}") }
}

fn leaf<T: PartialEq>(known: &T, others: impl IntoIterator<Item = Option<T>>) -> Vec<(String, T)> {
    others.into_iter().flatten().filter(|other| other != known).map(|other| (String::new(), other)).collect()
}

impl<T: Changing> Changing for Option<T> {
    fn changed(&self) -> Vec<(String, Self)> {
        match self {
            None => T::some().into_iter().map(|value| (String::new(), Some(value))).collect(),
            Some(value) => {
                let changed = value.changed().into_iter().map(|(path, value)| (path, Some(value)));
                std::iter::once((String::new(), None)).chain(changed).collect()
            }
        }
    }

    fn some() -> Option<Self> {
        Some(T::some())
    }
}

impl Changing for bool {
    fn changed(&self) -> Vec<(String, Self)> {
        vec![(String::new(), !self)]
    }

    fn some() -> Option<Self> {
        Some(true)
    }
}

impl<const MAX: usize> Changing for Text<MAX> {
    fn changed(&self) -> Vec<(String, Self)> {
        let longer = Self::parse(&format!("{self}改")).ok();
        leaf(self, [longer.or_else(Self::some)])
    }

    fn some() -> Option<Self> {
        Self::parse("另").ok()
    }
}

/// Values that are made of a text: one that is there, and two others.
macro_rules! parsed {
    ($($value:ident $one:literal $other:literal;)*) => {$(
        impl Changing for $value {
            fn changed(&self) -> Vec<(String, Self)> {
                leaf(self, [$value::parse($one).ok(), $value::parse($other).ok()])
            }

            fn some() -> Option<Self> {
                $value::parse($one).ok()
            }
        }
    )*};
}

parsed! {
    BureauId "another" "other";
    CategoryCode "domestic" "childcare";
    Division "321002" "321003";
    GroundCode "conditions-lost" "overcharging";
    Phone "0514-87000001" "0514-87000002";
    PledgeNumber "32100320260302900001" "32100320260302900002";
    RulesText "一" "二";
    Uscc "914403001922038216" "91321003MA0000001X";
    ZoneCode "another" "other";
}

/// Numbers: the next ones.
macro_rules! numbered {
    ($($value:ident)*) => {$(
        impl Changing for $value {
            fn changed(&self) -> Vec<(String, Self)> {
                leaf(self, [self.get().checked_add(1), self.get().checked_sub(1)].map(|number| $value::new(number?).ok()))
            }

            fn some() -> Option<Self> {
                [1, 2026].into_iter().find_map(|number| $value::new(number).ok())
            }
        }
    )*};
}

numbered! { Act Fen Percent Year }

/// Choices: every other.
macro_rules! chosen {
    ($($choice:ident { $($value:ident),* })*) => {$(
        impl Changing for $choice {
            fn changed(&self) -> Vec<(String, Self)> {
                // One that is added does not compile before it is changed to.
                match self { $(Self::$value => {})* }
                leaf(self, [$(Some(Self::$value)),*])
            }

            fn some() -> Option<Self> {
                [$(Self::$value),*].into_iter().next()
            }
        }
    )*};
}

chosen! {
    OperatorClass { Organisation, IndividualBusiness, NaturalPerson }
    EndingKind { Cancelled, Annulled, Withdrawn, Deregistered }
    RevocationKind { Cancelled, Annulled }
    ReviewResult { Passed, Failed, NotTaken }
    PledgeType { ApprovalReplacing, PapersOwed, ProofReplacing, CreditRepair, SelfDiscipline, Voluntary, Other }
    PromisorClass { Organisation, IndividualBusiness, NaturalPerson }
    PublicationScope { Public, Limited, Closed }
    BreachExtent { Partly, Wholly }
    BreachSeverity { Minor, General, Serious }
    PriceUnit { Month, Meal, Night, Hour }
}

impl Changing for Position {
    fn changed(&self) -> Vec<(String, Self)> {
        leaf(self, [Some(Self(self.0 + 1))])
    }

    fn some() -> Option<Self> {
        Some(Self(1))
    }
}

impl Changing for Day {
    fn changed(&self) -> Vec<(String, Self)> {
        leaf(self, [1, -1].map(|days| Some(self.plus_days(days))))
    }

    fn some() -> Option<Self> {
        Self::parse("2026-03-16").ok()
    }
}

impl Changing for NoticeWindow {
    fn changed(&self) -> Vec<(String, Self)> {
        let start = Self::new(self.start().plus_days(-1), self.end()).map(|window| ("start".to_owned(), window));
        let end = Self::new(self.start(), self.end().plus_days(1)).map(|window| ("end".to_owned(), window));
        start.into_iter().chain(end).collect()
    }

    fn some() -> Option<Self> {
        Self::new(Day::parse("2020-03-02").ok()?, Day::parse("2020-03-06").ok()?).ok()
    }
}

impl Changing for Point {
    fn changed(&self) -> Vec<(String, Self)> {
        leaf(self, [Self::new(self.latitude_microdegrees() - 1, self.longitude_microdegrees()).ok()])
    }

    fn some() -> Option<Self> {
        Self::new(32_390_000, 119_420_000).ok()
    }
}

impl Changing for PlaqueNumber {
    fn changed(&self) -> Vec<(String, Self)> {
        leaf(self, [Self::new(self.provider().clone(), self.ordinal() + 1).ok()])
    }

    fn some() -> Option<Self> {
        Self::new(ProviderId::parse("914403001922038216-001").ok()?, 1).ok()
    }
}

impl<T: Changing> Changing for Box<T> {
    fn changed(&self) -> Vec<(String, Self)> {
        T::changed(self).into_iter().map(|(path, value)| (path, Self::new(value))).collect()
    }

    fn some() -> Option<Self> {
        T::some().map(Self::new)
    }
}

impl Changing for MadeBy {
    fn changed(&self) -> Vec<(String, Self)> {
        match self {
            Self::Provider(command) => within_it(command.changes(), Self::Provider),
            Self::Operator(command) => within_it(command.changes(), Self::Operator),
            Self::Correction(_) | Self::Rules(_) => Vec::new(),
        }
    }

    fn some() -> Option<Self> {
        None
    }
}

fn within_it<T>(changes: Vec<(String, T)>, made_by: impl Fn(T) -> MadeBy) -> Vec<(String, MadeBy)> {
    changes.into_iter().map(|(path, command)| (path, made_by(command))).collect()
}
