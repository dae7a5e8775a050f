//! The life of three providers, step by step, with the refusals that keep it straight.

use std::time::Instant;

use api::certification::v1 as certification;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::VerifyPlaqueRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::pledge::v1 as pledge;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{BreachExtent, BreachSeverity, NoticeWindow, PledgeType, Price, PriceUnit, RevocationKind};
use api::signage::v1 as signage;
use api::signage::v1::signage_service_client::SignageServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

use super::heading::heading;
use super::outlets::{self, Outlet};
use crate::args::Tasks;
use crate::ask::{self, head};
use crate::client::{Failure, Servers};
use crate::json::say;

struct Tour<'a> {
    servers: &'a Servers,
    certification: CertificationServiceClient<Channel>,
    pledge: PledgeServiceClient<Channel>,
    signage: SignageServiceClient<Channel>,
    directory: DirectoryServiceClient<Channel>,
}

/// A request on an outlet: the usual fields, then those of the step.
macro_rules! ask_for {
    ($outlet:expr, $service:ident::$request:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        #[allow(clippy::needless_update, reason = "some steps set every field")]
        let request = $service::$request {
            request_id: Uuid::new_v4().to_string(),
            bureau_id: $outlet.bureau.clone(),
            officer_id: "demo-01".to_owned(),
            provider_id: $outlet.id.clone(),
            $($field: $value.into(),)*
            ..Default::default()
        };
        request
    }};
}

fn done(text: &str) -> Result<(), Failure> {
    say(&format!("  ✓ {text}"))
}

/// The step must be refused for this reason; anything else ends the demo.
fn refused<T>(answer: Result<T, Status>, reason: &str) -> Result<(), Failure> {
    match answer {
        Err(status) if status.code() == Code::FailedPrecondition => {
            let got = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
            if got != reason {
                return Err(Failure::unavailable(format!("expected {reason}, got {got}")));
            }
            say(&format!("  ✗ 拒绝 refused {got}: {}", status.message()))?;
            Ok(())
        }
        Err(status) => Err(status.into()),
        Ok(_) => Err(Failure::unavailable(format!("the registry should have refused with {reason}"))),
    }
}

/// Runs the tour and answers the last position it wrote.
pub(crate) async fn run(servers: &Servers, started: Instant) -> Result<u64, Failure> {
    let mut tour = Tour {
        servers,
        certification: CertificationServiceClient::new(servers.connect("certification").await?),
        pledge: PledgeServiceClient::new(servers.connect("pledge").await?),
        signage: SignageServiceClient::new(servers.connect("signage").await?),
        directory: DirectoryServiceClient::new(servers.connect("directory").await?),
    };
    let nursery = outlets::outlet_of(0, 5001, "321003005007", "虹桥社区")?;
    heading(
        started,
        &format!("一个托育园的一生 / the life of a nursery: {} {}", nursery.id, nursery.particulars.name),
    )?;
    tour.case(&nursery).await?;
    let plaque = tour.certified(&nursery).await?;
    tour.revoked(&nursery, &plaque).await?;
    let centre = outlets::outlet_of(1, 5002, "321003005007", "虹桥社区")?;
    heading(started, &format!("承诺未履行与修复 / a broken pledge: {}", centre.particulars.name))?;
    tour.broken_pledge(&centre).await?;
    let shop = outlets::outlet_of(3, 5003, "321002001001", "琼花观社区")?;
    heading(started, &format!("自愿退出 / leaving at a later day: {}", shop.particulars.name))?;
    tour.leaves(&shop).await?;
    head(servers).await
}

