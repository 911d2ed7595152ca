//! One policy of some files as other files have it, as it was written there. What comes out is compiled and held against both: a
//! text that reads otherwise than it was meant is refused, never shipped.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use model::{PolicyKind, Source};
use policy::{FileKind, Policy, PolicySet};
use release::{Files, Mode, Release};

use super::refused;
use crate::{Error, git, text};

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
    let mut found = deciding(release)?;
    let known: Vec<Effect> = [Some(&release.files), release.base.as_ref()]
        .into_iter()
        .flatten()
        .map(effect)
        .collect();
    // Where nothing decides, nobody is given anything.
    found.retain(|files| crate::scan::has_policies(files) && !known.contains(&effect(files)));
    Ok(found)
}

/// What a release has in force for somebody. Each once.
///
/// # Errors
/// As [`enforced`].
pub(super) fn deciding(release: &Release) -> Result<Vec<Files>, Error> {
    let modes = &release.modes;
    let each = modes.policies.values().chain(modes.groups.values());
    let reached = each.chain([&modes.default]).filter_map(|mode| match mode {
        Mode::Canary(percent @ 1..=99) => Some(percent - 1),
        _ => None,
    });
    let buckets: BTreeSet<u8> = reached.chain([0, 99]).collect();
    let mut found: Vec<Files> = Vec::new();
    for bucket in buckets {
        let files = enforced_for(release, bucket)?;
        if !found.contains(&files) {
            found.push(files);
        }
    }
    Ok(found)
}

/// What of some files decides, however it is written: what each policy says, by its id, and the schema and entities that it says it of.
pub(super) type Effect = (BTreeMap<String, [u8; 32]>, Files);

pub(super) fn effect(files: &Files) -> Effect {
    let mut facts = files.clone();
    facts.retain(|path, _| {
        let kind = policy::kind(path);
        matches!(
            kind,
            Some(FileKind::Schema | FileKind::Entities | FileKind::Rego | FileKind::RegoData)
        )
    });
    (git::sayings(files), facts)
}

