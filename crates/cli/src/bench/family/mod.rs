//! A family of policy sets to measure with: one seeded description of an organisation, its rules and what is asked of them,
//! written as Cedar, as Rego and for Cerbos, so that engines can be given the same work and their decisions compared. It
//! has nothing to do with the sample workspace, and it never changes with it: figures of different days can be compared.
//!
//! The mixture is that of real sets. Most rules name a team and a department or folder, some a team alone, some only attributes of
//! who asks for what, a few neither; one in twenty forbids. The rules of a smaller set are the first of a larger one.

pub mod cedar;
pub mod cerbos;
mod random;
pub mod rego;
mod requests;
mod rule;

use random::Random;
pub use requests::{Asked, Requests};
pub use rule::{Condition, Request, Rule, rules};

/// What is done to documents, and how often of a hundred times.
pub const ACTIONS: [(&str, usize); 8] = [
    ("read", 50),
    ("comment", 15),
    ("edit", 12),
    ("share", 8),
    ("export", 6),
    ("approve", 4),
    ("delete", 3),
    ("administer", 2),
];
const REGIONS: [&str; 5] = ["emea", "amer", "apac", "latam", "nordics"];
const KINDS: [&str; 5] = ["contract", "invoice", "report", "design", "note"];
const BADGES: [&str; 12] = [
    "auditor", "counsel", "lead", "finance", "security", "trainer", "buyer", "agent", "planner",
    "clinic", "press", "board",
];

const DIVISIONS: usize = 4;
const GROUPS: usize = 12;
/// Divisions, the groups in them, and the teams in those.
const TEAMS: usize = DIVISIONS + GROUPS + 48;
const DEPARTMENTS: usize = 24;
const FOLDERS: usize = DEPARTMENTS * 8;
/// Departments, the folders in them, and two folders in each of those.
const PLACES: usize = DEPARTMENTS + FOLDERS + FOLDERS * 2;
const USERS: usize = 500;
const DOCUMENTS: usize = 10_000;
const LABELS: usize = 100;
const SEED: u64 = 0x0d21_f7be_4c48;

/// A division, group or team, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Team(usize);

impl Team {
    /// `t042`
    pub fn name(self) -> String {
        format!("t{:03}", self.0)
    }

    /// What it is part of.
    pub fn parent(self) -> Option<Self> {
        let groups = DIVISIONS..DIVISIONS + GROUPS;
        match self.0 {
            division if division < groups.start => None,
            group if group < groups.end => Some(Self((group - groups.start) / 3)),
            team => Some(Self(groups.start + (team - groups.end) / 4)),
        }
    }

    /// The department whose documents it mostly works with.
    fn home(self) -> Place {
        Place(self.0 * 7 % DEPARTMENTS)
    }

    fn all() -> impl Iterator<Item = Self> {
        (0..TEAMS).map(Self)
    }

    fn of_people(random: &mut Random) -> Self {
        let first = DIVISIONS + GROUPS;
        Self(first + random.below(TEAMS - first))
    }
}

/// A department or a folder, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(usize);

impl Place {
    /// `d07` or `f0123`
    pub fn name(self) -> String {
        if self.is_department() {
            format!("d{:02}", self.0)
        } else {
            format!("f{:04}", self.0)
        }
    }

    /// It is no folder.
    pub fn is_department(self) -> bool {
        self.0 < DEPARTMENTS
    }

    /// What it lies in.
    pub fn parent(self) -> Option<Self> {
        let folders = DEPARTMENTS..DEPARTMENTS + FOLDERS;
        match self.0 {
            department if department < folders.start => None,
            folder if folder < folders.end => Some(Self((folder - folders.start) / 8)),
            inner => Some(Self(folders.start + (inner - folders.end) / 2)),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        (0..PLACES).map(Self)
    }

    fn department(self) -> Self {
        chain(self, Self::parent).last().unwrap_or(self)
    }

    /// A folder of a department, or the department.
    fn within(self, random: &mut Random) -> Self {
        let folder = DEPARTMENTS + self.0 * 8 + random.below(8);
        match random.below(100) {
            0..45 => self,
            45..80 => Self(folder),
            _ => Self(DEPARTMENTS + FOLDERS + (folder - DEPARTMENTS) * 2 + random.below(2)),
        }
    }
}

/// Something and all that it is in.
fn chain<T: Copy>(start: T, parent: impl Fn(T) -> Option<T>) -> impl Iterator<Item = T> {
    std::iter::successors(Some(start), move |at| parent(*at))
}

/// Someone who asks.
pub struct User {
    /// `u0042`
    pub name: String,
    /// Their own teams.
    pub teams: Vec<Team>,
    /// These and all that those are part of.
    pub above: Vec<Team>,
    /// Where they work.
    pub region: &'static str,
    /// 0 to 4.
    pub clearance: usize,
    /// What they are known for.
    pub badges: Vec<&'static str>,
}

/// Something that is asked for.
pub struct Document {
    /// `doc00042`
    pub name: String,
    /// The folder or department it lies in.
    pub place: Place,
    /// This and all that it lies in.
    pub above: Vec<Place>,
    /// 0 to 4.
    pub classification: usize,
    /// Where it belongs.
    pub region: &'static str,
    /// Name of the user who made it.
    pub owner: String,
    /// What it is.
    pub kind: &'static str,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// No longer in use.
    pub archived: bool,
    /// Under legal hold; most documents do not say.
    pub hold: Option<bool>,
}

/// Everybody and everything there is.
pub struct Organisation {
    /// Who asks.
    pub users: Vec<User>,
    /// For what.
    pub documents: Vec<Document>,
}

impl Organisation {
    /// The organisation; there is one.
    pub fn new() -> Self {
        let random = &mut Random::new(SEED);
        let users = (0..USERS).map(|number| User::new(number, random)).collect();
        let documents = (0..DOCUMENTS)
            .map(|number| Document::new(number, random))
            .collect();
        Self { users, documents }
    }
}

impl User {
    fn new(number: usize, random: &mut Random) -> Self {
        let mut teams = vec![Team::of_people(random)];
        if random.chance(15) {
            teams.push(Team::of_people(random));
        }
        let sorted = |mut teams: Vec<Team>| {
            teams.sort_unstable();
            teams.dedup();
            teams
        };
        Self {
            name: format!("u{number:04}"),
            above: sorted(
                teams
                    .iter()
                    .flat_map(|team| chain(*team, |team| team.parent()))
                    .collect(),
            ),
            teams: sorted(teams),
            region: random.pick(&REGIONS),
            clearance: random.below(5),
            badges: random.some(&BADGES, 12),
        }
    }
}

impl Document {
    fn new(number: usize, random: &mut Random) -> Self {
        let place = Place(random.below(PLACES));
        Self {
            name: format!("doc{number:05}"),
            place,
            above: chain(place, |place| place.parent()).collect(),
            classification: random.below(10) / 2,
            region: random.pick(&REGIONS),
            owner: format!("u{:04}", random.below(USERS)),
            kind: random.pick(&KINDS),
            labels: {
                let mut labels: Vec<_> = (0..random.below(4)).map(|_| label(random)).collect();
                labels.sort_unstable();
                labels.dedup();
                labels
            },
            archived: random.chance(12),
            hold: random.chance(20).then(|| random.chance(50)),
        }
    }
}

fn label(random: &mut Random) -> String {
    format!("l{:02}", random.below(LABELS))
}
