//! The entities that a log recorded, as they would be. Each recorded version is edited once for all slices that hold it with the same
//! parents; a slice lists the versions made so, and leaves out those of which nothing can be told any more: what it lacks is not known.

use std::collections::{BTreeSet, HashMap};

use decisions::{Log, Slice};

use super::{
    Mask, Plan,
    hierarchy::{Hierarchy, parents, set_parents},
    recorded::Recorded,
    sub::Texts,
    supposed::Supposed,
};

/// A recorded entity as it would be: its number, the edits that choose it and those that may, its parents if they are others.
type Edited = (u32, [Mask; 2], Option<Vec<String>>);

/// For each slice, the numbers of its entities as they would be; nothing for those that stay.
type Slices = Vec<Option<Box<[u32]>>>;

impl Plan<'_> {
    /// The slices as they would be, and what to say of entities that could not be chosen.
    pub(super) fn slices(
        &self,
        log: &Log,
        supposed: &Supposed,
        texts: &mut Texts<'_>,
    ) -> (Slices, Option<String>) {
        if !self.changes_entities() {
            return (Vec::new(), None);
        }
        let recorded: Vec<Option<Recorded>> = log
            .entities
            .iter()
            .map(|json| Recorded::read(json, &self.entities, self.known))
            .collect();
        let mut made: HashMap<Edited, Option<u32>> = HashMap::new();
        let (mut unclear, mut asking) = (BTreeSet::new(), 0);
        let hierarchical = self.hierarchical();
        let mut one = |slice: &Slice| -> Option<Box<[u32]>> {
            let numbers = slice.entities.as_deref()?;
            let of = |number: &u32| Some((*number, recorded.get(*number as usize)?.as_ref()?));
            let members: Vec<(u32, &Recorded)> = numbers.iter().filter_map(of).collect();
            if !hierarchical && members.iter().all(|(_, it)| it.mask | it.maybe == 0) {
                return None;
            }
            let were = Hierarchy::of(&members, |uid| {
                self.known
                    .get(uid)
                    .map_or(&[][..], |it| it.above.as_slice())
            });
            let inside = |mask, (_, it): &(u32, &Recorded)| self.inside(mask, it, &were);
            let masks: Vec<Mask> = members.iter().map(|it| inside(it.1.mask, it)).collect();
            let maybe: Vec<Mask> = members.iter().map(|it| inside(it.1.maybe, it)).collect();
            let may_move: Vec<&str> = members
                .iter()
                .zip(&maybe)
                .filter(|(_, maybe)| self.of(**maybe).any(|(_, edit)| edit.moves()))
                .map(|((_, it), _)| it.uid.as_str())
                .collect();
            let parents = if hierarchical {
                self.reparented(&members, &masks, &were, supposed)
            } else {
                vec![None; members.len()]
            };
            let mut new: HashMap<u32, Option<u32>> = HashMap::new();
            for ((((number, it), mask), maybe), parents) in
                members.iter().zip(masks).zip(maybe).zip(parents)
            {
                if maybe != 0 {
                    unclear.insert(it.uid.as_str());
                    asking |= maybe;
                }
                // Nor is it known what is below something of which it is not known what that is in.
                let adrift = !may_move.is_empty()
                    && (may_move.contains(&it.uid.as_str())
                        || were
                            .above(&it.uid)
                            .iter()
                            .any(|above| may_move.contains(&above.as_str())));
                if adrift {
                    new.insert(*number, None);
                    continue;
                }
                if mask | maybe == 0 && parents.is_none() {
                    continue;
                }
                let key = (*number, [mask, maybe], parents);
                let after = match made.get(&key) {
                    Some(after) => *after,
                    None => {
                        let mut json = it.json.clone();
                        let told = self.of(mask | maybe).all(|(at, edit)| {
                            if maybe & (1 << at) == 0 {
                                edit.attributes(&mut json);
                                return true;
                            }
                            edit.veil(&mut json, |name| it.requires(self.known, name))
                        });
                        if let Some(parents) = &key.2 {
                            set_parents(&mut json, parents);
                        }
                        let after = match (told, json == it.json) {
                            (false, _) => None,
                            (true, true) => Some(*number),
                            (true, false) => Some(texts.intern(json.to_string())),
                        };
                        *made.entry(key).or_insert(after)
                    }
                };
                if after != Some(*number) {
                    new.insert(*number, after);
                }
            }
            let renumber = |number: &u32| new.get(number).copied().unwrap_or(Some(*number));
            (!new.is_empty()).then(|| numbers.iter().filter_map(renumber).collect())
        };
        let slices = log.slices.iter().map(&mut one).collect();
        let unclear = match unclear.len() {
            0 => None,
            1 => Some("1 entity".to_owned()),
            more => Some(format!("{more} entities")),
        };
        let asked: BTreeSet<&str> = self
            .of(asking)
            .flat_map(|(_, edit)| edit.having.iter().map(|(name, ..)| *name))
            .collect();
        let asked: Vec<String> = asked.into_iter().map(|name| format!("`{name}`")).collect();
        let unclear = unclear.map(|entities| {
            format!(
                "the log does not carry what would choose {entities} or not ({}): what would be changed of them is not known",
                asked.join(", ")
            )
        });
        (slices, unclear)
    }

    /// Those of the edits that choose an entity of a slice by what the slice says it is in, too.
    fn inside(&self, mask: Mask, it: &Recorded, were: &Hierarchy<'_>) -> Mask {
        let outside = self.of(mask).filter(|(_, edit)| {
            let inside = edit.inside.as_ref();
            inside.is_some_and(|inside| !were.above(&it.uid).contains(inside))
        });
        outside.fold(mask, |mask, (at, _)| mask & !(1 << at))
    }

    /// The parents of each entity of a slice, where its ancestors would be others. Logs often list all ancestors as parents, so
    /// what someone leaves may stand there several times over: by itself, and by way of something else.
    fn reparented(
        &self,
        members: &[(u32, &Recorded)],
        masks: &[Mask],
        were: &Hierarchy<'_>,
        supposed: &Supposed,
    ) -> Vec<Option<Vec<String>>> {
        let direct: Vec<(&str, Vec<String>)> = members
            .iter()
            .zip(masks)
            .map(|((_, it), mask)| {
                let own = self.known.get(&it.uid).map(|it| parents(&it.json));
                let own = own.unwrap_or_default();
                let mut direct: Vec<String> = it.parents.clone();
                direct.retain(|parent| {
                    let over = |other: &String| {
                        other != parent
                            && were.above(other).contains(parent)
                            && !were.above(parent).contains(other)
                    };
                    own.contains(parent) || !it.parents.iter().any(over)
                });
                for (_, edit) in self.of(*mask) {
                    edit.parents(&mut direct);
                }
                (it.uid.as_str(), direct)
            })
            .collect();
        let then = Hierarchy {
            parents: direct
                .iter()
                .map(|(uid, up)| (*uid, up.as_slice()))
                .collect(),
            beyond: Box::new(|uid| supposed.above.get(uid).map_or(&[][..], Vec::as_slice)),
        };
        let changed = |(_, it): &(u32, &Recorded)| {
            let now = then.above(&it.uid);
            (now != were.above(&it.uid)).then(|| now.into_iter().collect())
        };
        members.iter().map(changed).collect()
    }
}
