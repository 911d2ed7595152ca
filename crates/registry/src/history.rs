//! What happened to a channel: a walk over its chain of commits, newest first. Only the commits are read.

use std::vec;

use git2::{Odb, Oid};

use crate::{Error, Kind, Move, Registry, record::Raw, text};

/// Commits that are read at once: few at first, for most walks end soon.
const PAGE: std::ops::RangeInclusive<usize> = 8..=512;

/// The moves of a channel, the newest first. Ends at the first, or behind the first that cannot be read. What was read becomes moves on
/// another core, while the commits before it are read.
pub struct History<'a> {
    odb: Odb<'a>,
    channel: String,
    /// The commit that is read next.
    next: Option<Oid>,
    /// Commits that are read and no moves yet.
    read: Vec<Result<Raw, Error>>,
    /// Moves that were not asked for yet.
    moves: vec::IntoIter<Result<Move, Error>>,
    page: usize,
    /// The sequence that the next one must have.
    sequence: Option<u64>,
}

impl Registry {
    /// The moves of a channel, the newest first; or from that move on, when its id is given: a page is so many of them, and the
    /// next page begins with the parent of the last. A channel that never moved has none.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`]. A move that cannot be read is an item of the walk.
    pub fn history(&self, channel: &str, from: Option<&str>) -> Result<History<'_>, Error> {
        let next = match from {
            Some(id) => {
                let wrong = |_| Error::Malformed(format!("`{id}` is no id of a move"));
                Some(Oid::from_str(id).map_err(wrong)?)
            }
            None => self.channel_id(channel)?,
        };
        Ok(History {
            odb: self.odb()?,
            channel: channel.to_owned(),
            next,
            read: Vec::new(),
            moves: Vec::new().into_iter(),
            page: *PAGE.start(),
            sequence: None,
        })
    }

    /// The move by which the version that a channel ships came into force there, in whatever modes; or, when the id of a move is given,
    /// the one that it shipped then. `None` for a channel that never moved.
    ///
    /// # Errors
    /// As [`Registry::history`].
    pub fn in_force_since(&self, channel: &str, from: Option<&str>) -> Result<Option<Move>, Error> {
        let mut since: Option<Move> = None;
        for found in self.history(channel, from)? {
            let found = found?;
            // Of the same files there may be two versions, one after the other.
            let is_other = |since: &Move| {
                let of = |of: &Move| (of.summary.version.clone(), of.summary.digest.clone());
                of(since) != of(&found)
            };
            if since.as_ref().is_some_and(is_other) {
                break;
            }
            since = Some(found);
        }
        Ok(since)
    }
}

impl History<'_> {
    /// Goes on to the next page.
    fn turn(&mut self) {
        let channel = self.channel.as_str();
        let mut page = || page(&self.odb, channel, &mut self.next, self.page);
        let read = match std::mem::take(&mut self.read) {
            first if first.is_empty() => page(),
            read => read,
        };
        let mut moves = Vec::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                let told = read.into_iter();
                moves = told
                    .map(|read| read.and_then(|read| read.into_move(channel)))
                    .collect();
            });
            self.read = page();
        });
        self.moves = moves.into_iter();
        self.page = (self.page * 2).min(*PAGE.end());
    }
}

/// Reads so many commits, and leaves the one that follows.
fn page(
    odb: &Odb<'_>,
    channel: &str,
    next: &mut Option<Oid>,
    size: usize,
) -> Vec<Result<Raw, Error>> {
    let read = || {
        let read = Raw::read(odb, next.take()?, channel);
        *next = read.as_ref().ok().and_then(|read| read.parent);
        Some(read)
    };
    std::iter::from_fn(read).take(size).collect()
}

impl Iterator for History<'_> {
    type Item = Result<Move, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.moves.len() == 0 {
            self.turn();
        }
        let found = self.moves.next()?.and_then(|found| {
            let expected = self.sequence;
            if expected.is_some_and(|expected| expected != found.summary.sequence) {
                let what = format!("the commit `{}` of `{}`", found.id, self.channel);
                return Err(Error::damaged(what, "is not the move before the next one"));
            }
            Ok(found)
        });
        match &found {
            Ok(found) => self.sequence = found.summary.sequence.checked_sub(1),
            Err(_) => {
                self.next = None;
                self.read = Vec::new();
                self.moves = Vec::new().into_iter();
            }
        }
        Some(found)
    }
}

/// Which moves are looked for. What is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Who moved the channel or approved it, by name or address.
    pub person: Option<String>,
    /// A policy that differs from the move before, by its id.
    pub policy: Option<String>,
    /// The version that was shipped.
    pub version: Option<String>,
    /// Why the channel moved.
    pub kind: Option<Kind>,
}

impl Query {
    /// Whether a move is looked for.
    #[must_use]
    pub fn admits(&self, found: &Move) -> bool {
        let summary = &found.summary;
        let took_part = |person: &String| {
            let mut people = summary.approvers.iter().chain([&summary.by]);
            people.any(|by| text::same_person(by, person))
        };
        self.person.as_ref().is_none_or(took_part)
            && self
                .policy
                .as_ref()
                .is_none_or(|policy| summary.policies.contains(policy))
            && self
                .version
                .as_ref()
                .is_none_or(|version| summary.version == *version)
            && self.kind.is_none_or(|kind| summary.kind == kind)
    }
}
