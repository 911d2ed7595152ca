//! Moving a channel, whole or not at all. The commit of a move is written and read back from the disk before a second ref,
//! `refs/fabric/pending/<channel>`, names it; the caller then writes the receipt; the channel's own ref follows, if it is still
//! where it was, and the second ref goes. Who finds a second ref left behind asks whether there is a receipt.
//!
//! INVARIANT: the channel's ref names a move only if that was written whole, and its receipt before it.

use crate::{
    Approval, Details, Error, Gate, Kind, Move, Registry, Summary, durable::Writer, judge, text,
};
use git2::{Commit, ErrorCode, Oid, Repository};

pub(crate) const CHANNELS: &str = "refs/fabric/channels/";
/// Between a remote and the name of a channel, where it is fetched as the handbook has it.
const REMOTE: &str = "/fabric/channels/";
const PENDING: &str = "refs/fabric/pending/";
const DETAILS: &str = "details.json";
const FORWARD: &str = "forward.tfr";
const ROLLBACK: &str = "rollback.tfr";

/// The two bundles of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundles {
    /// What was shipped.
    pub forward: Vec<u8>,
    /// What takes it back: the move after it, sealed with it. There is none behind a first move that nothing came before, and
    /// behind a rollback for which no key was at hand.
    pub rollback: Option<Vec<u8>>,
}

/// A move to be. What the bundles say is not said again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The bundles, sealed.
    pub bundles: Bundles,
    /// The commit that the version is of, in hexadecimal digits.
    pub commit: String,
    /// Why the channel moves.
    pub kind: Kind,
    /// Who moves it, `name <address>`.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// What is said about it.
    pub reason: Option<String>,
    /// Ids of the policies that differ from the move before.
    pub policies: Vec<String>,
    /// Who approved it, already checked.
    pub approvals: Vec<Approval>,
    /// What was looked at before.
    pub gates: Vec<Gate>,
}

/// What became of a move that was begun and not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// There was none.
    Nothing,
    /// It had its receipt: the channel is there now.
    Finished(Move),
    /// It had none: it did not happen.
    Forgotten(Move),
}

/// A channel that nobody else moves meanwhile. The right ends when this is dropped, or the process ends.
pub struct Held<'a> {
    registry: &'a Registry,
    writer: Writer,
    channel: String,
}