impl Tour<'_> {
    /// From the application to the end of the notice.
    async fn case(&mut self, outlet: &Outlet) -> Result<(), Failure> {
        let c = &mut self.certification;
        c.apply(ask_for!(
            outlet,
            certification::ApplyRequest {
                particulars: outlet.particulars.clone(),
                category: "childcare",
                applied_on: "2026-02-02",
            }
        ))
        .await?;
        done("2026-02-02 申报 applied")?;
        c.return_case(ask_for!(
            outlet,
            certification::ReturnCaseRequest {
                category: "childcare",
                missing: "备案回执",
                returned_on: "2026-02-04",
                due_on: "2026-02-09"
            }
        ))
        .await?;
        c.supplement_case(ask_for!(
            outlet,
            certification::SupplementCaseRequest { category: "childcare", supplemented_on: "2026-02-05" }
        ))
        .await?;
        c.accept_case(ask_for!(
            outlet,
            certification::AcceptCaseRequest { category: "childcare", accepted_on: "2026-02-06" }
        ))
        .await?;
        done("2026-02-06 补正后受理 accepted after the missing paper came in")?;
        c.record_inspection(ask_for!(
            outlet,
            certification::RecordInspectionRequest {
                category: "childcare",
                inspected_on: "2026-02-10",
                passed: true,
                findings: "场地、人员、消防符合要求",
            }
        ))
        .await?;
        let pledge = outlets::pledge(outlet, "20260211", PledgeType::Voluntary);
        self.pledge.make_pledge(ask_for!(outlet, pledge::MakePledgeRequest { pledge: pledge })).await?;
        done("2026-02-11 现场核查合格,作出信用承诺 inspected, pledged")?;
        let notice = NoticeWindow { start: "2026-03-02".to_owned(), end: "2026-03-06".to_owned() };
        c.open_notice(ask_for!(outlet, certification::OpenNoticeRequest { category: "childcare", notice: notice }))
            .await?;
        c.raise_objection(ask_for!(
            outlet,
            certification::RaiseObjectionRequest {
                category: "childcare",
                objection_number: "异议〔2026〕1号",
                raised_on: "2026-03-04",
                summary: "反映接送时段占用通道",
            }
        ))
        .await?;
        done("2026-03-02 公示五个工作日,03-04收到异议 public notice, an objection came in")?;
        refused(c.certify(self::certify(outlet, "2026-03-09")).await, "OBJECTION_OPEN")?;
        c.resolve_objection(ask_for!(
            outlet,
            certification::ResolveObjectionRequest {
                category: "childcare",
                resolved_on: "2026-03-05",
                upheld: false,
                finding: "已设专用接送区,异议不成立",
            }
        ))
        .await?;
        refused(c.certify(self::certify(outlet, "2026-03-06")).await, "NOTICE_NOT_ENDED")
    }

    /// From the decision to the plaque on the wall.
    async fn certified(&mut self, outlet: &Outlet) -> Result<String, Failure> {
        let c = &mut self.certification;
        c.certify(certify(outlet, "2026-03-09")).await?;
        done("2026-03-09 认定,有效期三年 certified for three years")?;
        let price = Price { amount_fen: 200_000, unit: PriceUnit::Month.into(), rise_percent_max: 10 };
        c.propose_price(ask_for!(
            outlet,
            certification::ProposePriceRequest {
                category: "childcare",
                item: "全日托",
                price: price,
                proposed_on: "2026-03-10",
            }
        ))
        .await?;
        c.approve_price(ask_for!(
            outlet,
            certification::ApprovePriceRequest {
                category: "childcare",
                item: "全日托",
                decided_on: "2026-03-12",
                effective_on: "2026-04-01",
            }
        ))
        .await?;
        let price = Price { amount_fen: 230_000, unit: PriceUnit::Month.into(), rise_percent_max: 10 };
        let raise = ask_for!(
            outlet,
            certification::ProposePriceRequest {
                category: "childcare",
                item: "全日托",
                price: price,
                proposed_on: "2026-05-01",
            }
        );
        refused(c.propose_price(raise).await, "PRICE_RISE_TOO_LARGE")?;
        let ordered =
            self.signage.order_plaque(ask_for!(outlet, signage::OrderPlaqueRequest { ordered_on: "2026-03-10" }));
        let plaque = ordered.await?.into_inner().plaque_number;
        self.signage
            .issue_plaque(ask_for!(
                outlet,
                signage::IssuePlaqueRequest {
                    plaque_number: plaque.clone(),
                    issued_on: "2026-03-18",
                    design_version: "2026版",
                }
            ))
            .await?;
        self.signage
            .hang_plaque(ask_for!(
                outlet,
                signage::HangPlaqueRequest { plaque_number: plaque.clone(), hung_on: "2026-03-20" }
            ))
            .await?;
        done(&format!("2026-03-20 统一挂牌 the plaque hangs: {plaque}"))?;
        self.verify(&plaque).await?;
        Ok(plaque)
    }

    /// Complaint, rectification, revocation, recovery, and the bar.
    async fn revoked(&mut self, outlet: &Outlet, plaque: &str) -> Result<(), Failure> {
        let c = &mut self.certification;
        c.order_rectification(ask_for!(
            outlet,
            certification::OrderRectificationRequest {
                category: "childcare",
                ground: "overcharging",
                detail: "投诉核实:在公示价格外收取材料费",
                ordered_on: "2026-05-06",
                due_on: "2026-06-05",
                legal_basis: "认定支持办法(演示)第十一条",
                document_number: "演示〔2026〕21号",
            }
        ))
        .await?;
        done("2026-05-06 投诉查实,限期整改 a complaint held, rectification ordered")?;
        self.verify(plaque).await?;
        let revoke = || {
            ask_for!(
                outlet,
                certification::RevokeRequest {
                    category: "childcare",
                    kind: RevocationKind::Cancelled,
                    ground: "overcharging",
                    legal_basis: "认定支持办法(演示)第十二条",
                    document_number: "演示〔2026〕35号",
                    decided_on: "2026-06-16",
                    effective_on: "2026-06-16",
                }
            )
        };
        refused(self.certification.revoke(revoke()).await, "REVOCATION_NOT_NOTICED")?;
        self.certification
            .notice_revocation(ask_for!(
                outlet,
                certification::NoticeRevocationRequest {
                    category: "childcare",
                    ground: "overcharging",
                    detail: "逾期未整改",
                    noticed_on: "2026-06-08",
                    hearing_until: "2026-06-15",
                    legal_basis: "认定支持办法(演示)第十二条",
                    document_number: "演示〔2026〕34号",
                }
            ))
            .await?;
        self.certification.revoke(revoke()).await?;
        done("2026-06-16 告知并听取陈述申辩后取消认定,牌匾责令收回 revoked after notice and hearing")?;
        self.verify(plaque).await?;
        let again = ask_for!(outlet, certification::ApplyRequest { category: "childcare", applied_on: "2026-07-01" });
        refused(self.certification.apply(again).await, "BARRED")?;
        say(&format!("  待办 work list of {}:", outlet.bureau))?;
        let tasks = Tasks {
            bureau: outlet.bureau.clone(),
            division: "321003005".to_owned(),
            zone: String::new(),
            category: String::new(),
            within_days: 30,
            kinds: Vec::new(),
            limit: 5,
            page_token: String::new(),
            min_position: head(self.servers).await?,
        };
        ask::tasks(self.servers, tasks, false).await?;
        self.signage
            .recover_plaque(ask_for!(
                outlet,
                signage::RecoverPlaqueRequest { plaque_number: plaque, recovered_on: "2026-06-20" }
            ))
            .await?;
        done("2026-06-20 牌匾收回 the plaque came back")?;
        self.verify(plaque).await
    }

    async fn broken_pledge(&mut self, outlet: &Outlet) -> Result<(), Failure> {
        self.on_record(outlet).await?;
        let number = outlets::pledge(outlet, "20260302", PledgeType::Voluntary).number;
        self.pledge
            .record_breach(ask_for!(
                outlet,
                pledge::RecordBreachRequest {
                    pledge_number: number.clone(),
                    extent: BreachExtent::Partly,
                    severity: BreachSeverity::Minor,
                    unperformed: "未按承诺公示收费项目",
                    consequence: "限期整改并公示",
                    determined_on: "2026-06-01",
                }
            ))
            .await?;
        done("2026-06-01 承诺部分未履行,自动进入限期整改 the breach opened a rectification")?;
        self.certification
            .accept_rectification(ask_for!(
                outlet,
                certification::AcceptRectificationRequest {
                    category: outlet.category.clone(),
                    accepted_on: "2026-06-20",
                    findings: "已按承诺公示收费项目",
                }
            ))
            .await?;
        self.pledge
            .repair_pledge(ask_for!(
                outlet,
                pledge::RepairPledgeRequest {
                    pledge_number: number,
                    repaired_on: "2026-06-25",
                    document_number: "演示〔2026〕40号",
                }
            ))
            .await?;
        done(
            "2026-06-25 整改合格,信用修复:公众不再看到失信,登记簿保留 repaired: hidden from the public, kept in the log",
        )?;
        Ok(())
    }

    async fn leaves(&mut self, outlet: &Outlet) -> Result<(), Failure> {
        self.on_record(outlet).await?;
        self.certification
            .withdraw(ask_for!(
                outlet,
                certification::WithdrawRequest {
                    category: outlet.category.clone(),
                    requested_on: "2026-06-01",
                    effective_on: "2027-08-31",
                    reason: "经营者退休",
                }
            ))
            .await?;
        done("2026-06-01 申请于2027-08-31退出,届时之前仍为有效 leaves on 2027-08-31, certified until then")?;
        Ok(())
    }

    /// Registered, pledged and certified on the notice sent as evidence.
    async fn on_record(&mut self, outlet: &Outlet) -> Result<(), Failure> {
        self.certification
            .register_provider(ask_for!(
                outlet,
                certification::RegisterProviderRequest { particulars: outlet.particulars.clone() }
            ))
            .await?;
        let pledge = outlets::pledge(outlet, "20260302", PledgeType::Voluntary);
        let mut decision = certify(outlet, "2026-03-16");
        decision.pledge_number.clone_from(&pledge.number);
        decision.notice = Some(NoticeWindow { start: "2026-03-09".to_owned(), end: "2026-03-13".to_owned() });
        refused(self.certification.certify(decision.clone()).await, "PLEDGE_UNKNOWN")?;
        self.pledge.make_pledge(ask_for!(outlet, pledge::MakePledgeRequest { pledge: pledge })).await?;
        decision.request_id = Uuid::new_v4().to_string();
        self.certification.certify(decision).await?;
        done("2026-03-16 登记、承诺、认定 registered, pledged, certified")?;
        Ok(())
    }

    async fn verify(&mut self, plaque: &str) -> Result<(), Failure> {
        let min_position = head(self.servers).await?;
        let request = VerifyPlaqueRequest { plaque_number: plaque.to_owned(), min_position, ..Default::default() };
        let answer = self.directory.verify_plaque(request).await?.into_inner();
        let verdict = answer.verdict().as_str_name().trim_start_matches("PLAQUE_VERDICT_").to_owned();
        say(&format!("  ? 扫码 plaque check → {verdict}: {}", answer.sentence.unwrap_or_default().zh))?;
        Ok(())
    }
}

fn certify(outlet: &Outlet, decided_on: &str) -> certification::CertifyRequest {
    ask_for!(
        outlet,
        certification::CertifyRequest {
            category: outlet.category.clone(),
            decided_on: decided_on,
            valid_from: decided_on,
            valid_to: "2029-03-05",
            document_number: "演示〔2026〕12号",
            pledge_number: outlets::pledge(outlet, "20260211", PledgeType::Voluntary).number,
        }
    )
}
