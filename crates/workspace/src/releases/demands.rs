//! What is asked of a version before it ships: by the files in force, or, where these ask what nobody can do, by the version's own.

use std::path::Path;

use guard::Tolerance;
use model::Remark;
use registry::{Approver, Registry};
use release::Files;

use super::{
    ChannelRules,
    candidate::{manifest, rules_of},
    rules,
    rules::TooFew,
};
use crate::{Error, Manifest, git};

/// What is asked of a version before it ships.
pub(super) struct Demands {
    pub(super) rules: ChannelRules,
    /// Whose approvals count.
    pub(super) approvers: Vec<Approver>,
    /// What drift is judged by; why not, where the channel names something that cannot be read.
    pub(super) tolerance: Option<Result<Tolerance, String>>,
    /// Why nobody could ever approve.
    too_few: Option<TooFew>,
    /// That the next version's tolerance is asked.
    pub(super) own_tolerance: Option<Remark>,
    /// That the next version's approvals are asked.
    pub(super) own_approvals: Option<Remark>,
}

/// Where files are that are no part of a release.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    /// The commit.
    pub(super) commit: &'a str,
    /// The workspace's folder in it, which may be another than today's.
    pub(super) folder: &'a str,
}

impl Demands {
    /// What the files in force ask of a channel. What nobody can meet would lock the channel for good, and no version that passed its
    /// validation asks for it: in its place counts what the next version asks. That is the one to be shipped, or, where it is in force
    /// already, what is committed.
    pub(super) fn in_force(
        root: &Path,
        channel: &str,
        before: (&Files, At<'_>),
        version: (&Files, At<'_>),
    ) -> Result<Self, Error> {
        let asked = Self::of(&manifest(before.0)?, channel, root, before.1)?;
        if asked.can_be_met() {
            return Ok(asked);
        }
        let next = match before.0 == version.0 {
            false => Self::of(&manifest(version.0)?, channel, root, version.1)?,
            true => {
                let Some(head) = git::head(root)? else {
                    return Ok(asked);
                };
                match Manifest::read(&head.files) {
                    (asks, None) => {
                        let registry = Registry::open(root)?;
                        let at = At {
                            commit: &head.commit,
                            folder: registry.folder(),
                        };
                        Self::of(&asks, channel, root, at)?
                    }
                    // What cannot be read asks for nothing, and takes nothing away.
                    (_, Some(_)) => return Ok(asked),
                }
            }
        };
        Ok(asked.or_where_locked(next))
    }

    /// What a manifest asks of a channel, with the tolerance file as a commit has it.
    pub(super) fn of(
        asks: &Manifest,
        channel: &str,
        root: &Path,
        at: At<'_>,
    ) -> Result<Self, Error> {
        let rules = rules_of(asks, channel);
        let tolerance = match &rules.tolerance {
            Some(path) => {
                let text = git::file_in(root, at.commit, at.folder, path)?;
                Some(rules::tolerance(path, text.as_deref()))
            }
            None => None,
        };
        Ok(Self {
            too_few: rules::too_few(&rules, &asks.approver),
            approvers: rules::approvers(&asks.approver),
            rules,
            tolerance,
            own_tolerance: None,
            own_approvals: None,
        })
    }

    fn can_be_met(&self) -> bool {
        self.too_few.is_none() && !matches!(self.tolerance, Some(Err(_)))
    }

    /// The same, with what the next version asks in place of what cannot be met, and of nothing else.
    fn or_where_locked(mut self, own: Self) -> Self {
        if let Some(Err(why)) = &self.tolerance {
            self.own_tolerance = Some(Remark::OwnTolerance { why: why.clone() });
            self.tolerance = own.tolerance;
        }
        if let Some(TooFew { asked, there }) = self.too_few.take() {
            self.own_approvals = Some(Remark::OwnApprovals { asked, there });
            self.rules.approvals = own.rules.approvals;
            self.approvers = own.approvers;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use evidence::{
        ed25519::{SecretKey, Signer},
        hex,
    };
    use registry::{Change, Kind};
    use release::{Mode, Modes};

    use super::super::{
        ModeOf, NewModes, Promoted, Shipment, approve, candidate::candidate, change_modes, move_to,
        tag,
    };
    use crate::tests::releases::{NOON, Place, RULES, blocked, moved};

    /// Ships what is committed without a gate, as programs did that did not read all of the rules.
    fn ships_unread(place: &Place) {
        let registry = place.registry();
        let mut held = registry.hold("stable").unwrap();
        let found = candidate(&place.root, &registry, "stable", "1.0.0", Modes::default());
        let found = found.unwrap();
        let shipment = Shipment {
            release: &found.release,
            ready: None,
            way_back: None,
            roots: None,
            overriding: None,
        };
        let change = |bundles| Change {
            bundles,
            commit: found.commit.clone(),
            kind: Kind::Promotion,
            by: String::new(),
            at: NOON,
            reason: None,
            policies: Vec::new(),
            approvals: Vec::new(),
            gates: Vec::new(),
        };
        place.with(NOON, |with| {
            tag(with, &registry, &found).unwrap();
            moved(move_to(with, &mut held, &shipment, change, Vec::new()).unwrap());
        });
    }

    fn asks(rules: &str) -> String {
        format!("{RULES}[[channel]]\nname = \"stable\"\n{rules}")
    }

    fn approver() -> String {
        let key = hex(&SecretKey::from_seed(&[7; 32]).public().to_bytes());
        format!("[[approver]]\nname = \"Mara <mara@acme.example>\"\nkey = \"{key}\"\n")
    }

    #[test]
    fn rules_that_nobody_can_meet_do_not_ship() {
        for (rules, line) in [
            ("tolerance = \"tolerances.toml\"\n".to_owned(), 4),
            ("tolerance = \"a.cedar\"\n".to_owned(), 4),
            ("approvals = 1\n".to_owned(), 4),
            (format!("approvals = 2\n{}", approver()), 4),
            (
                "[[approver]]\nname = \"Mara\"\nkey = \"abc\"\n".to_owned(),
                6,
            ),
        ] {
            let place = Place::new(&asks(&rules));
            let Promoted::Blocked { gates } = place.promote("1.0.0", NOON, |_| ()) else {
                panic!("{rules}");
            };
            let first = gates.first().unwrap();
            assert_eq!(first.gate, "validation", "{rules}");
            let at = format!("workspace.toml:{line}: ");
            assert!(first.words().contains(&at), "{rules}: {}", first.words());
            assert!(place.registry().versions().unwrap().is_empty());
        }
    }

    #[test]
    fn a_channel_that_is_locked_is_asked_what_the_version_asks() {
        for (rules, gate) in [
            ("tolerance = \"tolerances.toml\"\n", "drift"),
            ("approvals = 1\n", "approvals"),
        ] {
            let place = Place::new(&asks(rules));
            ships_unread(&place);
            place.commit("workspace.toml", &asks(""));
            let moved = moved(place.promote("1.1.0", NOON + 1, |_| ()));
            let own = moved.gates.iter().find(|fact| !fact.remarks.is_empty());
            let own = own.unwrap();
            assert_eq!(own.gate, gate);
            assert!(own.words().contains("the next version's rules"));
            // Nothing is asked any more, and the record says why.
            let details = place.registry().details(&moved.id).unwrap();
            let recorded = details.gates.iter().find(|known| known.name == gate);
            assert_eq!(recorded.unwrap().remarks, own.remarks);
        }
    }

    #[test]
    fn other_modes_of_a_locked_channel_are_asked_what_is_committed() {
        let place = Place::new(&asks("approvals = 1\n"));
        ships_unread(&place);
        let wanted = NewModes {
            channel: "stable",
            of: &[ModeOf::All],
            mode: Mode::AuditOnly,
            reason: "r",
            outside_window: None,
            log: &|| Ok(None),
        };
        let recorded = |place: &Place| {
            let made = place.with(NOON + 1, |with| change_modes(with, &wanted));
            made.unwrap()
        };
        assert_eq!(
            blocked(recorded(&place)),
            ["approvals"],
            "that locks it, too"
        );
        let rules = format!("approvals = 1\n{}", approver());
        place.commit("workspace.toml", &asks(&rules));
        assert_eq!(blocked(recorded(&place)), ["approvals"], "nobody approved");
        let (modes, key) = (
            Modes {
                default: Mode::AuditOnly,
                ..Modes::default()
            },
            SecretKey::from_seed(&[7; 32]),
        );
        let by = ("Mara <mara@acme.example>", &key as &dyn Signer);
        approve(&place.root, NOON + 1, "stable", "1.0.0", modes, by, 60).unwrap();
        let by_mara = moved(recorded(&place));
        let approved = by_mara.gates.first().unwrap();
        assert_eq!(
            approved.words(),
            "1 of 1: Mara <mara@acme.example>; by the next version's rules, for those in force cannot be met: 1 to approve, of 0 who can"
        );
        // Without approvals nothing is left that would be asked.
        let place = Place::new(&asks("approvals = 1\n"));
        ships_unread(&place);
        place.commit("workspace.toml", &asks(""));
        moved(recorded(&place));
    }

    #[test]
    fn what_can_be_met_is_asked_although_something_else_cannot() {
        let rules = format!("approvals = 1\ntolerance = \"gone.toml\"\n{}", approver());
        let place = Place::new(&asks(&rules));
        ships_unread(&place);
        place.commit("workspace.toml", &asks(""));
        let found = blocked(place.promote("1.1.0", NOON + 1, |_| ()));
        assert_eq!(found, ["approvals"]);
    }
}
