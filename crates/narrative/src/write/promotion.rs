//! A channel came to ship another version, or the same in other modes.

use super::{Head, Writer, say, strong, words};
use crate::{
    facts::{Move, Promotion, Replayed, Step, What},
    language::name,
    risk::Assessment,
    visible::person,
};

impl Writer<'_> {
    pub(super) fn promotion(&mut self, promotion: &Promotion) -> Head {
        let Promotion {
            moved,
            drift,
            before,
        } = promotion;
        let step = &moved.step;
        self.section("changed", say::SectionChanged {});
        let mut told = vec![strong(self.promoted(moved))];
        told.extend(self.policies(moved));
        let mut notes: Vec<_> = self
            .receipt_note(step.receipt.as_ref())
            .into_iter()
            .collect();
        notes.extend(self.policy_notes(&moved.policies));
        self.paragraph("changed-lead", told, notes);

        self.affected(drift, before.last().and_then(|step| step.changed));
        self.why(moved, self.language.say(say::ApprovedNone {}));
        let receipt = self.receipt_note(step.receipt.as_ref());
        self.risk(
            &Assessment::of_move(moved, drift, true),
            receipt.into_iter().collect(),
        );

        self.section("undo", say::SectionUndo {});
        let (told, notes) = match (&moved.way_back, &moved.from) {
            (Some(way_back), _) => (
                self.undone(way_back, drift),
                vec![self.bundle_note(way_back)],
            ),
            (None, _) if moved.later > 0 => (vec![self.overtaken(moved.later)], Vec::new()),
            (None, None) => (vec![self.language.say(say::UndoFirst {})], Vec::new()),
            (None, Some(_)) => (vec![self.language.say(say::UndoNone {})], Vec::new()),
        };
        self.paragraph("undo-lead", told, notes);
        self.know(moved, drift, true);

        self.section("detail", say::SectionDetail {});
        self.drift_detail(drift);
        let mut steps: Vec<&Step> = before.iter().collect();
        steps.push(step);
        self.trend(&steps);
        self.move_detail(moved);

        let channel = || name(&step.channel);
        let version = || name(&step.version);
        Head {
            title: match step.what {
                What::Modes => self.word(say::ModesTitle {
                    channel: channel(),
                    version: version(),
                }),
                _ => self.word(say::PromotionTitle {
                    channel: channel(),
                    version: version(),
                }),
            },
            subtitle: self.subtitle_of(moved),
            particulars: self.particulars_of(moved, report(drift)),
        }
    }

    fn promoted(&self, moved: &Move) -> Vec<super::Span> {
        let step = &moved.step;
        let at = words(self.language.moment(step.at));
        let by = words(person(&step.by));
        let (channel, version) = (name(&step.channel), name(&step.version));
        match (&step.what, &moved.from) {
            (What::Modes, _) => self.language.say(say::PromotionLeadModes {
                at,
                by,
                channel,
                version,
            }),
            (_, None) => self.language.say(say::PromotionLeadFirst {
                at,
                by,
                channel,
                version,
            }),
            (_, Some(from)) => self.language.say(say::PromotionLead {
                at,
                by,
                channel,
                version,
                from: name(from),
            }),
        }
    }

    /// Whose channel, which move, and when.
    pub(super) fn subtitle_of(&self, moved: &Move) -> String {
        self.word(say::PromotionSubtitle {
            tenant: name(&moved.tenant),
            sequence: words(moved.step.sequence.to_string()),
            channel: name(&moved.step.channel),
            at: words(self.language.moment(moved.step.at)),
        })
    }
}

/// The digest of the report that figures are from.
pub(super) fn report(replayed: &Replayed) -> Option<&str> {
    match replayed {
        Replayed::Drift(drift) => drift.report.as_deref(),
        Replayed::First
        | Replayed::NoLog
        | Replayed::Canaries
        | Replayed::NotKept
        | Replayed::Failed(_) => None,
    }
}
