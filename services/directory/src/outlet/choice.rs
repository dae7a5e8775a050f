//! Choices as they are stored with an outlet: this crate's own, so that neither the domain nor the messages decide the stored form.

use serde::{Deserialize, Serialize};

macro_rules! choices {
    ($($(#[doc = $doc:literal])* $own:ident of $domain:ident { $($variant:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub(crate) enum $own {
            $($variant,)*
        }

        impl From<domain::$domain> for $own {
            fn from(choice: domain::$domain) -> Self {
                match choice {
                    $(domain::$domain::$variant => Self::$variant,)*
                }
            }
        }

        impl From<$own> for domain::$domain {
            fn from(choice: $own) -> Self {
                match choice {
                    $($own::$variant => Self::$variant,)*
                }
            }
        }
    )*};
}

choices! {
    /// How the registry knows the way to a decision.
    Basis of CertificationBasis { Case, Evidence }
    /// Outcome of a yearly review.
    ReviewResult of ReviewResult { Passed, Failed, NotTaken }
    /// Types of pledge.
    PledgeType of PledgeType {
        ApprovalReplacing, PapersOwed, ProofReplacing, CreditRepair, SelfDiscipline, Voluntary, Other,
    }
    /// Who pledges.
    PromisorClass of PromisorClass { Organisation, IndividualBusiness, NaturalPerson }
    /// What an operator is.
    OperatorClass of OperatorClass { Organisation, IndividualBusiness, NaturalPerson }
    /// Who may see a pledge.
    PublicationScope of PublicationScope { Public, Limited, Closed }
    /// How far a pledge was not kept.
    BreachExtent of BreachExtent { Partly, Wholly }
    /// Gravity of a breach.
    BreachSeverity of BreachSeverity { Minor, General, Serious }
    /// What a price is paid for.
    PriceUnit of PriceUnit { Month, Meal, Night, Hour }
    /// Where a plaque is.
    PlaqueStatus of PlaqueStatus { Ordered, Issued, Hung, Recovered, Lost, Destroyed, NotReturned }
}

/// How a certification was ended by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EndKind {
    Cancelled,
    Annulled,
    Withdrawn,
    Deregistered,
    Overturned,
    RenewalOverturned,
}

impl From<domain::RevocationKind> for EndKind {
    fn from(kind: domain::RevocationKind) -> Self {
        match kind {
            domain::RevocationKind::Cancelled => Self::Cancelled,
            domain::RevocationKind::Annulled => Self::Annulled,
        }
    }
}

/// Where the latest case of a category stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CaseStage {
    Applied,
    Returned,
    Accepted,
    Inspected,
    Publicised,
    Certified,
    Refused,
    Withdrawn,
}

impl CaseStage {
    /// Whether nothing is decided yet.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Applied | Self::Returned | Self::Accepted | Self::Inspected | Self::Publicised => true,
            Self::Certified | Self::Refused | Self::Withdrawn => false,
        }
    }
}

/// Where a pledge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PledgeStatus {
    UnderSupervision,
    Fulfilled,
    PartlyFulfilled,
    Unfulfilled,
    Repaired,
    /// What was determined of it is not shown any more.
    Unspecified,
}

impl PledgeStatus {
    /// Whether it can still be relied on.
    pub(crate) fn binds(self) -> bool {
        matches!(self, Self::UnderSupervision | Self::Fulfilled)
    }
}

impl PlaqueStatus {
    /// Whether the plaque is in somebody's hands who may have to give it back.
    pub(crate) fn is_out(self) -> bool {
        matches!(self, Self::Issued | Self::Hung | Self::NotReturned)
    }
}
