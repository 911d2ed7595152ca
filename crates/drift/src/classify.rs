//! From two outcomes to one class.

use std::borrow::Cow;

use model::{ChangeClass, Decision, Outcome, PolicyError};
use policy::{Combined, PolicySet, Verdict, combine};

/// What a set decides, given what its policies (as places in the set) did not say no to.
pub(crate) fn decide<'v>(
    set: &PolicySet,
    verdicts: impl IntoIterator<Item = (u32, &'v Verdict)>,
) -> Combined<u32> {
    combine(verdicts.into_iter().filter_map(|(place, verdict)| {
        let policy = set.policies().get(place as usize)?;
        Some((place, policy.effect, Cow::Borrowed(verdict)))
    }))
}

/// The class of a request whose verdicts differ between the two sides. With equal verdicts it is unchanged, whatever is
/// unknown: the same facts decide both the same way.
pub(crate) fn class(before: Option<Decision>, after: Option<Decision>) -> ChangeClass {
    match (before, after) {
        (Some(before), Some(after)) if before == after => ChangeClass::Unchanged,
        (Some(Decision::Deny), Some(_)) => ChangeClass::Gained,
        (Some(Decision::Allow), Some(_)) => ChangeClass::Lost,
        (Some(Decision::Deny), None) | (None, Some(Decision::Allow)) => ChangeClass::MaybeGained,
        (Some(Decision::Allow), None) | (None, Some(Decision::Deny)) => ChangeClass::MaybeLost,
        (None, None) => ChangeClass::Undeterminable,
    }
}

/// An outcome with ids in place of places.
pub(crate) fn outcome(set: &PolicySet, combined: &Combined<u32>) -> Outcome {
    let id = |place: &u32| {
        set.policies()
            .get(*place as usize)
            .map(|policy| policy.id.clone())
            .unwrap_or_default()
    };
    let mut reasons: Vec<_> = combined.reasons.iter().map(id).collect();
    reasons.sort_unstable();
    let mut errors: Vec<_> = combined
        .errors
        .iter()
        .map(|(place, message)| PolicyError {
            policy: id(place),
            message: message.clone(),
        })
        .collect();
    errors.sort_unstable();
    Outcome {
        decision: combined.decision,
        reasons,
        errors,
        needs: combined.needs.clone(),
    }
}
