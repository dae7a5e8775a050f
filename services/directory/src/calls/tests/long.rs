//! Records of many pledges, which take long to read and to tell.

use tonic_types::StatusExt;

use super::*;
use crate::calls::places::{Caller, HEAVY};
use crate::calls::record::LONG_BYTES;

/// Pledges with the longest statements there may be, until the record is long.
async fn with_a_long_record(world: &mut World, provider: u32) {
    let statement = "按".repeat(4000);
    let number = PlaqueNumber::new(id(provider), 1).unwrap();
    world.add(provider, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    let ordered = PlaqueOrdered { plaque_number: number, ordered_on: day("2026-01-02"), replaces: None, place: None };
    world.add(provider, vec![ordered.into()]).await;
    for pledge in 0..=LONG_BYTES / (2 * statement.len()) {
        let pledge = PledgeForm {
            number: PledgeNumber::parse(&format!("32100320200101{pledge:06}")).unwrap(),
            content: text(&statement),
            liability: text(&statement),
            ..pledge_form()
        };
        world.add(provider, vec![PledgeMade { pledge }.into()]).await;
    }
}

fn ask(provider: u32, as_of_position: u64) -> v1::GetProviderRequest {
    v1::GetProviderRequest { provider_id: id(provider).to_string(), as_of_position, ..Default::default() }
}

/// While every place for what is heavy is taken a long record is not read at all, asked for as it is, as it was, or for a plaque of it; a short one is told.
#[tokio::test]
async fn a_long_record_is_asked_for_as_what_is_heavy_is() {
    let mut world = World::new();
    with_a_long_record(&mut world, 1).await;
    world.add(2, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    let directory = world.directory().await;
    let long = directory.get_provider(Request::new(ask(1, 0))).await.unwrap().into_inner();
    let told = long.provider.unwrap();
    assert!(prost::Message::encoded_len(&told) > LONG_BYTES);
    let plaque = |provider: u32| v1::VerifyPlaqueRequest {
        plaque_number: PlaqueNumber::new(id(provider), 1).unwrap().to_string(),
        ..Default::default()
    };
    directory.verify_plaque(Request::new(plaque(1))).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..HEAVY.all {
        held.push(directory.gate.heavy_place(Caller::at([192, 0, 2, 1])).await.unwrap());
    }
    for (provider, then) in [(2, 0), (2, long.position)] {
        let short = directory.get_provider(Request::new(ask(provider, then))).await;
        assert_eq!(short.unwrap().into_inner().provider.unwrap().provider_id, id(provider).to_string());
    }
    directory.verify_plaque(Request::new(plaque(2))).await.unwrap();
    let reason = |status: tonic::Status| status.get_details_error_info().unwrap().reason;
    for then in [0, long.position, 3] {
        let busy = directory.get_provider(Request::new(ask(1, then))).await.unwrap_err();
        assert_eq!(reason(busy), "BUSY", "at {then}");
    }
    let busy = directory.verify_plaque(Request::new(plaque(1))).await.unwrap_err();
    assert_eq!(reason(busy), "BUSY");
    drop(held);
    let again = directory.get_provider(Request::new(ask(1, long.position))).await.unwrap().into_inner();
    assert_eq!(again.provider.unwrap(), told);
    let before = directory.get_provider(Request::new(ask(1, 3))).await.unwrap().into_inner();
    assert_eq!(before.provider.unwrap().pledges.len(), 1);
}
