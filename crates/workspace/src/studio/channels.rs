//! Channels as a window moves them: by texts of a form, with the keys that the user opened.

use std::path::Path;

use ipc::{GateView, ModeAsked, MovedView, PromoteAsked, RollbackAsked};
use model::{Code, Failure};
use release::{Mode, Modes};

use super::{Desk, Studio, lock};
use crate::{
    Error, WantedMove, cloned,
    releases::{self, ModeOf, NewModes, Promoted, Promotion},
    signing,
};

impl Studio {
    /// What every gate says of a promotion.
    pub(super) fn gates_of(&self, asked: &PromoteAsked) -> Result<Vec<GateView>, Failure> {
        let desk = self.desk()?;
        let found = self.moving(&desk, |with| {
            self.wanted(&desk, asked, |wanted| releases::gates(with, wanted))
        })?;
        Ok(found.into_iter().map(releases::gate).collect())
    }

    /// Ships a version.
    pub(super) fn promoted(&self, asked: &PromoteAsked) -> Result<MovedView, Failure> {
        let desk = self.desk()?;
        self.moved(&desk, |with| {
            self.wanted(&desk, asked, |wanted| releases::promote(with, wanted))
        })
    }

    /// Takes a channel back.
    pub(super) fn rolled_back(&self, asked: &RollbackAsked) -> Result<MovedView, Failure> {
        self.moved(&*self.desk()?, |with| {
            Ok(releases::roll_back(with, &asked.channel, &asked.reason)?)
        })
    }

    /// Applies what a channel ships in another mode.
    pub(super) fn applied_otherwise(&self, asked: &ModeAsked) -> Result<MovedView, Failure> {
        let of = match asked.policy.trim() {
            "" => ModeOf::All,
            policy => ModeOf::Policy(policy.to_owned()),
        };
        let desk = self.desk()?;
        let wanted = NewModes {
            channel: &asked.channel,
            of: &[of],
            mode: mode(&asked.mode)?,
            reason: asked.reason.trim(),
            outside_window: given(&asked.outside_window),
            log: &|| Ok(lock(&desk.log).log.clone()),
        };
        self.moved(&desk, |with| Ok(releases::change_modes(with, &wanted)?))
    }

    fn moved(
        &self,
        desk: &Desk,
        work: impl FnOnce(&Promotion<'_>) -> Result<Promoted, Failure>,
    ) -> Result<MovedView, Failure> {
        Ok(releases::moved(self.moving(desk, work)?))
    }

    /// Moves a channel, with the ledger's keys, or looks whether it may move.
    pub(super) fn moving<T>(
        &self,
        desk: &Desk,
        work: impl FnOnce(&Promotion<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let ledger = self.ledger().map_err(|error| match error {
            Error::NoLedger => cloned::no_ledger(&desk.workspace.root),
            other => other.into(),
        })?;
        let moved = work(&Promotion {
            root: &desk.workspace.root,
            ledger: &ledger,
            vault: &signing::vault_of(&self.config.folders),
            ask: &|key: &vault::Key| self.opened(key),
            now: self.seconds(),
        })?;
        self.witnessed(&ledger);
        Ok(moved)
    }

    /// A promotion as a window asks for it.
    fn wanted<T>(
        &self,
        desk: &Desk,
        asked: &PromoteAsked,
        work: impl FnOnce(&WantedMove<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let modes = Modes {
            default: mode(&asked.mode)?,
            ..Modes::default()
        };
        let overriding = match given(&asked.overriding) {
            None => None,
            Some(path) => Some(releases::override_at(Path::new(path))?),
        };
        let log = lock(&desk.log).log.clone();
        Ok(work(&WantedMove {
            channel: &asked.channel,
            version: asked.version.trim(),
            modes,
            reason: given(&asked.reason).map(str::to_owned),
            log,
            overriding: overriding.as_ref(),
            outside_window: given(&asked.outside_window),
            skip_references: given(&asked.skip_references),
        })?)
    }
}

/// What stands in a field, if anything does.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn mode(text: &str) -> Result<Mode, Failure> {
    text.parse()
        .map_err(|why: &str| Failure::new(Code::BadCall, why))
}
