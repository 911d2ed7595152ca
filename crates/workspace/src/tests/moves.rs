//! Moves of a channel one after another, held against what they ought to come to: who is allowed what, what was judged before it decides, and
//! that nobody brings into force what they wrote by their own word.

use std::{collections::BTreeSet, fmt::Write};

use evidence::ed25519::{SecretKey, Signer};
use proptest::prelude::*;
use release::{Bundle, LIMITS, Mode, Modes, Release, bucket};

use super::*;
use crate::{
    ModeOf, NewModes, Promoted, Standing, approve, change_modes, roll_back, roll_back_policy,
    tests::releases::{NOON, Place},
    with_mode,
};

const IVO: &str = "Ivo <ivo@acme.example>";
const MARA: &str = "Mara <mara@acme.example>";
const OTTO: &str = "Otto <otto@acme.example>";
/// Never writes anything and moves nothing: her word always counts.
const RUTH: &str = "Ruth <ruth@acme.example>";
const APPROVERS: [&str; 3] = [MARA, OTTO, RUTH];

const IDS: [&str; 4] = ["p", "q", "r", "s"];
/// In buckets 3, 22, 45 and 92.
const USERS: [&str; 4] = ["ann", "bob", "cleo", "dan"];
const DOCS: [&str; 2] = ["plan", "memo"];
const MODES: [Mode; 4] = [
    Mode::AuditOnly,
    Mode::Canary(10),
    Mode::Canary(60),
    Mode::Enforce,
];

/// Which requests are allowed.
type Allowed = BTreeSet<(usize, usize)>;

/// A policy as somebody wrote it. The mark makes it another text than any before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Text {
    permits: bool,
    user: Option<usize>,
    doc: usize,
    mark: usize,
}

impl Text {
    fn applies(self, (user, doc): (usize, usize)) -> bool {
        self.doc == doc && self.user.is_none_or(|only| only == user)
    }
}

/// What has the name of a policy: its text, if it is there, in which of two files, and who made of it what it is, one after another.
#[derive(Clone, Debug, Default)]
struct Slot {
    text: Option<Text>,
    second: bool,
    writers: Vec<(usize, &'static str)>,
}

/// All policies, in the order of their names.
type Set = [Slot; IDS.len()];

fn texts(set: &Set) -> [Option<Text>; IDS.len()] {
    set.clone().map(|slot| slot.text)
}

fn allowed(set: &Set) -> Allowed {
    let requests = (0..USERS.len()).flat_map(|user| (0..DOCS.len()).map(move |doc| (user, doc)));
    let by = |permits: bool, request| {
        let mut texts = set.iter().filter_map(|slot| slot.text);
        texts.any(|text| text.permits == permits && text.applies(request))
    };
    requests
        .filter(|request| by(true, *request) && !by(false, *request))
        .collect()
}

/// A commit: what it holds, and the one it comes after.
#[derive(Clone)]
struct Commit {
    id: String,
    set: Set,
    parent: Option<usize>,
}

/// What a channel ships.
#[derive(Clone)]
struct Shipped {
    version: String,
    set: Set,
    modes: Modes,
    /// What decides for whom a mode has not reached.
    before: Set,
    /// A rollback of one policy made it, so that no promotion was judged by it.
    partial: bool,
}

impl Shipped {
    /// What decides for the principals of a bucket.
    fn decides(&self, bucket: u8) -> Set {
        let slot = |index: usize| {
            let reached = match self.modes.of(IDS[index], None) {
                Mode::AuditOnly => false,
                Mode::Canary(percent) => bucket < percent,
                Mode::Enforce => true,
            };
            let side = if reached { &self.set } else { &self.before };
            side[index].clone()
        };
        std::array::from_fn(slot)
    }

    /// What decides for everybody.
    fn enforced(&self) -> Set {
        self.decides(99)
    }

