//! Single expressions asked about, for those who explain a decision rather than make one.

use cedar_policy_core::{
    ast::{Entity, EntityType, EntityUID, Expr, PartialValue, SlotEnv},
    entities::Dereference,
    evaluator::EvaluationError,
};
use model::Request;

use super::{Evaluation, Facts};
use crate::{
    Error, Schema,
    decide::{request, uid},
};

impl<'a> Facts<'a> {
    /// Makes ready to ask about a request that is not from a log.
    pub(crate) fn evaluation(
        &'a self,
        asked: &Request,
        schema: Option<&Schema>,
    ) -> Result<Evaluation<'a>, Error> {
        Ok(Evaluation::new(request(asked, schema, uid)?.0, self))
    }
}

impl Evaluation<'_> {
    /// What an expression comes to.
    pub(crate) fn value(
        &self,
        expr: &Expr,
        slots: &SlotEnv,
    ) -> Result<PartialValue, EvaluationError> {
        self.evaluator.partial_interpret(expr, slots)
    }

    /// What is known about an entity.
    pub(crate) fn entity(&self, uid: &EntityUID) -> Dereference<'_, Entity> {
        self.entities.entity(uid)
    }

    /// Types of the principal and the resource.
    pub(crate) fn types(&self) -> [Option<&EntityType>; 2] {
        [self.request.principal(), self.request.resource()]
            .map(|entry| entry.uid().map(EntityUID::entity_type))
    }
}
