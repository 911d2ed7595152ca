//! One rule as data, what it means, and how a set of them is made. What a rule means here is the reference that every engine
//! is held against; it shares nothing with any of them.

use super::{
    ACTIONS, BADGES, DIVISIONS, Document, GROUPS, KINDS, Place, REGIONS, SEED, Team, User, label,
    random::Random,
};

/// A rule: who may, or must not, do what to what, when.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `r00042`
    pub id: String,
    /// It takes access instead of giving it.
    pub forbids: bool,
    /// Members of this team or of one in it; nothing = everybody.
    pub team: Option<Team>,
    /// These actions; none = all.
    pub actions: Vec<&'static str>,
    /// Documents here or further down; nothing = everywhere.
    pub place: Option<Place>,
    /// All of these hold.
    pub when: Vec<Condition>,
}

/// What a rule asks of who, what and the moment.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The document's classification is no higher.
    AtMost(usize),
    /// The user is cleared for the document's classification.
    Cleared,
    /// User and document are of one region.
    SameRegion,
    /// The document is of this region.
    Region(&'static str),
    /// The document is of this kind.
    Kind(&'static str),
    /// The document carries this label.
    Label(String),
    /// The user has this badge.
    Badge(&'static str),
    /// The user made the document.
    Owner,
    /// The document is in use.
    Live,
    /// The document is known to be under legal hold.
    Hold,
    /// A second factor was given.
    SecondFactor,
    /// The request comes from the office.
    Office,
}

/// One request, with all that its decision can depend on.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who.
    pub user: &'a User,
    /// What.
    pub action: &'static str,
    /// On what.
    pub document: &'a Document,
    /// With a second factor.
    pub second_factor: bool,
    /// From the office.
    pub office: bool,
}

impl Request<'_> {
    /// Where it comes from.
    pub fn network(&self) -> &'static str {
        if self.office { "office" } else { "outside" }
    }
}

impl Rule {
    /// It could have something to say to a user.
    pub fn concerns(&self, user: &User) -> bool {
        self.team.is_none_or(|team| user.above.contains(&team))
    }

    /// It has something to say to a request.
    pub fn matches(&self, request: &Request<'_>) -> bool {
        self.concerns(request.user)
            && (self.actions.is_empty() || self.actions.contains(&request.action))
            && self
                .place
                .is_none_or(|place| request.document.above.contains(&place))
            && self.when.iter().all(|condition| condition.holds(request))
    }

    /// The file it stands in, without an ending: a department's, a division's, or that of all others.
    pub fn file(&self) -> String {
        match (self.place, self.team) {
            (Some(place), _) => place.department().name(),
            (None, Some(team)) => format!(
                "teams-{}",
                super::chain(team, |team| team.parent())
                    .last()
                    .unwrap_or(team)
                    .name()
            ),
            (None, None) => "everyone".to_owned(),
        }
    }
}

impl Condition {
    fn holds(&self, request: &Request<'_>) -> bool {
        let (user, document) = (request.user, request.document);
        match self {
            Self::AtMost(most) => document.classification <= *most,
            Self::Cleared => user.clearance >= document.classification,
            Self::SameRegion => user.region == document.region,
            Self::Region(region) => document.region == *region,
            Self::Kind(kind) => document.kind == *kind,
            Self::Label(label) => document.labels.contains(label),
            Self::Badge(badge) => user.badges.contains(badge),
            Self::Owner => document.owner == user.name,
            Self::Live => !document.archived,
            Self::Hold => document.hold == Some(true),
            Self::SecondFactor => request.second_factor,
            Self::Office => request.office,
        }
    }

    /// What rules that name a team mostly ask for besides.
    fn ordinary(random: &mut Random) -> Self {
        match random.below(9) {
            0 | 1 => Self::AtMost(1 + random.below(3)),
            2 => Self::Cleared,
            3 => Self::SameRegion,
            4 => Self::Region(random.pick(&REGIONS)),
            5 => Self::Kind(random.pick(&KINDS)),
            6 => Self::Live,
            7 => Self::SecondFactor,
            _ => Self::Office,
        }
    }
}

/// The first `count` rules.
pub fn rules(count: usize) -> Vec<Rule> {
    let random = &mut Random::new(SEED ^ 1);
    (0..count).map(|number| rule(number, random)).collect()
}

fn rule(number: usize, random: &mut Random) -> Rule {
    let forbids = number % 20 == 9;
    let mut rule = Rule {
        id: format!("r{number:05}"),
        forbids,
        team: None,
        actions: actions(random),
        place: None,
        when: Vec::new(),
    };
    match number % 50 {
        // What even the smallest set has: everybody may see what is of no consequence.
        0 if number == 0 => {
            rule.actions = vec!["read", "comment"];
            rule.when = vec![Condition::AtMost(1), Condition::Live];
            return rule;
        }
        // Who neither team nor place: whoever made it, whoever is known for it.
        3 => {
            rule.when.push(Condition::Owner);
            rule.when.push(Condition::Kind(random.pick(&KINDS)));
        }
        8 | 18 | 28 | 38 => {
            rule.when.push(Condition::Badge(random.pick(&BADGES)));
            rule.when.push(Condition::Label(label(random)));
        }
        _ if number % 100 == 9 => {
            rule.when.push(Condition::Hold);
        }
        at => {
            let team = team(random);
            rule.team = Some(team);
            // Teams alone: 13, 33 and 43 of fifty.
            if !matches!(at, 13 | 33 | 43) {
                let home = if random.chance(70) {
                    team.home()
                } else {
                    Place::default_of(random)
                };
                rule.place = Some(home.within(random));
            } else {
                rule.when.push(Condition::Label(label(random)));
            }
        }
    }
    if random.chance(60) {
        rule.when.push(Condition::ordinary(random));
    }
    if random.chance(20) {
        rule.when.push(Condition::ordinary(random));
    }
    rule
}

fn team(random: &mut Random) -> Team {
    match random.below(100) {
        0..70 => Team::of_people(random),
        70..92 => Team(DIVISIONS + random.below(GROUPS)),
        _ => Team(random.below(DIVISIONS)),
    }
}

fn actions(random: &mut Random) -> Vec<&'static str> {
    let names = ACTIONS.map(|(name, _)| name);
    match random.below(100) {
        0..55 => vec![random.pick(&names)],
        55..92 => random.some(&names, 40),
        _ => Vec::new(),
    }
}

impl Place {
    fn default_of(random: &mut Random) -> Self {
        Self(random.below(super::DEPARTMENTS))
    }
}
