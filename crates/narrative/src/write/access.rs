//! Whose access changes: the paragraph of the first page, and the charts and tables behind it.

use model::Relation;

use super::{
    Content, Drawing, ROWS, Source, Span, Table, Writer, about, exact, id, risks::level, say,
    strong, text, visible, words,
};
use crate::{
    document::Note,
    facts::{Changed, Drift, Example, Group, Measure, Part, Reached, Replayed, Step, Whom},
    language::{Arg, DAY, name, plain},
    rank::{self, Named},
    rounding::{Compared, Rounded, Share},
};

/// Days that stand below a trend, at most.
const DAYS_NAMED: u64 = 5;

impl Writer<'_> {
    /// The section of the first page. `before` is what the move before changed.
    pub(super) fn affected(&mut self, replayed: &Replayed, before: Option<Changed>) {
        self.section("affected", say::SectionAffected {});
        match replayed {
            Replayed::Drift(drift) => self.drift(drift, before),
            Replayed::First => self.paragraph(
                "affected-lead",
                vec![self.language.say(say::AffectedFirst {})],
                Vec::new(),
            ),
            Replayed::NoLog => self.paragraph(
                "affected-lead",
                vec![self.language.say(say::AffectedNoLog {})],
                Vec::new(),
            ),
            Replayed::Canaries => self.paragraph(
                "affected-lead",
                vec![self.language.say(say::AffectedCanaries {})],
                Vec::new(),
            ),
            Replayed::NotKept => self.paragraph(
                "affected-lead",
                vec![self.language.say(say::AffectedNotKept {})],
                Vec::new(),
            ),
            Replayed::Failed(why) => {
                let told = self.language.say(say::AffectedFailed {
                    why: Arg::Words(self.language.said(why)),
                });
                self.paragraph("affected-lead", vec![told], Vec::new());
            }
        }
    }

    fn drift(&mut self, drift: &Drift, before: Option<Changed>) {
        let language = self.language;
        let Changed {
            of,
            gained,
            lost,
            open,
        } = drift.changed;
        let answers = drift.changed.answers();
        let mut lead = Vec::new();
        match drift.reached {
            Reached::Everybody => {}
            Reached::Some => lead.push(strong(language.say(say::ReachedSome {}))),
            Reached::Again => lead.push(strong(language.say(say::ReachedAgain {}))),
            Reached::Rest => lead.push(strong(language.say(say::ReachedRest {}))),
            Reached::Withdrawn => lead.push(strong(language.say(say::ReachedWithdrawn {}))),
            Reached::Nobody => lead.push(strong(language.say(say::ReachedNobody {}))),
            Reached::Proposed => lead.push(strong(language.say(say::ReachedProposed {}))),
            Reached::Apart => lead.push(strong(language.say(say::ReachedApart {}))),
        }
        let form = || form(drift.reached);
        if answers == 0 {
            lead.push(strong(language.say(say::Neither { form: form() })));
        } else {
            lead.push(strong(language.say(say::WhoShare {
                form: form(),
                share: Arg::Words(self.share(answers, of)),
            })));
        }
        if let Some(before) = before
            .filter(|_| matches!(drift.reached, Reached::Everybody | Reached::Apart))
            .filter(|before| answers > 0 || before.answers() > 0)
        {
            lead.push(self.compared(answers, before.answers()));
        }
        let requests = words(self.requests(Rounded::of(of)));
        let days = drift
            .window
            .map(|(from, until)| (language.date(from), language.date(until)));
        lead.push(match days {
            _ if drift.generated => language.say(say::ReplayedGenerated { requests }),
            Some((day, until)) if day == until => {
                let day = words(day);
                language.say(say::ReplayedDay { requests, day })
            }
            Some((from, until)) => language.say(say::ReplayedWindow {
                requests,
                from: words(from),
                until: words(until),
            }),
            None => language.say(say::Replayed { requests }),
        });
        self.paragraph(
            "affected-lead",
            lead,
            vec![self.figures(answers, of, "detail-people-chart")],
        );
        if gained > 0 {
            let mut told = Vec::new();
            let mut notes = Vec::new();
            if drift.sensitive_gained > 0 {
                told.push(strong(language.sentence(say::SensitiveGained {
                    form: form(),
                    count: about(drift.sensitive_gained),
                })));
                notes.push(self.figures(drift.sensitive_gained, of, "detail-requests-table"));
            }
            told.push(match drift.sensitive_gained {
                0 => strong(language.sentence(say::Gained {
                    form: form(),
                    count: about(gained),
                })),
                all if all == gained => Vec::new(),
                _ => language.say(say::GainedInAll {
                    form: form(),
                    count: about(gained),
                }),
            });
            notes.push(self.figures(gained, of, "detail-people-chart"));
            told.push(self.reach(gained, drift.reach_gained));
            told.push(match Named::of(&drift.people, |group| group.gained) {
                Named::Nobody => Vec::new(),
                Named::Most(group) => language.say(say::GainedMost {
                    form: form(),
                    group: self.group(group, group.gained),
                }),
                Named::Largest(groups, more) => language.say(say::GainedGroups {
                    form: form(),
                    groups: self.groups(&groups, more, |group| group.gained),
                }),
            });
            self.paragraph("affected-gained", told, notes);
        } else if lost > 0 {
            self.paragraph(
                "affected-gained",
                vec![language.say(say::GainedNothing { form: form() })],
                Vec::new(),
            );
        }
        if lost > 0 {
            let mut told = vec![strong(language.sentence(say::Lost {
                form: form(),
                count: about(lost),
            }))];
            told.push(self.reach(lost, drift.reach_lost));
            told.push(match Named::of(&drift.people, |group| group.lost) {
                Named::Nobody => Vec::new(),
                Named::Most(group) => language.say(say::LostMost {
                    group: self.group(group, group.lost),
                }),
                Named::Largest(groups, more) => language.say(say::LostGroups {
                    form: form(),
                    groups: self.groups(&groups, more, |group| group.lost),
                }),
            });
            self.paragraph(
                "affected-lost",
                told,
                vec![self.figures(lost, of, "detail-people-chart")],
            );
        } else if gained > 0 {
            self.paragraph(
                "affected-lost",
                vec![language.say(say::LostNothing { form: form() })],
                Vec::new(),
            );
        }
        if open > 0 {
            let told = language.say(say::OpenRequests { count: about(open) });
            self.paragraph(
                "affected-open",
                vec![told],
                vec![self.figures(open, of, "detail-people-chart")],
            );
        }
        if !drift.apart.is_empty() {
            let parts = drift.apart.iter().map(|part| self.apart(part)).collect();
            self.add("affected-apart", Content::List(parts), Vec::new());
        }
    }

    fn apart(&self, part: &Part) -> Vec<Span> {
        self.language.say(say::Apart {
            whom: Arg::Choice(match part.whom {
                Whom::Newly => "newly",
                Whom::Still => "still",
                Whom::NoLonger => "no-longer",
                Whom::Never => "never",
            }),
            percent: words(self.language.text(say::Percent {
                n: exact(u64::from(part.percent)),
            })),
            gained: exact(part.gained),
            lost: exact(part.lost),
            open: exact(part.open),
        })
    }

    fn share(&self, part: u64, whole: u64) -> Vec<Span> {
        let (kind, n) = match Share::of(part, whole) {
            Share::None => ("none", 0),
            Share::Below(n) => ("below", n),
            Share::OneIn(n) => ("one-in", n),
            Share::Percent(n) => ("percent", n),
            Share::Half => ("half", 0),
            Share::NearlyAll => ("nearly-all", 0),
            Share::All => ("all", 0),
        };
        self.language.say(say::Share {
            kind: Arg::Choice(kind),
            n: exact(n),
        })
    }

    fn compared(&self, now: u64, before: u64) -> Vec<Span> {
        let (how, n) = how(Compared::of(now, before));
        let before = words(self.requests(Rounded::of(before)));
        self.language.say(say::Compared {
            how: Arg::Choice(how),
            n: exact(n),
            before,
        })
    }

    /// Nothing where neither was counted.
    fn reach(&self, count: u64, (people, resources): (u64, u64)) -> Vec<Span> {
        if people == 0 || resources == 0 {
            return Vec::new();
        }
        self.language.say(say::Reach {
            count: exact(count),
            people: words(self.language.text(say::People {
                count: about(people),
            })),
            resources: words(self.language.text(say::Resources {
                count: about(resources),
            })),
        })
    }

    fn group(&self, group: &Group, count: u64) -> Arg {
        Arg::Words(self.language.say(say::GroupItem {
            name: Arg::Words(id(&group.name)),
            count: about(count),
        }))
    }

    fn groups(&self, groups: &[&Group], more: u64, count: impl Fn(&Group) -> u64) -> Arg {
        let item = |group: &&Group| match self.group(group, count(group)) {
            Arg::Words(spans) => spans,
            _ => Vec::new(),
        };
        let mut items: Vec<Vec<Span>> = groups.iter().map(item).collect();
        if more > 0 {
            items.push(self.language.say(say::More { count: exact(more) }));
        }
        Arg::Words(self.language.list(&items))
    }

    /// What is proven, a sentence for each answer.
    pub(super) fn proof(&self, drift: &Drift) -> Vec<Vec<Span>> {
        let language = self.language;
        let with = |relation| {
            let found: Vec<&String> = drift
                .proof
                .iter()
                .filter(|it| it.relation == relation)
                .map(|it| &it.action)
                .collect();
            (!found.is_empty()).then(|| self.listed_actions(found))
        };
        let mut told = Vec::new();
        if let Some(actions) = with(Relation::Widens) {
            told.push(language.say(say::KnowProofWidens { actions }));
        }
        if let Some(actions) = with(Relation::Differs) {
            told.push(language.say(say::KnowProofDiffers { actions }));
        }
        if let Some(actions) = with(Relation::Narrows) {
            told.push(language.say(say::KnowProofNarrows { actions }));
        }
        if let Some(actions) = with(Relation::Equivalent) {
            told.push(language.say(say::KnowProofEquivalent { actions }));
        }
        if told.is_empty() {
            told.push(language.say(say::KnowProofNone {}));
        }
        told
    }

    /// Charts and tables.
    pub(super) fn drift_detail(&mut self, replayed: &Replayed) {
        let Replayed::Drift(drift) = replayed else {
            return;
        };
        if !drift.people.is_empty() {
            self.part("detail-people", say::DetailPeople {});
            if !drift.complete {
                let told = self.language.say(say::DetailIncomplete {});
                self.paragraph("detail-people-note", vec![told], Vec::new());
            }
            self.bars(&drift.people);
            self.cut(
                "detail-people-cut",
                drift.people.len().min(ROWS),
                drift.people.len(),
            );
        }
        let resources = self.group_table(&drift.resources, self.word(say::DetailResources {}));
        self.cut_table("detail-resources", resources, drift.resources.len());
        let actions = self.group_table(&drift.actions, self.word(say::DetailActions {}));
        self.cut_table("detail-actions", actions, drift.actions.len());
        self.requests_table(drift);
        self.proof_table(drift);
    }

    fn cut_table(&mut self, id: &str, table: Table, count: usize) {
        let shown = table.rows.len();
        self.table(&format!("{id}-table"), table);
        self.cut(&format!("{id}-cut"), shown, count);
    }

    fn bars(&mut self, people: &[Group]) {
        let ranked: Vec<&Group> = rank::groups(people).into_iter().take(ROWS).collect();
        let title = self.word(say::DetailPeople {});
        let bar = |group: &&Group| chart::Bar {
            // It stands alone, and may be cut there: no words beside it need to be kept apart.
            name: visible(&group.name).replace(['\u{2068}', '\u{2069}'], ""),
            gained: group.gained as f64,
            lost: group.lost as f64,
        };
        let drawing = Drawing::Bars(chart::Bars {
            title: title.clone(),
            unit: self.word(say::ChartUnit {}),
            groups: ranked.iter().take(10).map(bar).collect(),
        });
        let told = |group: &&Group| {
            self.language.text(say::ChartGroup {
                name: name(&group.name),
                gained: exact(group.gained),
                lost: exact(group.lost),
            })
        };
        let alternative: Vec<String> = ranked.iter().take(10).map(told).collect();
        let data = self.group_table(people, title);
        self.chart("detail-people-chart", drawing, alternative.join(" "), data);
    }

    fn group_table(&self, groups: &[Group], caption: String) -> Table {
        let row = |group: &Group| {
            vec![
                id(&group.name),
                self.number_cell(group.gained),
                self.number_cell(group.lost),
                self.number_cell(group.open),
                text(self.word(say::RiskWord {
                    level: level(group.risk),
                })),
            ]
        };
        Table {
            caption,
            columns: self.columns([
                (self.word(say::ColumnKind {}), false),
                (self.word(say::ColumnGained {}), true),
                (self.word(say::ColumnLost {}), true),
                (self.word(say::ColumnOpen {}), true),
                (self.word(say::ColumnRisk {}), false),
            ]),
            rows: rank::groups(groups)
                .into_iter()
                .take(ROWS)
                .map(row)
                .collect(),
        }
    }

    fn requests_table(&mut self, drift: &Drift) {
        let ranked = rank::examples(&drift.examples);
        if ranked.is_empty() {
            return;
        }
        self.part("detail-requests", say::DetailRequests {});
        let row = |it: &Example| {
            vec![
                text(self.word(say::RiskWord {
                    level: level(it.risk),
                })),
                text(self.word(say::ChangeWord {
                    measure: measure(it.measure),
                })),
                id(&it.principal),
                id(&it.action),
                id(&it.resource),
                self.number_cell(it.requests),
            ]
        };
        let table = Table {
            caption: self.word(say::DetailRequests {}),
            columns: self.columns([
                (self.word(say::ColumnRisk {}), false),
                (self.word(say::ColumnChange {}), false),
                (self.word(say::ColumnWho {}), false),
                (self.word(say::ColumnAction {}), false),
                (self.word(say::ColumnResource {}), false),
                (self.word(say::ColumnRequests {}), true),
            ]),
            rows: ranked.iter().take(ROWS).map(row).collect(),
        };
        let causes = ranked.iter().take(ROWS).flat_map(|it| &it.causes);
        let mut causes: Vec<&String> = causes.collect();
        causes.sort_unstable();
        causes.dedup();
        let note = |cause: &&String| self.policy_note(cause);
        let notes = causes.iter().take(super::LISTED).map(note).collect();
        self.add("detail-requests-table", Content::Table(table), notes);
        // Those that differ in nothing that the table shows are one row.
        if ranked.len() > ROWS || drift.distinct > drift.examples.len() as u64 {
            let told = self.language.say(say::DetailCut {
                count: exact(drift.distinct),
            });
            self.paragraph("detail-requests-cut", vec![told], Vec::new());
        }
    }

    fn proof_table(&mut self, drift: &Drift) {
        let row = |proof: &crate::facts::Proof| {
            let shown = match (&proof.example, &proof.reason) {
                (Some((sentence, after)), _) => match &proof.situation {
                    Some(situation) => self.situation(situation, *after),
                    None => self.language.said(sentence),
                },
                (None, Some(reason)) => self.engine(reason),
                (None, None) => text(self.word(say::NothingSaid {})),
            };
            vec![
                id(&proof.action),
                text(self.word(say::RelationWord {
                    relation: relation(proof.relation),
                })),
                shown,
            ]
        };
        let rows = drift.proof.iter().take(ROWS).map(row).collect();
        if drift.proof.is_empty() {
            return;
        }
        self.part("detail-proof", say::DetailProof {});
        let table = Table {
            caption: self.word(say::DetailProof {}),
            columns: self.columns([
                (self.word(say::ColumnAction {}), false),
                (self.word(say::ColumnProven {}), false),
                (self.word(say::ColumnExample {}), false),
            ]),
            rows,
        };
        let shown = table.rows.len();
        self.table("detail-proof-table", table);
        self.cut("detail-proof-cut", shown, drift.proof.len());
    }

    /// What an engine said, as what it is.
    pub(super) fn engine(&self, message: &str) -> Vec<Span> {
        self.language.say(say::EngineSays {
            text: Arg::Words(self.language.said(message)),
        })
    }

    /// Gains and losses of moves, over time.
    pub(super) fn trend(&mut self, steps: &[&Step]) {
        let counted: Vec<(&Step, Changed)> = steps
            .iter()
            .filter_map(|step| Some((*step, step.changed?)))
            .collect();
        // One point is no trend.
        if counted.len() < 2 {
            return;
        }
        self.part("detail-trend", say::DetailTrend {});
        let line = |name: String, tone, of: fn(&Changed) -> u64| chart::Line {
            name,
            tone,
            points: counted
                .iter()
                .map(|(step, changed)| {
                    (
                        i64::try_from(step.at).unwrap_or(0).saturating_mul(1000),
                        of(changed) as f64,
                    )
                })
                .collect(),
        };
        let title = self.word(say::DetailTrend {});
        let drawing = Drawing::Trend(chart::Chart {
            title: title.clone(),
            panels: vec![chart::Panel {
                title: self.word(say::ChartUnit {}),
                lines: vec![
                    line(
                        self.word(say::ChartGained {}),
                        chart::Tone::Gain,
                        |changed| changed.gained,
                    ),
                    line(self.word(say::ChartLost {}), chart::Tone::Loss, |changed| {
                        changed.lost
                    }),
                ],
            }],
            days: self.days(&counted),
        });
        let told = |(step, changed): &(&Step, Changed)| {
            self.language.text(say::ChartStep {
                sequence: words(step.sequence.to_string()),
                date: words(self.language.date(step.at)),
                gained: exact(changed.gained),
                lost: exact(changed.lost),
            })
        };
        let alternative: Vec<String> = counted.iter().map(told).collect();
        let row = |(step, changed): &(&Step, Changed)| {
            vec![
                text(step.sequence.to_string()),
                text(visible(&step.version)),
                self.date_cell(step.at),
                self.number_cell(changed.gained),
                self.number_cell(changed.lost),
            ]
        };
        let data = Table {
            caption: title,
            columns: self.columns([
                (self.word(say::ColumnMove {}), true),
                (self.word(say::ColumnVersion {}), false),
                (self.word(say::ColumnDate {}), false),
                (self.word(say::ColumnGained {}), true),
                (self.word(say::ColumnLost {}), true),
            ]),
            rows: counted.iter().map(row).collect(),
        };
        self.chart("detail-trend-chart", drawing, alternative.join(" "), data);
    }

    /// The days that a trend names: noon of some, from the first to the last.
    fn days(&self, counted: &[(&Step, Changed)]) -> Vec<(i64, String)> {
        let days = || counted.iter().map(|(step, _)| step.at / DAY);
        let (Some(first), Some(last)) = (days().min(), days().max()) else {
            return Vec::new();
        };
        let apart = (last - first).div_ceil(DAYS_NAMED - 1).max(1);
        let named = (first..=last).step_by(usize::try_from(apart).unwrap_or(usize::MAX));
        named
            .map(|day| {
                let noon = (day * DAY).saturating_add(DAY / 2);
                let at = i64::try_from(noon).unwrap_or(0).saturating_mul(1000);
                (at, self.language.short_date(noon))
            })
            .collect()
    }

    pub(super) fn policy_note(&self, policy: &str) -> Note {
        Note {
            text: plain(&self.language.say(say::NotePolicy {
                id: Arg::Words(id(policy)),
            })),
            source: Some(Source::Policy(policy.to_owned())),
        }
    }
}

