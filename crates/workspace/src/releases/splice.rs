//! One policy of some files as other files have it, as it was written there. What comes out is compiled and held against both: a
//! text that reads otherwise than it was meant is refused, never shipped.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use model::{PolicyKind, Source};
use policy::{Policy, PolicySet};
use release::{Files, Mode, Release};

use super::refused;
use crate::{Error, text};

/// What a release has in force for everybody: its own policies as far as they are enforced, and else those that were before.
///
/// # Errors
/// `promotion_refused` when the two cannot be put together.
pub(crate) fn enforced(release: &Release) -> Result<Files, Error> {
    enforced_for(release, 99)
}

/// What a release has in force that is neither all of it nor what was before: where single policies wait, or reach a part of all
/// principals, that is for somebody a set that nobody wrote. Each once.
///
/// # Errors
/// As [`enforced`].
pub(super) fn between(release: &Release) -> Result<Vec<Files>, Error> {
    let Some(base) = &release.base else {
        return Ok(Vec::new());
    };
    let modes = &release.modes;
    let each = modes.policies.values().chain(modes.groups.values());
    let reached = each.chain([&modes.default]).filter_map(|mode| match mode {
        Mode::Canary(percent @ 1..=99) => Some(percent - 1),
        _ => None,
    });
    let buckets: BTreeSet<u8> = reached.chain([99]).collect();
    let mut found: Vec<Files> = Vec::new();
    for bucket in buckets {
        let files = enforced_for(release, bucket)?;
        if files != release.files && files != *base && !found.contains(&files) {
            found.push(files);
        }
    }
    Ok(found)
}

/// What a release has in force for the principals of a bucket, 0 to 99.
fn enforced_for(release: &Release, bucket: u8) -> Result<Files, Error> {
    let Some(base) = &release.base else {
        return Ok(release.files.clone());
    };
    let (new, old) = (set(&release.files), set(base));
    let reached = |policy: &Policy| match release.modes.of(&policy.id, policy.annotation("group")) {
        Mode::AuditOnly => false,
        Mode::Canary(percent) => bucket < percent,
        Mode::Enforce => true,
    };
    let mut all = new.policies().iter().chain(old.policies());
    if !all.any(|policy| reached(policy)) {
        return Ok(base.clone());
    }
    let gone = old.policies().iter().filter(|policy| {
        let stays = new.policies().iter().any(|other| other.id == policy.id);
        !stays
    });
    let waiting = new.policies().iter().chain(gone);
    waiting
        .filter(|policy| !reached(policy) && !same(find(&new, &policy.id), find(&old, &policy.id)))
        .try_fold(release.files.clone(), |files, policy| {
            bring_back(&files, base, &policy.id)
        })
}

/// The files with one policy as other files have it: changed, taken out, or put in again.
///
/// # Errors
/// `promotion_refused` for a policy that neither has, that has no `@id` or is a link of a template, and when what comes out is not
/// what was meant.
pub(super) fn bring_back(files: &Files, other: &Files, id: &str) -> Result<Files, Error> {
    let (now, then) = (set(files), set(other));
    let (present, past) = (find(&now, id), find(&then, id));
    for policy in [present, past].into_iter().flatten() {
        if policy.kind != PolicyKind::Static || !policy.stable_id {
            return Err(refused(
                format!(
                    "`{id}` is a link of a template, or has no @id: it cannot be told from others"
                ),
                "roll the whole move back",
            ));
        }
    }
    let (path, range, new) = match (present, past) {
        (None, None) => {
            return Err(refused(
                format!("there is no policy `{id}`"),
                "name it by its @id",
            ));
        }
        (Some(present), Some(past)) => {
            let (path, range) = whereabouts(files, &present.source)?;
            (path, range, written(other, &past.source)?)
        }
        (Some(present), None) => {
            let (path, range) = whereabouts(files, &present.source)?;
            (path, range, String::new())
        }
        (None, Some(past)) => {
            let end = files.get(&past.source.file).map_or(0, |text| text.len());
            let text = written(other, &past.source)?;
            (past.source.file.clone(), end..end, format!("\n{text}\n"))
        }
    };
    let old = content(files, &path).unwrap_or_default();
    let (Some(head), Some(tail)) = (old.get(..range.start), old.get(range.end..)) else {
        return Err(misread(id));
    };
    let mut out = files.clone();
    out.insert(path, Arc::from(format!("{head}{new}{tail}").into_bytes()));
    let made = set(&out);
    let others = |set: &PolicySet| -> Vec<(String, [u8; 32])> {
        let others = set.policies().iter().filter(|policy| policy.id != id);
        let mut others: Vec<_> = others
            .map(|policy| (policy.id.clone(), policy.digest))
            .collect();
        others.sort_unstable();
        others
    };
    if same(find(&made, id), past) && others(&made) == others(&now) {
        Ok(out)
    } else {
        Err(misread(id))
    }
}

fn same(a: Option<&Policy>, b: Option<&Policy>) -> bool {
    a.map(|a| a.digest) == b.map(|b| b.digest)
}

fn misread(id: &str) -> Error {
    refused(
        format!("`{id}` cannot be put in its place without touching others"),
        "roll the whole move back",
    )
}

fn set(files: &Files) -> Arc<PolicySet> {
    policy::compile(files).set
}

fn find<'a>(set: &'a PolicySet, id: &str) -> Option<&'a Policy> {
    let found = set.policies().iter().find(|policy| policy.id == id);
    found.map(|policy| &**policy)
}

fn content(files: &Files, path: &str) -> Option<String> {
    let bytes = files.get(path)?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// A policy's file, and which bytes of it are the policy.
fn whereabouts(files: &Files, source: &Source) -> Result<(String, Range<usize>), Error> {
    let path = source.file.clone();
    let text = content(files, &path).unwrap_or_default();
    let start = text::byte(&text, source.line, source.column);
    let end = text::byte(&text, source.end_line, source.end_column);
    match (start, end) {
        (Some(start), Some(end)) if start < end => Ok((path, start..end)),
        _ => Err(misread(&path)),
    }
}

/// A policy as it is written.
fn written(files: &Files, source: &Source) -> Result<String, Error> {
    let (path, range) = whereabouts(files, source)?;
    let text = content(files, &path).unwrap_or_default();
    text.get(range)
        .map(str::to_owned)
        .ok_or_else(|| misread(&path))
}
