//! What is to ship: a version, made of what is committed or there already, as the release that it would be, and what is asked of it.

use std::path::Path;

use evidence::hex;
use guard::Tolerance;
use model::{Code, Failure, Remark};
use registry::{Approver, Registry};
use release::{Bundle, Files, LIMITS, Modes, Release, Roots};

use super::{
    ChannelRules, behind::is_ours, enforced, modes, moving, partial, refused, rules, rules::TooFew,
};
use crate::{Error, Manifest, git, scan};

/// A version, and what it would be as a release.
pub(super) struct Candidate {
    pub(super) commit: String,
    /// The version is there already.
    pub(super) tagged: bool,
    pub(super) release: Release,
    /// What is asked of it.
    pub(super) asked: Demands,
    pub(super) authors: Vec<String>,
    /// What the channel ships.
    pub(super) before: Option<Shipped>,
}

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

impl Demands {
    /// What the files in force ask of a channel. What nobody can meet would lock the channel for good, and no version that passed its
    /// validation asks for it: in its place counts what the next version asks. That is the one to be shipped, or, where it is in force
    /// already, what is committed.
    pub(super) fn in_force(
        root: &Path,
        channel: &str,
        before: (&Files, &str),
        version: (&Files, &str),
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
                    (asks, None) => Self::of(&asks, channel, root, &head.commit)?,
                    // What cannot be read asks for nothing, and takes nothing away.
                    (_, Some(_)) => return Ok(asked),
                }
            }
        };
        Ok(asked.or_where_locked(next))
    }

    /// What a manifest asks of a channel, with the tolerance file as a commit has it.
    fn of(asks: &Manifest, channel: &str, root: &Path, commit: &str) -> Result<Self, Error> {
        let rules = rules_of(asks, channel);
        let tolerance = match &rules.tolerance {
            Some(path) => {
                let text = git::file_at(root, commit, path)?;
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

/// What a promotion would ship.
pub(super) fn candidate(
    root: &Path,
    registry: &Registry,
    channel: &str,
    name: &str,
    modes: Modes,
) -> Result<Candidate, Error> {
    let (version, commit, files, tagged) = match registry.version(name) {
        Err(registry::Error::VersionUnknown(_)) => {
            let commit = committed(registry)?;
            let files = files_at(root, &commit)?;
            is_free(registry, name, &commit, &files)?;
            (name.to_owned(), commit, files, false)
        }
        found => {
            let version = found?;
            registry.unmoved(&version.version, &version.commit, &version.digest)?;
            let files = files_at(root, &version.commit)?;
            if hex(&release::digest(&files)) != version.digest {
                let message = format!("the files of version {name} are not those it was made of");
                return Err(Failure::new(Code::VersionMoved, message).into());
            }
            (version.version, version.commit, files, true)
        }
    };
    registry.is_not_behind(channel)?;
    let tip = registry.tip(channel)?;
    let before = match &tip {
        None => None,
        Some(tip) => {
            is_ours(root, registry, tip)?;
            Some(shipped(registry, &tip.id)?)
        }
    };
    // INVARIANT: what is asked of a change is what was in force before it. A change that loosens its own gates passes the old ones.
    let (asks, asked_at) = match (&before, &tip) {
        (Some(before), Some(tip)) => (&before.release.files, tip.summary.commit.as_str()),
        _ => (&files, commit.as_str()),
    };
    let asked = match &tip {
        None => {
            let asks = manifest(asks)?;
            rules::is_listed(&asks.channel, registry, channel)?;
            Demands::of(&asks, channel, root, asked_at)?
        }
        Some(_) => Demands::in_force(root, channel, (asks, asked_at), (&files, &commit))?,
    };
    // What stays in force for whom the version does not apply to yet: what is in force for all now.
    let base = match (modes.all_enforced(), &before) {
        (true, _) => None,
        (false, Some(before)) => Some(waiting(&before.release)?),
        (false, None) => Some(Files::new()),
    };
    let since = before.as_ref().zip(tip.as_ref());
    let since = since.map(|(before, tip)| git::Since {
        commit: &tip.summary.commit,
        files: &before.release.files,
    });
    // Who wrote it matters where somebody else is to approve it.
    let authors = match asked.rules.approvals {
        0 => git::writers(root, since.as_ref(), &commit, &files).unwrap_or_default(),
        _ => git::writers(root, since.as_ref(), &commit, &files)?,
    };
    let own = manifest(&files)?;
    let tenant = tenant(&own);
    let environment = rules_of(&own, channel).environment;
    if let Some(before) = &before {
        stays(before, &tenant, environment.as_deref())?;
    }
    let release = Release {
        tenant,
        channel: channel.to_owned(),
        environment: match &before {
            Some(before) => before.release.environment.clone(),
            None => environment.unwrap_or_else(|| channel.to_owned()),
        },
        version,
        sequence: tip.as_ref().map_or(0, |tip| tip.summary.sequence) + 1,
        undoes: None,
        modes,
        files,
        base,
    };
    modes::are_known(&release)?;
    Ok(Candidate {
        release,
        commit,
        tagged,
        asked,
        authors,
        before,
    })
}

/// Refuses a version for somebody or somewhere else: consumers of a channel take nothing that is not for them.
fn stays(before: &Shipped, tenant: &str, environment: Option<&str>) -> Result<(), Error> {
    let Release {
        channel,
        tenant: its_tenant,
        environment: its_environment,
        ..
    } = &before.release;
    let (what, was, is) = if its_tenant != tenant {
        ("tenant", its_tenant, tenant)
    } else {
        match environment.filter(|named| named != its_environment) {
            Some(named) => ("environment", its_environment, named),
            None => return Ok(()),
        }
    };
    let message = format!("`{channel}` is for {what} `{was}`, and the version says `{is}`");
    let mut failure = Failure::new(Code::ReleaseForeign, message);
    failure.hint = format!(
        "a channel keeps its {what}: correct `{what}` in workspace.toml and commit, or begin another channel"
    );
    Err(failure.into())
}

/// Refuses a new version by a name that is another's.
fn is_free(registry: &Registry, name: &str, commit: &str, files: &Files) -> Result<(), Error> {
    if partial::is_partial(name) {
        return Err(refused(
            format!("`{name}` is a name that only a rollback of one policy gives"),
            "name the version without `+partial`",
        ));
    }
    Ok(registry.unmoved(name, commit, &hex(&release::digest(files)))?)
}

/// What stays in force for whom a version does not apply to yet. One base cannot say that some have what others have not: where a canary
/// is all that decides, it would be taken from those it had reached, and nobody would be allowed anything.
fn waiting(before: &Release) -> Result<Files, Error> {
    let base = enforced(before)?;
    if base.is_empty() && before.modes.has_canary() {
        return Err(refused(
            format!(
                "`{}` decides for a part of all people only, and nothing decides for the others: nobody would be allowed anything until the new version is enforced",
                before.channel
            ),
            "enforce what it ships for everybody first, `fabric channel mode CHANNEL enforce --all`, or enforce the new version",
        ));
    }
    Ok(base)
}

/// Refuses to ship what is in force already in the same modes, for who does so twice has no way back but to the same. A release that
/// consumers will not take for long any more is shipped again as it is.
pub(super) fn is_news(found: &Candidate, now: u64) -> Result<(), Error> {
    let Some(before) = &found.before else {
        return Ok(());
    };
    let there = &before.release;
    let lasts = before.expires.saturating_sub(now) > moving::LASTS / 3;
    if lasts && is_same(there, &found.release) {
        let (channel, version, modes) = (&there.channel, &there.version, there.modes.words());
        return Err(refused(
            format!("`{channel}` ships {version} already, {modes}: there is nothing to move"),
            "promote another version, or change how this one is applied with `fabric channel mode`",
        ));
    }
    Ok(())
}

/// Whether two releases are the same version in the same modes.
pub(super) fn is_same(one: &Release, other: &Release) -> bool {
    let of = |release: &Release| (release.version.clone(), release.modes.clone());
    of(one) == of(other) && one.files == other.files
}

/// What a move shipped.
pub(super) struct Shipped {
    pub(super) release: Release,
    /// The roots it is signed under.
    pub(super) roots: Roots,
    /// The second since 1970 from which no consumer takes it any more.
    expires: u64,
}

/// What a move shipped, by its id.
pub(super) fn shipped(registry: &Registry, id: &str) -> Result<Shipped, Error> {
    let bundle = Bundle::open(&registry.bundles(id)?.forward, LIMITS)?;
    let roots = Roots::read(bundle.roots().iter().map(release::Root::text))?;
    Ok(Shipped {
        release: bundle.claims().clone(),
        roots,
        expires: bundle.expires(),
    })
}

/// The commit that is checked out, if what is on disk is what is committed.
pub(super) fn committed(registry: &Registry) -> Result<String, Error> {
    let copy = registry.working_copy()?;
    if let Some(under_way) = copy.under_way {
        return Err(refused(
            format!("git is in the middle of a {under_way}"),
            "finish it or abort it in git, and ask again",
        ));
    }
    if copy.branch.is_none() {
        return Err(refused(
            "no branch is checked out: a version is made of a branch's commit",
            "check a branch out, and ask again",
        ));
    }
    // What is no part of a version may be as it likes.
    let mut changed = copy.changed.iter().filter(|path| scan::belongs(path));
    if let Some(first) = changed.next() {
        let differ = match changed.count() {
            0 => format!("`{first}` differs"),
            more => format!("`{first}` and {more} more differ"),
        };
        return Err(refused(
            format!("{differ} from what is committed"),
            "commit or put aside what is in the way, and ask again",
        ));
    }
    copy.commit.ok_or_else(|| {
        refused(
            "nothing is committed yet",
            "commit the policies, and ask again",
        )
    })
}

/// What is asked of a channel.
pub(super) fn rules_of(asks: &Manifest, channel: &str) -> ChannelRules {
    let listed = asks.channel.iter().find(|rules| rules.name == channel);
    listed.cloned().unwrap_or_else(|| ChannelRules {
        name: channel.to_owned(),
        ..ChannelRules::default()
    })
}

/// What the files' `workspace.toml` says.
pub(super) fn manifest(files: &Files) -> Result<Manifest, Error> {
    match Manifest::read(files) {
        (manifest, None) => Ok(manifest),
        (_, Some(problem)) => {
            let message = format!(
                "the `{}` of the version cannot be read, line {}: {}",
                problem.file, problem.line, problem.message
            );
            let mut failure = Failure::new(Code::WorkspaceConfig, message);
            failure.hint =
                "`fabric check` shows the place; correct it, commit, and make a new version"
                    .to_owned();
            Err(failure.into())
        }
    }
}

fn tenant(manifest: &Manifest) -> String {
    match manifest.tenant.as_str() {
        "" => "default".to_owned(),
        tenant => tenant.to_owned(),
    }
}

fn files_at(root: &Path, commit: &str) -> Result<Files, Error> {
    let found = git::at(root, commit)?;
    Ok(found.map(|found| found.files).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use evidence::ed25519::{SecretKey, Signer};
    use registry::{Change, Kind};
    use release::Mode;

    use super::{
        super::{ModeOf, NewModes, Promoted, Shipment, approve, change_modes, move_to, tag},
        *,
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
