//! Which policies of two sets are the same, as syntax trees, and which are not.

use std::collections::HashMap;

use policy::PolicySet;

/// How the policies of a base set turn into those of a head set.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// For each base policy, the head policy of equal meaning.
    pub(crate) kept: Vec<Option<u32>>,
    /// For each base policy, the head policy that took its place: same id, same effect, another meaning.
    pub(crate) renewed: Vec<Option<u32>>,
    /// Base policies without one of equal meaning.
    pub(crate) gone: Vec<u32>,
    /// Head policies without one.
    pub(crate) fresh: Vec<u32>,
}

impl Plan {
    /// Pairs policies of equal digest: those of equal id first, the rest in order.
    pub(crate) fn new(base: &PolicySet, head: &PolicySet) -> Self {
        let mut free: HashMap<[u8; 32], Vec<u32>> = HashMap::new();
        let mut taken = vec![false; head.policies().len()];
        let mut plan = Self {
            kept: vec![None; base.policies().len()],
            renewed: vec![None; base.policies().len()],
            ..Self::default()
        };
        let by_id: HashMap<&str, u32> = (0_u32..)
            .zip(head.policies())
            .map(|(place, policy)| (policy.id.as_str(), place))
            .collect();
        for (kept, policy) in plan.kept.iter_mut().zip(base.policies()) {
            let same = by_id.get(policy.id.as_str()).copied().filter(|place| {
                head.policies()
                    .get(*place as usize)
                    .is_some_and(|other| other.digest == policy.digest)
            });
            if let Some(place) = same {
                *kept = Some(place);
                if let Some(taken) = taken.get_mut(place as usize) {
                    *taken = true;
                }
            }
        }
        for (place, policy) in head.policies().iter().enumerate().rev() {
            if taken.get(place) == Some(&false) {
                free.entry(policy.digest).or_default().push(place as u32);
            }
        }
        for (place, (kept, policy)) in (0_u32..).zip(plan.kept.iter_mut().zip(base.policies())) {
            if kept.is_none() {
                *kept = free.get_mut(&policy.digest).and_then(Vec::pop);
                if kept.is_none() {
                    plan.gone.push(place);
                }
            }
        }
        plan.fresh = free.into_values().flatten().collect();
        plan.fresh.sort_unstable();
        for place in &plan.gone {
            let renewed = base.policies().get(*place as usize).and_then(|policy| {
                let place = by_id.get(policy.id.as_str()).copied()?;
                let other = head.policies().get(place as usize)?;
                let fresh = plan.fresh.binary_search(&place).is_ok();
                (fresh && other.effect == policy.effect).then_some(place)
            });
            if let Some(entry) = plan.renewed.get_mut(*place as usize) {
                *entry = renewed;
            }
        }
        plan
    }

    /// Nothing changed its meaning.
    pub(crate) fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.fresh.is_empty()
    }
}
