//! What is asked of a policy set: distinct requests, and how many rows of a log ask each. Users and documents are asked for
//! by Zipf's law, most of the time for what lies in their team's department; so are the requests themselves.

use std::{collections::HashMap, io::Write};

use decisions::slice;
use model::Decision;
use serde_json::json;

use super::{
    ACTIONS, Organisation, Place, SEED, Team,
    random::{Random, Weights},
    rule::Request,
};

/// Distinct requests of so many rows: one in ten is new.
const ROWS_A_REQUEST: usize = 10;
/// When the log begins, in milliseconds since 1970; a row comes every two seconds.
const BEGIN: i64 = 1_790_000_000_000;
const PACE: i64 = 2_000;

/// A distinct request, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Place in [`Organisation::users`].
    pub user: usize,
    /// What is to be done.
    pub action: &'static str,
    /// Place in [`Organisation::documents`].
    pub document: usize,
    /// With a second factor.
    pub second_factor: bool,
    /// From the office.
    pub office: bool,
}

/// A log's worth of requests.
pub struct Requests {
    /// Each once.
    pub distinct: Vec<Asked>,
    /// How many rows ask each.
    pub rows: Vec<u64>,
    numbers: HashMap<Asked, usize>,
}

impl Requests {
    /// The requests of a log of so many rows. INVARIANT: those of a smaller log are among those of a larger one.
    pub fn of(organisation: &Organisation, rows: usize) -> Self {
        let random = &mut Random::new(SEED ^ 2);
        let mut by_department: HashMap<Place, Vec<usize>> = HashMap::new();
        for (number, document) in organisation.documents.iter().enumerate() {
            by_department
                .entry(document.place.department())
                .or_default()
                .push(number);
        }
        let users = Weights::zipf(organisation.users.len(), 20);
        let documents = Weights::zipf(organisation.documents.len(), 200);
        let near: HashMap<Place, Weights> = by_department
            .iter()
            .map(|(place, documents)| (*place, Weights::zipf(documents.len(), 20)))
            .collect();
        let actions = Weights::new(ACTIONS.map(|(_, weight)| weight));
        let mut distinct = Vec::new();
        let mut numbers = HashMap::new();
        let wanted = (rows / ROWS_A_REQUEST).max(1);
        while distinct.len() < wanted {
            let user = users.draw(random);
            let home = organisation
                .users
                .get(user)
                .and_then(|user| Some(user.teams.first()?.home()));
            let at_home = home.filter(|_| random.chance(75)).and_then(|home| {
                let place = near.get(&home)?.draw(random);
                by_department.get(&home)?.get(place).copied()
            });
            let asked = Asked {
                user,
                action: ACTIONS
                    .get(actions.draw(random))
                    .map_or("", |(name, _)| name),
                document: at_home.unwrap_or_else(|| documents.draw(random)),
                second_factor: random.chance(80),
                office: random.chance(65),
            };
            numbers.entry(asked).or_insert_with(|| {
                distinct.push(asked);
                distinct.len() - 1
            });
        }
        let mut counts = vec![1; distinct.len()];
        let often = Weights::zipf(distinct.len(), 50);
        for _ in distinct.len()..rows {
            if let Some(count) = counts.get_mut(often.draw(random)) {
                *count += 1;
            }
        }
        Self {
            distinct,
            rows: counts,
            numbers,
        }
    }

    /// How many rows there are.
    pub fn all_rows(&self) -> u64 {
        self.rows.iter().sum()
    }