    /// Whether new sets allow anybody more than what decides for everybody; and more than that or, where no policy does, the version that
    /// runs along. A set without policies decides, too, where it came by a version: which of the two it is held against is told of elsewhere.
    fn gains(&self, new: impl Iterator<Item = Set>) -> Gains {
        let decides = self.enforced();
        let there = match texts(&decides) == texts(&Set::default()) {
            true => allowed(&self.set),
            false => allowed(&decides),
        };
        let decides = allowed(&decides);
        let new: Vec<_> = new.map(|set| allowed(&set)).collect();
        Gains {
            may: new.iter().any(|set| !set.is_subset(&decides)),
            does: new.iter().any(|set| !set.is_subset(&there)),
        }
    }

    /// What decides for somebody.
    fn deciding(&self) -> [Set; 3] {
        [0, 30, 99].map(|bucket| self.decides(bucket))
    }
}

/// What a move gives away.
#[derive(Clone, Copy, Default)]
struct Gains {
    /// It may be blocked for it.
    may: bool,
    /// It has to be.
    does: bool,
}

#[derive(Clone, Debug)]
enum Edit {
    /// Another text, in one of two files.
    Write {
        permits: bool,
        user: Option<usize>,
        doc: usize,
        second: bool,
    },
    Remove,
    /// As an older commit had it.
    Restore {
        commits: usize,
    },
}

#[derive(Clone, Debug)]
enum Step {
    /// Somebody changes policies and commits that.
    Commit {
        by: &'static str,
        edits: Vec<(usize, Edit)>,
    },
    /// The branch goes back.
    Reset {
        commits: usize,
    },
    /// What is committed, or a version that is there, is promoted.
    Promote {
        by: &'static str,
        approver: usize,
        modes: [usize; IDS.len() + 1],
        older: Option<usize>,
    },
    /// Modes change: of one policy, or those behind the last index.
    Modes {
        by: &'static str,
        approver: usize,
        of: usize,
        mode: usize,
    },
    RollBack,
    Partial {
        id: usize,
    },
}

fn edit() -> impl Strategy<Value = (usize, Edit)> {
    let write = (
        any::<bool>(),
        prop::option::of(0..USERS.len()),
        0..DOCS.len(),
        any::<bool>(),
    );
    let write = write.prop_map(|(permits, user, doc, second)| Edit::Write {
        permits,
        user,
        doc,
        second,
    });
    let edit = prop_oneof![4 => write, 1 => Just(Edit::Remove), 2 => (1..4_usize).prop_map(|commits| Edit::Restore { commits })];
    (0..IDS.len(), edit)
}

fn step() -> impl Strategy<Value = Step> {
    let writer = || prop::sample::select(&[MARA, OTTO][..]);
    let mover = || prop::sample::select(&[MARA, OTTO, IVO][..]);
    let all = MODES.len() - 1;
    let mode = move || prop_oneof![2 => Just(all), 2 => 0..MODES.len()];
    let modes = prop_oneof![
        2 => Just([all; IDS.len() + 1]),
        1 => (0..MODES.len()).prop_map(|mode| [mode; IDS.len() + 1]),
        2 => prop::array::uniform5(mode()),
    ];
    let older = prop_oneof![4 => Just(None), 1 => (0..8_usize).prop_map(Some)];
    prop_oneof![
        6 => (writer(), prop::collection::vec(edit(), 1..3)).prop_map(|(by, edits)| Step::Commit { by, edits }),
        1 => (1..3_usize).prop_map(|commits| Step::Reset { commits }),
        6 => (mover(), 0..APPROVERS.len(), modes, older)
            .prop_map(|(by, approver, modes, older)| Step::Promote { by, approver, modes, older }),
        4 => (mover(), 0..APPROVERS.len(), 0..IDS.len() + 2, 0..MODES.len())
            .prop_map(|(by, approver, of, mode)| Step::Modes { by, approver, of, mode }),
        1 => Just(Step::RollBack),
        1 => (0..IDS.len()).prop_map(|id| Step::Partial { id }),
    ]
}

fn key(person: &str) -> SecretKey {
    SecretKey::from_seed(&[person.as_bytes()[0]; 32])
}

/// The channel, and what it ought to be.
struct Model {
    place: Place,
    log: Arc<decisions::Log>,
    commits: Vec<Commit>,
    /// The commit that is checked out.
    head: usize,
    versions: Vec<(String, Set)>,
    /// What was shipped, one move after another.
    shipped: Vec<Shipped>,
    /// Which policies each promotion changed, by the number of its move.
    promoted: Vec<(usize, BTreeSet<usize>)>,
    marks: usize,
}

impl Model {
    fn new() -> Self {
        let approvers = APPROVERS.map(|person| {
            let key = evidence::hex(&key(person).public().to_bytes());
            format!("[[approver]]\nname = \"{person}\"\nkey = \"{key}\"\n")
        });
        let place = Place::new(&format!(
            "tenant = \"acme\"\n[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\napprovals = 1\n{}",
            approvers.concat()
        ));
        let entities = |kind: &str, ids: &[&str]| {
            let each = ids.iter().map(|id| format!("{{\"uid\":{{\"type\":\"{kind}\",\"id\":\"{id}\"}},\"attrs\":{{}},\"parents\":[]}}"));
            each.collect::<Vec<_>>().join(",")
        };
        let entities = format!("[{},{}]", entities("User", &USERS), entities("Doc", &DOCS));
        for (path, text) in [
            (
                "s.cedarschema",
                "entity User; entity Doc; action view appliesTo { principal: User, resource: Doc };",
            ),
            ("entities.json", &*entities),
            (
                "tolerance.toml",
                "[default]\ngained = 0\nlost = \"any\"\nopen = \"any\"\n",
            ),
        ] {
            place.commit(path, text);
        }
        let rows = place.root.parent().unwrap().join("log.jsonl");
        let mut text = String::new();
        for (user, doc) in USERS.iter().flat_map(|user| DOCS.map(|doc| (user, doc))) {
            writeln!(text, r#"{{"v":1,"principal":"User::\"{user}\"","action":"Action::\"view\"","resource":"Doc::\"{doc}\"","context":{{}},"decision":"deny"}}"#).unwrap();
        }
        fs::write(&rows, text).unwrap();
        let folders = Folders {
            data: rows.clone(),
            state: rows.clone(),
        };
        let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
        let log = crate::open_named_log(&rows, &folders, go_on).unwrap();
        let first = Text {
            permits: true,
            user: None,
            doc: 0,
            mark: 0,
        };
        let mut set = Set::default();
        set[0] = Slot {
            text: Some(first),
            second: false,
            writers: vec![(0, MARA)],
        };
        let mut model = Self {
            place,
            log,
            commits: Vec::new(),
            head: 0,
            versions: Vec::new(),
            shipped: Vec::new(),
            promoted: Vec::new(),
            marks: 1,
        };
        model.commit(MARA, set);
        model
    }

    fn commit(&mut self, by: &str, set: Set) {
        self.becomes(by);
        let parent = (!self.commits.is_empty()).then_some(self.head);
        let mut files = [String::new(), "// the others\n".to_owned()];
        for (id, slot) in IDS.iter().zip(&set) {
            let Some(Text {
                permits,
                user,
                doc,
                mark,
            }) = slot.text
            else {
                continue;
            };
            let effect = if permits { "permit" } else { "forbid" };
            let user = user
                .map(|user| format!(" == User::\"{}\"", USERS[user]))
                .unwrap_or_default();
            let file = &mut files[usize::from(slot.second)];
            writeln!(file, "@id(\"{id}\")\n{effect} (principal{user}, action, resource == Doc::\"{}\") when {{ {mark} == {mark} }};", DOCS[doc]).unwrap();
        }
        self.place
            .commit_all(&[("a.cedar", &files[0]), ("b.cedar", &files[1])]);
        let id = self.place.head();
        self.head = self.commits.len();
        self.commits.push(Commit { id, set, parent });
    }

    fn becomes(&self, person: &str) {
        let (name, email) = person.trim_end_matches('>').split_once(" <").unwrap();
        let mut config = git2::Repository::open(&self.place.root)
            .unwrap()
            .config()
            .unwrap();
        config.set_str("user.name", name).unwrap();
        config.set_str("user.email", email).unwrap();
    }

    /// The commit so many before one.
    fn before(&self, commit: usize, commits: usize) -> usize {
        (0..commits).fold(commit, |commit, _| {
            self.commits[commit].parent.unwrap_or(commit)
        })
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Commit { by, edits } => self.edits(by, edits),
            Step::Reset { commits } => {
                self.head = self.before(self.head, *commits);
                self.place.reset(&self.commits[self.head].id);
            }
            Step::Promote {
                by,
                approver,
                modes,
                older,
            } => self.promotes(by, APPROVERS[*approver], *modes, *older),
            Step::Modes {
                by,
                approver,
                of,
                mode,
            } => self.modes(by, APPROVERS[*approver], *of, MODES[*mode]),
            Step::RollBack => self.rolls_back(),
            Step::Partial { id } => self.partial(*id),
        }
    }

