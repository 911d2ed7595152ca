//! What a move changes of what decides. A version that is audit-only decides nothing, and a canary decides for some people and not
//! for others: what the two versions say is not what people were answered.
//!
//! Of each side there is what decides for everybody whom no canary has reached (`least`), and what decides for those whom all of them
//! have (`most`). Without a canary they are the same. What two replays would have to be counted apart for is not known.

use narrative::facts::Reached;
use policy::Files;
use release::{Mode, Modes, Release};

use crate::{Error, releases::enforced};

/// What a move changes.
pub(super) enum Effect {
    /// The difference between two sets.
    Told(Told),
    /// No two sets tell it.
    Unknown,
}

/// Two sets that tell what a move changes.
pub(super) struct Told {
    pub(super) before: Files,
    pub(super) after: Files,
    /// For whom.
    pub(super) reached: Reached,
}

/// # Errors
/// As [`enforced`].
pub(super) fn of(before: &Release, after: &Release) -> Result<Effect, Error> {
    let (was, is) = (Deciding::of(before)?, Deciding::of(after)?);
    let told = |before, after, reached| {
        Effect::Told(Told {
            before,
            after,
            reached,
        })
    };
    Ok(match (was.is_one(), is.is_one()) {
        // It waits: what it would change is all there is to tell.
        (true, true) if was.least == is.least && is.least != after.files => {
            told(is.least, after.files.clone(), Reached::Nobody)
        }
        (true, true) => told(was.least, is.least, Reached::Everybody),
        (true, false) if was.least == is.least => told(was.least, is.most, Reached::Some),
        (true, false) if was.least == is.most => told(was.least, is.least, Reached::Again),
        (false, true) if was.most == is.least => told(was.least, is.least, Reached::Rest),
        (false, true) if was.least == is.least => told(was.most, is.least, Reached::Withdrawn),
        _ => Effect::Unknown,
    })
}

/// What decides.
struct Deciding {
    least: Files,
    most: Files,
}

impl Deciding {
    fn of(release: &Release) -> Result<Self, Error> {
        let modes = everybody(&release.modes);
        let most = match modes.all_enforced() {
            true => release.files.clone(),
            false => enforced(&Release {
                modes,
                ..release.clone()
            })?,
        };
        Ok(Self {
            least: enforced(release)?,
            most,
        })
    }

    fn is_one(&self) -> bool {
        self.least == self.most
    }
}

/// The same modes, with every canary for everybody.
fn everybody(modes: &Modes) -> Modes {
    let mut modes = modes.clone();
    let listed = modes.policies.values_mut().chain(modes.groups.values_mut());
    for mode in listed.chain([&mut modes.default]) {
        if matches!(mode, Mode::Canary(_)) {
            *mode = Mode::Enforce;
        }
    }
    modes
}
