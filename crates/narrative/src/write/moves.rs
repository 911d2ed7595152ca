//! What is told of a channel's moves, whatever their kind.

use model::PolicyChangeKind;

use super::{
    Content, ROWS, Source, Span, Table, Writer, about, citation, command, exact, id, say, short,
    strong, text, visible, words,
};
use crate::{
    document::Note,
    facts::{Changed, Gate, Move, Policy, Reached, Replayed, Standing, Step, WayBack, What},
    language::{Arg, merged, name},
    visible::person,
};

impl Writer<'_> {
    /// Which policies differ, and how they are applied.
    pub(super) fn policies(&self, moved: &Move) -> Vec<Vec<Span>> {
        let language = self.language;
        let names = moved.policies.iter().map(|policy| &policy.id);
        let (count, policies) = (exact(moved.policies.len() as u64), self.listed_codes(names));
        let mut told = vec![match moved.is_of_modes() {
            true => language.say(say::PoliciesApplied { count, policies }),
            false => language.say(say::PoliciesDiffer { count, policies }),
        }];
        for applied in moved.modes.iter().take(super::LISTED) {
            let (which, policy) = match &applied.policy {
                None => ("all", Arg::Words(Vec::new())),
                Some(policy) => ("one", Arg::Words(id(policy))),
            };
            let which = Arg::Choice(which);
            told.push(match applied.percent {
                0 => language.say(say::AppliedAudit { which, policy }),
                percent => {
                    let percent = words(language.text(say::Percent {
                        n: exact(u64::from(percent)),
                    }));
                    language.say(say::AppliedCanary {
                        which,
                        policy,
                        percent,
                    })
                }
            });
        }
        if moved.modes.is_empty() {
            told.push(language.say(say::AppliedEnforced {}));
        } else if moved.modes.iter().all(|applied| applied.policy.is_some()) {
            let unsaid = moved.modes.len().saturating_sub(super::LISTED) as u64;
            told.push(language.say(say::AppliedRest {
                count: exact(unsaid),
            }));
        }
        told
    }

    pub(super) fn policy_notes(&self, policies: &[Policy]) -> Vec<Note> {
        policies
            .iter()
            .take(super::LISTED)
            .map(|policy| self.policy_note(&policy.id))
            .collect()
    }

    /// The section that says why: the reason, the approvals, what policies rest on.
    pub(super) fn why(&mut self, moved: &Move, unapproved: Vec<Span>) {
        self.section("why", say::SectionWhy {});
        let language = self.language;
        let mut told = vec![self.reason_given(&moved.step)];
        told.push(if moved.approvals.is_empty() {
            unapproved
        } else {
            let people = moved.approvals.iter().map(|approval| &approval.by);
            language.say(say::Approved {
                count: exact(moved.approvals.len() as u64),
                people: self.listed_people(people),
            })
        });
        let notes = self
            .receipt_note(moved.step.receipt.as_ref())
            .into_iter()
            .collect();
        self.paragraph("why-lead", told, notes);
        let mut cites = Vec::new();
        for policy in moved
            .policies
            .iter()
            .filter(|policy| !policy.cites.is_empty())
            .take(super::LISTED)
        {
            let authorities = policy.cites.iter().map(|it| self.cited(it)).collect();
            cites.push(language.say(say::Cites {
                policy: Arg::Words(id(&policy.id)),
                authorities: self.listed(authorities),
            }));
        }
        let is_other_text = !moved.is_of_modes();
        if cites.is_empty() && is_other_text && !moved.policies.is_empty() {
            cites.push(language.say(say::CitesNone {}));
        }
        let citing: Vec<Policy> = moved
            .policies
            .iter()
            .filter(|policy| !policy.cites.is_empty())
            .cloned()
            .collect();
        self.paragraph("why-cites", cites, self.policy_notes(&citing));
    }

    pub(super) fn reason_given(&self, step: &Step) -> Vec<Span> {
        match step
            .reason
            .as_ref()
            .filter(|reason| !reason.trim().is_empty())
        {
            Some(reason) => self.language.say(say::Reason {
                by: words(person(&step.by)),
                reason: words(self.language.quoted_last(reason)),
            }),
            None => self.language.say(say::ReasonNone {}),
        }
    }

    /// What happens when a move is undone, where there is a way.
    pub(super) fn undone(&self, way_back: &WayBack, replayed: &Replayed) -> Vec<Vec<Span>> {
        let ready = self.language.say(say::UndoReady {
            version: name(&way_back.version),
            command: command(&way_back.command),
        });
        let mut told = vec![strong(ready)];
        told.extend(self.reversed(replayed));
        told
    }

    /// That others came after it.
    pub(super) fn overtaken(&self, later: u64) -> Vec<Span> {
        self.language.say(say::UndoLater {
            count: exact(later),
        })
    }

    /// Whose access changes when a change is reversed.
    pub(super) fn reversed(&self, replayed: &Replayed) -> Vec<Vec<Span>> {
        let language = self.language;
        let Replayed::Drift(drift) = replayed else {
            return vec![language.say(say::UndoUnknown {})];
        };
        let Changed {
            gained, lost, open, ..
        } = drift.changed;
        match drift.reached {
            Reached::Everybody | Reached::Apart => {}
            Reached::Some | Reached::Again | Reached::Rest | Reached::Withdrawn => {
                return vec![language.say(say::UndoUnknown {})];
            }
            Reached::Nobody | Reached::Proposed => return vec![language.say(say::UndoNobody {})],
        }
        let mut told = Vec::new();
        if gained > 0 {
            told.push(language.sentence(say::UndoGained {
                count: about(gained),
            }));
        }
        if lost > 0 {
            told.push(language.sentence(say::UndoLost { count: about(lost) }));
        }
        if told.is_empty() && open == 0 {
            told.push(language.say(say::UndoSame {}));
        }
        told
    }

    pub(super) fn bundle_note(&self, way_back: &WayBack) -> Note {
        Note {
            text: self.language.text(say::NoteBundle {
                digest: words(short(&way_back.bundle)),
            }),
            source: None,
        }
    }

    /// The section that says how all this is known.
    pub(super) fn know(&mut self, moved: &Move, replayed: &Replayed, gates_asked: bool) {
        self.section("know", say::SectionKnow {});
        let language = self.language;
        let mut told = vec![match &moved.step.receipt {
            Some(receipt) => language.say(say::KnowReceipt {
                number: exact(receipt.number),
            }),
            None => language.say(say::KnowNoReceipt {}),
        }];
        if gates_asked {
            told.push(self.gates_told(&moved.gates));
        }
        let notes = self
            .receipt_note(moved.step.receipt.as_ref())
            .into_iter()
            .collect();
        self.paragraph("know-lead", told, notes);
        if let Replayed::Drift(drift) = replayed {
            let mut told = vec![match &drift.report {
                Some(_) => language.say(say::KnowReport {}),
                None => language.say(say::KnowComputed {}),
            }];
            told.extend(self.proof(drift));
            let notes = drift
                .report
                .iter()
                .map(|digest| self.report_note(digest))
                .collect();
            self.paragraph("know-figures", told, notes);
        }
    }

    pub(super) fn report_note(&self, digest: &str) -> Note {
        Note {
            text: self.language.text(say::NoteReport {
                digest: words(short(digest)),
            }),
            source: Some(Source::Block("detail-people-chart".to_owned())),
        }
    }

    fn gates_told(&self, gates: &[Gate]) -> Vec<Span> {
        let passed = gates
            .iter()
            .filter(|gate| gate.standing == Standing::Passed)
            .count() as u64;
        match gates.len() as u64 {
            0 => self.language.say(say::KnowGatesNone {}),
            all if all == passed => self.language.say(say::KnowGatesAll { count: exact(all) }),
            all => self.language.say(say::KnowGatesSome {
                passed: exact(passed),
                all: exact(all),
            }),
        }
    }

    /// Tables of a move: its policies, its gates, its approvals.
    pub(super) fn move_detail(&mut self, moved: &Move) {
        let how = |how: Option<PolicyChangeKind>| {
            Arg::Choice(match how {
                Some(PolicyChangeKind::Added) => "added",
                Some(PolicyChangeKind::Removed) => "removed",
                Some(PolicyChangeKind::Changed) => "changed",
                Some(PolicyChangeKind::Moved) => "moved",
                // The text is the same, and decides in another mode.
                None if moved.is_of_modes() => "applied",
                None => "unknown",
            })
        };
        if !moved.policies.is_empty() {
            self.part("detail-policies", say::DetailPolicies {});
            let row = |policy: &Policy| {
                let cites: Vec<Vec<Span>> = policy.cites.iter().map(citation).collect();
                let rests = if cites.is_empty() {
                    text(self.word(say::NothingSaid {}))
                } else {
                    merged(self.language.list(&cites))
                };
                vec![
                    id(&policy.id),
                    text(self.word(say::HowWord {
                        how: how(policy.how),
                    })),
                    rests,
                ]
            };
            let table = Table {
                caption: self.word(say::DetailPolicies {}),
                columns: self.columns([
                    (self.word(say::ColumnPolicy {}), false),
                    (self.word(say::ColumnHow {}), false),
                    (self.word(say::ColumnRestsOn {}), false),
                ]),
                rows: moved.policies.iter().take(ROWS).map(row).collect(),
            };
            let notes = self.policy_notes(&moved.policies);
            let shown = table.rows.len();
            self.add("detail-policies-table", Content::Table(table), notes);
            self.cut("detail-policies-cut", shown, moved.policies.len());
        }
        if !moved.gates.is_empty() {
            self.part("detail-gates", say::DetailGates {});
            let row = |gate: &Gate| {
                let standing = Arg::Choice(match gate.standing {
                    Standing::Passed => "passed",
                    Standing::Overridden => "overridden",
                    Standing::Skipped => "skipped",
                });
                vec![
                    self.gate(&gate.name),
                    text(self.word(say::StandingWord { standing })),
                    self.found(gate),
                ]
            };
            let table = Table {
                caption: self.word(say::DetailGates {}),
                columns: self.columns([
                    (self.word(say::ColumnGate {}), false),
                    (self.word(say::ColumnStanding {}), false),
                    (self.word(say::ColumnFound {}), false),
                ]),
                rows: moved.gates.iter().map(row).collect(),
            };
            self.table("detail-gates-table", table);
        }
        if !moved.approvals.is_empty() {
            self.part("detail-approvals", say::DetailApprovals {});
            let row = |approval: &crate::facts::Approval| {
                vec![
                    text(visible(&approval.by)),
                    text(self.language.moment(approval.at)),
                ]
            };
            let table = Table {
                caption: self.word(say::DetailApprovals {}),
                columns: self.columns([
                    (self.word(say::ColumnBy {}), false),
                    (self.word(say::ColumnDate {}), false),
                ]),
                rows: moved.approvals.iter().map(row).collect(),
            };
            self.table("detail-approvals-table", table);
        }
    }

    /// A check by its name, in the words of the language.
    pub(super) fn gate(&self, gate: &str) -> Vec<Span> {
        let known = [
            "validation",
            "tests",
            "references",
            "drift",
            "approvals",
            "window",
            "guard",
        ];
        match known.into_iter().find(|known| *known == gate) {
            Some(known) => self.language.say(say::GateWord {
                gate: Arg::Choice(known),
            }),
            None => id(gate),
        }
    }

    /// That a table shows only the first of its rows.
    pub(super) fn cut(&mut self, id: &str, shown: usize, count: usize) {
        if shown < count {
            let told = self.language.say(say::DetailFirst {
                shown: exact(shown as u64),
                count: exact(count as u64),
            });
            self.paragraph(id, vec![told], Vec::new());
        }
    }

    /// Moves, oldest first.
    pub(super) fn steps(&mut self, steps: &[Step], of_many: bool) {
        if steps.is_empty() {
            return;
        }
        self.part("detail-moves", say::DetailMoves {});
        let row = |step: &Step| {
            let mut row = vec![text(step.sequence.to_string())];
            if of_many {
                row.insert(0, text(visible(&step.channel)));
            }
            row.extend([
                text(self.what(step.what)),
                text(visible(&step.version)),
                self.date_cell(step.at),
                text(person(&step.by)),
                step.changed.map_or_else(
                    || text(self.word(say::NothingSaid {})),
                    |it| self.number_cell(it.gained),
                ),
                step.changed.map_or_else(
                    || text(self.word(say::NothingSaid {})),
                    |it| self.number_cell(it.lost),
                ),
            ]);
            row
        };
        let mut columns = self.columns([
            (self.word(say::ParticularChannel {}), false),
            (self.word(say::ColumnMove {}), true),
            (self.word(say::ColumnWhat {}), false),
            (self.word(say::ColumnVersion {}), false),
            (self.word(say::ColumnDate {}), false),
            (self.word(say::ColumnBy {}), false),
            (self.word(say::ColumnGained {}), true),
            (self.word(say::ColumnLost {}), true),
        ]);
        if !of_many {
            columns.remove(0);
        }
        // The last ones are those that people ask about.
        let cut = steps.len().saturating_sub(ROWS);
        let table = Table {
            caption: self.word(say::DetailMoves {}),
            columns,
            rows: steps.iter().skip(cut).map(row).collect(),
        };
        let notes = steps
            .iter()
            .skip(cut)
            .filter_map(|step| self.receipt_note(step.receipt.as_ref()));
        let notes = notes.take(super::LISTED).collect();
        let shown = table.rows.len();
        self.add("detail-moves-table", Content::Table(table), notes);
        if cut > 0 {
            let told = self.language.say(say::DetailLast {
                shown: exact(shown as u64),
                count: exact(steps.len() as u64),
            });
            self.paragraph("detail-moves-cut", vec![told], Vec::new());
        }
    }

    fn what(&self, what: What) -> String {
        let (what, undone) = match what {
            What::Promotion => ("promotion", 0),
            What::Rollback(undone) => ("rollback", undone),
            What::Modes => ("modes", 0),
            What::Partial(undone) => ("partial", undone),
        };
        self.word(say::WhatWord {
            what: Arg::Choice(what),
            undone: words(undone.to_string()),
        })
    }

    /// The particulars of a move.
    pub(super) fn particulars_of(
        &self,
        moved: &Move,
        report: Option<&str>,
    ) -> Vec<(String, String)> {
        let step = &moved.step;
        let mut pairs = vec![
            (self.word(say::ParticularChannel {}), visible(&step.channel)),
            (
                self.word(say::ParticularEnvironment {}),
                visible(&moved.environment),
            ),
            (self.word(say::ParticularVersion {}), visible(&step.version)),
            (self.word(say::ParticularMove {}), visible(&step.id)),
        ];
        if let Some(receipt) = &step.receipt {
            pairs.push((self.word(say::ParticularReceipt {}), visible(&receipt.leaf)));
        }
        if let Some(report) = report {
            pairs.push((self.word(say::ParticularReport {}), visible(report)));
        }
        pairs
    }
}
