//! What is judged of each receipt, and of the manifest, which is signed like one: ten questions, asked in the order in which an
//! answer needs those before. A question that cannot be asked because an earlier answer was no is neither held nor failed.

use std::collections::BTreeMap;

use super::{Claim, Claims};
use crate::{
    Error, Hash,
    bundle::{ARTEFACTS, Manifest, PACK},
    compact::{self, Dictionary},
    dsse::{self, Envelope},
    ed25519::PublicKey,
    entry::Entry,
    hex,
    json::{self, Limits, Value},
    moment,
    statement::{KINDS, KeyRotation, Predicate as _, PurgeManifest, Said, Statement, kind_of},
    trust::{Key, Rule, Trust},
    unhex,
};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// Can it be read, in one way only?
    Read,
    /// Is what is signed a statement?
    Type,
    /// Is it signed by enough trusted keys?
    Signed,
    /// Were these valid?
    Valid,
    /// Has it the shape of its type?
    Shape,
    /// Are the files it speaks of those in the bundle?
    Subjects,
    /// May these keys sign it?
    Allowed,
    /// Is its leaf its own?
    Bound,
    /// Is it where its number says?
    Placed,
    /// Is it, where it was compacted, rebuilt to its leaf?
    Rebuilt,
}

const QUESTIONS: usize = 10;
/// Failures that are told in detail.
const TOLD: usize = 8;

/// What was expected, and what was found instead.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    pub(super) expected: String,
    pub(super) found: String,
}

impl Miss {
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn unread(expected: &str, error: &Error) -> Self {
        Self::new(expected, error.to_string())
    }
}

/// The answers to one question.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) held: u64,
    pub(super) failed: u64,
    /// The first failures, with their places.
    pub(super) misses: Vec<(String, Miss)>,
    /// Why one could not be answered, though nothing is wrong with it.
    pub(super) open: Option<String>,
}

/// The answers to all questions.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers([Tally; QUESTIONS]);

/// Of what is asked: a receipt by its number, or the manifest.
pub(super) type Place = Option<u64>;

fn place(place: Place) -> String {
    place.map_or_else(|| "the manifest".to_owned(), |seq| format!("receipt {seq}"))
}

impl Answers {
    pub(super) fn of(&self, question: Question) -> Option<&Tally> {
        self.0.get(question as usize)
    }

    pub(super) fn failed(&self, question: Question) -> bool {
        self.of(question).is_some_and(|tally| tally.failed > 0)
    }

    fn hold<T>(&mut self, question: Question, at: Place, answer: Result<T, Miss>) -> Option<T> {
        let tally = self.0.get_mut(question as usize)?;
        match answer {
            Ok(value) => {
                tally.held += 1;
                Some(value)
            }
            Err(miss) => {
                tally.failed += 1;
                if tally.misses.len() < TOLD {
                    tally.misses.push((place(at), miss));
                }
                None
            }
        }
    }

    fn leave_open(&mut self, question: Question, why: String) {
        if let Some(tally) = self.0.get_mut(question as usize) {
            tally.open.get_or_insert(why);
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        for (tally, more) in self.0.iter_mut().zip(other.0) {
            tally.held += more.held;
            tally.failed += more.failed;
            tally.misses.extend(more.misses);
            tally.misses.truncate(TOLD);
            tally.open = tally.open.take().or(more.open);
        }
    }
}

/// A file of receipts, examined.
#[derive(Clone, Debug, Default)]
pub(super) struct Pack {
    pub(super) first: u64,
    /// Receipts in it, purged ones too.
    pub(super) lines: u64,
    /// Those of which only the leaf is left, by number.
    pub(super) purged: BTreeMap<u64, Hash>,
    /// Manifests of purges, by number.
    pub(super) purges: BTreeMap<u64, PurgeManifest>,
    /// Receipts to be rebuilt from a block.
    pub(super) compacted: u64,
    /// Hash of each leaf; complete if all could be read.
    pub(super) leaves: Vec<Hash>,
    pub(super) answers: Answers,
    pub(super) versions: Vec<Version>,
    pub(super) claims: Claims,
    pub(super) spoken: Spoken,
    /// Keys that trusted ones named as their followers.
    pub(super) followers: Vec<Key>,
}

/// Files that receipts speak of by a name that many receipts use, such as `drift-report.json`: the last that does, and whether
/// one of them speaks of the file that is there.
pub(super) type Spoken = BTreeMap<String, (u64, bool)>;

/// That a policy set came into force.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) seq: u64,
    pub(super) channel: String,
    pub(super) version: u64,
    /// The version whose content it has, for a rollback.
    pub(super) restores: Option<u64>,
}

