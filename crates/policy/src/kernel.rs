//! The kernel of a replay: parse everything a log speaks of once, then evaluate single policies against single requests.
//!
//! Facts come in two kinds. The workspace's entities are *closed*: what is not among them does not exist. A recorded slice
//! is *open*: what is not in it is merely not known, so the engine's partial evaluation leaves a residual and the verdict is
//! [`Verdict::Unknown`], never a guess. An attribute the schema requires but the record lacks is not known either, nor is the value of
//! one that the record says it omits.

mod combine;
mod direct;
mod evaluation;
mod least;
mod material;
mod probe;
mod slice;

pub use combine::{Combined, combine};
pub use direct::Direct;
pub(crate) use direct::{Above, Ground, Key};
pub use evaluation::{Evaluation, Facts, OpenFacts};
pub use least::least_slice;
#[cfg(test)]
pub(crate) use material::read_context_slowly;
pub use material::{Material, Tables};

/// What single policies say to a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The policy does not apply.
    NoMatch,
    /// It applies.
    Match,
    /// It cannot be evaluated; the engine skips it.
    Error(String),
    /// It depends on what is not known, named here, e.g. `resource.legalHold`.
    Unknown(Vec<String>),
}
