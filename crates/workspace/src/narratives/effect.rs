//! What a move changes of what decides. A version that is audit-only decides nothing, and a canary decides for some people and not
//! for others: what the two versions say is not what people were answered.
//!
//! Of each side there is what decides for everybody whom no canary has reached (`least`), and what decides for those whom all of them
//! have (`most`). Without a canary they are the same. Where two sets do not tell it, people are divided by what decides for them, as
//! enforcement points divide them ([`release::bucket`]).

use std::{collections::BTreeSet, ops::Range};

use narrative::facts::{Reached, Whom};
use policy::Files;
use release::{Mode, Modes, Release};

use crate::{Error, releases::enforced};

/// Kinds of people that are told apart: each costs a replay of the log.
const CLASSES: usize = 8;

/// What a move changes.
pub(super) enum Effect {
    /// The difference between two sets.
    Told(Told),
    /// A difference for each kind of people. Together they are everybody.
    Apart(Vec<Class>),
    /// There are too many kinds of people.
    Unknown,
}

/// Two sets that tell what a move changes.
pub(super) struct Told {
    pub(super) before: Files,
    pub(super) after: Files,
    /// For whom.
    pub(super) reached: Reached,
    /// Who they are, where they are a part of all people.
    pub(super) people: Option<People>,
}

/// People for whom the same decided before a move, and the same decides since.
pub(super) struct Class {
    pub(super) before: Files,
    pub(super) after: Files,
    pub(super) people: People,
}

/// A part of all people.
pub(super) struct People {
    pub(super) whom: Whom,
    /// Their hundredths of all people.
    pub(super) buckets: BTreeSet<u8>,
}

impl People {
    /// Whether somebody is one of them.
    pub(super) fn has(&self, principal: &str) -> bool {
        self.buckets.contains(&release::bucket(principal))
    }
}

/// # Errors
/// As [`enforced`].
pub(super) fn of(before: &Release, after: &Release) -> Result<Effect, Error> {
    let (was, is) = (Deciding::of(before)?, Deciding::of(after)?);
    let told = |before, after, reached, people| {
        Effect::Told(Told {
            before,
            after,
            reached,
            people,
        })
    };
    let part = |whom, buckets: Range<u8>| {
        let buckets = buckets.collect();
        Some(People { whom, buckets })
    };
    let percent = match was.is_one() {
        true => only(&canaries(&after.modes)),
        false => only(&canaries(&before.modes)),
    };
    Ok(match (was.is_one(), is.is_one(), percent) {
        // It waits: what it would change is all there is to tell.
        (true, true, _) if was.least == is.least && is.least != after.files => {
            told(is.least, after.files.clone(), Reached::Nobody, None)
        }
        (true, true, _) => told(was.least, is.least, Reached::Everybody, None),
        (true, false, Some(percent)) if was.least == is.least => {
            let people = part(Whom::Newly, 0..percent);
            told(was.least, is.most, Reached::Some, people)
        }
        (true, false, Some(percent)) if was.least == is.most => {
            let people = part(Whom::Never, percent..100);
            told(was.least, is.least, Reached::Again, people)
        }
        (false, true, Some(percent)) if was.most == is.least => {
            let people = part(Whom::Never, percent..100);
            told(was.least, is.least, Reached::Rest, people)
        }
        (false, true, Some(percent)) if was.least == is.least => {
            let people = part(Whom::NoLonger, 0..percent);
            told(was.most, is.least, Reached::Withdrawn, people)
        }
        _ => apart(before, after)?.map_or(Effect::Unknown, Effect::Apart),
    })
}

/// People by what decides for them; `None` where they are of too many kinds.
fn apart(before: &Release, after: &Release) -> Result<Option<Vec<Class>>, Error> {
    let (was, is) = (canaries(&before.modes), canaries(&after.modes));
    let bounds: BTreeSet<u8> = was.iter().chain(&is).copied().chain([0, 100]).collect();
    let mut classes: Vec<Class> = Vec::new();
    for (&from, &until) in bounds.iter().zip(bounds.iter().skip(1)) {
        let reached = |canaries: &BTreeSet<u8>| canaries.iter().any(|percent| *percent > from);
        let class = Class {
            before: deciding(before, from)?,
            after: deciding(after, from)?,
            people: People {
                whom: match (reached(&was), reached(&is)) {
                    (false, true) => Whom::Newly,
                    (true, true) => Whom::Still,
                    (true, false) => Whom::NoLonger,
                    (false, false) => Whom::Never,
                },
                buckets: (from..until).collect(),
            },
        };
        let alike = |other: &&mut Class| {
            (&other.before, &other.after, other.people.whom)
                == (&class.before, &class.after, class.people.whom)
        };
        match classes.iter_mut().find(alike) {
            Some(other) => other.people.buckets.extend(from..until),
            None => classes.push(class),
        }
    }
    Ok((classes.len() <= CLASSES).then_some(classes))
}

/// What decides.
struct Deciding {
    least: Files,
    most: Files,
}

impl Deciding {
    fn of(release: &Release) -> Result<Self, Error> {
        Ok(Self {
            least: enforced(release)?,
            most: deciding(release, 0)?,
        })
    }

    fn is_one(&self) -> bool {
        self.least == self.most
    }
}

/// What decides for a hundredth of all people. All canaries have reached the first.
fn deciding(release: &Release, bucket: u8) -> Result<Files, Error> {
    let mut modes = release.modes.clone();
    for mode in each(&mut modes) {
        if matches!(mode, Mode::Canary(percent) if *percent > bucket) {
            *mode = Mode::Enforce;
        }
    }
    match modes.all_enforced() {
        true => Ok(release.files.clone()),
        false => enforced(&Release {
            modes,
            ..release.clone()
        }),
    }
}

/// How many of a hundred people each canary has reached.
fn canaries(modes: &Modes) -> BTreeSet<u8> {
    let percent = |mode: &mut Mode| match mode {
        Mode::Canary(percent) if *percent < 100 => Some(*percent),
        _ => None,
    };
    each(&mut modes.clone()).filter_map(percent).collect()
}

/// The only one of them.
fn only(canaries: &BTreeSet<u8>) -> Option<u8> {
    canaries.first().copied().filter(|_| canaries.len() == 1)
}

fn each(modes: &mut Modes) -> impl Iterator<Item = &mut Mode> {
    let listed = modes.policies.values_mut().chain(modes.groups.values_mut());
    listed.chain([&mut modes.default])
}