/// Whom to believe, ready to be looked up, and what all receipts are held against.
pub(super) struct Judge<'a> {
    pub(super) trust: Option<&'a Trust>,
    /// Trusted keys by id, with those that followed.
    pub(super) keys: BTreeMap<String, Key>,
    pub(super) at: Option<u64>,
    /// Sizes of checkpoints, and when a quorum of witnesses had signed each.
    pub(super) witnessed: Vec<(u64, u64)>,
    /// Digests of files, as the manifest names them.
    pub(super) files: BTreeMap<String, String>,
    /// What repeats in compact blocks.
    pub(super) dictionary: Result<Dictionary, Error>,
}

/// The manifest, read.
pub(super) struct Signed {
    pub(super) statement: Statement,
    pub(super) manifest: Manifest,
}

fn in_toto(envelope: &Envelope) -> Result<(), Miss> {
    if envelope.payload_type == dsse::IN_TOTO {
        Ok(())
    } else {
        Err(Miss::new(dsse::IN_TOTO, envelope.payload_type.clone()))
    }
}

/// A receipt's envelope, and its payload if that is a statement.
pub(super) type Opened = (Envelope, Option<Value>);

fn read(entry: Entry) -> Result<(Entry, Option<Opened>), Error> {
    let Some(receipt) = &entry.receipt else {
        return Ok((entry, None));
    };
    let opened = open(receipt.envelope.as_bytes(), Limits::RECEIPT)?;
    Ok((entry, Some(opened)))
}

/// Reads an envelope and its payload.
pub(super) fn open(text: &[u8], limits: Limits) -> Result<Opened, Error> {
    let envelope = Envelope::parse(text)?;
    let payload = if envelope.payload_type == dsse::IN_TOTO {
        Some(json::parse_canonical(&envelope.payload, limits)?)
    } else {
        None
    };
    Ok((envelope, payload))
}

/// The name of a known kind, without its version.
fn name_of(kind: u8) -> Option<&'static str> {
    let (_, name) = KINDS.iter().find(|(known, _)| *known == kind)?;
    name.split('/').next()
}

