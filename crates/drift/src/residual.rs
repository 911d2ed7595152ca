//! What an open row turns on, worked out for those rows that somebody looks at.

use std::sync::Arc;

use decisions::Log;
use model::{Change, OpenPolicy, Residual};
use policy::{Compiled, EntityStore, Material, PolicySet};

use crate::{Altered, verdicts::facts};

/// What the rows of a replay were decided by.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) base: Ground,
    pub(crate) head: Ground,
    /// The facts of the head's side, where they are not the recorded ones.
    pub(crate) altered: Option<(Altered, Material)>,
}

/// One side of it.
#[derive(Debug)]
pub(crate) struct Ground {
    material: Arc<Material>,
    set: Arc<PolicySet>,
    entities: Arc<EntityStore>,
}

impl Ground {
    pub(crate) fn new(material: &Arc<Material>, compiled: &Compiled) -> Self {
        Self {
            material: Arc::clone(material),
            set: Arc::clone(&compiled.set),
            entities: Arc::clone(&compiled.entities),
        }
    }

    /// The policies at these places of the set, with what leaves them open.
    fn open(
        &self,
        log: &Log,
        material: &Material,
        request: u32,
        places: &[u32],
    ) -> Vec<OpenPolicy> {
        let policies = || {
            let request = log.requests.get(request as usize)?;
            let facts = facts(log, material, &self.entities, request).ok()?;
            let evaluation = material
                .evaluation(
                    request.principal,
                    request.action,
                    request.resource,
                    request.context,
                    &facts,
                )
                .ok()?;
            let policies = places
                .iter()
                .filter_map(|place| self.set.policies().get(*place as usize));
            let mut open: Vec<OpenPolicy> = policies
                .map(|policy| OpenPolicy {
                    policy: policy.id.clone(),
                    effect: policy.effect,
                    clauses: evaluation.open_clauses(policy),
                })
                .collect();
            open.sort_unstable_by(|a, b| a.policy.cmp(&b.policy));
            Some(open)
        };
        if places.is_empty() {
            return Vec::new();
        }
        policies().unwrap_or_default()
    }
}

impl Origin {
    /// Says of a change what its open sides turn on, given the policies that are open on each.
    pub(crate) fn tell(&self, change: &mut Change, log: &Log, [before, after]: [&[u32]; 2]) {
        let (base, head, id) = (&self.base, &self.head, change.id);
        let other = self.altered.as_ref().and_then(|(altered, material)| {
            let place = altered.requests.binary_search(&id).ok()?;
            Some((&altered.log, material, place as u32))
        });
        let (log_after, material, request) = other.unwrap_or((log, &head.material, id));
        let residual = Residual {
            words: String::new(),
            before: base.open(log, &base.material, id, before),
            after: head.open(log_after, material, request, after),
        };
        if residual.before.is_empty() && residual.after.is_empty() {
            return;
        }
        change.residual = Some(residual);
        let words = change.turns_on(|clause| format!("`{clause}`"));
        if let (Some(residual), Some(words)) = (&mut change.residual, words) {
            residual.words = words;
        }
    }
}
