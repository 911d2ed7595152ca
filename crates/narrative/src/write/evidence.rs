//! What a ledger holds, for who audits it.

use super::{
    Content, Head, ROWS, Span, Table, Writer, command, exact, say, strong, text, visible, words,
};
use crate::{
    facts::{Checkpoint, Evidence, Exception, Kind, Step},
    language::{Arg, name},
    risk::Assessment,
    visible::{person, prose},
};

impl Writer<'_> {
    pub(super) fn evidence(&mut self, evidence: &Evidence) -> Head {
        let language = self.language;
        let receipts = |count| {
            words(language.text(say::Receipts {
                count: exact(count),
            }))
        };
        let origin = || name(&evidence.origin);

        self.section("changed", say::SectionChanged {});
        let mut told = vec![strong(match evidence.receipts {
            0 => language.say(say::EvidenceLeadEmpty { origin: origin() }),
            count => language.say(say::EvidenceLead {
                origin: origin(),
                receipts: receipts(count),
            }),
        })];
        let days = evidence
            .period
            .map(|(from, until)| (language.date(from), language.date(until)));
        told.extend(days.as_ref().map(|(from, until)| {
            let (from, until) = (from.as_str(), until.as_str());
            if from == until {
                language.say(say::EvidenceDay { day: words(from) })
            } else {
                let (from, until) = (words(from), words(until));
                language.say(say::EvidencePeriod { from, until })
            }
        }));
        if !evidence.kinds.is_empty() {
            let kinds = evidence.kinds.iter().map(|kind| {
                let name = words(self.kind(kind));
                language.say(say::GroupItem {
                    name,
                    count: exact(kind.receipts),
                })
            });
            told.push(language.say(say::EvidenceKinds {
                kinds: self.listed(kinds.collect()),
            }));
        }
        self.paragraph("changed-lead", told, Vec::new());

        self.section("affected", say::SectionAffected {});
        let moves = language.say(say::EvidenceMoves {
            count: exact(evidence.moves.len() as u64),
        });
        let exceptions = language.say(say::EvidenceExceptions {
            count: exact(evidence.exceptions.len() as u64),
        });
        let purged = language.say(say::EvidencePurged {
            count: exact(evidence.purged),
        });
        let notes = evidence
            .exceptions
            .iter()
            .filter_map(|it| self.receipt_note(it.receipt.as_ref()));
        let notes = notes.take(super::LISTED).collect();
        self.paragraph("affected-lead", vec![moves, exceptions, purged], notes);

        self.risk(&Assessment::of_evidence(evidence), Vec::new());

        self.section("undo", say::SectionUndo {});
        self.paragraph(
            "undo-lead",
            vec![language.say(say::UndoEvidence {})],
            Vec::new(),
        );

        self.section("know", say::SectionKnow {});
        let audit = match &evidence.audit {
            None => language.say(say::EvidenceAuditNone {}),
            Some(audit) => {
                let at = words(language.moment(audit.at));
                match &audit.fault {
                    None => language.say(say::EvidenceAudit { at }),
                    Some(fault) => language.say(say::EvidenceAuditFault {
                        at,
                        fault: Arg::Words(language.said(fault)),
                    }),
                }
            }
        };
        let mut told = vec![audit];
        match &evidence.checkpoint {
            None => told.push(language.say(say::EvidenceCheckpointNone {})),
            Some(Checkpoint {
                receipts: covered,
                witnesses,
                ..
            }) => {
                told.push(if *covered >= evidence.receipts {
                    language.say(say::EvidenceCheckpointAll {})
                } else {
                    language.say(say::EvidenceCheckpoint {
                        receipts: receipts(*covered),
                    })
                });
                told.push(language.say(say::EvidenceWitnesses {
                    count: exact(witnesses.len() as u64),
                    names: self.listed_codes(witnesses),
                }));
            }
        }
        if !evidence.keys.is_empty() {
            told.push(language.say(say::EvidenceKeys {
                count: exact(evidence.keys.len() as u64),
                names: self.listed_codes(&evidence.keys),
            }));
        }
        told.push(language.say(say::EvidenceCheck {
            command: command("fabric bundle . --out evidence.tfb"),
        }));
        self.paragraph("know-lead", told, Vec::new());

        self.section("detail", say::SectionDetail {});
        self.kinds(&evidence.kinds);
        self.exceptions(&evidence.exceptions);
        let steps: Vec<&Step> = evidence.moves.iter().collect();
        self.trend(&steps);
        self.steps(&evidence.moves, true);

        let mut particulars = vec![(
            self.word(say::ParticularLedger {}),
            visible(&evidence.origin),
        )];
        if let Some(checkpoint) = &evidence.checkpoint {
            particulars.push((self.word(say::ParticularRoot {}), visible(&checkpoint.root)));
        }
        Head {
            title: self.word(say::EvidenceTitle {
                receipts: receipts(evidence.receipts),
            }),
            subtitle: match days {
                Some((day, until)) if day == until => self.word(say::EvidenceSubtitleDay {
                    origin: origin(),
                    day: words(day),
                }),
                Some((from, until)) => self.word(say::EvidenceSubtitle {
                    origin: origin(),
                    from: words(from),
                    until: words(until),
                }),
                None => visible(&evidence.origin),
            },
            particulars,
        }
    }

    fn kind(&self, kind: &Kind) -> String {
        let known = [
            "drift-preview",
            "guard-verdict",
            "override",
            "promotion",
            "rollback",
            "narrative",
            "key-rotation",
            "restore",
            "purge-manifest",
        ];
        let kind = known
            .into_iter()
            .find(|known| *known == kind.kind)
            .unwrap_or("other");
        self.word(say::KindWord {
            kind: Arg::Choice(kind),
        })
    }

    fn kinds(&mut self, kinds: &[Kind]) {
        if kinds.is_empty() {
            return;
        }
        self.part("detail-kinds", say::DetailKinds {});
        let row = |kind: &Kind| {
            vec![
                text(self.kind(kind)),
                self.number_cell(kind.receipts),
                self.date_cell(kind.last),
            ]
        };
        let table = Table {
            caption: self.word(say::DetailKinds {}),
            columns: self.columns([
                (self.word(say::ColumnKind {}), false),
                (self.word(say::ColumnReceipts {}), true),
                (self.word(say::ColumnLast {}), false),
            ]),
            rows: kinds.iter().map(row).collect(),
        };
        self.table("detail-kinds-table", table);
    }

    fn exceptions(&mut self, exceptions: &[Exception]) {
        if exceptions.is_empty() {
            return;
        }
        self.part("detail-exceptions", say::DetailExceptions {});
        let row = |it: &Exception| {
            let reason = match it.reason.trim() {
                "" => self.word(say::NothingSaid {}),
                reason => prose(reason),
            };
            vec![
                self.date_cell(it.at),
                text(match it.by.as_str() {
                    "" => self.word(say::NothingSaid {}),
                    by => person(by),
                }),
                self.left_out(it),
                text(reason),
            ]
        };
        let table = Table {
            caption: self.word(say::DetailExceptions {}),
            columns: self.columns([
                (self.word(say::ColumnDate {}), false),
                (self.word(say::ColumnBy {}), false),
                (self.word(say::ColumnWhat {}), false),
                (self.word(say::ColumnReason {}), false),
            ]),
            rows: exceptions.iter().take(ROWS).map(row).collect(),
        };
        let notes = exceptions
            .iter()
            .filter_map(|it| self.receipt_note(it.receipt.as_ref()));
        let notes = notes.take(super::LISTED).collect();
        let shown = table.rows.len();
        self.add("detail-exceptions-table", Content::Table(table), notes);
        self.cut("detail-exceptions-cut", shown, exceptions.len());
    }

    /// What was left out, and where.
    fn left_out(&self, it: &Exception) -> Vec<Span> {
        let what = self.gate(&it.what);
        match it.place.as_str() {
            "" => what,
            place => self.language.say(say::GateAt {
                place: name(place),
                gate: Arg::Words(what),
            }),
        }
    }
}