impl Judge<'_> {
    /// Judges the manifest.
    pub(super) fn manifest(
        &self,
        (envelope, payload): &Opened,
        answers: &mut Answers,
    ) -> Option<Signed> {
        answers.hold(Question::Read, None, Ok(()));
        answers.hold(Question::Type, None, in_toto(envelope))?;
        let shape = || {
            let statement = Statement::shape(payload.clone().unwrap_or(Value::Null))?;
            let manifest = statement.predicate()?;
            Ok(Signed {
                statement,
                manifest,
            })
        };
        let shape = shape().map_err(|error| Miss::unread("a statement about a bundle", &error));
        let signed = answers.hold(Question::Shape, None, shape)?;
        let time = moment::seconds(&signed.manifest.issued).unwrap_or(u64::MAX);
        let name = Manifest::NAME.split('/').next();
        self.signatures(envelope, (name, time, None, None), answers);
        Some(signed)
    }

    /// Judges a file of receipts.
    pub(super) fn pack(&self, first: u64, content: &[u8]) -> Pack {
        let mut pack = Pack {
            first,
            ..Pack::default()
        };
        let lines = std::str::from_utf8(content)
            .ok()
            .and_then(|text| text.strip_suffix('\n'));
        let Some(lines) = lines else {
            pack.lines = 1;
            let miss = Miss::new(
                "lines of UTF-8",
                "a file of receipts that holds something else",
            );
            pack.answers
                .hold::<()>(Question::Read, Some(first), Err(miss));
            return pack;
        };
        for (seq, line) in (first..=u64::MAX).zip(lines.split('\n')) {
            pack.lines += 1;
            if pack.lines > PACK {
                let miss = Miss::new(format!("at most {PACK} receipts in a file"), "more");
                pack.answers
                    .hold::<()>(Question::Read, Some(seq), Err(miss));
                break;
            }
            self.receipt(seq, Entry::parse(line), &mut pack);
        }
        pack
    }

    /// Judges a file of compacted receipts: what does not rebuild to its leaf is not asked anything else.
    pub(super) fn compact(&self, first: u64, content: &[u8]) -> Pack {
        let mut pack = Pack {
            first,
            ..Pack::default()
        };
        let (hashes, block) = match compact::read_part(content) {
            Ok(part) => part,
            Err(error) => {
                pack.lines = 1;
                let miss = Miss::unread("leaf hashes and a block", &error);
                pack.answers
                    .hold::<()>(Question::Read, Some(first), Err(miss));
                return pack;
            }
        };
        pack.lines = hashes.len() as u64;
        pack.compacted = pack.lines;
        let rebuilt = match &self.dictionary {
            Ok(dictionary) => compact::decode(block, dictionary),
            Err(error) => Err(error.clone()),
        };
        let expected = format!("a block that rebuilds to {} receipts", pack.lines);
        let entries = match rebuilt {
            Ok((there, entries)) if there == first && entries.len() == hashes.len() => Ok(entries),
            Ok((there, entries)) => Err(Miss::new(
                format!("{expected} from number {first}"),
                format!("{} from number {there}", entries.len()),
            )),
            Err(error) => Err(Miss::unread(&expected, &error)),
        };
        let entries = match entries {
            Ok(entries) => entries,
            Err(miss) => {
                pack.answers
                    .hold::<()>(Question::Rebuilt, Some(first), Err(miss));
                return pack;
            }
        };
        for ((seq, hash), entry) in (first..=u64::MAX).zip(hashes).zip(entries) {
            let found = entry.leaf.hash();
            let same = if found == *hash && entry.is_bound() {
                Ok(())
            } else {
                let expected = format!("a receipt with leaf hash {}", hex(hash));
                Err(Miss::new(expected, hex(&found)))
            };
            if pack
                .answers
                .hold(Question::Rebuilt, Some(seq), same)
                .is_some()
            {
                self.receipt(seq, Ok(entry), &mut pack);
            }
        }
        pack
    }

    fn receipt(&self, seq: u64, entry: Result<Entry, Error>, pack: &mut Pack) {
        let at = Some(seq);
        let answers = &mut pack.answers;
        let expected = "strict JSON, base64 and UTF-8 within limits";
        let read = entry
            .and_then(read)
            .map_err(|error| Miss::unread(expected, &error));
        let Some((entry, envelope)) = answers.hold(Question::Read, at, read) else {
            return;
        };
        let leaf = &entry.leaf;
        pack.leaves.push(leaf.hash());
        let placed = if leaf.seq == seq {
            Ok(())
        } else {
            let found = format!("a leaf with number {}", leaf.seq);
            Err(Miss::new(format!("a leaf with number {seq}"), found))
        };
        answers.hold(Question::Placed, at, placed);
        let Some((envelope, payload)) = envelope else {
            pack.purged.insert(seq, leaf.hash());
            return;
        };
        let statement = answers
            .hold(Question::Type, at, in_toto(&envelope))
            .and_then(|()| self.shape(payload?, at, answers));
        let said = statement.as_ref().and_then(|(_, said)| said.as_ref());
        answers.hold(Question::Bound, at, bound(&entry, &envelope, said));
        let rotation = match said {
            Some(Said::KeyRotation(rotation)) => Some(rotation),
            _ => None,
        };
        if let Some((statement, said)) = &statement {
            let name = said.as_ref().and_then(|said| name_of(said.kind()));
            let signing = (name, leaf.time, at, rotation);
            pack.followers
                .extend(self.signatures(&envelope, signing, answers));
            answers.hold(Question::Subjects, at, self.subjects(statement));
            for subject in &statement.subject {
                let name = format!("{ARTEFACTS}{}", subject.name);
                if let Some(here) = self.files.get(&name) {
                    let spoken = pack.spoken.entry(name).or_default();
                    *spoken = (seq, spoken.1 || subject.digest.get("sha256") == Some(here));
                }
            }
        } else {
            self.signatures(&envelope, (None, leaf.time, at, None), answers);
        }
        match said {
            Some(Said::Promotion(said)) => {
                pack.versions.push(Version {
                    seq,
                    channel: said.channel.clone(),
                    version: said.version,
                    restores: None,
                });
                pack.claims
                    .entry((said.from.clone(), said.to.clone()))
                    .or_default();
            }
            Some(Said::Rollback(said)) => {
                pack.versions.push(Version {
                    seq,
                    channel: said.channel.clone(),
                    version: said.version,
                    restores: Some(said.restores),
                });
                pack.claims
                    .entry((said.from.clone(), said.to.clone()))
                    .or_default();
            }
            Some(Said::DriftPreview(said)) => {
                let claim = pack.claims.entry((said.base.clone(), said.head.clone()));
                claim.or_default().counted(said.gained, said.lost);
            }
            Some(Said::GuardVerdict(said)) => {
                pack.claims
                    .entry((said.base.clone(), said.head.clone()))
                    .or_default();
            }
            Some(Said::Override(said)) => {
                pack.claims
                    .entry((said.base.clone(), said.head.clone()))
                    .or_default();
            }
            Some(Said::PurgeManifest(said)) => {
                pack.purges.insert(seq, said.clone());
            }
            _ => {}
        }
    }

    fn shape(
        &self,
        payload: Value,
        at: Place,
        answers: &mut Answers,
    ) -> Option<(Statement, Option<Said>)> {
        let expected = "an in-toto statement with the members of its type";
        let miss = |error: Error| Miss::unread(expected, &error);
        let statement = match Statement::shape(payload) {
            Ok(statement) => statement,
            Err(error) => return answers.hold(Question::Shape, at, Err(miss(error))),
        };
        if kind_of(&statement.predicate_type).is_none() {
            let (at, kind) = (place(at), &statement.predicate_type);
            let why = format!("{at} is of type `{kind}`, which this version does not know");
            answers.leave_open(Question::Shape, why);
            return Some((statement, None));
        }
        let said = answers.hold(Question::Shape, at, Said::of(&statement).map_err(miss))?;
        Some((statement, Some(said)))
    }

    /// Asks who signed what kind of receipt, when, and which. Of a key's roles and its validity, both must hold of the same keys.
    /// Returns the key that follows one of them, if that is what the receipt says.
    fn signatures(
        &self,
        envelope: &Envelope,
        (kind, time, at, rotation): (Option<&str>, u64, Place, Option<&KeyRotation>),
        answers: &mut Answers,
    ) -> Option<Key> {
        let rule = kind.and_then(|kind| self.trust?.receipts.get(kind));
        let threshold = rule.map_or(1, |rule| rule.threshold);
        self.trust?;
        let signed = self.signers(envelope, threshold);
        let mut signers = answers.hold(Question::Signed, at, signed)?;
        if let Some(kind) = kind {
            let allowed = allowed(kind, rule, &signers);
            if let Some(allowed) = answers.hold(Question::Allowed, at, allowed) {
                signers = allowed;
            }
        }
        let follower = self.valid(&signers, threshold, time, at).and_then(|valid| {
            let follow = |rotation| follower(rotation, envelope, &valid, time);
            rotation.map(follow).transpose()
        });
        answers.hold(Question::Valid, at, follower).flatten()
    }

    fn signers(&self, envelope: &Envelope, threshold: usize) -> Result<Vec<&Key>, Miss> {
        let message = dsse::pae(&envelope.payload_type, &envelope.payload);
        let mut signers: Vec<&Key> = Vec::new();
        for signature in &envelope.signatures {
            // What nobody trusted signed counts for nothing, and spoils nothing.
            let Some(key) = self.keys.get(&signature.keyid) else {
                continue;
            };
            let bytes = signature.bytes.as_slice().try_into();
            if !bytes.is_ok_and(|bytes| key.key.verifies(&message, bytes)) {
                let expected = format!("a signature of `{}` over this payload", key.name);
                return Err(Miss::new(expected, "one that does not hold"));
            }
            if !signers.iter().any(|known| known.key == key.key) {
                signers.push(key);
            }
        }
        if signers.len() >= threshold {
            return Ok(signers);
        }
        let ids: Vec<_> = envelope
            .signatures
            .iter()
            .map(|signature| format!("`{}`", signature.keyid.escape_debug()))
            .collect();
        Err(Miss::new(
            format!("signed by {threshold} of your trust file's keys"),
            format!(
                "by {} of them; the signatures name {}",
                signers.len(),
                ids.join(", ")
            ),
        ))
    }

    fn valid<'k>(
        &self,
        signers: &[&'k Key],
        threshold: usize,
        time: u64,
        at: Place,
    ) -> Result<Vec<&'k Key>, Miss> {
        if let Some(limit) = self.at.filter(|limit| time > *limit) {
            return Err(Miss::new(
                format!("signed by {}", moment::text(limit)),
                format!("signed at {}", moment::text(time)),
            ));
        }
        let seen = at.and_then(|seq| {
            let later = self.witnessed.iter().filter(|(size, _)| *size > seq);
            later.map(|(_, time)| *time).min()
        });
        let (mut valid, mut reasons) = (Vec::new(), Vec::new());
        for key in signers {
            match key.valid(time, seen) {
                Ok(()) => valid.push(*key),
                Err(why) => reasons.push(why),
            }
        }
        if valid.len() >= threshold {
            Ok(valid)
        } else {
            let keys = if threshold == 1 { "key" } else { "keys" };
            let expected = format!("{threshold} {keys} valid at {}", moment::text(time));
            Err(Miss::new(expected, reasons.join("; ")))
        }
    }

    /// Asks whether each file is one of those that receipts call so.
    pub(super) fn spoken(&self, spoken: &Spoken, answers: &mut Answers) {
        for (name, (seq, held)) in spoken {
            let here = self.files.get(name).map(String::as_str);
            let answer = if *held {
                Ok(())
            } else {
                let expected = format!("`{name}` with a digest that a receipt names");
                Err(Miss::new(expected, here.unwrap_or_default()))
            };
            answers.hold(Question::Subjects, Some(*seq), answer);
        }
    }

    fn subjects(&self, statement: &Statement) -> Result<(), Miss> {
        for subject in &statement.subject {
            if !subject.name.starts_with(ARTEFACTS) {
                continue;
            }
            let here = self.files.get(&subject.name);
            let said = subject.digest.get("sha256");
            if let Some(here) = here.filter(|here| Some(*here) != said) {
                let said = said.map(String::as_str).unwrap_or_default();
                let expected = format!("`{}` with digest {said}", subject.name);
                return Err(Miss::new(expected, here.clone()));
            }
        }
        Ok(())
    }
}

