//! How the entities of a recorded slice hang together, and whether they can be used as they lie.

use std::collections::{HashMap, HashSet};

use super::{Material, direct::Form};

impl Material {
    /// Every entity of the slice names all its ancestors in the slice as parents, so that nothing has to be worked out.
    pub(super) fn flat(&self, slice: &[u32]) -> bool {
        let entry = |number: &u32| self.above.get(*number as usize);
        slice.iter().filter_map(entry).all(|(uid, parents)| {
            parents.iter().all(|parent| {
                let grand = slice
                    .iter()
                    .filter_map(entry)
                    .find(|(uid, _)| uid == parent)
                    .map(|(_, above)| above);
                grand.is_none_or(|above| {
                    above
                        .iter()
                        .all(|ancestor| ancestor != uid && parents.contains(ancestor))
                })
            })
        })
    }

    pub(super) fn form(&self, slice: &[u32]) -> Form {
        let mut members = HashMap::with_capacity(slice.len());
        for number in slice {
            let Some(Some(entity)) = self.entities.get(*number as usize) else {
                return Form::Odd;
            };
            // Actions come from the schema: what a slice says of their groups counts only where there is none.
            if entity.uid().is_action() && entity.parents().next().is_some() {
                return Form::Odd;
            }
            let Some((uid, parents)) = self.above.get(*number as usize) else {
                return Form::Odd;
            };
            if members.insert(*uid, parents).is_some() {
                return Form::Odd;
            }
        }
        if self.flat(slice) {
            return Form::Flat;
        }
        if self.circle(slice).is_none() {
            Form::Tree
        } else {
            Form::Odd
        }
    }

    /// An entity of a slice that is its own ancestor, by name the first.
    pub(super) fn circle(&self, slice: &[u32]) -> Option<String> {
        let members: HashMap<u32, (u32, &[u32])> = slice
            .iter()
            .filter_map(|number| {
                let (uid, parents) = self.above.get(*number as usize)?;
                Some((*uid, (*number, &**parents)))
            })
            .collect();
        let parents = |uid: &u32| members.get(uid).map_or(&[][..], |(_, parents)| parents);
        // What has nothing above it that is left is left out, again and again; circles and what is below them remain.
        let mut left: HashSet<u32> = members.keys().copied().collect();
        loop {
            let before = left.len();
            let above_nothing =
                |uid: &u32| !parents(uid).iter().any(|parent| left.contains(parent));
            let done: Vec<u32> = left.iter().copied().filter(above_nothing).collect();
            done.iter().for_each(|uid| {
                left.remove(uid);
            });
            if left.len() == before {
                break;
            }
        }
        let above_itself = |uid: &u32| {
            let mut reached: Vec<u32> = parents(uid).to_vec();
            let mut at = 0;
            while let Some(next) = reached.get(at).copied() {
                at += 1;
                if next == *uid {
                    return true;
                }
                for parent in parents(&next) {
                    if !reached.contains(parent) {
                        reached.push(*parent);
                    }
                }
            }
            false
        };
        let name = |uid: u32| {
            let (number, _) = members.get(&uid)?;
            Some(
                self.entities
                    .get(*number as usize)?
                    .as_ref()?
                    .uid()
                    .to_string(),
            )
        };
        left.into_iter().filter(above_itself).filter_map(name).min()
    }
}
