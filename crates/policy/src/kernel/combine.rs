//! What a set decides, from what its policies say.

use std::borrow::Cow;

use model::{Decision, Effect};

use super::Verdict;

/// What a set decides, put together from what its policies say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Combined<P> {
    /// Nothing when it depends on what is not known.
    pub decision: Option<Decision>,
    /// The determining policies.
    pub reasons: Vec<P>,
    /// The policies that could not be evaluated.
    pub errors: Vec<(P, String)>,
    /// What would have to be known; empty when the decision is certain.
    pub needs: Vec<String>,
    /// The policies on which it then depends. Without a permit among them one applies for certain.
    pub open: Vec<P>,
}

/// Cedar's rule: a forbid that applies denies; else a permit that applies allows; else deny. With unknowns in play the
/// decision is certain only if every way they could turn out gives the same.
pub fn combine<'v, P>(
    verdicts: impl IntoIterator<Item = (P, Effect, Cow<'v, Verdict>)>,
) -> Combined<P> {
    let (mut permits, mut forbids, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut open_permits, mut open_forbids) = (Vec::new(), Vec::new());
    for (policy, effect, verdict) in verdicts {
        match (verdict.into_owned(), effect) {
            (Verdict::NoMatch, _) => {}
            (Verdict::Match, Effect::Permit) => permits.push(policy),
            (Verdict::Match, Effect::Forbid) => forbids.push(policy),
            (Verdict::Error(message), _) => errors.push((policy, message)),
            (Verdict::Unknown(needs), Effect::Permit) => open_permits.push((policy, needs)),
            (Verdict::Unknown(needs), Effect::Forbid) => open_forbids.push((policy, needs)),
        }
    }
    let certain = |decision, reasons, errors| Combined {
        decision: Some(decision),
        reasons,
        errors,
        needs: Vec::new(),
        open: Vec::new(),
    };
    if !forbids.is_empty() {
        return certain(Decision::Deny, forbids, errors);
    }
    let may_permit = !permits.is_empty() || !open_permits.is_empty();
    if !may_permit {
        return certain(Decision::Deny, Vec::new(), errors);
    }
    if open_forbids.is_empty() && !permits.is_empty() {
        return certain(Decision::Allow, permits, errors);
    }
    let mut deciding = open_forbids;
    if permits.is_empty() {
        deciding.extend(open_permits);
    }
    let (open, needs): (Vec<P>, Vec<Vec<String>>) = deciding.into_iter().unzip();
    let mut needs: Vec<String> = needs.into_iter().flatten().collect();
    needs.sort_unstable();
    needs.dedup();
    Combined {
        decision: None,
        reasons: Vec::new(),
        errors,
        needs,
        open,
    }
}
