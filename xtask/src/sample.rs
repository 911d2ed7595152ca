//! The people and documents of the sample workspace `bundles/northwind`: five thousand Cedar entities made from one
//! seed. The same seed gives the same bytes on every machine and with every version of every dependency, because only
//! the standard library is used. A small cast of people, records and incidents is the same for every seed, so that
//! tests, stories and documentation can name them; the rest is drawn around them in such a way that people and
//! documents which belong together share a team, a region, an engagement or a customer.

mod entity;
mod random;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use entity::{Entity, Value};
use random::Random;
use tables::{list, number, rows, words};

/// The seed of the entities kept in `bundles/northwind/entities/entities.json`.
pub const SEED: u64 = 2026;

const EMPLOYEES: usize = 720;
const CONTRACTORS: usize = 120;
const PARTNERS: usize = 70;
const CUSTOMERS: usize = 110;
const ENGAGEMENTS: usize = 80;
const RECORDS: usize = 3_600;
const INCIDENTS: usize = 60;

/// Days since 1970-01-01.
const JANUARY_2020: i64 = 18_262;
const JANUARY_2024: i64 = 19_723;
/// Two days before the decision log of the sample begins.
const OCTOBER_2026: i64 = 20_727;

/// The entities of the sample workspace as a Cedar entities file: a JSON array with one entity a line.
pub fn entities(seed: u64) -> String {
    let mut sample = Sample::new(seed);
    let employees = sample.employees();
    let customers = sample.customers(&employees);
    let engagements = sample.engagements(&employees, &customers);

    let mut all = Vec::with_capacity(5_000);
    all.extend(sample.places());
    all.extend(groups());
    all.extend(sample.teams(&employees));
    all.extend(sample.orgs.iter().map(PartnerOrg::entity));
    all.extend(employees.iter().map(Employee::entity));
    all.extend(customers.iter().map(Customer::entity));
    all.extend(engagements.iter().map(Engagement::entity));
    all.extend(sample.contractors(&engagements));
    all.extend(sample.partners());
    all.extend(sample.folders(&engagements));
    all.extend(sample.records(&employees, &customers, &engagements));
    all.extend(sample.incidents(&employees));

    let lines: Vec<String> = all.iter().map(Entity::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// The tables, the chance, and the names given so far.
struct Sample {
    random: Random,
    regions: Vec<Region>,
    departments: Vec<Department>,
    kinds: Vec<Kind>,
    orgs: Vec<PartnerOrg>,
    /// Where names are common, given names, family names.
    names: Vec<[&'static str; 3]>,
    /// Ids of people: no two share one.
    taken: BTreeSet<String>,
}

#[derive(Clone, Copy, Default)]
struct Region {
    id: &'static str,
    name: &'static str,
    jurisdiction: &'static str,
    area: &'static str,
    names: &'static str,
    weight: u64,
}

#[derive(Clone, Copy, Default)]
struct Department {
    id: &'static str,
    name: &'static str,
    head: &'static str,
    /// A role its people hold, and how many in a hundred do.
    role: &'static str,
    role_share: u64,
    carries_pager: bool,
    weight: u64,
    /// How many in a hundred of its records belong to an engagement.
    engaged: u64,
    regions: &'static str,
}

/// What a document is, and how likely it is to be secret or confidential.
#[derive(Clone, Copy, Default)]
struct Kind {
    department: &'static str,
    name: &'static str,
    title: &'static str,
    weight: u64,
    secret: u64,
    confidential: u64,
    valued: bool,
}

#[derive(Clone, Copy, Default)]
struct PartnerOrg {
    id: &'static str,
    name: &'static str,
    agreement: &'static str,
    region: &'static str,
    until: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Chief,
    Head,
    Lead,
    Member,
}

struct Employee {
    id: String,
    name: String,
    title: String,
    rank: Rank,
    department: &'static str,
    team: String,
    region: &'static str,
    manager: String,
    clearance: u64,
    on_call: bool,
    /// Empty for people who carry no pager.
    rota: &'static str,
    limit: Option<u64>,
    joined: i64,
    groups: Vec<&'static str>,
}

struct Customer {
    id: String,
    name: String,
    tier: &'static str,
    region: &'static str,
    manager: String,
}

struct Engagement {
    id: String,
    name: String,
    client: String,
    lead: String,
    region: &'static str,
    opened: i64,
    closed: Option<i64>,
}

struct Record<'a> {
    id: String,
    title: String,
    kind: &'static str,
    classification: &'static str,
    owner: &'a Employee,
    engagement: Option<&'a Engagement>,
    customer: Option<&'a Customer>,
    /// A partner organisation, or empty.
    shared_with: &'static str,
    hold: Option<bool>,
    opened: i64,
    closed: Option<i64>,
    retain: Option<i64>,
    value: Option<u64>,
}

impl From<[&'static str; 6]> for Region {
    fn from([id, name, jurisdiction, area, names, weight]: [&'static str; 6]) -> Self {
        let weight = number(weight);
        Self {
            id,
            name,
            jurisdiction,
            area,
            names,
            weight,
        }
    }
}

impl From<[&'static str; 9]> for Department {
    fn from(row: [&'static str; 9]) -> Self {
        let [
            id,
            name,
            head,
            role,
            role_share,
            pager,
            weight,
            engaged,
            regions,
        ] = row;
        Self {
            id,
            name,
            head,
            role,
            role_share: number(role_share),
            carries_pager: flag(pager),
            weight: number(weight),
            engaged: number(engaged),
            regions,
        }
    }
}

impl From<[&'static str; 7]> for Kind {
    fn from(row: [&'static str; 7]) -> Self {
        let [
            department,
            name,
            title,
            weight,
            secret,
            confidential,
            valued,
        ] = row;
        Self {
            department,
            name,
            title,
            weight: number(weight),
            secret: number(secret),
            confidential: number(confidential),
            valued: flag(valued),
        }
    }
}

impl From<[&'static str; 5]> for PartnerOrg {
    fn from([id, name, agreement, region, days]: [&'static str; 5]) -> Self {
        let until = OCTOBER_2026 + number::<i64>(days);
        Self {
            id,
            name,
            agreement,
            region,
            until,
        }
    }
}

impl Sample {
    fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            regions: rows("regions").into_iter().map(Region::from).collect(),
            departments: rows("departments")
                .into_iter()
                .map(Department::from)
                .collect(),
            kinds: rows("kinds").into_iter().map(Kind::from).collect(),
            orgs: rows("partner orgs")
                .into_iter()
                .map(PartnerOrg::from)
                .collect(),
            names: rows("names"),
            taken: BTreeSet::new(),
        }
    }

    fn region(&self, id: &str) -> Region {
        self.regions
            .iter()
            .find(|it| it.id == id)
            .copied()
            .unwrap_or_default()
    }

    fn any_region(&mut self) -> Region {
        let weights: Vec<_> = self.regions.iter().map(|it| (*it, it.weight)).collect();
        self.random.weighted(&weights)
    }

    /// Claims the id of a name from the tables.
    fn claim(&mut self, name: &str) -> String {
        let id = person_id(name);
        self.taken.insert(id.clone());
        id
    }

    /// A name nobody has yet and the id made from it; four times in five a name common in the region.
    fn person(&mut self, region: Region) -> (String, String) {
        loop {
            let local = self.random.percent(80);
            let wanted = self.random.of(&words(region.names));
            let pool = self
                .names
                .iter()
                .find(|[common, ..]| local && *common == wanted);
            let [_, given, family] = pool.copied().unwrap_or(self.random.of(&self.names));
            let (given, family) = (
                self.random.of(&words(given)),
                self.random.of(&words(family)),
            );
            let name = format!("{given} {family}");
            let id = person_id(&name);
            if self.taken.insert(id.clone()) {
                return (id, name);
            }
        }
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Places and teams

    fn places(&self) -> Vec<Entity> {
        let place = |id, name, jurisdiction, within| {
            Entity::new("Region", id)
                .text("name", name)
                .text("jurisdiction", jurisdiction)
                .inside("Region", within)
        };
        let mut all = vec![place("global", "Global", "EU", "")];
        for [id, name, jurisdiction] in rows("areas") {
            all.push(place(id, name, jurisdiction, "global"));
        }
        for it in &self.regions {
            all.push(place(it.id, it.name, it.jurisdiction, it.area));
        }
        all
    }

    fn teams(&self, employees: &[Employee]) -> Vec<Entity> {
        let leads: BTreeMap<&str, &str> = (employees.iter())
            .filter(|it| matches!(it.rank, Rank::Head | Rank::Lead))
            .map(|it| (it.team.as_str(), it.id.as_str()))
            .collect();
        let team = |id: &str, name: &str, region: &str, within: &str| {
            Entity::new("Team", id)
                .text("name", name)
                .link("region", "Region", region)
                .link(
                    "lead",
                    "Employee",
                    leads.get(id).copied().unwrap_or_default(),
                )
                .inside("Team", within)
        };
        let mut all = Vec::new();
        for department in &self.departments {
            all.push(team(department.id, department.name, "global", ""));
            for region in words(department.regions) {
                let name = format!("{}, {}", department.name, self.region(region).name);
                all.push(team(
                    &team_id(department.id, region),
                    &name,
                    region,
                    department.id,
                ));
            }
        }
        all
    }

    // -----------------------------------------------------------------------------------------------------------------
    // People

    /// The cast, then the chief executive, the heads of department, a lead for each team, and everyone else.
    fn employees(&mut self) -> Vec<Employee> {
        let cast_leads: BTreeMap<&str, &str> = rows("cast leads")
            .into_iter()
            .map(|[team, name]| (team, name))
            .collect();
        let cast_members = rows::<7>("cast employees");
        for name in cast_leads
            .values()
            .copied()
            .chain(cast_members.iter().map(|[name, ..]| *name))
        {
            self.claim(name);
        }

        let chief = self.chief();
        let (mut cast, mut others, mut teams) = (Vec::new(), Vec::new(), Vec::new());
        for department in self.departments.clone() {
            let head = self.head(department, &chief.id);
            for region in words(department.regions) {
                let region = self.region(region);
                let name = cast_leads.get(team_id(department.id, region.id).as_str());
                let lead = self.lead(department, region, name.copied(), &head.id);
                teams.push(((department, region), department.weight * region.weight));
                if name.is_some() {
                    cast.push(lead)
                } else {
                    others.push(lead)
                }
            }
            others.push(head);
        }
        others.push(chief);

        let leads: BTreeMap<String, String> = (cast.iter().chain(&others))
            .filter(|it| it.rank == Rank::Lead)
            .map(|it| (it.team.clone(), it.id.clone()))
            .collect();
        let lead_of = |team: &str| leads.get(team).cloned().unwrap_or_default();
        for [name, team, title, clearance, rota, on_call, group] in cast_members {
            let (department, region) = team.split_once('-').unwrap_or_default();
            cast.push(Employee {
                id: person_id(name),
                name: name.to_owned(),
                title: title.to_owned(),
                rank: Rank::Member,
                department,
                team: team.to_owned(),
                region,
                manager: lead_of(team),
                clearance: number(clearance),
                on_call: flag(on_call),
                rota,
                limit: None,
                joined: JANUARY_2020 + self.random.between(0, 900),
                groups: vec![group],
            });
        }
        while cast.len() + others.len() < EMPLOYEES {
            let (department, region) = self.random.weighted(&teams);
            let manager = lead_of(&team_id(department.id, region.id));
            others.push(self.member(department, region, manager));
        }
        cast.append(&mut others);
        cast
    }

    fn chief(&mut self) -> Employee {
        let name = "Ingrid Aaltonen";
        Employee {
            id: self.claim(name),
            name: name.to_owned(),
            title: "Chief executive".to_owned(),
            rank: Rank::Chief,
            department: "legal",
            team: "legal".to_owned(),
            region: "global",
            manager: String::new(),
            clearance: 3,
            on_call: false,
            rota: "",
            limit: Some(5_000_000),
            joined: JANUARY_2020 - 900,
            groups: vec!["executives"],
        }
    }

    fn head(&mut self, department: Department, chief: &str) -> Employee {
        Employee {
            id: self.claim(department.head),
            name: department.head.to_owned(),
            title: format!("Head of {}", department.name),
            rank: Rank::Head,
            department: department.id,
            team: department.id.to_owned(),
            region: "global",
            manager: chief.to_owned(),
            clearance: 3,
            on_call: false,
            rota: "",
            limit: Some(500_000),
            joined: JANUARY_2020 - self.random.between(0, 800),
            groups: vec!["executives"],
        }
    }

    fn lead(
        &mut self,
        department: Department,
        region: Region,
        name: Option<&str>,
        head: &str,
    ) -> Employee {
        let (id, name) = match name {
            Some(name) => (person_id(name), name.to_owned()),
            None => self.person(region),
        };
        let mut groups = vec!["managers"];
        // Where most of a department's people hold a role, its leads hold it too.
        if department.role_share >= 50 {
            groups.push(department.role);
        }
        Employee {
            id,
            name,
            title: format!("Team lead, {}", department.name),
            rank: Rank::Lead,
            department: department.id,
            team: team_id(department.id, region.id),
            region: region.id,
            manager: head.to_owned(),
            clearance: 3,
            on_call: false,
            rota: "",
            limit: Some(self.random.of(&[25_000, 50_000, 75_000])),
            joined: JANUARY_2020 + self.random.between(-900, 900),
            groups,
        }
    }

    fn member(&mut self, department: Department, region: Region, manager: String) -> Employee {
        let (id, name) = self.person(region);
        let random = &mut self.random;
        let trainee = random.percent(5);
        let mut groups = vec![match department.id {
            _ if trainee => "trainees",
            _ if random.percent(department.role_share) => department.role,
            "legal" => "data-protection",
            _ => "staff",
        }];
        if random.percent(2) {
            groups.push("works-council");
        }
        if random.below(150) == 0 {
            groups.push("suspended");
        }
        let on_rota = department.carries_pager && !trainee && random.percent(55);
        Employee {
            id,
            name,
            title: if trainee {
                "Trainee"
            } else {
                random.of(&list("titles", department.id))
            }
            .to_owned(),
            rank: Rank::Member,
            department: department.id,
            team: team_id(department.id, region.id),
            region: region.id,
            manager,
            clearance: if trainee {
                0
            } else {
                random.weighted(&[(1, 40), (2, 45), (3, 15)])
            },
            on_call: on_rota && random.percent(35),
            rota: if on_rota { region.area } else { "" },
            limit: None,
            joined: JANUARY_2020 + random.between(-1_200, 2_400),
            groups,
        }
    }

    fn contractors(&mut self, engagements: &[Engagement]) -> Vec<Entity> {
        let agencies = list("words", "agency");
        let mut all = Vec::new();
        let mut push = |random: &mut Random, id: &str, name: &str, engagement: &str, nda, until| {
            let suspended = if all.len() % 47 == 46 {
                "suspended"
            } else {
                ""
            };
            let entity = Entity::new("Contractor", id)
                .text("name", name)
                .text("agency", random.of(&agencies))
                .link("engagement", "Engagement", engagement)
                .flag("nda", nda)
                .date("until", until)
                .inside("Group", "contractors")
                .inside("Group", suspended);
            all.push(entity);
            all.len()
        };
        let mut made = 0;
        for [name, engagement] in rows("cast contractors") {
            let id = self.claim(name);
            made = push(
                &mut self.random,
                &id,
                name,
                engagement,
                true,
                OCTOBER_2026 + 180,
            );
        }
        while made < CONTRACTORS {
            let Some(engagement) = self.random.pick(engagements) else {
                break;
            };
            let local = self.random.percent(80);
            let home = if local {
                self.region(engagement.region)
            } else {
                self.any_region()
            };
            let (id, name) = self.person(home);
            let nda = self.random.percent(88);
            // Some assignments ended long ago or just now, most go on.
            let left = self
                .random
                .weighted(&[(-420, 8), (-60, 6), (60, 40), (240, 40)]);
            let until = OCTOBER_2026 + left + self.random.between(0, 90);
            made = push(&mut self.random, &id, &name, &engagement.id, nda, until);
        }
        all
    }

    fn partners(&mut self) -> Vec<Entity> {
        let partner = |id: &str, name: &str, org: &str, verified| {
            Entity::new("Partner", id)
                .text("name", name)
                .link("org", "PartnerOrg", org)
                .flag("verified", verified)
                .inside("PartnerOrg", org)
        };
        let mut all = Vec::new();
        for [name, org, verified] in rows("cast partners") {
            all.push(partner(&self.claim(name), name, org, flag(verified)));
        }
        while all.len() < PARTNERS {
            let org = self.random.of(&self.orgs);
            let (id, name) = self.person(self.region(org.region));
            all.push(partner(&id, &name, org.id, self.random.percent(92)));
        }
        all
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Customers and engagements

    fn customers(&mut self, employees: &[Employee]) -> Vec<Customer> {
        let (first, second) = (
            list("words", "company first"),
            list("words", "company second"),
        );
        let mut cast = rows("cast customers").into_iter();
        let mut known = BTreeSet::new();
        let mut all = Vec::new();
        while all.len() < CUSTOMERS {
            let (name, tier, region) = match cast.next() {
                Some([name, tier, region]) => (name.to_owned(), tier, region),
                None => (
                    format!("{} {}", self.random.of(&first), self.random.of(&second)),
                    self.random
                        .weighted(&[("standard", 50), ("plus", 32), ("enterprise", 18)]),
                    self.any_region().id,
                ),
            };
            let id = slug(&name);
            if known.insert(id.clone()) {
                let manager = self.nearby(employees, region, &["sales"]);
                all.push(Customer {
                    id,
                    name,
                    tier,
                    region,
                    manager,
                });
            }
        }
        all
    }

    /// Someone of the departments who works in the region, or elsewhere when nobody there does.
    fn nearby(&mut self, employees: &[Employee], region: &str, departments: &[&str]) -> String {
        let everyone: Vec<&Employee> = (employees.iter())
            .filter(|it| it.rank == Rank::Member && departments.contains(&it.department))
            .collect();
        let local: Vec<&Employee> = everyone
            .iter()
            .filter(|it| it.region == region)
            .copied()
            .collect();
        let choice = self
            .random
            .pick(if local.is_empty() { &everyone } else { &local });
        choice.map(|it| it.id.clone()).unwrap_or_default()
    }

    fn engagements(&mut self, employees: &[Employee], customers: &[Customer]) -> Vec<Engagement> {
        let (topics, works) = (list("words", "topic"), list("words", "work"));
        let cast = rows::<4>("cast engagements");
        let mut all = Vec::new();
        for number in (101..).take(ENGAGEMENTS) {
            let id = format!("E-{number}");
            let cast = cast.iter().find(|[cast, ..]| *cast == id);
            let client = match cast {
                Some([_, _, client, _]) => customers.iter().find(|it| it.id == *client),
                None => self.random.pick(customers),
            };
            let Some(client) = client else { break };
            let (name, lead) = match cast {
                Some([_, name, _, lead]) => ((*name).to_owned(), (*lead).to_owned()),
                None => (
                    format!("{} {}", self.random.of(&topics), self.random.of(&works)),
                    self.nearby(employees, client.region, &["audit", "claims"]),
                ),
            };
            let ended = cast.is_none() && self.random.percent(15);
            all.push(Engagement {
                id,
                name,
                client: client.id.clone(),
                lead,
                region: client.region,
                opened: JANUARY_2024 + self.random.between(0, 600),
                closed: ended.then(|| OCTOBER_2026 - self.random.between(1, 120)),
            });
        }
        all
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Folders, records, incidents

    fn folders(&self, engagements: &[Engagement]) -> Vec<Entity> {
        let folder = |id: &str, name: &str, within: &str| {
            Entity::new("Folder", id)
                .text("name", name)
                .inside("Folder", within)
        };
        let mut all = Vec::new();
        for [id, name, within] in rows("folders") {
            all.push(folder(id, name, within));
        }
        for it in engagements {
            let (id, name) = (
                format!("engagements/{}", it.id),
                format!("{} {}", it.id, it.name),
            );
            let entity = folder(&id, &name, "engagements");
            let entity = entity.link("engagement", "Engagement", &it.id);
            all.push(entity.link("region", "Region", it.region));
        }
        for it in &self.departments {
            let entity = folder(&format!("teams/{}", it.id), it.name, "teams");
            all.push(entity.link("team", "Team", it.id));
        }
        for it in &self.orgs {
            let entity = folder(&format!("partners/{}", it.id), it.name, "partners");
            all.push(entity.link("partner", "PartnerOrg", it.id));
        }
        all
    }

    fn records(
        &mut self,
        employees: &[Employee],
        customers: &[Customer],
        engagements: &[Engagement],
    ) -> Vec<Entity> {
        let mut all = Vec::with_capacity(RECORDS);
        for [
            id,
            title,
            kind,
            class,
            owner,
            engagement,
            customer,
            shared_with,
            hold,
            closed,
            euros,
        ] in rows("cast records")
        {
            let Some(owner) = employees.iter().find(|it| it.id == owner) else {
                continue;
            };
            let closed = flag(closed).then_some(OCTOBER_2026 - 60);
            let record = Record {
                id: id.to_owned(),
                title: title.to_owned(),
                kind,
                classification: class,
                owner,
                engagement: engagements.iter().find(|it| it.id == engagement),
                customer: customers.iter().find(|it| it.id == customer),
                shared_with,
                hold: flag(hold).then_some(true),
                opened: OCTOBER_2026 - 400,
                closed,
                retain: closed.map(|day| day + 30),
                value: euros.parse().ok(),
            };
            all.push(record.entity());
        }
        let owners: Vec<&Employee> = (employees.iter())
            .filter(|it| matches!(it.rank, Rank::Lead | Rank::Member))
            .collect();
        for number in (3_001..).take(RECORDS.saturating_sub(all.len())) {
            let Some(owner) = self.random.pick(&owners) else {
                break;
            };
            all.push(self.record(number, owner, customers, engagements).entity());
        }
        all
    }

    fn record<'a>(
        &mut self,
        number: u64,
        owner: &'a Employee,
        customers: &'a [Customer],
        engagements: &'a [Engagement],
    ) -> Record<'a> {
        let department = (self.departments.iter())
            .find(|it| it.id == owner.department)
            .copied()
            .unwrap_or_default();
        let kinds: Vec<(Kind, u64)> = (self.kinds.iter())
            .filter(|it| it.department == department.id)
            .map(|it| (*it, it.weight))
            .collect();
        let random = &mut self.random;
        let kind = random.weighted(&kinds);
        let internal = 100 - kind.secret - kind.confidential;
        let classification = random.weighted(&[
            ("P0", kind.secret),
            ("P1", kind.confidential),
            ("P2", internal),
        ]);

        let local: Vec<&Engagement> = engagements
            .iter()
            .filter(|it| it.region == owner.region)
            .collect();
        let engagement = if !random.percent(department.engaged) {
            None
        } else if local.is_empty() {
            random.pick(engagements)
        } else {
            random.pick(&local).copied()
        };
        let serves = ["sales", "support", "finance"].contains(&department.id);
        let customer = match engagement {
            Some(engagement) => customers.iter().find(|it| it.id == engagement.client),
            None if serves && random.percent(70) => random.pick(customers),
            None => None,
        };

        let open_to_partners = classification != "P0" && kind.name != "personnel file";
        let shared_with = if open_to_partners && random.percent(12) {
            let local: Vec<PartnerOrg> = self
                .orgs
                .iter()
                .filter(|it| it.region == owner.region)
                .copied()
                .collect();
            let far = local.is_empty() || random.percent(30);
            random.of(if far { &self.orgs } else { &local }).id
        } else {
            ""
        };

        // Nothing is filed before the work it belongs to began.
        let since = engagement.map_or(JANUARY_2024, |it| it.opened);
        let opened = random.between(since, OCTOBER_2026 - 20);
        let closed = random
            .percent(28)
            .then(|| random.between(opened + 5, OCTOBER_2026));
        let keep = random.weighted(&[(90, 40), (365, 30), (1_825, 20), (3_650, 10)]);
        let amount = 500 * (1 + random.below(40)) * random.weighted(&[(1, 60), (3, 30), (12, 10)]);
        Record {
            id: format!("{}-{number}", slug(kind.name)),
            title: match customer {
                Some(customer) => format!("{} {number}, {}", kind.title, customer.name),
                None => format!("{} {number}", kind.title),
            },
            kind: kind.name,
            classification,
            owner,
            engagement,
            customer,
            shared_with,
            hold: random.percent(6).then(|| random.percent(75)),
            opened,
            closed,
            retain: closed.map(|day| day + keep),
            value: kind.valued.then_some(amount),
        }
    }

    fn incidents(&mut self, employees: &[Employee]) -> Vec<Entity> {
        let mishaps = list("words", "mishap");
        let cast = rows::<7>("cast incidents");
        let on_rota: Vec<&Employee> = employees
            .iter()
            .filter(|it| it.rank == Rank::Member && !it.rota.is_empty())
            .collect();
        let mut all = Vec::new();
        for id in (41..).take(INCIDENTS) {
            let random = &mut self.random;
            let Some(responder) = random.pick(&on_rota) else {
                break;
            };
            let taken = random.percent(50);
            let mut mishap = random.of(&mishaps);
            let mut severity = random.weighted(&[(1, 6), (2, 20), (3, 44), (4, 30)]);
            let mut status = random.weighted(&[("open", 30), ("mitigated", 25), ("closed", 45)]);
            let mut published = random.percent(65);
            let mut team = responder.team.as_str();
            let mut commander = if taken { responder.id.as_str() } else { "" };
            if let Some(row) = cast.iter().find(|[number, ..]| *number == id.to_string()) {
                let [_, what, of_team, level, led_by, state, notice] = *row;
                (mishap, severity, status, published) = (what, number(level), state, flag(notice));
                (team, commander) = (of_team, led_by);
            }
            let (_, region) = team.split_once('-').unwrap_or_default();
            let entity = Entity::new("Incident", &format!("incident-{id}"))
                .text("title", &format!("Incident {id}: {mishap}"))
                .with("severity", Value::Long(severity))
                .link("region", "Region", region)
                .link("team", "Team", team)
                .link("commander", "Employee", commander)
                .text("status", status)
                .flag("published", published);
            all.push(entity);
        }
        all
    }
}

fn groups() -> Vec<Entity> {
    let group = |[id, name, within]: [&'static str; 3]| {
        Entity::new("Group", id)
            .text("name", name)
            .inside("Group", within)
    };
    rows("groups").into_iter().map(group).collect()
}

impl PartnerOrg {
    fn entity(&self) -> Entity {
        Entity::new("PartnerOrg", self.id)
            .text("name", self.name)
            .text("agreement", self.agreement)
            .link("region", "Region", self.region)
            .date("until", self.until)
    }
}

impl Employee {
    fn entity(&self) -> Entity {
        let entity = Entity::new("Employee", &self.id)
            .text("name", &self.name)
            .text("title", &self.title)
            .link("team", "Team", &self.team)
            .link("region", "Region", self.region)
            .link("manager", "Employee", &self.manager)
            .with("clearance", Value::Long(self.clearance))
            .flag("onCall", self.on_call)
            .link("rota", "Region", self.rota)
            .maybe("approvalLimit", self.limit.map(Value::Euros))
            .date("joined", self.joined)
            .inside("Team", &self.team);
        self.groups
            .iter()
            .fold(entity, |entity, group| entity.inside("Group", group))
    }
}

impl Customer {
    fn entity(&self) -> Entity {
        Entity::new("Customer", &self.id)
            .text("name", &self.name)
            .text("tier", self.tier)
            .link("manager", "Employee", &self.manager)
    }
}

impl Engagement {
    fn entity(&self) -> Entity {
        Entity::new("Engagement", &self.id)
            .text("name", &self.name)
            .link("client", "Customer", &self.client)
            .link("lead", "Employee", &self.lead)
            .link("region", "Region", self.region)
            .date("opened", self.opened)
            .maybe("closed", self.closed.map(Value::Date))
    }
}

impl Record<'_> {
    fn entity(&self) -> Entity {
        let shared = !self.shared_with.is_empty();
        let orgs = || Value::Many("PartnerOrg", vec![self.shared_with.to_owned()]);
        let partner_folder = if shared {
            format!("partners/{}", self.shared_with)
        } else {
            String::new()
        };
        Entity::new("Record", &self.id)
            .text("title", &self.title)
            .text("kind", self.kind)
            .text("classification", self.classification)
            .link("owner", "Employee", &self.owner.id)
            .link("team", "Team", &self.owner.team)
            .link("region", "Region", self.owner.region)
            .link(
                "engagement",
                "Engagement",
                self.engagement.map_or("", |it| &it.id),
            )
            .link(
                "customer",
                "Customer",
                self.customer.map_or("", |it| &it.id),
            )
            .maybe("sharedWith", shared.then(orgs))
            .maybe("legalHold", self.hold.map(Value::Flag))
            .date("opened", self.opened)
            .maybe("closedAt", self.closed.map(Value::Date))
            .maybe("retainUntil", self.retain.map(Value::Date))
            .maybe("value", self.value.map(Value::Euros))
            .inside("Folder", &self.folder())
            .inside("Folder", &partner_folder)
    }

    fn folder(&self) -> String {
        match (self.engagement, self.customer, self.closed) {
            (Some(engagement), ..) => format!("engagements/{}", engagement.id),
            (None, _, Some(day)) if day < OCTOBER_2026 - 640 => "archive/2024".to_owned(),
            (None, _, Some(day)) if day < OCTOBER_2026 - 273 => "archive/2025".to_owned(),
            (None, Some(customer), _) => format!("customers/{}", customer.tier),
            (None, None, _) => format!("teams/{}", self.owner.department),
        }
    }
}

/// A cell that says yes by holding a word.
fn flag(cell: &str) -> bool {
    !cell.is_empty()
}

fn team_id(department: &str, region: &str) -> String {
    format!("{department}-{region}")
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// `Łukasz Zielonka` is `lukasz.zielonka`.
fn person_id(name: &str) -> String {
    let mut id = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            ' ' => id.push('.'),
            'á' | 'ã' | 'å' | 'ą' => id.push('a'),
            'ä' | 'æ' => id.push_str("ae"),
            'ç' => id.push('c'),
            'é' | 'è' | 'ë' | 'ě' | 'ê' => id.push('e'),
            'ğ' => id.push('g'),
            'í' | 'ï' | 'ı' => id.push('i'),
            'ł' => id.push('l'),
            'ñ' => id.push('n'),
            'ó' | 'ô' => id.push('o'),
            'ö' | 'ø' => id.push_str("oe"),
            'ř' => id.push('r'),
            'š' | 'ş' => id.push('s'),
            'ú' => id.push('u'),
            'ü' => id.push_str("ue"),
            'ý' => id.push('y'),
            'ž' => id.push('z'),
            letter if letter.is_ascii() => id.push(letter),
            // What lower-casing leaves behind, such as the combining dot of a Turkish capital I.
            _ => {}
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids in an entities file, in its order.
    fn ids(entities: &str) -> Vec<&str> {
        let uid = |line| str::split_once(line, ",\"attrs\"").map(|(uid, _)| uid);
        entities.lines().filter_map(uid).collect()
    }

    #[test]
    fn the_file_in_bundles_is_what_the_seed_gives() {
        let kept =
            include_str!("../../bundles/northwind/entities/entities.json").replace("\r\n", "\n");
        let made = entities(SEED);
        let same = kept
            .lines()
            .zip(made.lines())
            .take_while(|(kept, made)| kept == made)
            .count();
        assert!(
            kept == made,
            "run `cargo xtask sample`; the first {same} lines agree"
        );
    }

    #[test]
    fn five_thousand_entities_each_with_its_own_plain_id() {
        let made = entities(SEED);
        let ids = ids(&made);
        assert_eq!(ids.len(), 5_000);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 5_000);
        assert!(ids.iter().all(|id| id.is_ascii()));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let made = entities(SEED);
        let known: BTreeSet<&str> = ids(&made)
            .into_iter()
            .filter_map(|uid| uid.strip_prefix("{\"uid\":"))
            .collect();
        for found in made.split("{\"type\":").skip(1) {
            let (reference, _) = found.split_once('}').unwrap();
            assert!(
                known.contains(format!("{{\"type\":{reference}}}").as_str()),
                "{reference}"
            );
        }
    }

    #[test]
    fn another_seed_draws_other_people_around_the_same_cast() {
        let (kept, other) = (entities(SEED), entities(SEED + 1));
        assert_ne!(kept, other);
        let others: BTreeSet<&str> = ids(&other).into_iter().collect();
        let shared: Vec<&str> = ids(&kept)
            .into_iter()
            .filter(|id| others.contains(id))
            .collect();
        for id in [
            "mara.lindqvist",
            "elif.kaya",
            "audit-file-2291",
            "E-118",
            "incident-77",
        ] {
            assert!(
                shared
                    .iter()
                    .any(|uid| uid.ends_with(&format!("\"{id}\"}}"))),
                "`{id}`"
            );
        }
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(entity::iso_date(0), "1970-01-01");
        assert_eq!(entity::iso_date(JANUARY_2020), "2020-01-01");
        assert_eq!(entity::iso_date(JANUARY_2020 + 59), "2020-02-29");
        assert_eq!(entity::iso_date(JANUARY_2024), "2024-01-01");
        assert_eq!(entity::iso_date(OCTOBER_2026), "2026-10-01");
    }

    #[test]
    fn ids_are_made_from_names() {
        assert_eq!(person_id("Łukasz Dąbek"), "lukasz.dabek");
        assert_eq!(person_id("İpek Çelikkol"), "ipek.celikkol");
        assert_eq!(person_id("Élodie Lefort"), "elodie.lefort");
    }
}
