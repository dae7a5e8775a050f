//! Reads the requests of the certification service into commands: every field by its type's own parser, every violation collected.
//! This file is as long as the service has calls: one reader each, nothing else.

use api::certification::v1;
use domain::command::{self, Command, OperatorCommand};
use domain::{Act, CategoryCode, Content, Day, DocumentNumber, GroundCode, Name, PledgeNumber, Reason, Uscc, Year};
use serve::{Asked, Fields, Mutation, header, plain_response, terms};

use crate::Here;

impl Mutation<Here> for v1::RegisterProviderRequest {
    type Response = v1::RegisterProviderResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RegisterProvider";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let particulars = fields.message("particulars", self.particulars.as_ref(), terms::particulars);
        Some(Asked::Provider(Command::RegisterProvider(command::RegisterProvider { particulars: particulars? })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::AmendParticularsRequest {
    type Response = v1::AmendParticularsResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/AmendParticulars";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let particulars = fields.message("particulars", self.particulars.as_ref(), terms::particulars);
        let effective_on = fields.required("effective_on", &self.effective_on, Day::parse);
        let document_number = fields.optional("document_number", &self.document_number, DocumentNumber::parse);
        let site_checked_on = fields.optional("site_checked_on", &self.site_checked_on, Day::parse);
        Some(Asked::Provider(Command::AmendParticulars(command::AmendParticulars {
            particulars: particulars?,
            effective_on: effective_on?,
            document_number: document_number?,
            site_checked_on: site_checked_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::IdentifyOperatorRequest {
    type Response = v1::IdentifyOperatorResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/IdentifyOperator";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let operator_uscc = fields.required("operator_uscc", &self.operator_uscc, Uscc::parse);
        let operator_name = fields.required("operator_name", &self.operator_name, Name::parse);
        Some(Asked::Provider(Command::IdentifyOperator(command::IdentifyOperator {
            operator_uscc: operator_uscc?,
            operator_name: operator_name?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ApplyRequest {
    type Response = v1::ApplyResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Apply";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let particulars = fields.optional_message("particulars", self.particulars.as_ref(), terms::particulars);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let applied_on = fields.required("applied_on", &self.applied_on, Day::parse);
        Some(Asked::Provider(Command::Apply(command::Apply {
            particulars: particulars?,
            category: category?,
            applied_on: applied_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ReturnCaseRequest {
    type Response = v1::ReturnCaseResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/ReturnCase";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let missing = fields.required("missing", &self.missing, Content::parse);
        let returned_on = fields.required("returned_on", &self.returned_on, Day::parse);
        let due_on = fields.required("due_on", &self.due_on, Day::parse);
        Some(Asked::Provider(Command::ReturnCase(command::ReturnCase {
            category: category?,
            missing: missing?,
            returned_on: returned_on?,
            due_on: due_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::SupplementCaseRequest {
    type Response = v1::SupplementCaseResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/SupplementCase";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let supplemented_on = fields.required("supplemented_on", &self.supplemented_on, Day::parse);
        Some(Asked::Provider(Command::SupplementCase(command::SupplementCase {
            category: category?,
            supplemented_on: supplemented_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::AcceptCaseRequest {
    type Response = v1::AcceptCaseResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/AcceptCase";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let accepted_on = fields.required("accepted_on", &self.accepted_on, Day::parse);
        Some(Asked::Provider(Command::AcceptCase(command::AcceptCase {
            category: category?,
            accepted_on: accepted_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordInspectionRequest {
    type Response = v1::RecordInspectionResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RecordInspection";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let inspected_on = fields.required("inspected_on", &self.inspected_on, Day::parse);
        let passed = fields.given(self.passed);
        let findings = fields.required("findings", &self.findings, Content::parse);
        Some(Asked::Provider(Command::RecordInspection(command::RecordInspection {
            category: category?,
            inspected_on: inspected_on?,
            passed: passed?,
            findings: findings?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::OpenNoticeRequest {
    type Response = v1::OpenNoticeResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/OpenNotice";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let notice = fields.message("notice", self.notice.as_ref(), terms::notice_window);
        let published_at = fields.optional("published_at", &self.published_at, Reason::parse);
        Some(Asked::Provider(Command::OpenNotice(command::OpenNotice {
            category: category?,
            notice: notice?,
            published_at: published_at?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RaiseObjectionRequest {
    type Response = v1::RaiseObjectionResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RaiseObjection";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let objection_number = fields.required("objection_number", &self.objection_number, DocumentNumber::parse);
        let raised_on = fields.required("raised_on", &self.raised_on, Day::parse);
        let summary = fields.required("summary", &self.summary, Content::parse);
        Some(Asked::Provider(Command::RaiseObjection(command::RaiseObjection {
            category: category?,
            objection_number: objection_number?,
            raised_on: raised_on?,
            summary: summary?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ResolveObjectionRequest {
    type Response = v1::ResolveObjectionResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/ResolveObjection";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let objection = fields.optional_number("objection", self.objection, Act::new);
        let resolved_on = fields.required("resolved_on", &self.resolved_on, Day::parse);
        let upheld = fields.given(self.upheld);
        let finding = fields.required("finding", &self.finding, Content::parse);
        Some(Asked::Provider(Command::ResolveObjection(command::ResolveObjection {
            category: category?,
            objection: objection?,
            resolved_on: resolved_on?,
            upheld: upheld?,
            finding: finding?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RefuseCaseRequest {
    type Response = v1::RefuseCaseResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RefuseCase";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let decided_on = fields.required("decided_on", &self.decided_on, Day::parse);
        let explanation = fields.required("explanation", &self.explanation, Content::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Provider(Command::RefuseCase(command::RefuseCase {
            category: category?,
            decided_on: decided_on?,
            explanation: explanation?,
            document_number: document_number?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::WithdrawCaseRequest {
    type Response = v1::WithdrawCaseResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/WithdrawCase";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let withdrawn_on = fields.required("withdrawn_on", &self.withdrawn_on, Day::parse);
        let reason = fields.optional("reason", &self.reason, Reason::parse);
        Some(Asked::Provider(Command::WithdrawCase(command::WithdrawCase {
            category: category?,
            withdrawn_on: withdrawn_on?,
            reason: reason?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::CertifyRequest {
    type Response = v1::CertifyResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Certify";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let particulars = fields.optional_message("particulars", self.particulars.as_ref(), terms::particulars);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let decided_on = fields.required("decided_on", &self.decided_on, Day::parse);
        let valid_from = fields.required("valid_from", &self.valid_from, Day::parse);
        let valid_to = fields.required("valid_to", &self.valid_to, Day::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        let pledge_number = fields.required("pledge_number", &self.pledge_number, PledgeNumber::parse);
        let notice = fields.optional_message("notice", self.notice.as_ref(), terms::notice_window);
        let deciding_body = fields.optional("deciding_body", &self.deciding_body, Name::parse);
        Some(Asked::Provider(Command::Certify(command::Certify {
            particulars: particulars?,
            category: category?,
            decided_on: decided_on?,
            valid_from: valid_from?,
            valid_to: valid_to?,
            document_number: document_number?,
            pledge_number: pledge_number?,
            notice: notice?,
            deciding_body: deciding_body?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordCertificationRequest {
    type Response = v1::RecordCertificationResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RecordCertification";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let particulars = fields.optional_message("particulars", self.particulars.as_ref(), terms::particulars);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let decided_on = fields.optional("decided_on", &self.decided_on, Day::parse);
        let valid_from = fields.optional("valid_from", &self.valid_from, Day::parse);
        let valid_to = fields.optional("valid_to", &self.valid_to, Day::parse);
        let document_number = fields.optional("document_number", &self.document_number, DocumentNumber::parse);
        let deciding_body = fields.required("deciding_body", &self.deciding_body, Name::parse);
        let publicity = fields.optional("publicity", &self.publicity, Reason::parse);
        let source = fields.required("source", &self.source, Reason::parse);
        Some(Asked::Provider(Command::RecordCertification(command::RecordCertification {
            particulars: particulars?,
            category: category?,
            decided_on: decided_on?,
            valid_from: valid_from?,
            valid_to: valid_to?,
            document_number: document_number?,
            deciding_body: deciding_body?,
            publicity: publicity?,
            source: source?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::OrderRectificationRequest {
    type Response = v1::OrderRectificationResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/OrderRectification";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let ground = fields.required("ground", &self.ground, GroundCode::parse);
        let detail = fields.required("detail", &self.detail, Content::parse);
        let ordered_on = fields.required("ordered_on", &self.ordered_on, Day::parse);
        let due_on = fields.required("due_on", &self.due_on, Day::parse);
        Some(Asked::Provider(Command::OrderRectification(command::OrderRectification {
            category: category?,
            ground: ground?,
            detail: detail?,
            ordered_on: ordered_on?,
            due_on: due_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::AcceptRectificationRequest {
    type Response = v1::AcceptRectificationResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/AcceptRectification";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let order = fields.optional_number("order", self.order, Act::new);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let accepted_on = fields.required("accepted_on", &self.accepted_on, Day::parse);
        Some(Asked::Provider(Command::AcceptRectification(command::AcceptRectification {
            order: order?,
            category: category?,
            accepted_on: accepted_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::SuspendRequest {
    type Response = v1::SuspendResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Suspend";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let ground = fields.required("ground", &self.ground, GroundCode::parse);
        let detail = fields.required("detail", &self.detail, Content::parse);
        let suspended_on = fields.required("suspended_on", &self.suspended_on, Day::parse);
        Some(Asked::Provider(Command::Suspend(command::Suspend {
            category: category?,
            ground: ground?,
            detail: detail?,
            suspended_on: suspended_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ResumeRequest {
    type Response = v1::ResumeResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Resume";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let suspension = fields.optional_number("suspension", self.suspension, Act::new);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let resumed_on = fields.required("resumed_on", &self.resumed_on, Day::parse);
        Some(Asked::Provider(Command::Resume(command::Resume {
            category: category?,
            suspension: suspension?,
            resumed_on: resumed_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::NoticeRevocationRequest {
    type Response = v1::NoticeRevocationResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/NoticeRevocation";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let ground = fields.required("ground", &self.ground, GroundCode::parse);
        let detail = fields.required("detail", &self.detail, Content::parse);
        let noticed_on = fields.required("noticed_on", &self.noticed_on, Day::parse);
        let hearing_until = fields.required("hearing_until", &self.hearing_until, Day::parse);
        Some(Asked::Provider(Command::NoticeRevocation(command::NoticeRevocation {
            category: category?,
            ground: ground?,
            detail: detail?,
            noticed_on: noticed_on?,
            hearing_until: hearing_until?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::LiftRevocationNoticeRequest {
    type Response = v1::LiftRevocationNoticeResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/LiftRevocationNotice";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let notice = fields.optional_number("notice", self.notice, Act::new);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let lifted_on = fields.required("lifted_on", &self.lifted_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        Some(Asked::Provider(Command::LiftRevocationNotice(command::LiftRevocationNotice {
            notice: notice?,
            category: category?,
            lifted_on: lifted_on?,
            reason: reason?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RevokeRequest {
    type Response = v1::RevokeResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Revoke";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let notice = fields.optional_number("notice", self.notice, Act::new);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let kind = fields.choice("kind", self.kind, terms::revocation_kind);
        let ground = fields.required("ground", &self.ground, GroundCode::parse);
        let legal_basis = fields.required("legal_basis", &self.legal_basis, Reason::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        let decided_on = fields.required("decided_on", &self.decided_on, Day::parse);
        let effective_on = fields.required("effective_on", &self.effective_on, Day::parse);
        let bar_until = fields.optional("bar_until", &self.bar_until, Day::parse);
        Some(Asked::Provider(Command::Revoke(command::Revoke {
            notice: notice?,
            category: category?,
            kind: kind?,
            ground: ground?,
            legal_basis: legal_basis?,
            document_number: document_number?,
            decided_on: decided_on?,
            effective_on: effective_on?,
            bar_until: bar_until?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::WithdrawRequest {
    type Response = v1::WithdrawResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Withdraw";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let requested_on = fields.required("requested_on", &self.requested_on, Day::parse);
        let effective_on = fields.required("effective_on", &self.effective_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        Some(Asked::Provider(Command::Withdraw(command::Withdraw {
            category: category?,
            requested_on: requested_on?,
            effective_on: effective_on?,
            reason: reason?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordExpiryRequest {
    type Response = v1::RecordExpiryResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RecordExpiry";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        Some(Asked::Provider(Command::RecordExpiry(command::RecordExpiry { category: category? })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::DeregisterRequest {
    type Response = v1::DeregisterResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Deregister";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let deregistered_on = fields.required("deregistered_on", &self.deregistered_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        let document_number = fields.optional("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Provider(Command::Deregister(command::Deregister {
            category: category?,
            deregistered_on: deregistered_on?,
            reason: reason?,
            document_number: document_number?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RenewRequest {
    type Response = v1::RenewResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Renew";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let decided_on = fields.required("decided_on", &self.decided_on, Day::parse);
        let valid_from = fields.required("valid_from", &self.valid_from, Day::parse);
        let valid_to = fields.required("valid_to", &self.valid_to, Day::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Provider(Command::Renew(command::Renew {
            category: category?,
            decided_on: decided_on?,
            valid_from: valid_from?,
            valid_to: valid_to?,
            document_number: document_number?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordReviewRequest {
    type Response = v1::RecordReviewResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RecordReview";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let year = fields.number("year", self.year, Year::new);
        let result = fields.choice("result", self.result, terms::review_result);
        let reviewed_on = fields.required("reviewed_on", &self.reviewed_on, Day::parse);
        let note = fields.optional("note", &self.note, Reason::parse);
        Some(Asked::Provider(Command::RecordReview(command::RecordReview {
            category: category?,
            year: year?,
            result: result?,
            reviewed_on: reviewed_on?,
            note: note?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::OverturnRequest {
    type Response = v1::OverturnResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/Overturn";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let ending = fields.optional_number("ending", self.ending, Act::new);
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let overturned_on = fields.required("overturned_on", &self.overturned_on, Day::parse);
        let body = fields.required("body", &self.body, Name::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        let explanation = fields.required("explanation", &self.explanation, Content::parse);
        Some(Asked::Provider(Command::Overturn(command::Overturn {
            ending: ending?,
            category: category?,
            overturned_on: overturned_on?,
            body: body?,
            document_number: document_number?,
            explanation: explanation?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::CorrectCertificationRequest {
    type Response = v1::CorrectCertificationResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/CorrectCertification";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let corrected_on = fields.required("corrected_on", &self.corrected_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        let document_number = fields.optional("document_number", &self.document_number, DocumentNumber::parse);
        let valid_from = fields.optional("valid_from", &self.valid_from, Day::parse);
        let valid_to = fields.optional("valid_to", &self.valid_to, Day::parse);
        Some(Asked::Provider(Command::CorrectCertification(command::CorrectCertification {
            category: category?,
            corrected_on: corrected_on?,
            reason: reason?,
            document_number: document_number?,
            valid_from: valid_from?,
            valid_to: valid_to?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ProposePriceRequest {
    type Response = v1::ProposePriceResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/ProposePrice";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let item = fields.required("item", &self.item, Name::parse);
        let price = fields.message("price", self.price.as_ref(), terms::price);
        let proposed_on = fields.required("proposed_on", &self.proposed_on, Day::parse);
        Some(Asked::Provider(Command::ProposePrice(command::ProposePrice {
            category: category?,
            item: item?,
            price: price?,
            proposed_on: proposed_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ApprovePriceRequest {
    type Response = v1::ApprovePriceResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/ApprovePrice";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let item = fields.required("item", &self.item, Name::parse);
        let effective_on = fields.required("effective_on", &self.effective_on, Day::parse);
        let document_number = fields.optional("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Provider(Command::ApprovePrice(command::ApprovePrice {
            category: category?,
            item: item?,
            effective_on: effective_on?,
            document_number: document_number?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RejectPriceRequest {
    type Response = v1::RejectPriceResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/RejectPrice";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let category = fields.required("category", &self.category, CategoryCode::parse);
        let item = fields.required("item", &self.item, Name::parse);
        let rejected_on = fields.required("rejected_on", &self.rejected_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        Some(Asked::Provider(Command::RejectPrice(command::RejectPrice {
            category: category?,
            item: item?,
            rejected_on: rejected_on?,
            reason: reason?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::BarOperatorRequest {
    type Response = v1::BarOperatorResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/BarOperator";

    header!(operator_code);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let ground = fields.required("ground", &self.ground, GroundCode::parse);
        let barred_on = fields.required("barred_on", &self.barred_on, Day::parse);
        let until = fields.required("until", &self.until, Day::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        let detail = fields.required("detail", &self.detail, Content::parse);
        Some(Asked::Operator(OperatorCommand::BarOperator(command::BarOperator {
            ground: ground?,
            barred_on: barred_on?,
            until: until?,
            document_number: document_number?,
            detail: detail?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::LiftOperatorBarRequest {
    type Response = v1::LiftOperatorBarResponse;
    const METHOD: &'static str = "puhui.certification.v1.CertificationService/LiftOperatorBar";

    header!(operator_code);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let bar = fields.optional_number("bar", self.bar, Act::new);
        let lifted_on = fields.required("lifted_on", &self.lifted_on, Day::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        Some(Asked::Operator(OperatorCommand::LiftOperatorBar(command::LiftOperatorBar {
            bar: bar?,
            lifted_on: lifted_on?,
            document_number: document_number?,
            reason: reason?,
        })))
    }

    plain_response!();
}
