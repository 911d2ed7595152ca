//! What the guard said of an edit.

use super::{
    Head, Rounded, Span, Table, Writer, access::measure, exact, id, say, short, strong, text,
    visible, words,
};
use crate::{
    facts::{Bound, Replayed, Ruling, Verdict},
    language::{Arg, name},
    risk::Assessment,
    visible::person,
};

impl Writer<'_> {
    pub(super) fn verdict(&mut self, verdict: &Verdict) -> Head {
        let language = self.language;
        let ruling = || {
            Arg::Choice(match verdict.ruling {
                _ if verdict.overridden.is_some() => "overridden",
                Ruling::Pass => "pass",
                Ruling::Blocked => "blocked",
                Ruling::Undecided => "undecided",
            })
        };
        let (base, head) = (|| name(&verdict.base), || name(&verdict.head));
        let receipt: Vec<_> = self
            .receipt_note(verdict.receipt.as_ref())
            .into_iter()
            .collect();

        self.section("changed", say::SectionChanged {});
        let lead = language.say(say::VerdictLead {
            ruling: ruling(),
            base: base(),
            head: head(),
        });
        let authors = language.say(say::VerdictAuthors {
            count: exact(verdict.authors.len() as u64),
            people: self.listed_people(&verdict.authors),
        });
        self.paragraph("changed-lead", vec![strong(lead), authors], receipt.clone());

        self.affected(&verdict.drift, None);

        self.section("why", say::SectionWhy {});
        let exceeded: Vec<&Bound> = verdict
            .bounds
            .iter()
            .filter(|bound| bound.is_exceeded())
            .collect();
        if exceeded.is_empty() {
            let told = vec![language.say(say::VerdictBoundsHeld {})];
            self.paragraph("why-lead", told, receipt.clone());
        } else {
            let items = exceeded.iter().map(|bound| self.bound(bound)).collect();
            self.add("why-list", super::Content::List(items), receipt.clone());
        }
        if let Some(given) = &verdict.overridden {
            let told = language.say(say::VerdictOverride {
                by: words(person(&given.by)),
                until: match given.ends {
                    Some(ends) => words(language.moment(ends)),
                    None => name(&given.until),
                },
                reason: words(language.quoted_last(&given.reason)),
            });
            self.paragraph("why-override", vec![told], receipt.clone());
        }
        self.risk(&Assessment::of_verdict(verdict), receipt.clone());

        self.section("undo", say::SectionNext {});
        let next = language.say(say::VerdictNext { ruling: ruling() });
        self.paragraph("undo-lead", vec![next], receipt.clone());

        self.section("know", say::SectionKnow {});
        let mut told = vec![match &verdict.receipt {
            Some(receipt) => language.say(say::KnowReceipt {
                number: exact(receipt.number),
            }),
            None => language.say(say::VerdictReceiptNone {}),
        }];
        let digest = Arg::Words(vec![Span::Code(short(&verdict.tolerance))]);
        told.push(language.say(say::VerdictTolerance { digest }));
        if let Replayed::Drift(drift) = &verdict.drift {
            told.extend(self.proof(drift));
        }
        self.paragraph("know-lead", told, receipt);

        self.section("detail", say::SectionDetail {});
        self.bounds(&verdict.bounds);
        self.drift_detail(&verdict.drift);

        let title = self.word(say::VerdictTitle { ruling: ruling() });
        let mut particulars = vec![
            (self.word(say::ParticularBase {}), visible(&verdict.base)),
            (self.word(say::ParticularHead {}), visible(&verdict.head)),
            (
                self.word(say::ParticularTolerance {}),
                visible(&verdict.tolerance),
            ),
        ];
        if let Some(receipt) = &verdict.receipt {
            particulars.push((self.word(say::ParticularReceipt {}), visible(&receipt.leaf)));
        }
        Head {
            title,
            subtitle: match verdict.at {
                Some(at) => self.word(say::VerdictSubtitle {
                    base: base(),
                    head: head(),
                    at: words(language.moment(at)),
                }),
                None => self.word(say::VerdictSubtitleUndated {
                    base: base(),
                    head: head(),
                }),
            },
            particulars,
        }
    }

    fn bound(&self, bound: &Bound) -> Vec<Span> {
        let limit = match bound.limit {
            Some(0) => words(self.word(say::NoneMay {})),
            Some(limit) => exact(limit),
            None => words(self.word(say::AnyNumber {})),
        };
        self.language.sentence(say::VerdictBound {
            measure: measure(bound.measure),
            found: words(self.requests(Rounded::of(bound.found))),
            rule: Arg::Words(id(&bound.rule)),
            limit,
        })
    }

    fn bounds(&mut self, bounds: &[Bound]) {
        if bounds.is_empty() {
            return;
        }
        self.part("detail-bounds", say::DetailBounds {});
        let row = |bound: &Bound| {
            vec![
                id(&bound.rule),
                text(self.word(say::ChangeWord {
                    measure: measure(bound.measure),
                })),
                self.number_cell(bound.found),
                bound.limit.map_or_else(
                    || text(self.word(say::AnyNumber {})),
                    |limit| self.number_cell(limit),
                ),
            ]
        };
        let table = Table {
            caption: self.word(say::DetailBounds {}),
            columns: self.columns([
                (self.word(say::ColumnRule {}), false),
                (self.word(say::ColumnChange {}), false),
                (self.word(say::ColumnRequests {}), true),
                (self.word(say::ColumnAllowed {}), true),
            ]),
            rows: bounds.iter().take(super::ROWS).map(row).collect(),
        };
        let shown = table.rows.len();
        self.table("detail-bounds-table", table);
        self.cut("detail-bounds-cut", shown, bounds.len());
    }
}
