//! The words of the command line.

mod forms;
mod questions;
mod rules;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::Day;
use event_log::LogId;
use serve::{Network, ProxyHeader};

use crate::listening;

pub(crate) use questions::{Earlier, Provider, Replay, Search, Stats, Tasks, Watch};
pub(crate) use rules::{AdoptTask, Adopter, RulesTask};

/// What is left alone of the embedded log's disk, unless told otherwise.
pub(crate) const DISK_RESERVE_MIB: u64 = event_log::DISK_RESERVE_BYTES >> 20;
/// The most that can be said in bytes, in MiB. Less is refused where the disk is no larger.
const DISK_RESERVE_MIB_MAX: u64 = u64::MAX >> 20;

/// 普惠: the registry of inclusive life-service providers.
#[derive(Debug, Parser)]
#[command(name = "puhui", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Server to ask, http://HOST:PORT; NAME=http://HOST:PORT sets one service's (certification, pledge, signage, directory,
    /// audit, rules). May be given several times.
    #[arg(
        long = "server",
        global = true,
        env = "PUHUI_SERVER",
        value_delimiter = ',',
        default_value = "http://127.0.0.1:7400"
    )]
    pub(crate) servers: Vec<String>,
    /// Print JSON lines, one object a row, fields named as in the .proto files.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Run every service in this process, or one of them.
    Serve(Serve),
    /// Start on a fresh embedded log, take real lists and synthetic outlets, tour the life of a provider, then serve.
    Demo(Demo),
    /// Take a list of certified providers as bureaus publish it (CSV, XLSX, XLS, ODS, a web page): docs/lists.zh.md.
    Import(Import),
    /// One provider.
    Provider {
        #[command(subcommand)]
        what: Provider,
    },
    /// Find certified providers.
    Search(Search),
    /// Check a plaque.
    Plaque {
        /// The number as it stands on the plaque.
        number: String,
        /// The day asked about, yyyy-mm-dd; today if not given.
        #[arg(long, default_value = "", hide_default_value = true)]
        as_of: String,
    },
    /// Confirm a credit code that fails its check and is real, from the document it stands on (核实代码): until then it cannot be entered.
    ConfirmCode(ConfirmCode),
    /// A bureau's work list.
    Tasks(Tasks),
    /// Counts by division, category and status.
    Stats(Stats),
    /// Follow what changes: JSON lines, each with the position to go on from (`--after`)
    Watch(Watch),
    /// Print every commit as JSON lines.
    Replay(Replay),
    /// Call any method with a JSON message, knowing only what the server's reflection tells.
    Call {
        /// Full name: puhui.certification.v1.CertificationService/Certify.
        method: String,
        /// The message as JSON; `-` reads it from standard input.
        message: String,
    },
    /// Ask whether a server, or one of its services, is serving.
    Health {
        /// Full name of a service; the whole server if not given.
        #[arg(default_value = "", hide_default_value = true)]
        service: String,
    },
    /// Measure the product beside the limit it is held against.
    Bench(Bench),
    /// Build the directory's rows anew from the log, beside those that answer; they take over once they have caught up.
    Rebuild {
        #[arg(value_enum, default_value = "wait")]
        action: Rebuild,
    },
    /// Carry the directory's rows to another machine. The directory must not be running.
    Snapshot {
        #[command(subcommand)]
        what: Snapshot,
    },
    /// The rules on record: adopt schemes, working days and places, tell what is in force, check a file.
    Rules {
        #[command(subcommand)]
        what: RulesTask,
    },
    /// The log itself: make one, look at what stands in it, write it into a file, set aside what is no commit.
    Log {
        #[command(subcommand)]
        what: LogTask,
    },
    /// Print every row of a directory that is not running, to compare a rebuilt one with another.
    ///
    /// Nothing is written where the rows lie: a copy in the folder for temporary files (TMPDIR) is read, and removed.
    Dump {
        /// The data folder of `serve`.
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ConfirmCode {
    /// The code, 18 characters.
    pub(crate) code: String,
    /// Number of the document that it stands on (证照编号).
    #[arg(long)]
    pub(crate) document: String,
    /// What was seen: which document, issued by whom and when.
    #[arg(long)]
    pub(crate) seen: String,
    /// Day on which it was seen, yyyy-mm-dd; today if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) on: String,
    /// The bureau that saw it.
    #[arg(long)]
    pub(crate) bureau: String,
    /// Staff number of the officer who enters it.
    #[arg(long)]
    pub(crate) officer: String,
    /// Check it on the server, and record nothing.
    #[arg(long)]
    pub(crate) validate_only: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// Appending to the log, against append and fdatasync, or against bare publishes to the NATS server.
    Log,
    /// Certify commands through gRPC, against an empty gRPC echo and, on NATS, against bare publishes.
    Commands,
    /// Following the log from the first commit, against reading its bytes; and, embedded, a replay through gRPC.
    Replay,
    /// Making the directory's rows from the log (`--count` outlets, five commits each), against reading the log's bytes.
    Rebuild,
    /// That, and questions to the directory, against an empty gRPC echo.
    Queries,
    /// How long after its acknowledgement a command is seen in a directory of `--count` outlets, at `--rate` commands a second.
    Freshness,
    /// One client's lists of `--count` outlets alone, then beside 100 callers that ask without pause for tasks, revoked outlets, early
    /// days and far replays, and beside `--rate` commands a second: how much slower they become, and how late a command is seen.
    Beside,
    /// How much memory the command services hold on a log of `--count` outlets, registered and pledged (1000000: what they are held to),
    /// once they have decided on more of them than they keep.
    Memory,
}

/// Whether a NATS server has cores of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placement {
    Shared,
    Apart,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What is measured.
    #[arg(value_enum)]
    pub(crate) measure: Measure,
    /// Which body: `embedded`, `nats` (a server is started for the measurement), or nats://HOST:PORT (one that runs, or
    /// several, comma-separated; streams named PUHUI-BENCH and BARE are made there).
    #[arg(long, default_value = "embedded")]
    pub(crate) log: String,
    /// The server that `--log nats` starts, `sync_interval: always`.
    #[arg(long, env = "PUHUI_NATS_SERVER", default_value = ".tools/nats-server")]
    pub(crate) nats_server: PathBuf,
    /// Commits, commands or outlets a round.
    #[arg(long, default_value_t = 15_000, value_parser = clap::value_parser!(u32).range(256..=5_000_000))]
    pub(crate) count: u32,
    /// The population of outlets that `rebuild` and `queries` make.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Commands a second that `freshness` (5000 if not given) and `beside` (50) send, whether they are answered or not.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rate: Option<u32>,
    /// How long `beside` measures, a round: so long alone and so long beside.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// Rounds, alternating with the limit's.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// Commits or commands under way at one time; each is measured in turn.
    #[arg(long, value_delimiter = ',', default_value = "1,256", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) in_flight: Vec<u32>,
    /// Monitoring of the servers, where they run already.
    #[arg(long = "nats-monitor", value_delimiter = ',', value_parser = forms::nats_monitor)]
    pub(crate) nats_monitors: Vec<String>,
    /// Copies of the NATS stream; with `--log nats` as many servers are started, in one cluster.
    #[arg(long, default_value_t = 1, value_parser = forms::copies)]
    pub(crate) replicas: usize,
    /// `commands`: register and pledge as many providers first, and certify those, in no order: more than some 30,000 of them are in
    /// no cache. 0 certifies each soon after it was pledged.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=5_000_000))]
    pub(crate) providers: u32,
    /// `log` on NATS: measure it with commits in atomic batches and with each published alone, in the same rounds.
    #[arg(long)]
    pub(crate) both_ways: bool,
    /// Where the programs run: `apart`, the servers that `--log nats` starts on half of the cores and everything else on the other half,
    /// as a machine should be set up; `shared`, wherever the system puts them. Apart for one server if there are two cores, else shared.
    #[arg(long, value_enum)]
    pub(crate) cores: Option<Placement>,
    /// Another `puhui` whose server is measured in place of this one's, so that two can be compared in turn.
    #[arg(long)]
    pub(crate) program: Option<PathBuf>,
    /// Where the measured files lie; the disk under it is what is measured.
    #[arg(long, default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    All,
    Certification,
    Pledge,
    Signage,
    Directory,
    Audit,
    Rules,
}

