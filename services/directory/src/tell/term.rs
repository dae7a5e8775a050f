//! Terms: the numbers by which this crate's choices travel, and what statuses are called.

use api::directory::v1::{EndKind as EndForm, LastDayBasis, TaskKind};
use api::registry::v1::{
    CaseStage as StageForm, CertificationStatus, PlaqueStatus as PlaqueForm, PledgeStatus as PledgeForm,
    RevocationKind as RevocationForm,
};

use crate::outlet::choice::{CaseStage, EndKind, PlaqueStatus, PledgeStatus};
use crate::outlet::due::Kind;
use crate::outlet::status::Status;

/// Of the end that a notice intends: one of the two by which a certification is revoked.
pub(crate) fn intended(kind: EndKind) -> i32 {
    match kind {
        EndKind::Cancelled => RevocationForm::Cancelled,
        EndKind::Annulled => RevocationForm::Annulled,
        EndKind::Withdrawn | EndKind::Deregistered | EndKind::Overturned | EndKind::RenewalOverturned => {
            RevocationForm::Unspecified
        }
    }
    .into()
}

/// Of how the last day of a term is known, which a document states or was worked out from these words.
pub(crate) fn last_day(last: Option<i32>, worked_out_from: &str) -> i32 {
    match (last, worked_out_from) {
        (None, _) => LastDayBasis::NotStated,
        (Some(_), "") => LastDayBasis::Stated,
        (Some(_), _) => LastDayBasis::WorkedOut,
    }
    .into()
}

macro_rules! numbers {
    ($($(#[doc = $doc:literal])* $name:ident: $own:ident as $form:ident { $($variant:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub(crate) fn $name(choice: $own) -> i32 {
            match choice {
                $($own::$variant => $form::$variant,)*
            }
            .into()
        }
    )*};
}

numbers! {
    /// Of a certification's status.
    status: Status as CertificationStatus { Valid, Rectifying, Suspended, Revoked, Withdrawn, Expired, Deregistered }
    /// Of the kind of a certification's end.
    end: EndKind as EndForm { Cancelled, Annulled, Withdrawn, Deregistered, Overturned, RenewalOverturned }
    /// Of the stage of a case.
    stage: CaseStage as StageForm { Applied, Returned, Accepted, Inspected, Publicised, Certified, Refused, Withdrawn }
    /// Of a pledge's status.
    pledge: PledgeStatus as PledgeForm { UnderSupervision, Fulfilled, PartlyFulfilled, Unfulfilled, Repaired, Unspecified }
    /// Of a plaque's status.
    plaque: PlaqueStatus as PlaqueForm { Ordered, Issued, Hung, Recovered, Lost, Destroyed, NotReturned }
    /// Of the kind of a task.
    task: Kind as TaskKind {
        NoticeEnded, CertificationExpiring, PlaqueToRecover, RectificationDue, PledgeToCheck, OperatorToIdentify, HearingEnded,
        CaseReturned, PledgeDoubled, ObjectionOpen, WithinBar, LastDayToState,
    }
}