impl Registry {
    /// The channels there are.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn channels(&self) -> Result<Vec<String>, Error> {
        let names = self.names(&format!("{CHANNELS}*"))?;
        let short = |name: &String| name.strip_prefix(CHANNELS).map(str::to_owned);
        Ok(names.iter().filter_map(short).collect())
    }

    /// The last move of a channel; `None` when it never moved.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a name that no channel can have, [`Error::Read`], [`Error::Damaged`].
    pub fn tip(&self, channel: &str) -> Result<Option<Move>, Error> {
        self.history(channel, None)?.next().transpose()
    }

    /// The id of the last move of a channel; `None` when it never moved. Nothing is read but a ref: for who looks often whether it
    /// moved.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`].
    pub fn last(&self, channel: &str) -> Result<Option<String>, Error> {
        let id = self.channel_id(channel)?;
        Ok(id.map(|id| id.to_string()))
    }

    /// The move of a channel that was begun and not finished, by whoever moves it now or by a process that ended.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`].
    pub fn begun(&self, channel: &str) -> Result<Option<Move>, Error> {
        let pending = id_of(&self.repository, &format!("{PENDING}{channel}"))?;
        let odb = self.odb()?;
        let read = |id| Move::read(&odb, id, channel);
        pending.map(read).transpose()
    }

    /// The bundles of a move, by its id.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Read`], [`Error::Damaged`].
    pub fn bundles(&self, id: &str) -> Result<Bundles, Error> {
        let oid = Oid::from_str(id)
            .map_err(|_| Error::Malformed(format!("`{id}` is no id of a move")))?;
        bundles(&self.repository, oid)
    }

    /// What proves a move, by its id.
    ///
    /// # Errors
    /// As [`Registry::bundles`].
    pub fn details(&self, id: &str) -> Result<Details, Error> {
        details(&self.repository, oid(id)?)
    }

    /// The channels that remotes had when they were fetched last.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn elsewhere(&self) -> Result<Vec<String>, Error> {
        let names = self.names(&format!("refs/remotes/*{REMOTE}*"))?;
        let short = |name: &String| Some(name.split_once(REMOTE)?.1.to_owned());
        let mut channels: Vec<_> = names.iter().filter_map(short).collect();
        channels.sort_unstable();
        channels.dedup();
        Ok(channels)
    }

    /// Refuses a channel of which a remote, as it was fetched last, has moves that this clone has not.
    ///
    /// # Errors
    /// [`Error::Behind`], [`Error::Malformed`], [`Error::Read`].
    pub fn is_not_behind(&self, channel: &str) -> Result<(), Error> {
        let ours = self.channel_id(channel)?;
        for name in self.names(&format!("refs/remotes/*{REMOTE}{channel}"))? {
            let Some(theirs) = id_of(&self.repository, &name)? else {
                continue;
            };
            let remote = name.split_once(REMOTE).map_or("", |(remote, _)| remote);
            if !self.has(ours, theirs) {
                return Err(Error::Behind {
                    channel: channel.to_owned(),
                    remote: remote.trim_start_matches("refs/remotes/").to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Whether the moves up to `theirs` are among those up to `ours`.
    fn has(&self, ours: Option<Oid>, theirs: Oid) -> bool {
        ours.is_some_and(|ours| {
            ours == theirs
                || self
                    .repository
                    .graph_descendant_of(ours, theirs)
                    .unwrap_or(false)
        })
    }

    /// Takes a channel, to move it. Does not wait.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a name that no channel can have, [`Error::Conflict`] while another process has it,
    /// [`Error::Write`].
    pub fn hold(&self, channel: &str) -> Result<Held<'_>, Error> {
        named(channel)?;
        let lock = format!("channels/{channel}");
        let writer = Writer::take(self.repository.path(), &lock, false)?.ok_or_else(|| {
            Error::conflict(channel, "another process is moving it at this moment")
        })?;
        Ok(Held {
            registry: self,
            writer,
            channel: channel.to_owned(),
        })
    }

    pub(crate) fn channel_id(&self, channel: &str) -> Result<Option<Oid>, Error> {
        named(channel)?;
        id_of(&self.repository, &format!("{CHANNELS}{channel}"))
    }
}

impl Held<'_> {
    /// The channel's name.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Where the channel is kept.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        self.registry
    }

    /// The last move; `None` when the channel never moved.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`].
    pub fn tip(&self) -> Result<Option<Move>, Error> {
        self.registry.tip(&self.channel)
    }

    /// The sequence of the next move, which its bundle has to bear.
    ///
    /// # Errors
    /// As [`Held::tip`].
    pub fn next(&self) -> Result<u64, Error> {
        Ok(self.tip()?.map_or(0, |tip| tip.summary.sequence) + 1)
    }

    /// Finishes or forgets what a killed process began. `receipted` says whether there is a receipt for a move; it is asked only
    /// when that decides. To be called before anything is prepared.
    ///
    /// # Errors
    /// What `receipted` ends with. [`Error::Conflict`] when there is a receipt, and the channel was moved by other means since.
    pub fn recover<E: From<Error>>(
        &mut self,
        receipted: impl FnOnce(&Move) -> Result<bool, E>,
    ) -> Result<Recovered, E> {
        let Some(id) = self.pending()? else {
            return Ok(Recovered::Nothing);
        };
        let begun = Move::read(&self.registry.odb()?, id, &self.channel)?;
        if self.registry.channel_id(&self.channel)? == Some(id) {
            self.clear(id)?;
            return Ok(Recovered::Finished(begun));
        }
        if receipted(&begun)? {
            self.commit(&begun)?;
            return Ok(Recovered::Finished(begun));
        }
        self.clear(id)?;
        Ok(Recovered::Forgotten(begun))
    }

    /// Writes a move, and reads it back from the disk. Nothing has moved yet: write the receipt, which may name the move by its
    /// id, and then [`Held::commit`]; or [`Held::forget`] it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another move is begun, came before, or was made in another clone; [`Error::ClockBack`],
    /// [`Error::VersionUnknown`], [`Error::VersionMoved`], [`Error::Bundle`], [`Error::Release`], [`Error::Write`].
    pub fn prepare(&mut self, change: Change) -> Result<Move, Error> {
        if self.pending()?.is_some() {
            return Err(self.conflict("a move was begun and not finished"));
        }
        let tip = self.tip()?;
        self.registry.is_not_behind(&self.channel)?;
        let (summary, details) =
            judge::judged(self.registry, &self.channel, &change, tip.as_ref())?;
        let id = self.write(&summary, &details, &change.bundles, tip.as_ref())?;
        // Another repository object: nothing comes from what this one remembers.
        let fresh = Repository::open(self.registry.repository.path())
            .map_err(Error::read("the repository"))?;
        let odb = fresh.odb().map_err(Error::read("the repository"))?;
        let prepared = Move::read(&odb, id, &self.channel)?;
        let whole = prepared.summary == summary
            && self::details(&fresh, id)? == details
            && bundles(&fresh, id)? == change.bundles;
        if !whole {
            let what = format!("the commit `{id}` of `{}`", self.channel);
            return Err(Error::damaged(
                what,
                "was read back otherwise than it was written",
            ));
        }
        let pending = format!("{PENDING}{}", self.channel);
        self.writer.change(&[&pending], |repository| {
            let made = repository.reference(&pending, id, false, "prepared");
            made.map(drop).map_err(Error::write(format!("`{pending}`")))
        })?;
        Ok(prepared)
    }

    /// Moves the channel to what was prepared, if it is still where it was then. Its receipt must be written.
    ///
    /// # Errors
    /// [`Error::Conflict`], [`Error::Write`]. The move stays prepared then.
    pub fn commit(&mut self, prepared: &Move) -> Result<(), Error> {
        let id = self.begun(prepared)?;
        self.advance(prepared)?;
        self.clear(id)
    }

    /// Gives up what was prepared. It must have no receipt.
    ///
    /// # Errors
    /// [`Error::Conflict`] when something else is prepared, [`Error::Write`].
    pub fn forget(&mut self, prepared: &Move) -> Result<(), Error> {
        let id = self.begun(prepared)?;
        self.clear(id)
    }

    /// Takes over the moves that were made in another clone, as they were fetched from a remote, when this one's are the
    /// beginning of them. Gives the last move afterwards. They are read, not judged.
    ///
    /// # Errors
    /// [`Error::Conflict`] when both moved the channel, or a move is begun here; [`Error::Damaged`].
    pub fn follow(&mut self, remote: &str) -> Result<Option<Move>, Error> {
        if self.pending()?.is_some() {
            return Err(self.conflict("a move was begun and not finished"));
        }
        let name = format!("refs/remotes/{remote}/fabric/channels/{}", self.channel);
        let ours = self.registry.channel_id(&self.channel)?;
        let theirs = id_of(&self.registry.repository, &name)?;
        let Some(theirs) = theirs.filter(|theirs| Some(*theirs) != ours) else {
            return self.tip();
        };
        if self.registry.has(ours, theirs) {
            return self.tip();
        }
        // Every move that is new here is read once, as far as ours, or to the first.
        let mut before = Some(theirs.to_string());
        for found in self.registry.history(&self.channel, before.as_deref())? {
            before = found?.parent;
            if before == ours.map(|ours| ours.to_string()) {
                break;
            }
        }
        if before != ours.map(|ours| ours.to_string()) {
            return Err(self.conflict(format!("both this clone and `{remote}` moved it")));
        }
        let last = Move::read(&self.registry.odb()?, theirs, &self.channel)?;
        self.set(theirs, ours)?;
        Ok(Some(last))
    }

    fn pending(&self) -> Result<Option<Oid>, Error> {
        id_of(
            &self.registry.repository,
            &format!("{PENDING}{}", self.channel),
        )
    }

    /// The id of what was prepared, if it was.
    fn begun(&self, prepared: &Move) -> Result<Oid, Error> {
        self.pending()?
            .filter(|id| id.to_string() == prepared.id)
            .ok_or_else(|| self.conflict("this move is not prepared any more"))
    }

    fn conflict(&self, why: impl Into<String>) -> Error {
        Error::conflict(&self.channel, why)
    }

    /// The first half of a commit: the channel's ref.
    pub(crate) fn advance(&mut self, prepared: &Move) -> Result<(), Error> {
        let id = self.begun(prepared)?;
        let parent = prepared.parent.as_deref().map(Oid::from_str).transpose();
        let parent = parent.map_err(Error::read("the move before"))?;
        self.set(id, parent)
    }

    /// Sets the channel's ref, if it is where it should be.
    fn set(&mut self, id: Oid, from: Option<Oid>) -> Result<(), Error> {
        let name = format!("{CHANNELS}{}", self.channel);
        let moved = self.conflict("it was moved by other means meanwhile");
        self.writer.change(&[&name], |repository| {
            let set = match from {
                Some(from) => repository.reference_matching(&name, id, true, from, "moved"),
                None => repository.reference(&name, id, false, "moved"),
            };
            match set {
                Ok(_) => Ok(()),
                Err(error)
                    if matches!(
                        error.code(),
                        ErrorCode::Exists | ErrorCode::Modified | ErrorCode::NotFound
                    ) =>
                {
                    Err(moved)
                }
                Err(error) => Err(Error::write(format!("`{name}`"))(error)),
            }
        })
    }

    /// The second half of a commit: the pending ref.
    fn clear(&mut self, id: Oid) -> Result<(), Error> {
        let name = format!("{PENDING}{}", self.channel);
        self.writer.change(&[&name], |repository| {
            let clear = || match repository.find_reference(&name) {
                Ok(mut found) if found.target() == Some(id) => found.delete(),
                Err(error) if error.code() != ErrorCode::NotFound => Err(error),
                _ => Ok(()),
            };
            clear().map_err(Error::write(format!("`{name}`")))
        })
    }

    /// Writes the bundles, what proves the move, and the commit.
    fn write(
        &self,
        summary: &Summary,
        details: &Details,
        bundles: &Bundles,
        tip: Option<&Move>,
    ) -> Result<Oid, Error> {
        let signature = text::signature(&summary.by, summary.at)?;
        let message = summary.message()?;
        let details = text::line(details)?;
        let repository = &self.writer.repository;
        let write = || {
            let mut tree = repository.treebuilder(None)?;
            tree.insert(DETAILS, repository.blob(details.as_bytes())?, 0o100_644)?;
            tree.insert(FORWARD, repository.blob(&bundles.forward)?, 0o100_644)?;
            if let Some(rollback) = &bundles.rollback {
                tree.insert(ROLLBACK, repository.blob(rollback)?, 0o100_644)?;
            }
            let tree = repository.find_tree(tree.write()?)?;
            let parent = tip
                .map(|tip| repository.find_commit(Oid::from_str(&tip.id)?))
                .transpose()?;
            let parents: Vec<&Commit<'_>> = parent.iter().collect();
            repository.commit(None, &signature, &signature, &message, &tree, &parents)
        };
        let what = format!("a move of `{}`", self.channel);
        let written = write().map_err(Error::write(what.clone()));
        let id = written.map_err(|error| self.writer.explained(error))?;
        self.writer.is_there(id, &what)?;
        Ok(id)
    }
}

/// Refuses what no channel can be called.
fn named(channel: &str) -> Result<(), Error> {
    // What git refuses besides is git's to say.
    if evidence::statement::is_channel(channel)
        && git2::Reference::is_valid_name(&format!("{CHANNELS}{channel}"))
    {
        return Ok(());
    }
    Err(Error::Malformed(format!(
        "`{channel}` is no name of a channel: small letters, digits, `-`, `_` and `.`"
    )))
}

/// What a ref names, if it is there.
fn id_of(repository: &Repository, name: &str) -> Result<Option<Oid>, Error> {
    match repository.refname_to_id(name) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(Error::read(format!("`{name}`"))(error)),
    }
}

