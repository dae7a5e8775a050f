//! The day of an act: each kind of fact has its own, whatever other days its message holds.

use serde_json::Value;

use super::act::Act;

/// The fields that hold the day of each fact, the first of them that says one; one that stands in another is behind a dot. None: it is of the day on
/// which it was recorded, and so is one whose fields say nothing.
const DAYS: &[(&str, &[&str])] = &[
    ("ProviderRegistered", &[]),
    ("ParticularsAmended", &["effective_on"]),
    ("OperatorIdentified", &["identified_on"]),
    ("ApplicationFiled", &["applied_on"]),
    ("CaseReturned", &["returned_on"]),
    ("CaseSupplemented", &["supplemented_on"]),
    ("CaseAccepted", &["accepted_on"]),
    ("CaseInspected", &["inspected_on"]),
    ("NoticeOpened", &["notice.start"]),
    ("ObjectionRaised", &["raised_on"]),
    ("ObjectionResolved", &["resolved_on"]),
    ("CaseRefused", &["decided_on"]),
    ("CaseWithdrawn", &["withdrawn_on"]),
    ("Certified", &["decided_on"]),
    ("CertificationRecorded", &["decided_on", "valid_from"]),
    ("RectificationOrdered", &["ordered_on"]),
    ("RectificationAccepted", &["accepted_on"]),
    ("CertificationSuspended", &["suspended_on"]),
    ("CertificationResumed", &["resumed_on"]),
    ("MeasureFell", &["over_since"]),
    ("RevocationNoticed", &["noticed_on"]),
    ("RevocationNoticeLifted", &["lifted_on"]),
    ("CertificationRevoked", &["decided_on"]),
    ("CertificationWithdrawn", &["requested_on"]),
    ("CertificationExpired", &["effective_on"]),
    ("CertificationDeregistered", &["deregistered_on"]),
    ("CertificationRenewed", &["decided_on"]),
    ("ReviewRecorded", &["reviewed_on"]),
    ("PriceProposed", &["proposed_on"]),
    ("PriceApproved", &["decided_on"]),
    ("PriceRejected", &["rejected_on"]),
    ("PledgeMade", &["pledge.made_on"]),
    ("PledgeFulfilled", &["determined_on"]),
    ("PledgeBroken", &["determined_on"]),
    ("PledgeRepaired", &["repaired_on"]),
    ("PlaqueOrdered", &["ordered_on"]),
    ("PlaqueIssued", &["issued_on"]),
    ("PlaqueHung", &["hung_on"]),
    ("PlaqueRecoveryOrdered", &[]),
    ("PlaqueRecoveryLifted", &[]),
    ("PlaqueRecovered", &["recovered_on"]),
    ("PlaqueLost", &["lost_on"]),
    ("PlaqueDestroyed", &["destroyed_on"]),
    ("PlaqueNotReturned", &["recorded_on"]),
    ("OperatorBarred", &["barred_on"]),
    ("OperatorBarLifted", &["lifted_on"]),
    ("OperatorCodeConfirmed", &["confirmed_on"]),
    ("EndingRecorded", &["decided_on", "effective_on", "recorded_on"]),
    ("ActCorrected", &["corrected_on"]),
    ("ActOverturned", &["overturned_on"]),
    ("MessageSetAside", &[]),
    ("SchemeAdopted", &["adopted_on"]),
    ("CalendarAdopted", &["adopted_on"]),
    ("PlacesAdopted", &["adopted_on"]),
    ("LogOpened", &[]),
];

fn fields(fact: &str) -> &'static [&'static str] {
    DAYS.iter().find(|(of, _)| *of == fact).map_or(&[], |(_, fields)| fields)
}

fn text<'a>(act: &'a Act, path: &str) -> &'a str {
    let value = match path.split_once('.') {
        None => act.fields.get(path),
        Some((outer, inner)) => act.fields.get(outer).and_then(|outer| outer.get(inner)),
    };
    value.and_then(Value::as_str).unwrap_or_default()
}

/// The field that says the day of a fact, if one does.
pub(super) fn day_field(act: &Act) -> Option<&'static str> {
    fields(act.name).iter().copied().find(|path| !text(act, path).is_empty())
}

/// The day of a fact.
pub(super) fn day(act: &Act) -> String {
    day_field(act).map_or_else(|| act.made.recorded_on.clone(), |path| text(act, path).to_owned())
}

#[cfg(test)]
mod tests {
    use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
    use serde_json::json;

    use super::super::act::Made;
    use super::*;

    fn is_there(message: &MessageDescriptor, path: &str) -> bool {
        let (outer, inner) = path.split_once('.').map_or((path, None), |(outer, inner)| (outer, Some(inner)));
        let Some(field) = message.get_field_by_name(outer) else { return false };
        match (inner, field.kind()) {
            (None, Kind::String) => true,
            (Some(inner), Kind::Message(of)) => is_there(&of, inner),
            _ => false,
        }
    }

    #[test]
    fn every_fact_has_its_day() {
        let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
        let event = pool.get_message_by_name("puhui.audit.v1.Event").unwrap();
        let mut known = 0;
        for fact in event.fields() {
            let Kind::Message(message) = fact.kind() else { panic!("{}", fact.name()) };
            let row = DAYS.iter().find(|(of, _)| *of == message.name());
            let (_, fields) = row.unwrap_or_else(|| panic!("{} has no row", message.name()));
            assert!(fields.iter().all(|path| is_there(&message, path)), "{}: {fields:?}", message.name());
            known += 1;
        }
        assert_eq!(known, DAYS.len());
    }

    #[test]
    fn an_act_is_of_its_own_day() {
        let of = |name: &'static str, fields: Value| {
            let Value::Object(fields) = fields else { panic!("{fields}") };
            let made = Made {
                recorded_on: "2026-03-31".to_owned(),
                bureau: String::new(),
                officer: String::new(),
                scheme: String::new(),
                position: 1,
                revision: 1,
            };
            day(&Act { name, fields, made, fact: None })
        };
        let noticed =
            json!({ "noticed_on": "2026-03-01", "hearing_until": "2026-03-07", "hearing_ends_on": "2026-03-09" });
        assert_eq!(of("RevocationNoticed", noticed), "2026-03-01");
        let opened = json!({ "notice": { "start": "2026-03-02", "end": "2026-03-09" }, "published_at": "" });
        assert_eq!(of("NoticeOpened", opened), "2026-03-02");
        assert_eq!(of("PledgeMade", json!({ "pledge": { "made_on": "2026-02-01" } })), "2026-02-01");
        assert_eq!(of("PlaqueRecoveryOrdered", json!({ "due_on": "2026-04-30" })), "2026-03-31");
        assert_eq!(of("ProviderRegistered", json!({ "particulars": {} })), "2026-03-31");
        let undated = json!({ "decided_on": "", "effective_on": "", "recorded_on": "2026-03-30" });
        assert_eq!(of("EndingRecorded", undated), "2026-03-30");
        let amended = json!({ "site_checked_on": "2026-02-01", "effective_on": "2026-03-01" });
        assert_eq!(of("ParticularsAmended", amended), "2026-03-01");
    }
}
