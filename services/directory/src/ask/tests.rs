//! Tests of questions.

pub(crate) mod counts;
mod effort;
mod search;