/// The signers that may sign this kind, if they are enough.
fn allowed<'k>(kind: &str, rule: Option<&Rule>, signers: &[&'k Key]) -> Result<Vec<&'k Key>, Miss> {
    let Some(rule) = rule else {
        let expected = format!("a rule in your trust file for `{kind}`");
        return Err(Miss::new(expected, "none: nobody may sign it"));
    };
    let may = |key: &&&Key| key.roles.iter().any(|role| rule.roles.contains(role));
    let allowed: Vec<_> = signers.iter().filter(may).copied().collect();
    if allowed.len() >= rule.threshold {
        return Ok(allowed);
    }
    let list = |words: &mut dyn Iterator<Item = &String>| {
        words
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let names = list(&mut signers.iter().map(|key| &key.name));
    Err(Miss::new(
        format!(
            "`{kind}` signed by {} with the role {}",
            rule.threshold,
            list(&mut rule.roles.iter())
        ),
        format!("{} of its signers {names} have it", allowed.len()),
    ))
}

/// Whether the leaf is that of this receipt: its digest, its signer, its kind and its time.
fn bound(entry: &Entry, envelope: &Envelope, said: Option<&Said>) -> Result<(), Miss> {
    let leaf = &entry.leaf;
    if !entry.is_bound() {
        return Err(Miss::new(
            "the digest of salt and receipt",
            "a leaf with another digest",
        ));
    }
    let keyid = envelope
        .signatures
        .first()
        .map(|signature| signature.keyid.as_str());
    if keyid != Some(hex(&leaf.keyid).as_str()) {
        let expected = format!(
            "key {} in the leaf",
            keyid.unwrap_or_default().escape_debug()
        );
        return Err(Miss::new(expected, hex(&leaf.keyid)));
    }
    let Some(said) = said else {
        return Ok(());
    };
    if leaf.kind != said.kind() {
        let expected = format!("kind {} in the leaf", said.kind());
        return Err(Miss::new(expected, leaf.kind.to_string()));
    }
    if moment::seconds(said.issued()) != Some(leaf.time) {
        let expected = format!("the time {} in the leaf", said.issued());
        return Err(Miss::new(expected, moment::text(leaf.time)));
    }
    Ok(())
}

