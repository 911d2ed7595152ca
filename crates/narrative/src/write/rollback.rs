//! A channel went back.

use super::{Head, Span, Writer, exact, promotion::report, say, strong, words};
use crate::{
    facts::{Rollback, Step},
    language::name,
    risk::Assessment,
    visible::person,
};

impl Writer<'_> {
    pub(super) fn rollback(&mut self, rollback: &Rollback) -> Head {
        let Rollback {
            moved,
            undone,
            partial,
            drift,
        } = rollback;
        let step = &moved.step;
        self.section("changed", say::SectionChanged {});
        let lead = self.went_back(rollback);
        let mut told = vec![strong(lead)];
        match undone {
            Some(undone) => told.extend([
                self.taken_back(undone),
                self.lasted(step.at.saturating_sub(undone.at)),
            ]),
            None => told.push(self.language.say(say::RollbackUndoneUnknown {})),
        }
        told.extend(self.policies(moved));
        let receipts = [Some(step), undone.as_ref()].into_iter().flatten();
        let receipts = receipts.filter_map(|step| self.receipt_note(step.receipt.as_ref()));
        let mut notes: Vec<_> = receipts.collect();
        notes.extend(self.policy_notes(&moved.policies));
        self.paragraph("changed-lead", told, notes);

        self.affected(drift, None);
        self.why(moved, self.language.say(say::RollbackApproval {}));
        let receipt = self.receipt_note(step.receipt.as_ref());
        self.risk(
            &Assessment::of_move(moved, drift, false),
            receipt.into_iter().collect(),
        );

        self.section("undo", say::SectionForward {});
        let (told, notes) = match &moved.way_back {
            Some(forward) => {
                let mut told = vec![strong(self.language.say(say::RollbackForward {
                    version: name(&forward.version),
                    command: super::command(&forward.command),
                }))];
                told.extend(self.reversed(drift));
                (told, vec![self.bundle_note(forward)])
            }
            None if moved.later > 0 => {
                let told = self.language.say(say::RollbackForwardLater {
                    count: exact(moved.later),
                });
                (vec![told], Vec::new())
            }
            None => (
                vec![self.language.say(say::RollbackForwardNone {})],
                Vec::new(),
            ),
        };
        self.paragraph("undo-lead", told, notes);
        self.know(moved, drift, false);

        self.section("detail", say::SectionDetail {});
        self.drift_detail(drift);
        self.move_detail(moved);

        let channel = name(&step.channel);
        Head {
            title: if moved.is_of_modes() {
                self.word(say::ModesTitle {
                    channel,
                    version: name(&step.version),
                })
            } else if *partial {
                self.word(say::RollbackPartialTitle { channel })
            } else {
                self.word(say::RollbackTitle {
                    channel,
                    version: name(&step.version),
                })
            },
            subtitle: self.subtitle_of(moved),
            particulars: self.particulars_of(moved, report(drift)),
        }
    }

    fn went_back(&self, rollback: &Rollback) -> Vec<Span> {
        let step = &rollback.moved.step;
        let (at, by) = (
            words(self.language.moment(step.at)),
            words(person(&step.by)),
        );
        let (channel, version) = (name(&step.channel), name(&step.version));
        // A rollback without anything before it contradicts itself; what is known is told.
        let from = name(rollback.moved.from.as_deref().unwrap_or("?"));
        if rollback.moved.is_of_modes() {
            self.language.say(say::RollbackLeadModes {
                at,
                by,
                channel,
                version,
            })
        } else if rollback.partial {
            self.language.say(say::RollbackPartialLead {
                at,
                by,
                channel,
                version,
                from,
            })
        } else {
            self.language.say(say::RollbackLead {
                at,
                by,
                channel,
                version,
                from,
            })
        }
    }

    fn taken_back(&self, undone: &Step) -> Vec<Span> {
        self.language.say(say::RollbackUndone {
            sequence: words(undone.sequence.to_string()),
            by: words(person(&undone.by)),
            at: words(self.language.date(undone.at)),
        })
    }

    /// Hours up to two days, and then days.
    fn lasted(&self, seconds: u64) -> Vec<Span> {
        match seconds / 3600 {
            hours if hours < 48 => self.language.say(say::RollbackAfter {
                count: exact(hours),
            }),
            hours => self.language.say(say::RollbackAfterDays {
                count: exact(hours / 24),
            }),
        }
    }
}