    fn edits(&mut self, by: &'static str, edits: &[(usize, Edit)]) {
        let mut set = self.commits[self.head].set.clone();
        for (id, edit) in edits {
            let mark = self.marks;
            self.marks += 1;
            let (text, second) = match edit {
                Edit::Write {
                    permits,
                    user,
                    doc,
                    second,
                } => (
                    Some(Text {
                        permits: *permits,
                        user: *user,
                        doc: *doc,
                        mark,
                    }),
                    *second,
                ),
                Edit::Remove => (None, false),
                Edit::Restore { commits } => {
                    let older = &self.commits[self.before(self.head, *commits)].set[*id];
                    (older.text, older.second)
                }
            };
            let slot = &mut set[*id];
            if slot.text == text {
                continue;
            }
            slot.writers.push((mark, by));
            *slot = Slot {
                text,
                second,
                ..slot.clone()
            };
        }
        // A workspace without any policy is another matter.
        if set.iter().any(|slot| slot.text.is_some())
            && texts(&set) != texts(&self.commits[self.head].set)
        {
            self.commit(by, set);
        }
    }

    fn promotes(
        &mut self,
        by: &'static str,
        approver: &'static str,
        modes: [usize; IDS.len() + 1],
        older: Option<usize>,
    ) {
        self.becomes(by);
        let older = older
            .filter(|_| !self.versions.is_empty())
            .map(|older| older % self.versions.len());
        let (version, set) = match older {
            Some(older) => self.versions[older].clone(),
            None => (
                format!("1.{}.0", self.versions.len()),
                self.commits[self.head].set.clone(),
            ),
        };
        let there = |index: &usize| {
            let is = |set: &Set| set[*index].text.is_some();
            is(&set)
                || self
                    .shipped
                    .last()
                    .is_some_and(|shipped| is(&shipped.enforced()))
        };
        let each = (0..IDS.len())
            .filter(there)
            .map(|index| (IDS[index].to_owned(), MODES[modes[index]]));
        let modes = Modes {
            default: MODES[modes[IDS.len()]],
            policies: each
                .filter(|(_, mode)| *mode != MODES[modes[IDS.len()]])
                .collect(),
            ..Modes::default()
        };
        let next = Shipped {
            version: version.clone(),
            set: set.clone(),
            modes: modes.clone(),
            before: match self.shipped.last() {
                // A version does not wait for itself.
                Some(there) if there.version == version => there.before.clone(),
                there => there.map(Shipped::enforced).unwrap_or_default(),
            },
            partial: false,
        };
        let promote = |model: &Self| {
            model.place.promoted(&version, NOON, |wanted| {
                wanted.modes = modes.clone();
                wanted.log = Some(Arc::clone(&model.log));
            })
        };
        let all = next.deciding().into_iter().chain([set.clone()]);
        let new = all.filter(|set| texts(set) != texts(&next.before));
        let gains = self.shipped.last().map(|there| there.gains(new));
        let gains = gains.unwrap_or_default();
        let found = self.approved(approver, &version, &modes, gains, &promote);
        if !self.versions.iter().any(|(known, _)| *known == version)
            && self.place.registry().version(&version).is_ok()
        {
            self.versions.push((version.clone(), set.clone()));
        }
        if found {
            let changed = (0..IDS.len()).filter(|index| {
                let before = self
                    .shipped
                    .last()
                    .and_then(|shipped| shipped.set[*index].text);
                before != set[*index].text
            });
            let changed = changed.collect();
            self.promoted.push((self.shipped.len(), changed));
            self.moves(next, true);
        }
    }

