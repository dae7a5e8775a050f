//! Measures how much memory the command services hold beside a long log.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::Particulars;

use super::figures::{Bound, sampled};
use super::population::Population;
use super::{Stage, scattered};
use crate::client::{Failure, Servers};
use crate::demo::outlets::{self, Outlet};

/// The services that write.
const WRITING: [&str; 3] = ["certification", "pledge", "signage"];
/// Commits of an outlet: registered, and pledged.
const COMMITS_BEFORE: u32 = 2;
/// Outlets that are decided on: more than some 30,000 are not kept, so that each is loaded from the log.
const COMMANDS: u32 = 60_000;
/// Commands under way at one time.
const IN_FLIGHT: u32 = 256;
/// A bureau that takes the pledges of every outlet.
const BUREAU: &str = "3210-development";
/// The most that the services may hold beside a million outlets, in MiB.
const MEMORY_MAX_MIB: f64 = 300.0;
const KIB_A_MIB: f64 = 1024.0;

impl Stage<'_> {
    /// A log is filled, services are started on it as on one that was there before, and outlets far from each other make one more pledge each.
    pub(super) async fn memory(&self) -> Result<(), Failure> {
        let outlets = self.bench.count;
        let population = Population::new(self.bench.seed);
        let log = self.open().await?;
        let head = self.populate_to(&log, &population, outlets, COMMITS_BEFORE).await?;
        // The folder is one process's: the services open it next.
        drop(log);
        let began = Instant::now();
        let services = self.serving_only(&WRITING)?;
        let opened = began.elapsed();
        let untold = || Failure::unavailable("this system does not tell how much memory a process holds");
        let (at_first, _) = services.memory_kib().ok_or_else(untold)?;
        let channel = Servers::at(&services.url).connect("pledge").await?;
        let serial = AtomicU32::new(0);
        let commands = sampled(COMMANDS.min(outlets), IN_FLIGHT, || async {
            let number = scattered(serial.fetch_add(1, Ordering::Relaxed), outlets) - 1;
            let (id, _) = population.outlet(number)?;
            let particulars = Particulars { operator_name: "运营中心".to_owned(), ..Particulars::default() };
            let (bureau, category) = (BUREAU.to_owned(), String::new());
            let outlet = Outlet { id: id.to_string(), bureau, category, particulars, serial: number };
            PledgeServiceClient::new(channel.clone()).make_pledge(outlets::make_pledge(&outlet)).await?;
            Ok(())
        })
        .await?;
        let (now, most) = services.memory_kib().ok_or_else(untold)?;
        let settings = self.settings(&format!(
            "{}; {outlets} outlets, {head} commits before; opened in {:.1} s with {} MiB; {} MiB after {} commands, {IN_FLIGHT} in flight",
            WRITING.join(", "),
            opened.as_secs_f64(),
            at_first / 1024,
            now / 1024,
            COMMANDS.min(outlets),
            head = head.0,
        ));
        let figure = u32::try_from(most).map_or(f64::INFINITY, f64::from) / KIB_A_MIB;
        let bound = Bound {
            name: "the command services' most memory",
            figure,
            unit: "MiB",
            limit: MEMORY_MAX_MIB,
            limit_name: "what they may hold beside a million outlets".to_owned(),
            of: &commands.figure(),
            settings: &settings,
        };
        bound.print(self.as_json)
    }
}
