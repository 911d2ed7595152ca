//! The review of a preview: which changes are listed, which one is in front, what has been looked at.

use ipc::{
    ChangeFilter, ChangeId, ChangeQuery, ChangeView, DriftChanges, DriftGroups, FileDiff,
    GroupQuery, MarkViewed, TextDiff, Viewed, ViewedCount, Why, WhyView,
};
use leptos::{prelude::*, task::spawn_local};
use model::{ChangeClass, Failure, Group, GroupBy};

use super::{Pages, Place, Studio, Undo, known::Known, pages::Answer};
use crate::{
    calls::call,
    texts::{Text, drift},
};

/// How the changes are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// One list, riskiest first.
    All,
    /// In groups.
    By(GroupBy),
    /// The text before and after.
    Text,
    /// The policies before and after, as meaning.
    Semantic,
    /// What is proven beyond the log.
    Proof,
}

impl Tab {
    /// All tabs, with their names.
    pub const ALL: [(Tab, &'static str, Text); 8] = [
        (Tab::All, "all", drift::TAB_ALL),
        (Tab::By(GroupBy::Principal), "person", drift::TAB_PRINCIPAL),
        (Tab::By(GroupBy::Resource), "resource", drift::TAB_RESOURCE),
        (Tab::By(GroupBy::Action), "action", drift::TAB_ACTION),
        (Tab::By(GroupBy::Policy), "policy", drift::TAB_POLICY),
        (Tab::Text, "text", drift::TAB_TEXT),
        (Tab::Semantic, "semantic", drift::TAB_SEMANTIC),
        (Tab::Proof, "proof", drift::TAB_PROOF),
    ];
}

/// Signals of the review.
#[derive(Clone, Copy)]
pub struct Review {
    /// How the changes are laid out.
    pub tab: Known<Tab>,
    /// Which changes.
    pub filter: Known<ChangeFilter>,
    /// The changes in one list.
    pub changes: Pages<ChangeView>,
    /// The groups.
    pub groups: Pages<Group>,
    /// The changes of the open group.
    pub inner: Pages<ChangeView>,
    /// The open group: its place in the list and its key.
    pub open: Known<Option<(u64, String)>>,
    /// The row in front, counted over groups and the open group's changes alike.
    pub row: RwSignal<Option<u64>>,
    /// The change in front.
    pub selected: RwSignal<Option<u32>>,
    /// The change in front, explained.
    pub why: Known<Option<Result<WhyView, Failure>>>,
    /// How many are viewed, of how many.
    pub viewed: Known<Option<ViewedCount>>,
    /// Changed files.
    pub text: Known<Option<Result<Vec<FileDiff>, Failure>>>,
}

/// What stands in a row of the grouped list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The group of that number.
    Group(u64),
    /// The change of that number in the open group.
    Change(u64),
}

/// Which row a place in the grouped list is, when group `open` shows `inner` changes below itself.
pub fn row_at(place: u64, open: Option<u64>, inner: u64) -> Row {
    match open {
        Some(open) if place > open && place <= open + inner => Row::Change(place - open - 1),
        Some(open) if place > open => Row::Group(place - inner),
        _ => Row::Group(place),
    }
}

impl Review {
    pub(super) fn new() -> Self {
        Self {
            tab: Known::new(Tab::All),
            filter: Known::new(Default::default()),
            changes: Pages::new(),
            groups: Pages::new(),
            inner: Pages::new(),
            open: Known::new(None),
            row: RwSignal::new(None),
            selected: RwSignal::new(None),
            why: Known::new(None),
            viewed: Known::new(None),
            text: Known::new(None),
        }
    }

    pub(super) fn clear(self) {
        self.filter.set(ChangeFilter::default());
        self.tab.set(Tab::All);
        self.changes.clear();
        self.groups.clear();
        self.close_group();
        self.row.set(None);
        self.selected.set(None);
        self.why.set(None);
        self.viewed.set(None);
        self.text.set(None);
    }

    fn close_group(self) {
        self.open.set(None);
        self.inner.clear();
    }

    /// Changes the filter, keeping the rest of the view.
    pub fn refine(self, change: impl FnOnce(&mut ChangeFilter)) {
        self.filter.update(change);
        self.row.set(None);
    }

    /// Shows only these classes; the same again shows all.
    pub fn only(self, classes: &[ChangeClass], errors: bool) {
        self.refine(|filter| {
            let same = filter.classes == classes && filter.errors_only == errors;
            filter.classes = if same { Vec::new() } else { classes.to_vec() };
            filter.errors_only = errors && !same;
        });
    }

    /// How the changes are grouped now; tracked.
    pub fn grouped(self) -> Option<GroupBy> {
        match self.tab.get() {
            Tab::By(by) => Some(by),
            _ => None,
        }
    }

    /// Number of rows of the list in front; tracked.
    pub fn rows(self) -> Option<u64> {
        if self.grouped().is_none() {
            return self.changes.total();
        }
        let inner = if self.open.with(Option::is_some) {
            self.inner.total().unwrap_or(0)
        } else {
            0
        };
        self.groups.total().map(|groups| groups + inner)
    }

    /// What stands in a row of the grouped list; tracked.
    pub fn row_at(self, place: u64) -> Row {
        let open = self.open.with(|open| open.as_ref().map(|(at, _)| *at));
        row_at(
            place,
            open,
            if open.is_some() {
                self.inner.total().unwrap_or(0)
            } else {
                0
            },
        )
    }
}

