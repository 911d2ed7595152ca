//! What happened to a channel in a week.

use super::{Head, Span, Writer, about, access::how, command, exact, say, strong, words};
use crate::{
    facts::{Changed, Step, Week, What},
    language::{Arg, name},
    risk::Assessment,
    rounding::Compared,
};

impl Writer<'_> {
    pub(super) fn week(&mut self, week: &Week) -> Head {
        let language = self.language;
        let moves = week.moves.len() as u64;
        let together = together(&week.moves);
        let uncounted = week
            .moves
            .iter()
            .filter(|step| step.changed.is_none())
            .count() as u64;
        let notes = || {
            week.moves
                .iter()
                .filter_map(|step| self.receipt_note(step.receipt.as_ref()))
        };
        let receipts: Vec<_> = notes().take(super::LISTED).collect();

        self.section("changed", say::SectionChanged {});
        let lead = strong(language.say(say::WeekLead {
            count: exact(moves),
            channel: name(&week.channel),
        }));
        let mut told = vec![lead, self.compared_weeks(week)];
        let back = week
            .moves
            .iter()
            .filter(|step| matches!(step.what, What::Rollback(_) | What::Partial(_)))
            .count() as u64;
        if back > 0 {
            told.push(language.say(say::WeekRollbacks { count: exact(back) }));
        }
        told.push(match &week.ships {
            Some(version) => language.say(say::WeekShips {
                version: name(version),
            }),
            None => language.say(say::WeekShipsNothing {}),
        });
        self.paragraph("changed-lead", told, receipts.clone());

        if moves > 0 {
            self.section("affected", say::SectionAffected {});
            let mut told = Vec::new();
            let mut notes = Vec::new();
            // What is not known is said first, and of the rest no more than was counted.
            let of = || {
                Arg::Choice(match uncounted {
                    0 => "all",
                    _ => "counted",
                })
            };
            if uncounted > 0 {
                let which: Vec<(u64, String)> = week
                    .moves
                    .iter()
                    .filter(|step| step.changed.is_none())
                    .map(|step| (step.sequence, step.version.clone()))
                    .collect();
                told.push(strong(language.say(say::WeekUncounted {
                    count: exact(uncounted),
                    moves: exact(moves),
                    which: self.listed_moves(&which),
                })));
            }
            if uncounted < moves {
                let gained = language.say(say::WeekGained {
                    of: of(),
                    count: about(together.gained),
                });
                told.push(match uncounted {
                    0 => strong(gained),
                    _ => gained,
                });
                told.push(language.say(say::WeekLost {
                    of: of(),
                    count: about(together.lost),
                }));
                notes.push(self.figures(together.answers(), together.of, "detail-moves-table"));
            }
            self.paragraph("affected-lead", told, notes);
            self.section("why", say::SectionWhy {});
            let reason = |step: &Step| self.reason_of(step);
            let reasons: Vec<Vec<Span>> = week.moves.iter().map(reason).collect();
            self.add("why-list", super::Content::List(reasons), receipts.clone());
        }

        self.risk(
            &Assessment::of_week(&week.moves, together),
            receipts.clone(),
        );

        self.section("undo", say::SectionUndo {});
        let undo = match &week.undo {
            Some(call) => vec![language.say(say::WeekUndo {
                command: command(call),
            })],
            None => vec![language.say(say::WeekUndoNothing {})],
        };
        self.paragraph("undo-lead", undo, Vec::new());

        self.section("know", say::SectionKnow {});
        let with = week
            .moves
            .iter()
            .filter(|step| step.receipt.is_some())
            .count() as u64;
        let without_checks = week
            .moves
            .iter()
            .filter(|step| !step.left_out.is_empty())
            .count() as u64;
        let mut told = vec![language.say(say::WeekLeftOut {
            count: exact(without_checks),
        })];
        if moves > 0 {
            told.insert(0, language.say(say::WeekReceipts { count: exact(with) }));
        }
        self.paragraph("know-lead", told, receipts);

        let steps: Vec<&Step> = week.earlier.iter().chain(&week.moves).collect();
        if moves > 0 || steps.len() > 1 {
            self.section("detail", say::SectionDetail {});
            self.trend(&steps);
            self.steps(&week.moves, false);
        }

        Head {
            title: self.word(say::WeekTitle {
                count: exact(moves),
                channel: name(&week.channel),
            }),
            subtitle: self.word(say::WeekSubtitle {
                channel: name(&week.channel),
                from: words(language.date(week.from)),
                // The week ends before this moment.
                until: words(language.date(week.until.saturating_sub(1))),
            }),
            particulars: vec![(
                self.word(say::ParticularChannel {}),
                super::visible(&week.channel),
            )],
        }
    }

    fn compared_weeks(&self, week: &Week) -> Vec<Span> {
        let Some(before) = &week.before else {
            return self.language.say(say::WeekComparedUnknown {});
        };
        let (now, then) = (week.moves.len() as u64, before.len() as u64);
        let (how, n) = how(Compared::of(now, then));
        let before = words(self.word(say::Moves { count: exact(then) }));
        self.language.say(say::WeekCompared {
            how: Arg::Choice(how),
            n: exact(n),
            before,
        })
    }

    fn reason_of(&self, step: &Step) -> Vec<Span> {
        match step
            .reason
            .as_ref()
            .filter(|reason| !reason.trim().is_empty())
        {
            Some(reason) => self.language.say(say::WeekReason {
                version: name(&step.version),
                reason: words(self.language.quoted_last(reason)),
            }),
            None => self.language.say(say::WeekReasonNone {
                version: name(&step.version),
            }),
        }
    }
}

/// All that moves changed, as far as it was counted.
fn together(steps: &[Step]) -> Changed {
    let mut all = Changed::default();
    for changed in steps.iter().filter_map(|step| step.changed) {
        all.of = all.of.saturating_add(changed.of);
        all.gained = all.gained.saturating_add(changed.gained);
        all.lost = all.lost.saturating_add(changed.lost);
        all.open = all.open.saturating_add(changed.open);
    }
    all
}
