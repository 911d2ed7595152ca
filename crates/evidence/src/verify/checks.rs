//! The twenty-one checks: a table of laws, and one thin function for each that holds a case against it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Check, Replayed, State,
    case::{Case, Judged, Run},
    heads::{self, Head, Standing},
    receipts::{Miss, Question, Version},
};
use crate::{
    Error,
    bundle::{self, Part},
    dsse, hex, moment,
};

const NO_TRUST: &str = "no trust file was given: a bundle does not say whom to believe";

/// Every check of a case.
pub(super) fn of(case: &Case<'_>) -> Vec<Check> {
    let one = |rule: &Rule| rule.ended((rule.check)(case));
    CHECKS.iter().map(one).collect()
}

/// Every check of what could not be read.
pub(super) fn of_nothing(error: &Error) -> Vec<Check> {
    let one = |rule: &Rule| {
        rule.ended(match rule.id {
            "V01" => fail("a bundle within limits", error.to_string()),
            _ => open("the bundle could not be read"),
        })
    };
    CHECKS.iter().map(one).collect()
}

/// A check: its law, and the function that holds a case against it.
struct Rule {
    id: &'static str,
    sentence: &'static str,
    check: fn(&Case<'_>) -> Found,
}

impl Rule {
    fn ended(&self, found: Found) -> Check {
        Check {
            id: self.id.to_owned(),
            state: found.state,
            sentence: self.sentence.to_owned(),
            expected: found.expected,
            found: found.found,
            detail: found.detail,
            needed: found.needed,
        }
    }
}

const fn rule(id: &'static str, sentence: &'static str, check: fn(&Case<'_>) -> Found) -> Rule {
    Rule {
        id,
        sentence,
        check,
    }
}

const CHECKS: [Rule; 21] = [
    rule(
        "V01",
        "everything can be read, within limits and in one way only",
        readable,
    ),
    rule(
        "V02",
        "what is signed is a statement, and signed as one",
        typed,
    ),
    rule(
        "V03",
        "keys of your trust file signed the manifest and every receipt",
        signed,
    ),
    rule("V04", "each of these keys was valid when it signed", valid),
    rule("V05", "statements have the members of their type", shaped),
    rule(
        "V06",
        "every file has the digest that was signed",
        unchanged,
    ),
    rule("V07", "who signed may sign that kind of receipt", allowed),
    rule(
        "V08",
        "the ledger you trust signed its checkpoints",
        checkpoints,
    ),
    rule(
        "V09",
        "enough of your witnesses saw the ledger like this",
        witnesses,
    ),
    rule("V10", "every receipt is in the ledger", included),
    rule("V11", "the ledger only grew", consistent),
    rule("V12", "the ledger is the one your trust file names", pinned),
    rule(
        "V13",
        "every entry of the ledger is bound to its receipt",
        bound,
    ),
    rule("V14", "timestamps of authorities hold", |_| {
        idle("bundles of this version carry none")
    }),
    rule("V15", "nothing is missing, and nothing was added", complete),
    rule(
        "V16",
        "compacted receipts are rebuilt byte for byte",
        rebuilt,
    ),
    rule("V17", "what was purged was purged by the rules", purged),
    rule("V18", "no policy version goes back", forward),
    rule("V19", "zero-knowledge proofs hold", |_| {
        idle("it holds none")
    }),
    rule("V20", "nothing was asked over the network", offline),
    rule("V21", "decisions, run again, come out the same", replayed),
];

/// What a check found.
struct Found {
    state: State,
    expected: String,
    found: String,
    detail: Vec<String>,
    needed: bool,
}

fn found(state: State, expected: impl Into<String>, found: impl Into<String>) -> Found {
    Found {
        state,
        expected: expected.into(),
        found: found.into(),
        detail: Vec::new(),
        needed: true,
    }
}

fn pass(expected: impl Into<String>, is: impl Into<String>) -> Found {
    found(State::Pass, expected, is)
}

fn fail(expected: impl Into<String>, is: impl Into<String>) -> Found {
    found(State::Fail, expected, is)
}

/// Not checked, though it had to be.
fn open(why: impl Into<String>) -> Found {
    found(State::NotChecked, "", why)
}

/// Not checked, because there is nothing to check.
fn idle(why: impl Into<String>) -> Found {
    Found {
        needed: false,
        ..open(why)
    }
}

impl From<Miss> for Found {
    fn from(miss: Miss) -> Self {
        fail(miss.expected, miss.found)
    }
}

impl Case<'_> {
    /// The check that a question held of `total` receipts.
    fn asked(&self, question: Question, total: u64, expected: &str) -> Found {
        let Some(tally) = self.answers.of(question) else {
            return open("not asked");
        };
        if let Some((place, miss)) = tally.misses.first() {
            let more = match tally.failed - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            let tell = |(place, miss): &(String, Miss)| {
                format!("{place}: expected {}, found {}", miss.expected, miss.found)
            };
            return Found {
                detail: tally.misses.iter().map(tell).collect(),
                ..fail(
                    miss.expected.clone(),
                    format!("{place}: {}{more}", miss.found),
                )
            };
        }
        if let Some(why) = &tally.open {
            return open(why.clone());
        }
        if tally.held < total {
            let left = total - tally.held;
            return open(format!(
                "{left} of {total} could not be asked: see the checks that failed"
            ));
        }
        pass(expected, format!("{total} of {total}"))
    }

    fn asked_with_trust(&self, question: Question, expected: &str) -> Found {
        match self.trust {
            Some(_) => self.asked(question, self.statements(), expected),
            None => open(NO_TRUST),
        }
    }
}

/// V01. Limits before anything is parsed, strict base64, JSON without duplicate names, UTF-8, nothing behind the end.
fn readable(case: &Case<'_>) -> Found {
    let broken = case
        .files
        .iter()
        .find_map(|(_, file)| file.content.as_ref().err());
    match broken {
        Some(error) => fail("files that unpack to what they claim", error.to_string()),
        None => case.asked(Question::Read, case.lines + 1, "manifest and receipts read"),
    }
}

/// V02. The payload type, checked before the payload is parsed; signed bytes rebuilt from decoded ones.
fn typed(case: &Case<'_>) -> Found {
    case.asked(Question::Type, case.statements(), dsse::IN_TOTO)
}

/// V03. Strict signatures under keys of the trust file, never of the bundle; thresholds count distinct keys.
fn signed(case: &Case<'_>) -> Found {
    case.asked_with_trust(
        Question::Signed,
        "signatures that hold, by enough trusted keys",
    )
}

/// V04. Keys valid at the moment of signing, rotations signed by both keys, nothing signed after the moment to judge at.
fn valid(case: &Case<'_>) -> Found {
    case.asked_with_trust(
        Question::Valid,
        "signatures made while their keys were valid",
    )
}

/// V05. Statement and predicate types known, and their members there.
fn shaped(case: &Case<'_>) -> Found {
    case.asked(
        Question::Shape,
        case.statements(),
        "statements of known types",
    )
}

/// V06. Each file against the manifest, as stored and unpacked; artefacts against the receipts that speak of them.
fn unchanged(case: &Case<'_>) -> Found {
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let mut checked = 0;
    let mut unread = None;
    for subject in &signed.statement.subject {
        let file = case
            .files
            .binary_search_by(|(name, _)| (*name).cmp(&subject.name));
        let file = file.ok().and_then(|at| case.files.get(at));
        // A file that is not there is missing (V15); one that does not unpack cannot be read (V01).
        let Some((
            _,
            Judged {
                content: Ok(digest),
                ..
            },
        )) = file
        else {
            if file.is_some() {
                unread.get_or_insert(&subject.name);
            }
            continue;
        };
        let said = subject
            .digest
            .get("sha256")
            .map(String::as_str)
            .unwrap_or_default();
        if said != hex(digest) {
            let expected = format!("`{}` with digest {said}", subject.name);
            return fail(expected, hex(digest));
        }
        checked += 1;
    }
    if let Some(tally) = case
        .answers
        .of(Question::Subjects)
        .filter(|tally| tally.failed > 0)
    {
        return case.asked(Question::Subjects, tally.held, "");
    }
    if let Some(name) = unread {
        return open(format!(
            "`{name}` cannot be unpacked (V01), so it cannot be held against the manifest"
        ));
    }
    if checked < signed.statement.subject.len() || checked < case.files.len() {
        return open("files are missing, or the manifest does not list them");
    }
    let stored = hex(&bundle::container(
        case.files.iter().map(|(_, file)| file.stored),
    ));
    if stored != signed.manifest.container {
        return fail(
            format!("files stored as {}", signed.manifest.container),
            stored,
        );
    }
    pass(
        "the digests that the manifest lists",
        format!("{checked} files"),
    )
}

/// V07. The role of each signer against the kind of receipt; a kind without rule may be signed by nobody.
fn allowed(case: &Case<'_>) -> Found {
    let found = case.asked_with_trust(
        Question::Allowed,
        "signers with the roles that your trust file asks for",
    );
    match case
        .answers
        .of(Question::Shape)
        .and_then(|tally| tally.open.as_ref())
    {
        Some(why) if found.state == State::NotChecked => open(why.clone()),
        _ => found,
    }
}

/// V08. Form, name and signature of every checkpoint. Unknown keys are ignored; a known key's bad signature spoils it.
fn checkpoints(case: &Case<'_>) -> Found {
    for head in &case.heads {
        if let Standing::Broken(miss) = &head.standing {
            let found = format!("`{}`: {}", head.name, miss.found);
            return fail(miss.expected.clone(), found);
        }
    }
    if case.trust.is_none() {
        return open(NO_TRUST);
    }
    if case.heads.is_empty() {
        return open("the bundle holds no checkpoint");
    }
    if case.heads.iter().any(|head| head.signed().is_none()) {
        return open("a checkpoint is of a ledger that your trust file does not name");
    }
    pass(
        "checkpoints signed by the ledger",
        format!("{} of {}", case.heads.len(), case.heads.len()),
    )
}

/// V09. The quorum of the trust file for the newest checkpoint, which all proofs lead to; no cosignature after the moment to judge at.
fn witnesses(case: &Case<'_>) -> Found {
    let Some(trust) = case.trust else {
        return open(NO_TRUST);
    };
    if !trust.policy.asks_for_witnesses() {
        return idle("your trust file asks for no witness");
    }
    let newest = case.heads.iter().rev().find_map(Head::signed);
    let Some((newest, signed)) = newest else {
        return open("no checkpoint is signed by the ledger");
    };
    let name = format!("the checkpoint of size {}", newest.size);
    let cosigned = signed.iter().filter(|signed| signed.time > 0).count();
    match heads::witnessed(&trust.policy, signed) {
        None => fail(
            "the quorum of your trust file",
            format!("{} signed {name}", witnesses_counted(cosigned, "known ")),
        ),
        Some(time) if case.at.is_some_and(|at| time > at) => fail(
            format!("witnesses by {}", moment::text(case.at.unwrap_or_default())),
            format!("{name} was witnessed at {}", moment::text(time)),
        ),
        Some(time) => pass(
            "the quorum of your trust file",
            format!(
                "{} signed {name} by {}",
                witnesses_counted(cosigned, ""),
                moment::text(time)
            ),
        ),
    }
}

fn witnesses_counted(number: usize, which: &str) -> String {
    let witness = if number == 1 { "witness" } else { "witnesses" };
    format!("{number} {which}{witness}")
}

/// V10. Leaves recomputed and led to the root of a signed checkpoint, never to a root that a proof brings along.
fn included(case: &Case<'_>) -> Found {
    if case.lines == 0 {
        return open("the bundle holds no receipt");
    }
    let Some(runs) = case.declared() else {
        return open("the receipts are not those that the manifest declares");
    };
    for run in &runs {
        let Some(leaves) = case.leaves(run) else {
            return open("receipts that cannot be read");
        };
        match case.proven(run, &leaves) {
            Ok(true) => {}
            Ok(false) => return open("no checkpoint that they lead to is signed by the ledger"),
            Err(miss) => return miss.into(),
        }
    }
    pass(
        "leaves that lead to the root of a signed checkpoint",
        format!("{} of {}", case.lines, case.lines),
    )
}

/// V11. Each checkpoint is the beginning of the next, and the one seen last goes with them. Proofs are walked whole.
fn consistent(case: &Case<'_>) -> Found {
    let heads: Vec<_> = case
        .heads
        .iter()
        .filter_map(Head::signed)
        .map(|(head, _)| head)
        .collect();
    if heads.len() < case.heads.len() || (heads.is_empty() && case.last_seen.is_some()) {
        return open("checkpoints could not be checked");
    }
    let miss = |old: u64, new: u64, why: String| {
        fail(format!("a ledger that grew from {old} to {new}"), why)
    };
    let mut grown = 0;
    for pair in heads.windows(2) {
        let [old, new] = pair else { continue };
        match heads::grew(&case.bundle, old, new) {
            Some(Ok(())) => grown += 1,
            Some(Err(error)) => return miss(old.size, new.size, error.to_string()),
            None => return miss(old.size, new.size, "no proof in the bundle".to_owned()),
        }
    }
    let Some(seen) = case.last_seen else {
        return match grown {
            0 => idle("one checkpoint, and none seen before to compare it with"),
            _ => pass(
                "each checkpoint the beginning of the next",
                format!("{grown} proofs"),
            ),
        };
    };
    if heads.iter().any(|head| head.origin != seen.origin) {
        return fail(
            format!("the ledger `{}` you saw before", seen.origin),
            "another ledger",
        );
    }
    let mut proofs = heads
        .iter()
        .filter_map(|head| heads::grew(&case.bundle, seen, head));
    match proofs.next() {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            return miss(
                seen.size,
                heads.last().map_or(0, |head| head.size),
                error.to_string(),
            );
        }
        // With every leaf from the first, the root seen can be built again.
        None => match case.root_at(seen.size) {
            Some(root) if root == seen.root => {}
            Some(_) => {
                let why = "the receipts lead to another root at that size";
                return miss(seen.size, case.lines, why.to_owned());
            }
            // From nothing every ledger grows.
            None if seen.size == 0 => {}
            // Not for want of need: a history that was never shown before would only have to call itself older.
            None if heads.iter().all(|head| head.size < seen.size) => {
                let newest = heads.last().map_or(0, |head| head.size);
                return open(format!(
                    "it ends at size {newest}, and you saw {}: only a newer export shows that these are one history; ask for the same receipts, exported since size {}",
                    seen.size, seen.size
                ));
            }
            None => {
                return open(format!(
                    "nothing in the bundle leads from size {}, which you saw, to its checkpoints: ask for an export since that size",
                    seen.size
                ));
            }
        },
    }
    pass(
        "each checkpoint the beginning of the next, and the one you saw",
        format!("{} proofs", grown + 1),
    )
}