impl Studio {
    /// Asks for the list in front again: the preview, the tab or the filter has changed.
    pub fn review_again(self) {
        if self.drift.preview.with_untracked(Option::is_none) {
            return;
        }
        let review = self.review;
        if let Some(preview) = self.drift.preview.get_untracked() {
            review.viewed.set(Some(ViewedCount {
                viewed: preview.viewed,
                total: preview.changes,
            }));
        }
        if self.place.get_untracked() != Place::Drift {
            return;
        }
        let filter = review.filter.get_untracked();
        match review.tab.get_untracked() {
            Tab::All => review.changes.ask(changes_of(filter)),
            Tab::By(by) => {
                review.close_group();
                review.groups.ask(move |offset, limit| {
                    call::<DriftGroups>(GroupQuery {
                        by,
                        filter: filter.clone(),
                        offset,
                        limit,
                    })
                });
            }
            Tab::Text => self.fetch_text(),
            Tab::Semantic | Tab::Proof => {}
        }
        if let Some(id) = review.selected.get_untracked() {
            self.explain(id);
        }
    }

    fn fetch_text(self) {
        spawn_local(async move {
            let files = call::<TextDiff>(()).await;
            let same = self
                .review
                .text
                .with_untracked(|shown| match (shown, &files) {
                    (Some(Ok(shown)), Ok(files)) => shown == files,
                    _ => false,
                });
            if !same {
                self.review.text.set(Some(files));
            }
        });
    }

    /// Opens a group's changes below it, or closes them.
    pub fn toggle_group(self, at: u64, by: GroupBy, key: String) {
        let review = self.review;
        if review
            .open
            .with_untracked(|open| open.as_ref().is_some_and(|(open, _)| *open == at))
        {
            review.close_group();
            return;
        }
        let mut filter = review.filter.get_untracked();
        filter.group = Some((by, key.clone()));
        review.inner.clear();
        review.open.set(Some((at, key)));
        review.inner.ask(changes_of(filter));
    }

    /// Brings a change to the front.
    pub fn select_change(self, id: u32) {
        if self.review.selected.get_untracked() != Some(id) {
            self.review.selected.set(Some(id));
            self.explain(id);
        }
    }

    /// Goes to the Drift place with a change in front.
    pub fn open_change(self, id: u32) {
        self.review.tab.set(Tab::All);
        self.review.filter.set(ChangeFilter::default());
        self.review.selected.set(Some(id));
        self.show_changes();
        self.explain(id);
    }

    fn explain(self, id: u32) {
        spawn_local(async move {
            let answer = call::<Why>(ChangeId { id }).await;
            if self.review.selected.get_untracked() == Some(id) {
                self.review.why.set(Some(answer));
            }
        });
    }

    /// Walks to the next or previous change; in a grouped list opens the group on the way.
    pub fn walk(self, forward: bool) {
        let review = self.review;
        let Some(rows) = untrack(move || review.rows()) else {
            return;
        };
        let here = review.row.get_untracked().or_else(|| {
            let id = review.selected.get_untracked()?;
            untrack(|| review.grouped())
                .is_none()
                .then(|| review.changes.position(|item| item.change.id == id))?
        });
        let next = match (here, forward) {
            (None, _) => 0,
            (Some(here), true) => (here + 1).min(rows.saturating_sub(1)),
            (Some(here), false) => here.saturating_sub(1),
        };
        review.row.set(Some(next));
    }

    /// Marks changes as viewed, or not.
    pub fn mark(self, ids: Vec<u32>, viewed: bool) {
        let review = self.review;
        let set = |item: &mut ChangeView| {
            if ids.contains(&item.change.id) {
                item.viewed = viewed;
            }
        };
        review.changes.touch(set);
        review.inner.touch(set);
        review.why.update(|why| {
            if let Some(Ok(why)) = why
                && ids.contains(&why.change.id)
            {
                why.viewed = viewed;
            }
        });
        self.can_undo(Undo::Marks(ids.clone(), !viewed));
        spawn_local(async move {
            if let Ok(count) = call::<MarkViewed>(Viewed { ids, viewed }).await {
                review.viewed.set(Some(count));
                self.drift.preview.update(|preview| {
                    if let Some(preview) = preview {
                        preview.viewed = count.viewed;
                    }
                });
            }
        });
    }

    /// Marks the change in front, and walks on when it is now viewed.
    pub fn mark_here(self) {
        let here = self.review.why.with_untracked(|why| match why {
            Some(Ok(why)) => Some((why.change.id, why.viewed)),
            _ => None,
        });
        if let Some((id, viewed)) = here {
            self.mark(vec![id], !viewed);
            if !viewed {
                self.walk(true);
            }
        }
    }
}

fn changes_of(filter: ChangeFilter) -> impl Fn(u64, u32) -> Answer<ChangeView> {
    move |offset, limit| {
        Box::pin(call::<DriftChanges>(ChangeQuery {
            filter: filter.clone(),
            offset,
            limit,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_group_shifts_the_groups_below_it() {
        let rows: Vec<_> = (0..6).map(|place| row_at(place, Some(1), 2)).collect();
        assert_eq!(
            rows,
            [
                Row::Group(0),
                Row::Group(1),
                Row::Change(0),
                Row::Change(1),
                Row::Group(2),
                Row::Group(3)
            ]
        );
        assert_eq!(row_at(3, None, 0), Row::Group(3));
        assert_eq!(row_at(1, Some(0), 0), Row::Group(1));
    }
}
