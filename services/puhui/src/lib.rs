//! The command `puhui`: every service in one process, import, query, verify, bench.

pub mod print;