/// What a release has in force for the principals of a bucket, 0 to 99. Schema and entities have no mode: they are the new ones.
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
        let mut files = release.files.clone();
        let is_policies = |path: &String| {
            let kind = policy::kind(path);
            matches!(kind, Some(FileKind::Policies | FileKind::Links))
        };
        files.retain(|path, _| !is_policies(path));
        let old = base.iter().filter(|(path, _)| is_policies(path));
        files.extend(old.map(|(path, text)| (path.clone(), Arc::clone(text))));
        return Ok(files);
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
/// `promotion_refused` for a policy that neither has or that has no `@id`, and when what comes out is not what was meant.
pub(super) fn bring_back(files: &Files, other: &Files, id: &str) -> Result<Files, Error> {
    let (now, then) = (set(files), set(other));
    let (present, past) = (find(&now, id), find(&then, id));
    let both = || [present, past].into_iter().flatten();
    if both().next().is_none() {
        return Err(refused(
            format!("there is no policy `{id}`"),
            "name it by its @id",
        ));
    }
    if both().any(|policy| !policy.stable_id) {
        return Err(refused(
            format!("`{id}` has no @id: it cannot be told from others"),
            "roll the whole move back",
        ));
    }
    let is_link = |policy: &Policy| policy.kind == PolicyKind::Link;
    let mut out = files.clone();
    if both().any(is_link) {
        out = policy::relinked(files, other, id).ok_or_else(|| misread(id))?;
    }
    let stands = |policy: &&Policy| !is_link(policy);
    let (present, text) = (present.filter(stands), past.filter(stands));
    let text = text.map(|past| Ok::<_, Error>((past, written(other, &past.source)?)));
    let text = text.transpose()?;
    let change = match (present, text) {
        (Some(present), text) => {
            let (path, range) = whereabouts(files, &present.source)?;
            Some((path, range, text.map_or(String::new(), |(_, text)| text)))
        }
        (None, Some((past, text))) => {
            let path = past.source.file.clone();
            let end = out.get(&path).map_or(0, |text| text.len());
            Some((path, end..end, format!("\n{text}\n")))
        }
        (None, None) => None,
    };
    if let Some((path, range, new)) = change {
        let old = content(&out, &path).unwrap_or_default();
        let (Some(head), Some(tail)) = (old.get(..range.start), old.get(range.end..)) else {
            return Err(misread(id));
        };
        let text = format!("{head}{new}{tail}");
        out.insert(path, Arc::from(text.into_bytes()));
    }
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

/// The same, where the policy may be as it should already, or in neither.
///
/// # Errors
/// As [`bring_back`].
pub(super) fn bring_along(files: &Files, other: &Files, id: &str) -> Result<Files, Error> {
    if same(find(&set(files), id), find(&set(other), id)) {
        return Ok(files.clone());
    }
    bring_back(files, other, id)
}

fn same(a: Option<&Policy>, b: Option<&Policy>) -> bool {
    a.map(|a| a.digest) == b.map(|b| b.digest)
}

fn misread(id: &str) -> Error {
    refused(
        format!("`{id}` cannot be put in its place without touching others"),
        "move all of it at once: promote it in one mode, or roll the whole move back",
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;
    use release::Modes;

    use super::*;

    const IDS: [&str; 4] = ["a", "b", "c", "d"];
    const MODES: [Mode; 4] = [
        Mode::AuditOnly,
        Mode::Canary(10),
        Mode::Canary(60),
        Mode::Enforce,
    ];

    /// One policy: none, written out, or a link of one of two templates.
    #[derive(Clone, Debug)]
    enum One {
        None,
        Written {
            text: u8,
            second: bool,
        },
        Link {
            template: bool,
            who: u8,
            second: bool,
        },
    }

    fn one() -> impl Strategy<Value = One> {
        prop_oneof![
            Just(One::None),
            (0..3_u8, any::<bool>()).prop_map(|(text, second)| One::Written { text, second }),
            (any::<bool>(), 0..2_u8, any::<bool>()).prop_map(|(template, who, second)| One::Link {
                template,
                who,
                second
            }),
        ]
    }

    /// What somebody might have written: the policies, two templates in one of two forms each, in two files of each kind.
    fn some_files() -> impl Strategy<Value = Files> {
        let all = (prop::array::uniform4(one()), any::<[bool; 3]>());
        all.prop_map(|(policies, [first, second, named])| {
            let mut texts = [String::new(), "// ä `permit`\n".to_owned()];
            let mut links = [Vec::new(), Vec::new()];
            for (id, policy) in IDS.iter().zip(policies) {
                match policy {
                    One::None => {}
                    One::Written { text, second } => writeln!(
                        texts[usize::from(second)],
                        "@group(\"g\") @id(\"{id}\") // @id(\"x\")\npermit (principal == User::\"{text}\", action, resource);"
                    )
                    .unwrap(),
                    One::Link { template, who, second } => {
                        let template = if template { "t" } else { "u.cedar#1" };
                        links[usize::from(second)].push(format!(
                            "{{ \"link_id\": \"{id}\", \"template_id\": \"{template}\", \"args\": {{\"?principal\": \"User::\\\"{who}\\\"\"}} }}"
                        ));
                    }
                }
            }
            let form = |first: bool| if first { "context.a" } else { "context.b" };
            // A template with an id in front of or behind others, and one that goes by its place.
            let annotated = if named { "@id(\"t\")\n@note(\"ß\")" } else { "@note(\"ß\") @id(\"t\")" };
            let t = format!("{annotated}\npermit (principal == ?principal, action, resource) when {{ {} }};\n", form(first));
            let u = format!("\n  forbid (principal in ?principal, action, resource) when {{ {} }};\n", form(second));
            let [a, b] = texts;
            let [l, m] = links.map(|links| format!("[{}]\n", links.join(",\n ")));
            let files = [("a.cedar", a + &t), ("b.cedar", b), ("u.cedar", u), ("links.json", l), ("links/more.json", m)];
            let files = files.map(|(path, text)| (path.to_owned(), Arc::from(text.into_bytes())));
            Files::from(files)
        })
    }

    fn meanings(set: &PolicySet) -> BTreeMap<String, [u8; 32]> {
        let policies = set.policies().iter();
        policies
            .map(|policy| (policy.id.clone(), policy.digest))
            .collect()
    }

    proptest! {
        #[test]
        fn what_decides_is_the_new_of_each_that_is_reached_and_the_old_of_the_others(
            new in some_files(), old in some_files(), modes in prop::array::uniform4(prop::sample::select(&MODES[..])),
        ) {
            let policies = IDS.map(str::to_owned).into_iter().zip(modes);
            let modes = Modes { policies: policies.clone().collect(), ..Modes::default() };
            let (ours, theirs) = (meanings(&set(&new)), meanings(&set(&old)));
            let release = Release {
                tenant: "t".to_owned(), channel: "c".to_owned(), environment: String::new(), version: "1.0.0".to_owned(),
                sequence: 2, undoes: None, modes, files: new, base: Some(old),
            };
            for bucket in [0, 9, 10, 59, 60, 99] {
                let made = set(&enforced_for(&release, bucket).unwrap());
                prop_assert!(!made.broken());
                let expected: BTreeMap<_, _> = policies.clone().filter_map(|(id, mode)| {
                    let reached = match mode {
                        Mode::AuditOnly => false,
                        Mode::Canary(percent) => bucket < percent,
                        Mode::Enforce => true,
                    };
                    let side = if reached { &ours } else { &theirs };
                    side.get(&id).map(|digest| (id, *digest))
                }).collect();
                prop_assert_eq!(meanings(&made), expected);
            }
        }
    }
}