/// V12. The origin, named by the auditor and not by the producer.
fn pinned(case: &Case<'_>) -> Found {
    let Some(trust) = case.trust else {
        return open(NO_TRUST);
    };
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let origins: BTreeSet<_> = trust.policy.logs.iter().map(|log| log.key.name()).collect();
    let names = |origins: &BTreeSet<&str>| match origins.len() {
        0 => "none".to_owned(),
        _ => origins
            .iter()
            .map(|origin| format!("`{origin}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let expected = format!("a ledger your trust file names: {}", names(&origins));
    let read = case.heads.iter().filter_map(Head::read);
    let found: BTreeSet<_> = read
        .map(|head| head.origin.as_str())
        .chain([signed.manifest.origin.as_str()])
        .collect();
    if found.len() == 1 && found.is_subset(&origins) {
        pass(expected, names(&found))
    } else {
        fail(expected, names(&found))
    }
}

/// V13. Digest, signer, kind and time in the leaf are those of the receipt.
fn bound(case: &Case<'_>) -> Found {
    case.asked(
        Question::Bound,
        case.receipts(),
        "leaves with digest, signer, kind and time of their receipts",
    )
}

/// V15. Every file listed and there, nothing else, and receipts without gap over what the manifest declares.
fn complete(case: &Case<'_>) -> Found {
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let listed: BTreeSet<_> = signed
        .statement
        .subject
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    if listed.len() != signed.statement.subject.len() {
        return fail(
            "a manifest that lists each file once",
            "one that lists a file twice",
        );
    }
    let there: BTreeSet<_> = case.files.iter().map(|(name, _)| *name).collect();
    if let Some(name) = listed.difference(&there).next() {
        return fail(
            format!("the file `{name}`, which the manifest lists"),
            "none",
        );
    }
    if let Some(name) = there.difference(&listed).next() {
        return fail(
            "only files that the manifest lists",
            format!("the file `{name}` too"),
        );
    }
    let runs: BTreeSet<_> = signed.manifest.runs.iter().collect();
    let proves = |first: u64, last: u64| runs.contains(&[first, last]);
    let stray = case.bundle.parts.keys().find(|part| match part {
        Part::Range(first, last) => !proves(*first, *last),
        Part::Inclusion(index) => !proves(*index, *index),
        _ => false,
    });
    let stray = stray.map(ToString::to_string).or(case
        .bundle
        .unknown
        .first()
        .map(|name| (*name).to_owned()));
    if let Some(name) = stray {
        return fail(
            "only files that a bundle has",
            format!("the file `{name}` too"),
        );
    }
    let tell = |runs: &mut dyn Iterator<Item = [u64; 2]>| {
        let mut told: Vec<_> = runs
            .take(9)
            .map(|[first, last]| format!("{first}-{last}"))
            .collect();
        if told.len() == 9 {
            told.pop();
            told.push("…".to_owned());
        }
        format!("receipts {}", told.join(", "))
    };
    let declared = tell(&mut signed.manifest.runs.iter().copied());
    if case.declared().is_none() {
        return match case.runs() {
            Ok(runs) => fail(
                declared,
                tell(&mut runs.iter().map(|run: &Run| [run.first, run.last])),
            ),
            Err(seq) => fail("each receipt once", format!("receipt {seq} twice")),
        };
    }
    let newest = case.heads.iter().rev().find_map(Head::read);
    if newest.is_some_and(|newest| newest.size != signed.manifest.size) {
        let expected = format!("a newest checkpoint of size {}", signed.manifest.size);
        return fail(expected, newest.map_or(0, |head| head.size).to_string());
    }
    let placed = case.asked(Question::Placed, case.lines, "");
    if placed.state != State::Pass {
        return placed;
    }
    pass(
        format!("{} files and {declared}", listed.len()),
        format!(
            "{} files and {} receipts without gap",
            there.len(),
            case.lines
        ),
    )
}

/// V16. Each compacted receipt, rebuilt, has the leaf whose hash stands beside it; the other checks go by what was rebuilt.
fn rebuilt(case: &Case<'_>) -> Found {
    match case.compacted {
        0 => idle("nothing in it is compacted"),
        count => case.asked(
            Question::Rebuilt,
            count,
            "receipts that rebuild to their leaves",
        ),
    }
}

/// V17. A purged receipt leaves its leaf, and a later receipt says that it was purged, by whom and why: it names the leaf, which is
/// the one in the tree (V10). What is said to be destroyed is not there.
fn purged(case: &Case<'_>) -> Found {
    if case.purged.is_empty() && case.purges.is_empty() {
        return idle("nothing in it was purged");
    }
    let mut named: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (manifest, purge) in &case.purges {
        for receipt in &purge.receipts {
            if receipt.number >= *manifest {
                let expected =
                    format!("purges of receipts before receipt {manifest}, their manifest");
                return fail(expected, format!("receipt {}", receipt.number));
            }
            named.entry(receipt.number).or_default().push(&receipt.leaf);
        }
    }
    for (number, leaf) in &case.purged {
        let expected = format!(
            "a purge manifest that names receipt {number} with leaf {}",
            hex(leaf)
        );
        match named.get(number) {
            None => return fail(expected, "none"),
            Some(leaves) if leaves.iter().any(|said| *said != hex(leaf)) => {
                return fail(expected, format!("one with leaf {}", leaves.join(" and ")));
            }
            Some(_) => {}
        }
    }
    let held = |number: &&u64| case.holds(**number) && !case.purged.contains_key(*number);
    if let Some(number) = named.keys().find(held) {
        let expected = format!("nothing but the leaf of receipt {number}, which was purged");
        return fail(expected, "the receipt");
    }
    pass(
        "each purged receipt named by a later manifest, with its leaf",
        format!(
            "{} purged, {} manifests",
            case.purged.len(),
            case.purges.len()
        ),
    )
}

/// V18. In each channel versions grow, a rollback is a higher version with earlier content, and the newest is not older than the
/// one the auditor saw last.
fn forward(case: &Case<'_>) -> Found {
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    for Version {
        seq,
        channel,
        version,
        restores,
    } in &case.versions
    {
        if restores.is_some_and(|restored| restored >= *version) {
            return fail(
                format!("a rollback of `{channel}` under a higher version than it restores"),
                format!("receipt {seq}: version {version}"),
            );
        }
        let before = newest.insert(channel, *version);
        if let Some(before) = before.filter(|before| before >= version) {
            return fail(
                format!("a version of `{channel}` above {before}"),
                format!("receipt {seq}: version {version}"),
            );
        }
    }
    let seen = case.trust.map(|trust| &trust.channels);
    // Receipts that were left out are no fault of those that are there, and nothing is told of them either.
    let untold: Vec<_> = seen
        .into_iter()
        .flatten()
        .filter(|(channel, _)| !newest.contains_key(channel.as_str()))
        .map(|(channel, _)| format!("`{channel}`"))
        .collect();
    let untold = match untold.as_slice() {
        [] => String::new(),
        channels => format!(
            "; nothing of {}, which your trust file names",
            channels.join(", ")
        ),
    };
    if newest.is_empty() {
        return idle(format!("no receipt in it puts a policy into force{untold}"));
    }
    for (channel, version) in &newest {
        if let Some(seen) = seen
            .and_then(|seen| seen.get(*channel))
            .filter(|seen| *seen > version)
        {
            return fail(
                format!("version {seen} of `{channel}`, which you saw, or a newer one"),
                format!("version {version}"),
            );
        }
    }
    let told = newest
        .iter()
        .map(|(channel, version)| format!("`{channel}` at version {version}"));
    pass(
        "versions that only grow",
        told.collect::<Vec<_>>().join(", ") + &untold,
    )
}

/// V20. The verifier has no code that opens a connection; where the host can count its own, they are counted.
fn offline(case: &Case<'_>) -> Found {
    match case.connections {
        None => {
            idle("this host does not count its connections; the verifier has no code to open one")
        }
        Some(0) => pass("no connection opened", "none"),
        Some(count) => fail("no connection opened", count.to_string()),
    }
}

/// V21. Decisions in the bundle, run again with its policies and entities.
fn replayed(case: &Case<'_>) -> Found {
    match &case.replayed {
        None => idle("the bundle holds no decisions"),
        Some(Replayed::Agree(count)) => pass(
            "the decisions in the bundle",
            format!("{count} run again, all the same"),
        ),
        Some(Replayed::Differ { expected, found }) => fail(expected.clone(), found.clone()),
        Some(Replayed::Unable(why)) => open(why.clone()),
    }
}