    /// Whether it moved: with the word of somebody, and else with Ruth's.
    fn approved(
        &self,
        approver: &'static str,
        version: &str,
        modes: &Modes,
        gains: Gains,
        moving: &dyn Fn(&Self) -> Result<Promoted, crate::Error>,
    ) -> bool {
        let approves = |person: &str| {
            let by = (person, &key(person) as &dyn Signer);
            let made = approve(
                &self.place.root,
                NOON,
                "stable",
                version,
                modes.clone(),
                by,
                3600,
            );
            made.map(drop).map_err(|error| error.code())
        };
        let blocked = |made: Promoted| match made {
            Promoted::Moved(_) => None,
            Promoted::Blocked { gates } => {
                let blocked = gates
                    .into_iter()
                    .filter(|fact| fact.standing == Standing::Blocked);
                Some(blocked.map(|fact| fact.gate).collect::<Vec<_>>())
            }
        };
        let mut people = [approver, RUTH].into_iter();
        loop {
            let made = match moving(self) {
                // What a channel does not take at all is told of elsewhere.
                Err(error) => {
                    assert_eq!(error.code(), Code::PromotionRefused, "{error}");
                    return false;
                }
                Ok(made) => blocked(made),
            };
            let Some(gates) = made else {
                assert!(!gains.does, "what nobody was allowed is given away");
                return true;
            };
            if gates.contains(&"drift") {
                assert!(gains.may, "nobody gains anything, and it is blocked");
                return false;
            }
            assert_eq!(gates, ["approvals"]);
            let person = people
                .next()
                .expect("Ruth wrote nothing, and her word does not count");
            match approves(person) {
                Ok(()) => {}
                Err(code) => assert_eq!((code, person == RUTH), (Code::ApprovalRefused, false)),
            }
        }
    }