    /// The number of a request that a log prints.
    pub fn number(&self, printed: &model::Request) -> Option<usize> {
        let digits = |uid: &str| -> Option<usize> {
            let digits: String = uid.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let action = printed
            .action
            .strip_prefix("Action::\"")?
            .strip_suffix('"')?;
        let asked = Asked {
            user: digits(&printed.principal)?,
            action: ACTIONS.iter().find(|(name, _)| *name == action)?.0,
            document: digits(&printed.resource)?,
            second_factor: printed.context.get("mfa")?.as_bool()?,
            office: printed.context.get("network")?.as_str()? == "office",
        };
        self.numbers.get(&asked).copied()
    }

    /// Writes the log: each row with the slice its decision could read, and the decision.
    pub fn write(
        &self,
        organisation: &Organisation,
        decisions: &[Decision],
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let facts = Facts::of(organisation);
        // Each request's first row gives its slice in full; the others name it.
        let mut named: Vec<Option<[String; 2]>> = vec![None; self.distinct.len()];
        let mut order: Vec<usize> = (0..)
            .zip(&self.rows)
            .flat_map(|(number, rows)| std::iter::repeat_n(number, *rows as usize))
            .collect();
        Random::new(SEED ^ 3).shuffle(&mut order);
        for (row, number) in (0_i64..).zip(order) {
            let (Some(asked), Some(named), Some(decision)) = (
                self.distinct.get(number),
                named.get_mut(number),
                decisions.get(number),
            ) else {
                continue;
            };
            let id = format!("{row:07}");
            let at = decisions::format_time(BEGIN + row * PACE);
            let [request, slice] = match named {
                Some(named) => named.clone(),
                None => {
                    let (request, members) = facts.row(organisation, asked).unwrap_or_default();
                    let digest = slice::digest_text(&slice::digest(members.iter().copied()));
                    *named = Some([request.clone(), format!("\"{digest}\"")]);
                    [request, format!("[{}]", members.join(","))]
                }
            };
            let decision = match decision {
                Decision::Allow => "allow",
                Decision::Deny => "deny",
            };
            writeln!(
                out,
                "{{\"v\":1,\"id\":\"{id}\",\"at\":\"{at}\",{request},\"entities\":{slice},\"decision\":\"{decision}\",\"reasons\":[],\"errors\":[]}}"
            )?;
        }
        Ok(())
    }
}

impl Asked {
    /// With all that a decision can depend on.
    pub fn of<'a>(&self, organisation: &'a Organisation) -> Option<Request<'a>> {
        Some(Request {
            user: organisation.users.get(self.user)?,
            action: self.action,
            document: organisation.documents.get(self.document)?,
            second_factor: self.second_factor,
            office: self.office,
        })
    }

    /// In words, for who must find it.
    pub fn told(&self) -> String {
        format!(
            "User::\"u{:04}\" {} Document::\"doc{:05}\" (mfa {}, {})",
            self.user,
            self.action,
            self.document,
            self.second_factor,
            if self.office { "office" } else { "outside" }
        )
    }
}

/// Printed uid and canonical JSON of every entity.
struct Facts {
    users: Vec<(String, String)>,
    documents: Vec<(String, String)>,
    teams: HashMap<Team, (String, String)>,
    places: HashMap<Place, (String, String)>,
}

impl Facts {
    fn of(organisation: &Organisation) -> Self {
        let canonical = |entity: serde_json::Value| {
            slice::canonical_entity(&entity.to_string()).unwrap_or_default()
        };
        Self {
            users: organisation
                .users
                .iter()
                .map(|user| canonical(user.entity()))
                .collect(),
            documents: organisation
                .documents
                .iter()
                .map(|document| canonical(document.entity()))
                .collect(),
            teams: Team::all()
                .map(|team| (team, canonical(team.entity())))
                .collect(),
            places: Place::all()
                .map(|place| (place, canonical(place.entity())))
                .collect(),
        }
    }

    /// The members of a row that say what is asked, and the slice: who and what, and all that these are in.
    fn row(&self, organisation: &Organisation, asked: &Asked) -> Option<(String, Vec<&str>)> {
        let request = asked.of(organisation)?;
        let (user, document) = (
            self.users.get(asked.user)?,
            self.documents.get(asked.document)?,
        );
        let mut slice = vec![user, document];
        slice.extend(
            request
                .user
                .above
                .iter()
                .filter_map(|team| self.teams.get(team)),
        );
        slice.extend(
            request
                .document
                .above
                .iter()
                .filter_map(|place| self.places.get(place)),
        );
        slice.sort_unstable();
        let text = format!(
            "\"principal\":{},\"action\":{},\"resource\":{},\"context\":{}",
            json!(user.0),
            json!(format!("Action::\"{}\"", asked.action)),
            json!(document.0),
            json!({"mfa": asked.second_factor, "network": request.network()}),
        );
        Some((
            text,
            slice.into_iter().map(|(_, text)| text.as_str()).collect(),
        ))
    }
}
