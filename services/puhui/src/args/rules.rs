//! The words of `puhui rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done about the rules on record.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesTask {
    /// Adopt a scheme, working days, or an edition of the table of places. It is in force in every running service within a second.
    Adopt {
        #[command(subcommand)]
        what: AdoptTask,
    },
    /// What is in force: the scheme of each area, working days, places.
    Show {
        /// The day asked about, yyyy-mm-dd; today if not given.
        #[arg(long, default_value = "", hide_default_value = true)]
        on: String,
    },
    /// Every edition that was adopted, the newest first.
    History {
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Check a file without a server, as it is checked when it is adopted: a scheme (.toml), working days or places (.csv). The exit code is
    /// 1 where it would be refused.
    Check {
        /// The file.
        file: PathBuf,
        /// For the scheme of an area: the schemes it inherits from, the widest area's first. The carried example if none is given and the
        /// file is not of the whole registry.
        #[arg(long = "above")]
        above: Vec<PathBuf>,
    },
}

/// What is adopted.
#[derive(Debug, Subcommand)]
pub(crate) enum AdoptTask {
    /// A scheme (办法) for the area that its file names.
    Scheme {
        /// The file, in TOML.
        file: PathBuf,
        #[command(flatten)]
        by: Adopter,
    },
    /// Working days: a table `date,kind,festival` of holidays and make-up workdays.
    Calendar {
        /// The table.
        file: PathBuf,
        /// First day it speaks of, yyyy-mm-dd.
        #[arg(long)]
        from: String,
        /// Last day it speaks of, yyyy-mm-dd. Working days are not counted after it.
        #[arg(long)]
        until: String,
        /// Where it was published.
        #[arg(long)]
        source: String,
        #[command(flatten)]
        by: Adopter,
    },
    /// An edition of the table of places: `code,name,last_day`.
    Places {
        /// The table.
        file: PathBuf,
        /// Where and when it was published.
        #[arg(long)]
        edition: String,
        #[command(flatten)]
        by: Adopter,
    },
}

/// Who adopts it, and under which document.
#[derive(Debug, Args)]
pub(crate) struct Adopter {
    /// The body that adopts it (制定机关).
    #[arg(long)]
    pub(crate) body: String,
    /// Number of the document that carries it (文号).
    #[arg(long)]
    pub(crate) document: String,
    /// Day it was adopted, yyyy-mm-dd; today if not given.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) adopted_on: String,
    /// The bureau that enters it; the scheme must let it adopt rules.
    #[arg(long)]
    pub(crate) bureau: String,
    /// Staff number of the officer who enters it.
    #[arg(long)]
    pub(crate) officer: String,
    /// The position of the edition that was entered wrong and in whose place it is; `puhui rules history` tells it.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) corrects: u64,
    /// Check it on the server, and adopt nothing.
    #[arg(long)]
    pub(crate) validate_only: bool,
}
