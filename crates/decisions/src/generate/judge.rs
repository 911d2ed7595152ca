//! Decides requests with the workspace's policies. Ids and contexts are parsed once for the whole log, entities once for
//! each period; then only the policies that could apply are evaluated.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::Decision;
use policy::{
    Combined, Compiled, Facts, Material, PolicySet, ScopeIndex, Tables, Verdict, combine,
};

use crate::least;

/// What the policies say, policies by their place in the set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ruling {
    pub(crate) decision: Decision,
    pub(crate) reasons: Vec<u32>,
    pub(crate) errors: Vec<(u32, String)>,
}

/// A request by the numbers of the judge's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) principal: u32,
    pub(crate) action: u32,
    pub(crate) resource: u32,
    pub(crate) context: u32,
}

/// The policies, ready to decide.
pub(crate) struct Judge<'a> {
    compiled: &'a Compiled,
    material: Material,
    index: ScopeIndex,
}

impl<'a> Judge<'a> {
    /// `pairs` are the (context, action) numbers that may be asked, `shapes` the (principal, action, resource) numbers of
    /// one request for each combination of types and action.
    pub(crate) fn new(
        compiled: &'a Compiled,
        uids: &[String],
        contexts: &[String],
        pairs: BTreeSet<(u32, u32)>,
        shapes: &BTreeSet<(u32, u32, u32)>,
    ) -> Self {
        let tables = Tables {
            uids,
            contexts,
            entities: &[],
            slices: &[],
        };
        let material = Material::new(
            tables,
            pairs,
            compiled.schema.as_deref(),
            &compiled.entities,
        );
        let shapes = shapes.iter().filter_map(|(principal, action, resource)| {
            Some((
                material.kind(*principal)?,
                *action,
                material.kind(*resource)?,
            ))
        });
        let index = ScopeIndex::new((0..).zip(compiled.set.policies()), &material, shapes);
        Self {
            compiled,
            material,
            index,
        }
    }

    pub(crate) fn set(&self) -> &PolicySet {
        &self.compiled.set
    }

    /// The entities its decision reads, in the order of a slice: id and canonical text of each.
    pub(crate) fn least(&self, asked: Asked, facts: &Facts<'_>) -> Option<Vec<(String, String)>> {
        let Asked {
            principal,
            action,
            resource,
            context,
        } = asked;
        let evaluation = self
            .material
            .evaluation(principal, action, resource, context, facts)
            .ok()?;
        let schema = self.compiled.schema.as_deref();
        least::canonical(&evaluation.least_slice(&self.compiled.set, schema))
    }

    /// Decides a request; nothing when it makes no sense, such as a context that does not fit its action.
    pub(crate) fn decide(&self, asked: Asked, facts: &Facts<'_>) -> Option<Ruling> {
        let Asked {
            principal,
            action,
            resource,
            context,
        } = asked;
        let material = &self.material;
        let evaluation = material
            .evaluation(principal, action, resource, context, facts)
            .ok()?;
        let shape = (material.kind(principal)?, action, material.kind(resource)?);
        let policies = self.compiled.set.policies();
        let Facts::Closed(store) = facts else {
            return None;
        };
        let direct = material.direct([principal, action, resource, context], None, store);
        let answers = self
            .index
            .answers(material, shape, [principal, resource], || direct.as_ref());
        let verdicts = answers.into_iter().filter_map(|(place, answer)| {
            let policy = policies.get(usize::try_from(place).ok()?)?;
            let verdict = match answer {
                Some(true) => Verdict::Match,
                Some(false) => Verdict::NoMatch,
                None => evaluation.verdict(policy),
            };
            Some((place, policy.effect, Cow::Owned(verdict)))
        });
        let Combined {
            decision,
            reasons,
            errors,
            ..
        } = combine(verdicts);
        Some(Ruling {
            decision: decision?,
            reasons,
            errors,
        })
    }
}