/// Where the log is, and how it is kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogPlace {
    /// Where the log is: `embedded` (below the data folder, one process at a time) or nats://HOST:PORT.
    #[arg(long, env = "PUHUI_LOG_AT", default_value = "embedded")]
    pub(crate) log: String,
    /// Folder for the embedded log and the directory's rows. It remembers the log it has known.
    #[arg(long, env = "PUHUI_DATA", default_value = "puhui-data")]
    pub(crate) data: PathBuf,
    /// MiB of the embedded log's disk that are left alone: with less free, commands are refused (`DISK_RESERVE`) before they are begun. 0 leaves
    /// a quarter of one.
    #[arg(long, env = "PUHUI_DISK_RESERVE_MIB", default_value_t = DISK_RESERVE_MIB, allow_negative_numbers = true,
          value_parser = clap::value_parser!(u64).range(..=DISK_RESERVE_MIB_MAX))]
    pub(crate) disk_reserve_mib: u64,
    /// How the name of the NATS stream begins; the first digits of the log's id follow.
    #[arg(long, default_value = "PUHUI", value_parser = forms::nats_stream)]
    pub(crate) nats_stream: String,
    /// Copies of the NATS stream: 1, 3 or 5. It is made with as many; one that has fewer is refused. The embedded log is kept in one.
    #[arg(long, default_value_t = 1, value_parser = forms::copies, allow_negative_numbers = true)]
    pub(crate) replicas: usize,
    /// Monitoring of the NATS servers, as `http://HOST:8222`, where it is read whether they sync before they acknowledge; port 8222 of
    /// each host of --log if not given.
    #[arg(long = "nats-monitor", env = "PUHUI_NATS_MONITOR", value_delimiter = ',', value_parser = forms::nats_monitor)]
    pub(crate) nats_monitors: Vec<String>,
    /// The file of the request key, under which requests are digested; `request-key` in the data folder if not given. Whoever makes the log
    /// makes it; services on NATS are each given the same.
    #[arg(long, env = "PUHUI_REQUEST_KEY", value_name = "FILE")]
    pub(crate) request_key: Option<PathBuf>,
    /// Go on with NATS servers that acknowledge before they sync: a power cut may then lose what somebody was told is kept.
    #[arg(long)]
    pub(crate) accept_loss_on_power_cut: bool,
}

