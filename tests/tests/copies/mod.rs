//! Three copies of the log on three servers, one or two of which are killed or cut off at a random moment, under load.

use std::time::{Duration, Instant};

use tests::callers::{CALLERS, Callers};
use tests::cluster::Cluster;

use crate::{Body, Dice, Scene};

/// Longest until commits are acknowledged again. Servers that lost their leader choose another after 4 to 9 s.
const SERVED_MAX: Duration = Duration::from_mins(1);
/// Pause between two looks at what runs in other processes.
const LOOK_PAUSE: Duration = Duration::from_millis(10);

/// What is done to which servers.
#[derive(Clone, Copy)]
enum Fault {
    Killed,
    CutOff,
}

/// For how long.
enum Away {
    For(Duration),
    /// Until the others acknowledge without it, which without the leader takes an election.
    UntilServed,
}

struct Plan {
    fault: Fault,
    servers: Vec<usize>,
    away: Away,
}

fn millis(number: u64) -> Away {
    Away::For(Duration::from_millis(number))
}

impl Plan {
    fn drawn(dice: &mut Dice, leader: usize) -> Self {
        let any = usize::try_from(dice.below(3)).expect("small");
        // With one more, most copies are away, whether or not the leader is among them.
        let most = vec![any, (any + 1) % Cluster::SERVERS];
        let (fault, servers, away) = match dice.below(16) {
            0..=2 => (Fault::Killed, vec![any], millis(dice.below(1_000))),
            3 | 4 => (Fault::Killed, vec![leader], millis(dice.below(1_000))),
            5 => (Fault::Killed, vec![leader], Away::UntilServed),
            6..=8 => (Fault::CutOff, vec![any], millis(100 + dice.below(1_500))),
            9 | 10 => (Fault::CutOff, vec![leader], millis(100 + dice.below(2_500))),
            11 | 12 => (Fault::CutOff, vec![leader], Away::UntilServed),
            13 | 14 => (Fault::CutOff, most, millis(100 + dice.below(2_000))),
            // Longer than an election takes, which the one that is left cannot win.
            _ => (Fault::CutOff, most, millis(5_000 + dice.below(4_000))),
        };
        Self { fault, servers, away }
    }

    fn told(&self, leader: usize) -> String {
        let names: Vec<String> = self
            .servers
            .iter()
            .map(|server| format!("n{server}{}", if *server == leader { " (leader)" } else { "" }))
            .collect();
        let done = match self.fault {
            Fault::Killed => "killed",
            Fault::CutOff => "cut off",
        };
        let time = match self.away {
            Away::For(time) => format!("for {} ms", time.as_millis()),
            Away::UntilServed => "until the others serve".to_owned(),
        };
        format!("{} {done} {time}", names.join(" and "))
    }

    fn begin(&self, cluster: &mut Cluster) {
        for &server in &self.servers {
            match self.fault {
                Fault::Killed => cluster.kill(server),
                Fault::CutOff => cluster.cut_off(server),
            }
        }
    }

    fn end(&self, cluster: &mut Cluster) {
        for &server in &self.servers {
            match self.fault {
                Fault::Killed => cluster.start(server),
                Fault::CutOff => cluster.let_go_on(server),
            }
        }
    }
}

/// Waits until every caller has on average had two more acknowledgements, so that one at least was asked for after this moment.
async fn until_served(callers: &Callers) -> Duration {
    let (began, before) = (Instant::now(), callers.acknowledged());
    while callers.acknowledged() < before + u64::from(2 * CALLERS) {
        assert!(began.elapsed() < SERVED_MAX, "nothing is acknowledged in {SERVED_MAX:?}");
        pause(LOOK_PAUSE).await;
    }
    began.elapsed()
}

#[expect(
    clippy::disallowed_methods,
    reason = "moments are random here, and other processes are looked at now and then"
)]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

impl Scene {
    fn cluster(&mut self) -> &mut Cluster {
        match &mut self.body {
            Body::Copies(cluster) => cluster,
            Body::Embedded | Body::Nats(_) => panic!("the body has one copy"),
        }
    }

    /// One cycle: load, servers away, servers back, commits acknowledged again, and the check. In some the service is killed as well.
    pub(crate) async fn cycle_of_copies(&mut self, dice: &mut Dice) -> String {
        let began = Instant::now();
        let mut server = Some(self.serve(None));
        let callers = Callers::start(&format!("http://127.0.0.1:{}", self.port), &self.next, dice);
        until_served(&callers).await;
        let leader = self.cluster().leader().expect("commits are acknowledged, so one leads");
        let plan = Plan::drawn(dice, leader);
        let service_too = dice.below(4) == 0;
        pause(Duration::from_millis(100 + dice.below(400))).await;
        let told = format!("{}{}", plan.told(leader), if service_too { ", service killed" } else { "" });
        // Said before, so that it is known when it goes wrong.
        println!("{told}");
        plan.begin(self.cluster());
        if service_too && let Some(server) = server.take() {
            pause(Duration::from_millis(dice.below(100))).await;
            server.kill();
        }
        match plan.away {
            Away::For(time) => pause(time).await,
            Away::UntilServed => {
                server = server.or_else(|| Some(self.serve(None)));
                until_served(&callers).await;
            }
        }
        plan.end(self.cluster());
        let server = server.unwrap_or_else(|| self.serve(None));
        let again = until_served(&callers).await;
        let count = self.settled(callers).await;
        self.check(&server).await;
        // Its rows follow a log whose servers come and go.
        self.directory_reaches_head(&server).await;
        server.stop();
        format!(
            "{told}, served {} ms after, {} ms in all: {count} requests",
            again.as_millis(),
            began.elapsed().as_millis()
        )
    }
}