/// The key that follows, if both it and the one it follows signed, and that one has the role.
fn follower(
    rotation: &KeyRotation,
    envelope: &Envelope,
    signers: &[&Key],
    time: u64,
) -> Result<Key, Miss> {
    let miss = |found: &str| Miss::new("a rotation signed by the old key and the new one", found);
    let old = signers
        .iter()
        .find(|key| hex(&key.key.to_bytes()) == rotation.old)
        .ok_or_else(|| miss("none by the old key, as one that may sign it"))?;
    if !old.roles.contains(&rotation.role) {
        let role = rotation.role.escape_debug();
        return Err(Miss::new(
            format!(
                "the old key in the role `{role}`, which the rotation hands on: give it this role in the trust file"
            ),
            format!(
                "`{}` with {}",
                old.name,
                old.roles
                    .iter()
                    .map(|role| format!("`{role}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ));
    }
    let key = unhex(&rotation.new)
        .and_then(|key| PublicKey::from_bytes(key).ok())
        .ok_or_else(|| miss("a new key that is none"))?;
    let id = hex(&key.id());
    let message = dsse::pae(&envelope.payload_type, &envelope.payload);
    let signed = envelope.signatures.iter().any(|signature| {
        let bytes = signature.bytes.as_slice().try_into();
        signature.keyid == id && bytes.is_ok_and(|bytes| key.verifies(&message, bytes))
    });
    if !signed {
        return Err(miss("none by the new key"));
    }
    Ok(Key {
        key,
        name: format!("the follower of {}", old.name),
        roles: [rotation.role.clone()].into(),
        from: time,
        until: None,
        revoked: None,
    })
}

impl Claim {
    pub(super) fn counted(&mut self, gained: u64, lost: u64) {
        let most = self.counts.unwrap_or_default();
        self.counts = Some((most.0.max(gained), most.1.max(lost)));
    }
}