/// What happens, to choose a word by.
pub(super) fn measure(measure: Measure) -> Arg {
    Arg::Choice(match measure {
        Measure::Gained => "gained",
        Measure::Lost => "lost",
        Measure::Open => "open",
        Measure::ErrorChanged => "error-changed",
    })
}

/// A comparison, to choose a sentence by.
pub(super) fn how(compared: Compared) -> (&'static str, u64) {
    match compared {
        Compared::StillNone => ("still-none", 0),
        Compared::First => ("first", 0),
        Compared::Vanished => ("vanished", 0),
        Compared::Same => ("same", 0),
        Compared::Times(2) => ("twice", 2),
        Compared::Times(n) => ("times", n),
        Compared::More => ("more", 0),
        Compared::Half => ("half", 0),
        Compared::Fewer => ("fewer", 0),
        Compared::FarFewer => ("far-fewer", 0),
    }
}

/// Whether it is told what changes, or what would.
pub(super) fn form(reached: Reached) -> Arg {
    Arg::Choice(match reached {
        Reached::Everybody | Reached::Rest | Reached::Withdrawn | Reached::Apart => "is",
        Reached::Some | Reached::Again | Reached::Nobody | Reached::Proposed => "would",
    })
}

/// The word by which a template chooses what to say of a relation.
pub(super) fn relation(relation: Relation) -> Arg {
    Arg::Choice(match relation {
        Relation::Equivalent => "equivalent",
        Relation::Narrows => "narrows",
        Relation::Widens => "widens",
        Relation::Differs => "differs",
        Relation::NotProven => "not-proven",
    })
}
