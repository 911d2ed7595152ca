//! One direction of an edit: is there a request that one set allows and another denies?
//!
//! Asked about everything in scope at once, the question is large, and most of it does not matter. So it is asked first about
//! the policies that differ alone. No such request then means none at all, because every policy left out could only take
//! requests away. A request that is found counts if the authorizer, over all policies, confirms it; otherwise the policies
//! that spoil it are drawn in, and the question is asked again.

use std::collections::BTreeSet;

use cedar_policy_core::{ast, parser::parse_policy};
use model::Effect;
use policy::Policy;

use crate::{
    ask::{Asker, Stage, example},
    example::{Example, Replay},
    solver::Trouble,
};

/// Questions put about a part of the policies before it is put about all.
const ROUNDS: usize = 12;
/// Policies of one question. What the symbolic compiler says of the entities they name grows with the square of their number: 125 MB
/// and 4 s for a thousand, 2 GB and a minute for four thousand.
const MOST: usize = 1_000;

/// From a set that denies to one that allows.
pub(crate) struct Direction<'a> {
    /// Only in the set that is to allow.
    more: Vec<&'a Policy>,
    /// Only in the set that is to deny.
    less: Vec<&'a Policy>,
    /// In both.
    common: Vec<&'a Policy>,
}

impl<'a> Direction<'a> {
    pub fn new(more: &[&'a Policy], less: &[&'a Policy]) -> Self {
        let digests = |policies: &[&Policy]| -> BTreeSet<_> {
            policies.iter().map(|policy| policy.digest).collect()
        };
        let (in_more, in_less) = (digests(more), digests(less));
        let without = |policies: &[&'a Policy], other: &BTreeSet<_>| -> Vec<_> {
            let own = policies
                .iter()
                .filter(|policy| !other.contains(&policy.digest));
            own.copied().collect()
        };
        let common = more
            .iter()
            .filter(|policy| in_less.contains(&policy.digest));
        Self {
            more: without(more, &in_less),
            less: without(less, &in_more),
            common: common.copied().collect(),
        }
    }

    /// A request that `more` allows and `less` denies, as `confirmed` by all policies; nothing when there is none.
    pub fn ask<O: PartialEq>(
        &self,
        stage: &Stage<'_>,
        asker: &mut Asker<'_>,
        replay: &Replay<'_, O>,
        confirmed: impl Fn(&O) -> bool,
    ) -> Result<Option<Example>, Trouble> {
        let has =
            |policies: &[&Policy], effect| policies.iter().any(|policy| policy.effect == effect);
        let (new_permits, old_forbids) = (
            has(&self.more, Effect::Permit),
            has(&self.less, Effect::Forbid),
        );
        if !new_permits && !old_forbids {
            // A permit less or a forbid more gives access to nobody.
            return Ok(None);
        }
        // Whoever loses a forbid must be permitted by somebody. As long as nothing else differs it may be anybody.
        let mut anybody = !new_permits;
        let mut drawn: Vec<bool> = self
            .common
            .iter()
            .map(|policy| old_forbids && !anybody && policy.effect == Effect::Permit)
            .collect();
        for _ in 0..ROUNDS {
            let Some(shown) = self.put(stage, asker, &drawn, anybody)? else {
                return Ok(None);
            };
            if replay.outcome(&shown).as_ref().is_some_and(&confirmed) {
                return Ok(Some(shown));
            }
            let mut further = false;
            let read = replay.read(&shown, false);
            for (drawn, policy) in drawn.iter_mut().zip(&self.common) {
                let covered = anybody && policy.effect == Effect::Permit;
                let matters = !(*drawn || covered);
                if matters
                    && read
                        .as_ref()
                        .is_none_or(|(store, asked)| policy.matches(store, asked) == Ok(true))
                {
                    *drawn = true;
                    further = true;
                }
            }
            if !further {
                let all = !anybody;
                anybody = false;
                for (drawn, policy) in drawn.iter_mut().zip(&self.common) {
                    *drawn |= all || policy.effect == Effect::Permit;
                }
                if all {
                    break;
                }
            }
        }
        drawn.fill(true);
        self.put(stage, asker, &drawn, false)
    }

    fn put(
        &self,
        stage: &Stage<'_>,
        asker: &mut Asker<'_>,
        drawn: &[bool],
        anybody: bool,
    ) -> Result<Option<Example>, Trouble> {
        asker.may_ask()?;
        let drawn_in = drawn.iter().filter(|drawn| **drawn).count();
        let count = self.more.len().max(self.less.len()) + drawn_in;
        if count > MOST {
            return Err(Trouble::Beyond(format!(
                "the answer turns on {count} policies, and no more than {MOST} are put to the solver at once"
            )));
        }
        let set = |own: &[&'a Policy]| {
            let drawn = self.common.iter().zip(drawn).filter(|(_, drawn)| **drawn);
            let policies = own.iter().chain(drawn.map(|(policy, _)| policy));
            let engine = policies.map(|policy| policy.engine());
            stage.set(engine.chain(anybody.then(permit_all).transpose()?))
        };
        let (more, less) = (set(&self.more)?, set(&self.less)?);
        let shown = asker.ask(async |solver| {
            solver
                .check_implies_with_counterexample_opt(&more, &less)
                .await
        })?;
        shown.map(|shown| example(&shown)).transpose()
    }
}

fn permit_all() -> Result<ast::Policy, Trouble> {
    let id = ast::PolicyID::from_string("anybody");
    let policy = parse_policy(Some(id), "permit (principal, action, resource);");
    policy
        .map(Into::into)
        .map_err(|errors| Trouble::Beyond(errors.to_string()))
}