/// As what a log is opened that is empty.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OpeningWords {
    /// What the registry is called: an empty log is opened under this name, 普惠生活服务登记簿 if not given, and keeps it. One that is opened must have
    /// it.
    #[arg(long, env = "PUHUI_NAME")]
    pub(crate) name: Option<String>,
    /// The bureau that opens an empty log; if not given, the first of the scheme that may adopt rules.
    #[arg(long, value_name = "BUREAU")]
    pub(crate) opened_by: Option<String>,
}

fn log_id(text: &str) -> Result<LogId, String> {
    LogId::parse(text).map_err(|invalid| invalid.to_string())
}

/// What is done about the log itself. An embedded log is open in one process at a time: its service must be stopped.
#[derive(Debug, Subcommand)]
pub(crate) enum LogTask {
    /// Make the log, once, and its request key, and print its id. One that is there already is left as it is.
    Create {
        #[command(flatten)]
        place: LogPlace,
        #[command(flatten)]
        opening: OpeningWords,
    },
    /// Print which log it is and where it ends.
    Show {
        #[command(flatten)]
        place: LogPlace,
    },
    /// Print what stands at a position: how long, under which hash, and why it is not believed, if it is not.
    Inspect {
        #[command(flatten)]
        place: LogPlace,
        /// The position, from 1.
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
        position: u64,
    },
    /// Write the log into a new file, as it is stored, for whoever reads it without this program, and beside it FILE.desc, which says what its
    /// messages are (docs/stored-form.md). What is no commit is written as well.
    Export(LogExport),
    /// Write a new request key into a file that is not there yet: where the old one is lost or has become known. Every service that writes
    /// the log is given the same file, and started anew.
    RequestKey {
        /// The file.
        file: PathBuf,
    },
    /// Set aside, on record, a message that is no commit: every reader goes on over it from then on, also those that run.
    SetAside(SetAside),
}

