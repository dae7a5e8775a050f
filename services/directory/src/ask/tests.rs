//! Tests of questions.

pub(crate) mod counts;
mod search;
