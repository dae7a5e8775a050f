//! How an outlet stands ended, in a few words: the end that stands, and a graver one that came beside it.

use api::directory::v1::EndKind;
use api::registry::v1::CertificationStatus;
use api::words::called;

/// What an end made of a certification.
pub(super) fn came_to_be(kind: EndKind) -> &'static str {
    match kind {
        EndKind::Cancelled => "被取消",
        EndKind::Annulled => "被撤销",
        EndKind::Deregistered => "被注销",
        EndKind::Overturned => "被复议或诉讼撤销",
        EndKind::RenewalOverturned => "延续被撤销",
        EndKind::Withdrawn => "自愿退出",
        EndKind::Expired => "到期",
        EndKind::Unspecified => "",
    }
}

/// A status, with the end that it comes of and a graver one. 取消 and 撤销 are two acts: the status has one word for both.
pub(super) fn stands(status: i32, by: i32, (graver, on): (i32, &str)) -> String {
    let revoked = CertificationStatus::try_from(status) == Ok(CertificationStatus::Revoked);
    let by = EndKind::try_from(by).unwrap_or_default();
    let stands = match by {
        EndKind::Unspecified => called::<CertificationStatus>(status).zh,
        // A term that ran out by itself is told otherwise.
        EndKind::RenewalOverturned => came_to_be(by),
        _ if revoked => came_to_be(by),
        _ => called::<CertificationStatus>(status).zh,
    };
    match EndKind::try_from(graver).unwrap_or_default() {
        EndKind::Unspecified => stands.to_owned(),
        graver => format!("{stands};其后 {on} {}", came_to_be(graver)),
    }
}

/// Of a certification that was decided and is yet to begin: from which day on it is one.
pub(super) fn begins_on(day: &str) -> String {
    format!("将于 {day} 起生效")
}

/// Of one that ended before it began.
pub(super) fn never_began(stands: &str) -> String {
    format!("{stands}(未及生效)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graver_end_is_told_beside_the_one_that_stands() {
        let of = |status: CertificationStatus, by: EndKind, graver: EndKind| {
            stands(status.into(), by.into(), (graver.into(), "2026-07-20"))
        };
        let left = of(CertificationStatus::Withdrawn, EndKind::Withdrawn, EndKind::Annulled);
        assert_eq!(left, "已自愿退出;其后 2026-07-20 被撤销");
        assert_eq!(of(CertificationStatus::Revoked, EndKind::Annulled, EndKind::Unspecified), "被撤销");
        assert_eq!(of(CertificationStatus::Revoked, EndKind::Cancelled, EndKind::Unspecified), "被取消");
        assert_eq!(of(CertificationStatus::Expired, EndKind::Unspecified, EndKind::Unspecified), "已到期");
        assert_eq!(of(CertificationStatus::Expired, EndKind::RenewalOverturned, EndKind::Unspecified), "延续被撤销");
    }
}
