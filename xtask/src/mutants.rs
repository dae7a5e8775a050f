//! Whether the tests of the rules see a fault that is planted in them: mutants of `shared/domain`, every one of them or a sample over all files.

use crate::tool::Tool;
use crate::workspace::House;

/// Made for tests alone: the commands that differ in one field.
const EXCLUDED: &str = "shared/domain/src/canonical/changes.rs";
/// What is run on each: the crate's own tests, with as many random cases as fit into a few seconds.
const TESTS: [&str; 3] = ["--", "--lib", "--tests"];
const CASES: [(&str, &str); 3] = [("PUHUI_CASES", "60"), ("PROPTEST_CASES", "32"), ("PROPTEST_MAX_SHRINK_ITERS", "0")];
/// Seconds after which the tests of a mutant have not ended: more than ten times what they take.
const TIMEOUT_SECONDS: &str = "180";

/// Tries the mutants; with `--sample N` about as many, every so manieth of the list, and `--seed S` says from which on.
pub(crate) fn run(house: &House, settings: &[(&'static str, String)]) -> Result<(), String> {
    if !house.cargo(&["mutants", "--version"]).succeeds() {
        return Err("cargo-mutants is not here: `cargo install cargo-mutants --locked` installs it".to_owned());
    }
    let list = house.cargo(&["mutants", "--list", "--package", "domain", "--exclude", EXCLUDED]).output()?;
    let shard = shard(list.lines().count(), number(settings, "--sample")?, number(settings, "--seed")?.unwrap_or(0));
    println!("{} mutants of shared/domain; tried are those of shard {shard}", list.lines().count());
    let words = ["mutants", "--package", "domain", "--exclude", EXCLUDED, "--profile", "mutants"];
    let words = [&words[..], &["--baseline", "skip", "--timeout", TIMEOUT_SECONDS]].concat();
    let words = [&words[..], &["--sharding", "round-robin", "--shard", &shard], &TESTS].concat();
    CASES.iter().fold(house.cargo(&words), |tool: Tool, (name, value)| tool.with(name, value)).run()
}

fn number(settings: &[(&'static str, String)], name: &str) -> Result<Option<usize>, String> {
    let told = settings.iter().find(|(setting, _)| *setting == name);
    told.map(|(_, value)| value.parse().map_err(|_| format!("{name} wants a number, not `{value}`"))).transpose()
}

/// The part of the list that is tried, as `--shard` takes it.
fn shard(all: usize, sample: Option<usize>, seed: usize) -> String {
    let parts = (all / sample.unwrap_or(all).max(1)).max(1);
    format!("{}/{parts}", seed % parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_every_so_manieth_of_all() {
        assert_eq!(shard(2_000, None, 7), "0/1");
        assert_eq!(shard(2_000, Some(250), 11), "3/8");
        assert_eq!(shard(100, Some(250), 11), "0/1");
        assert_eq!(shard(0, Some(0), 0), "0/1");
    }

    #[test]
    fn a_word_that_is_no_number_is_named() {
        let reason = number(&[("--sample", "many".to_owned())], "--sample").unwrap_err();
        assert_eq!(reason, "--sample wants a number, not `many`");
        assert_eq!(number(&[], "--seed"), Ok(None));
    }
}