impl LogTask {
    /// Where the log is, where it is asked for.
    pub(crate) fn place(&self) -> Option<&LogPlace> {
        match self {
            Self::Create { place, .. } | Self::Show { place } | Self::Inspect { place, .. } => Some(place),
            Self::Export(asked) => Some(&asked.place),
            Self::SetAside(asked) => Some(&asked.place),
            Self::RequestKey { .. } => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct LogExport {
    #[command(flatten)]
    pub(crate) place: LogPlace,
    /// The file.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SetAside {
    #[command(flatten)]
    pub(crate) place: LogPlace,
    /// The position, from 1.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) position: u64,
    /// The hash of its bytes, as `puhui log inspect` shows it.
    #[arg(long)]
    pub(crate) sha256: String,
    /// Why.
    #[arg(long)]
    pub(crate) reason: String,
    /// Number of the document that carries the decision.
    #[arg(long)]
    pub(crate) document: String,
    /// The bureau that acts.
    #[arg(long)]
    pub(crate) bureau: String,
    /// Staff number of the officer who acts.
    #[arg(long)]
    pub(crate) officer: String,
    /// No newer version wrote it, though it looks so.
    #[arg(long)]
    pub(crate) not_newer: bool,
    /// Vouch for the clock while it shows this day, yyyy-mm-dd, as `puhui serve --accept-clock` does.
    #[arg(long, value_name = "DAY", value_parser = forms::day)]
    pub(crate) accept_clock: Option<Day>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// What to run; several may be named.
    #[arg(value_enum, default_value = "all")]
    pub(crate) services: Vec<Service>,
    #[command(flatten)]
    pub(crate) place: LogPlace,
    /// Make a log where there is none. On NATS one service is told so, once; a data folder that knows a log refuses it.
    #[arg(long)]
    pub(crate) new_log: bool,
    /// Give up the log with this id, which the data folder knows, for the one that is there now or, where there is none, a new one.
    #[arg(long, value_name = "OLD_ID", value_parser = log_id)]
    pub(crate) replace_log: Option<LogId>,
    #[command(flatten)]
    pub(crate) opening: OpeningWords,
    /// Accept a log that is shorter than it is known to have been, put back from an older copy for instance, or of which nothing can be
    /// read that says how far it had reached, as it is: it ends at this position, and what came after is lost.
    #[arg(long, value_name = "POSITION", allow_negative_numbers = true)]
    pub(crate) accept_shorter_log: Option<u64>,
    /// Go by another request key than the data folder knows, named by its 8 digits as the refusal tells them: requests recorded under the
    /// earlier one are then not known again by their ids. Other keys are not covered, so it may not be left behind.
    #[arg(long, value_name = "NAME", value_parser = forms::key_name)]
    pub(crate) accept_request_key: Option<String>,
    /// Address to listen on; port 0 takes a free one and prints it.
    #[arg(long, default_value = "127.0.0.1:7400", value_parser = listening::address)]
    pub(crate) listen: SocketAddr,
    /// Scheme file (办法) in TOML with which a log begins that has no rules on record; the carried example for Yangzhou if not given. Where
    /// there are rules it must be one that was adopted: others are adopted with `puhui rules adopt scheme`, while services run.
    #[arg(long, env = "PUHUI_SCHEME")]
    pub(crate) scheme: Option<PathBuf>,
    /// Vouch for the clock while it shows this day, yyyy-mm-dd: where the machine was off for more than a month, or the log was written
    /// by a clock that was ahead. Other days are not covered, so it may not be left behind.
    #[arg(long, value_name = "DAY", value_parser = forms::day)]
    pub(crate) accept_clock: Option<Day>,
    /// Address for GET /metrics (Prometheus) and GET /health (JSON, with warnings); none if not given.
    #[arg(long, value_parser = listening::address)]
    pub(crate) metrics: Option<SocketAddr>,
    /// Connections at one time, 1 to 65,536; 4,096 if not given, or fewer where the limit on open files is low. When all are taken, one that
    /// is quiet makes room.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) connections: Option<u32>,
    /// Connections at one time from one address, 1 to 65,536. If not given, 128, and no such bound for the addresses of this machine, since a
    /// proxy on it makes all callers one address; a proxy on another machine is named with --proxy.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) connections_per_address: Option<u32>,
    /// A proxy in front, by its address or its network (`10.0.0.0/8`); may be given several times. Its connections are bounded by the whole
    /// alone, and who is behind it is read from the header in --proxy-header. All whom that does not name are bounded as one caller.
    #[arg(long = "proxy", env = "PUHUI_PROXIES", value_delimiter = ',', value_name = "ADDRESS[/BITS]")]
    pub(crate) proxies: Vec<Network>,
    /// The header to which the proxies add whom they were called by: `forwarded` (RFC 7239), or another, with a list of addresses. What
    /// else they pass through is not read.
    #[arg(long, env = "PUHUI_PROXY_HEADER", value_name = "NAME", default_value_t)]
    pub(crate) proxy_header: ProxyHeader,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after the tour instead of serving.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Address to serve on; another free port is taken when it is busy.
    #[arg(long, default_value = "127.0.0.1:7400", value_parser = listening::address)]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The list. Beside it stand its report (LIST.report.csv, LIST.report.xlsx) and what was answered about it (LIST.answers.toml).
    #[arg(value_name = "LIST", required_unless_present = "template")]
    pub(crate) file: Option<PathBuf>,
    /// The bureau that enters it; the scheme must let it back-enter decisions.
    #[arg(long, default_value = "open-lists")]
    pub(crate) bureau: String,
    /// Staff number of the officer who enters it.
    #[arg(long, default_value = "import")]
    pub(crate) officer: String,
    /// Category of the rows that name none (类别), by code or name: childcare, 托育.
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Option<String>,
    /// County of the rows that name none (区县), by code or name: 321003, 邗江区.
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Option<String>,
    /// What the list is of, where it does not say: certified (已认定), proposed (拟认定), refused (不予认定), revoked (取消), annulled (撤销、自始无效), withdrawn (退出),
    /// deregistered (注销), closed (停办), expired (到期).
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Number of the document (文号), for rows that give none.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) document: Option<String>,
    /// Day of the decision (认定日期), for rows that give none.
    #[arg(long, value_name = "DAY")]
    pub(crate) decided_on: Option<String>,
    /// What coordinates in the list are in: cgcs2000, wgs-84, gcj-02 (高德), bd-09 (百度).
    #[arg(long, value_name = "DATUM")]
    pub(crate) datum: Option<String>,
    /// Another list's answers, which hold for this one too.
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Read the list and tell what is wrong and what is asked. No server is needed, nothing is recorded, and no file is written (but the report
    /// that --report names).
    #[arg(long)]
    pub(crate) check: bool,
    /// Tell how one row was read, and why so: its line, or SHEET!LINE. No server is needed, and nothing is written.
    #[arg(long, value_name = "ROW", conflicts_with = "check")]
    pub(crate) explain: Option<String>,
    /// Write an empty list to fill in, with its headings, choices and an example, into a new file (XLSX).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "check", "explain"])]
    pub(crate) template: Option<PathBuf>,
    /// Where the report goes, as .csv and .xlsx; beside the list if not given.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
    /// Commands under way at one time, 1 to 256.
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) in_flight: u16,
}

/// What is to become of a building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rebuild {
    /// Begin, and return at once.
    Begin,
    /// Begin, and return when the rows have taken over.
    Wait,
    /// Only tell how far the rows are.
    Status,
    /// Halt it, also across restarts.
    Pause,
    /// Go on with it.
    Resume,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Snapshot {
    /// Write every row, with its position and digest, into a new file.
    ///
    /// Nothing is written where the rows lie: a copy in the folder for temporary files (TMPDIR) is read, and removed.
    Export {
        /// The data folder of `serve`.
        folder: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// Take the rows of such a file into a data folder that has none. They are checked against the log before they answer.
    Import {
        /// The data folder of `serve`.
        folder: PathBuf,
        /// The file.
        file: PathBuf,
    },
}