/// The id of a move.
fn oid(id: &str) -> Result<Oid, Error> {
    Oid::from_str(id).map_err(|_| Error::Malformed(format!("`{id}` is no id of a move")))
}

/// A file of a move, if it has it.
fn file(repository: &Repository, id: Oid, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let read = || {
        let tree = repository.find_commit(id)?.tree()?;
        let entry = tree.get_name(name);
        let blob = entry
            .map(|entry| repository.find_blob(entry.id()))
            .transpose()?;
        Ok(blob.map(|blob| blob.content().to_vec()))
    };
    read().map_err(Error::read(format!("`{name}` of the move `{id}`")))
}

fn bundles(repository: &Repository, id: Oid) -> Result<Bundles, Error> {
    let missing = || Error::damaged(format!("the move `{id}`"), "has no bundle");
    Ok(Bundles {
        forward: file(repository, id, FORWARD)?.ok_or_else(missing)?,
        rollback: file(repository, id, ROLLBACK)?,
    })
}

fn details(repository: &Repository, id: Oid) -> Result<Details, Error> {
    let what = format!("the move `{id}`");
    let text = file(repository, id, DETAILS)?;
    let text = text.ok_or_else(|| Error::damaged(&what, "does not say what proves it"))?;
    serde_json::from_slice(&text).map_err(|error| Error::damaged(&what, error.to_string()))
}
