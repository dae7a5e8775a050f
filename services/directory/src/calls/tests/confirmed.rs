//! A code that fails its check: who confirmed it is told, and one that nobody confirmed was mistyped.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use event_log::EventLog;
use tonic::{Code, Request};

use crate::world::{World, certified, commit, day, registered, text};

const CODE: &str = "91350203M0001QKT19";

async fn add(world: &mut World, stream: StreamId, events: Vec<Event>) {
    world.commits += 1;
    let commit = commit(world.commits, world.recorded_at, events);
    let tail = world.log.tail(&stream).await.unwrap();
    world.log.append(&stream, tail, &commit).await.unwrap();
}

async fn get(world: &World, id: &str, as_of_position: u64) -> Result<v1::Provider, tonic::Status> {
    let request = v1::GetProviderRequest { provider_id: id.to_owned(), as_of_position, ..Default::default() };
    let answer = world.directory().await.get_provider(Request::new(request)).await?;
    Ok(answer.into_inner().provider.unwrap())
}

#[tokio::test]
async fn who_confirmed_a_code_is_told_until_that_is_corrected() {
    let mut world = World::new();
    let code = OperatorCode::parse_confirmed(CODE).unwrap();
    let id = ProviderId::new(code.clone(), 1).unwrap();
    let (operator, provider) = (StreamId::Operator(code), StreamId::Provider(id.clone()));
    let list = v1::ListProvidersRequest { operator_code: CODE.to_owned(), ..Default::default() };
    let mistyped = world.directory().await.list_providers(Request::new(list.clone())).await.unwrap_err();
    assert_eq!(mistyped.code(), Code::InvalidArgument);
    assert!(mistyped.message().contains("operator_code"), "{mistyped}");
    let mistyped = get(&world, id.as_str(), 0).await.unwrap_err();
    assert_eq!(mistyped.code(), Code::InvalidArgument);
    assert!(mistyped.message().contains("provider_id"), "{mistyped}");

    let confirmed = |document: &str| OperatorCodeConfirmed {
        confirmed_on: day("2026-06-30"),
        document_number: text(document),
        seen: text("营业执照正本"),
    };
    let corrected = |fact: Option<OperatorCodeConfirmed>| -> Event {
        ActCorrected {
            act: Act::new(1).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("录错"),
            document_number: None,
            fact: fact.map(|fact| Box::new(fact.into())),
        }
        .into()
    };
    add(&mut world, operator.clone(), vec![confirmed("执照1号").into()]).await;
    let facts = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
    add(&mut world, provider, facts).await;
    assert_eq!(world.list(list).await.providers.len(), 1);
    let told = get(&world, id.as_str(), 0).await.unwrap().code_confirmation.unwrap();
    assert_eq!((told.document_number.as_str(), told.seen.as_str()), ("执照1号", "营业执照正本"));
    assert_eq!(told.act.unwrap().number, 1);
    let sentence = told.sentence.unwrap().zh;
    assert!(sentence.contains("代码未通过校验,已由") && sentence.contains("于2026-06-30按“执照1号”核实"), "{sentence}");
    add(&mut world, operator.clone(), vec![corrected(Some(confirmed("执照2号")))]).await;
    let told = get(&world, id.as_str(), 0).await.unwrap().code_confirmation.unwrap();
    assert_eq!(told.document_number, "执照2号");
    add(&mut world, operator, vec![corrected(None)]).await;
    let told = get(&world, id.as_str(), 0).await.unwrap().code_confirmation.unwrap();
    assert!(told.act.is_none() && told.sentence.unwrap().zh.contains("已更正为无"));
    // A code whose check holds needs none.
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    assert_eq!(world.get(1, "").await.code_confirmation, None);
    let world = world.restart(false).await;
    assert!(get(&world, id.as_str(), 0).await.unwrap().code_confirmation.unwrap().act.is_none());
}