    fn modes(&mut self, by: &'static str, approver: &'static str, of: usize, mode: Mode) {
        let Some(now) = self.shipped.last().cloned() else {
            return;
        };
        self.becomes(by);
        let of = match IDS.get(of) {
            Some(id) => ModeOf::Policy((*id).to_owned()),
            None if of == IDS.len() => ModeOf::Default,
            None => ModeOf::All,
        };
        let modes = with_mode(now.modes.clone(), std::slice::from_ref(&of), mode);
        let next = Shipped {
            modes: modes.clone(),
            ..now.clone()
        };
        let wanted = NewModes {
            channel: "stable",
            of: &[of],
            mode,
            reason: "r",
            outside_window: None,
            log: &|| Ok(Some(Arc::clone(&self.log))),
        };
        let known: Vec<_> = now
            .deciding()
            .iter()
            .chain([&now.before])
            .map(texts)
            .collect();
        let is_new = |set: &Set| {
            let set = texts(set);
            !known.contains(&set) && (set != texts(&now.set) || now.partial)
        };
        let gains = now.gains(next.deciding().into_iter().filter(is_new));
        let moving = |model: &Self| model.place.with(NOON, |with| change_modes(with, &wanted));
        if self.approved(approver, &now.version, &modes, gains, &moving) {
            self.moves(next, true);
        }
    }

    fn rolls_back(&mut self) {
        let made = self.place.with(NOON, |with| roll_back(with, "stable", "r"));
        match made {
            Ok(Promoted::Moved(_)) => {
                let earlier = self.shipped[self.shipped.len() - 2].clone();
                self.moves(earlier, false);
            }
            Ok(blocked) => panic!("{blocked:?}"),
            Err(error) => assert!(self.shipped.len() < 2, "{error}"),
        }
    }

