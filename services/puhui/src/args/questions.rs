//! The words of the questions: `search`, `provider`, `tasks`, `stats`, `watch`, `replay`.

use clap::{Args, Subcommand};
use domain::Day;

/// A month, yyyy-mm, as it is typed. Which months can be asked for the server says.
fn month(text: &str) -> Result<String, String> {
    let well = text.len() == 7 && Day::parse(&format!("{text}-01")).is_ok();
    well.then(|| text.to_owned()).ok_or_else(|| "月份应为 yyyy-mm / a month is written yyyy-mm".to_owned())
}

/// The record as it was.
#[derive(Debug, Default, Args)]
pub(crate) struct Earlier {
    /// What was on record when the log ended at this position, told of the day it was recorded if no --as-of is given.
    #[arg(long, default_value_t = 0)]
    pub(crate) as_of_position: u64,
    /// What was on record at the end of this day, yyyy-mm-dd.
    #[arg(long, default_value = "", hide_default_value = true, conflicts_with = "as_of_position")]
    pub(crate) known_on: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Provider {
    /// What is on record of it.
    Show {
        /// Provider id.
        id: String,
        /// The day asked about, yyyy-mm-dd; today if not given.
        #[arg(long, default_value = "", hide_default_value = true)]
        as_of: String,
        #[command(flatten)]
        earlier: Earlier,
    },
    /// Every act of it, or of an operator: bars on it and what became of them.
    History {
        /// Provider id, or an operator's code of 18 characters.
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words that must all occur in names or address; or an operator's code alone, for its outlets.
    pub(crate) words: Vec<String>,
    /// Division: 2, 4, 6, 9 or 12 digits.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) division: String,
    /// Administering zone.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) zone: String,
    /// Service category.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) category: String,
    /// Class of the statistical classification, 2 or 3 digits.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) class: String,
    /// Statuses: valid, rectifying, suspended, revoked, withdrawn, expired, deregistered, ahead (yet to begin), or all; the live ones if not given,
    /// and those ahead where words, a code or a number are.
    #[arg(long = "status", value_delimiter = ',')]
    pub(crate) statuses: Vec<String>,
    /// Number of a certification document, a pledge or a plaque.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) number: String,
    /// A point, LATITUDE,LONGITUDE in degrees (CGCS2000): the outlets around it, the nearest first.
    #[arg(long)]
    pub(crate) near: Option<String>,
    /// How far from that point, in metres, 1 to 50,000.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub(crate) within: u32,
    /// Order: name, certified-on or distance; as the question makes sensible if not given.
    #[arg(long, default_value = "unspecified")]
    pub(crate) order: String,
    /// The day asked about, yyyy-mm-dd; today if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) as_of: String,
    #[command(flatten)]
    pub(crate) earlier: Earlier,
    /// Rows at most; pages are asked for until there are as many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// Where the answer before ended: `next_page_token` of its page in JSON, with the same words and options.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) page_token: String,
    /// Position the answer must have seen.
    #[arg(long, default_value_t = 0)]
    pub(crate) min_position: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Tasks {
    /// The bureau whose work it is; all if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) bureau: String,
    /// Division.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) division: String,
    /// Administering zone.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) zone: String,
    /// Category.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) category: String,
    /// How many days ahead, 1 to 366.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) within_days: u32,
    /// Kinds: notice-ended, certification-expiring, plaque-to-recover, rectification-due, pledge-to-check, operator-to-identify,
    /// hearing-ended, case-returned, pledge-doubled, objection-open, within-bar, last-day-to-state; all if not given.
    #[arg(long = "kind", value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
    /// Rows at most; pages are asked for until there are as many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// Where the answer before ended: `next_page_token` of its page in JSON, with the same options.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) page_token: String,
    /// Position the answer must have seen.
    #[arg(long, default_value_t = 0)]
    pub(crate) min_position: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// Division.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) division: String,
    /// Administering zone.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) zone: String,
    /// Category.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) category: String,
    /// Digits of the division to group by: 2, 4, 6, 9 or 12.
    #[arg(long, default_value_t = 6)]
    pub(crate) level: u32,
    /// The day asked about, yyyy-mm-dd; today if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) as_of: String,
    #[command(flatten)]
    pub(crate) earlier: Earlier,
    /// What happened from this month on, yyyy-mm, instead of what is.
    #[arg(long, requires = "to_month", conflicts_with_all = ["as_of", "as_of_position", "known_on"], value_parser = month)]
    pub(crate) from_month: Option<String>,
    /// Up to this month, yyyy-mm.
    #[arg(long, requires = "from_month", value_parser = month)]
    pub(crate) to_month: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Changes after this position; 0 begins with the first.
    #[arg(long, default_value_t = 0)]
    pub(crate) after: u64,
    /// Division: 2, 4, 6, 9 or 12 digits.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) division: String,
    /// Service category.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) category: String,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Commits after this position.
    #[arg(long, default_value_t = 0)]
    pub(crate) after: u64,
    /// Up to this position; the head if not given.
    #[arg(long, default_value_t = 0)]
    pub(crate) until: u64,
    /// Only of this provider.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) provider: String,
    /// Only by this bureau.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) bureau: String,
    /// Only with an event of these names.
    #[arg(long = "event", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// Decide every commit anew from what stands before it, and tell those that come out otherwise than they are recorded, with both sides.
    #[arg(long, conflicts_with_all = ["after", "provider", "bureau", "events"])]
    pub(crate) check: bool,
}
