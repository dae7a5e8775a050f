//! The terms of a certification that are choices.

/// How the registry knows the way to the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificationBasis {
    /// The case was kept here, step by step.
    Case,
    /// The bureau kept the case and sent the notice's window as evidence.
    Evidence,
}