    fn partial(&mut self, id: usize) {
        let made = self
            .place
            .with(NOON, |with| roll_back_policy(with, "stable", IDS[id], "r"));
        let undone = self
            .promoted
            .iter()
            .rev()
            .find(|(_, changed)| changed.contains(&id));
        let earlier = undone
            .and_then(|(number, _)| self.shipped.get(number.checked_sub(1)?))
            .cloned();
        match (made, earlier) {
            (Ok(Promoted::Moved(moved)), Some(earlier)) => {
                let mut next = self.shipped.last().unwrap().clone();
                next.set[id] = earlier.set[id].clone();
                next.before[id] = earlier.set[id].clone();
                next.version.clone_from(&moved.version);
                next.partial = true;
                if !self
                    .versions
                    .iter()
                    .any(|(known, _)| *known == moved.version)
                {
                    self.versions.push((moved.version, next.set.clone()));
                }
                self.moves(next, false);
            }
            (Ok(Promoted::Moved(moved)), None) => panic!("{moved:?}"),
            (Ok(Promoted::Blocked { gates }), _) => {
                assert!(
                    gates.iter().all(|fact| fact.gate == "validation"),
                    "{gates:?}"
                );
            }
            (Err(error), _) => assert_eq!(error.code(), Code::PromotionRefused, "{error}"),
        }
    }

    /// The channel ships this now: everybody is allowed what they ought to be, by the word of nobody who wrote what comes into force.
    fn moves(&mut self, next: Shipped, approved: bool) {
        let registry = self.place.registry();
        let tip = registry.tip("stable").unwrap().unwrap();
        assert_eq!(
            (&*tip.summary.version, tip.summary.sequence),
            (&*next.version, self.shipped.len() as u64 + 1)
        );
        let bundle = Bundle::open(&registry.bundles(&tip.id).unwrap().forward, LIMITS).unwrap();
        let of_all = answers(bundle.claims());
        let expected: Allowed = (0..USERS.len())
            .flat_map(|user| {
                let set = next.decides(bucket(&principal(user)));
                allowed(&set).into_iter().filter(move |(of, _)| *of == user)
            })
            .collect();
        assert_eq!(of_all, expected, "who is allowed what");
        if approved {
            let approvals = registry.details(&tip.id).unwrap().approvals;
            assert!(!approvals.is_empty());
            let now = self
                .shipped
                .last()
                .map(Shipped::enforced)
                .unwrap_or_default();
            for set in next.deciding() {
                for (then, now) in set
                    .iter()
                    .zip(&now)
                    .filter(|(then, now)| then.text != now.text)
                {
                    let common = then
                        .writers
                        .iter()
                        .zip(&now.writers)
                        .take_while(|(a, b)| a == b)
                        .count();
                    let wrote = |person: &str| {
                        then.writers[common..]
                            .iter()
                            .any(|(_, writer)| *writer == person)
                    };
                    let own = approvals.iter().find(|approval| wrote(&approval.by));
                    assert!(own.is_none(), "{own:?} of {then:?} in place of {now:?}");
                }
            }
        }
        self.shipped.push(next);
    }
}

fn principal(user: usize) -> String {
    format!("User::\"{}\"", USERS[user])
}

/// What an enforcement point answers.
fn answers(release: &Release) -> Allowed {
    let engine = pdp::Engine::new(release).unwrap();
    let requests = (0..USERS.len()).flat_map(|user| (0..DOCS.len()).map(move |doc| (user, doc)));
    let party = |kind, id| pdp::Party {
        kind,
        id,
        properties: "",
    };
    requests
        .filter(|(user, doc)| {
            let answer = engine.decide(&pdp::Question {
                principal: party("User", USERS[*user]),
                action: "view",
                resource: party("Doc", DOCS[*doc]),
                context: "",
            });
            answer.allows()
        })
        .collect()
}

#[test]
fn principals_are_in_every_class() {
    let buckets: Vec<u8> = (0..USERS.len())
        .map(|user| bucket(&principal(user)))
        .collect();
    let of = |range: std::ops::Range<u8>| {
        buckets
            .iter()
            .filter(|bucket| range.contains(bucket))
            .count()
    };
    assert!(
        [of(0..10), of(10..60), of(60..100)]
            .iter()
            .all(|count| *count > 0),
        "{buckets:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 24 }))]
    #[test]
    fn whatever_moves_a_channel_comes_to_what_it_ought_to(steps in prop::collection::vec(step(), 8..24)) {
        let mut model = Model::new();
        let first = Step::Promote { by: IVO, approver: 2, modes: [3; IDS.len() + 1], older: None };
        model.step(&first);
        for step in &steps {
            model.step(step);
        }
    }
}
