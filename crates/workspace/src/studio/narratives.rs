//! Narratives as a window asks for them. The one told last is kept, so that an edit is set on its pages without gathering the facts again.

use std::path::Path;

use evidence::moment;
use ipc::{
    EditedProse, Event, HeadingView, NarrativeExport, NarrativeForm, NarrativePublish,
    NarrativeSubject, NarrativeView, NarrativesView, ProseView, PublishedView, Rated, SubjectView,
    Telling, WeeklyView,
};
use model::Failure;
use narrative::document::{Content, Mark};
use pdf::Paper;

use super::{Desk, Studio, lock};
use crate::{
    Error, Ledger,
    narratives::{self, Form, Ground, Narrative, Published, Rating, Subject, Weekly},
    replace_file,
};

/// Seconds until a week that could not be told is tried again.
const AGAIN: u64 = 3600;

impl Studio {
    /// What can be told, and what was published.
    pub(super) fn narratives(&self) -> Result<NarrativesView, Failure> {
        let desk = self.desk()?;
        let ledger = self.ledger_if_any()?;
        let offers = narratives::subjects(&self.ground(&desk, ledger.as_ref()))?;
        let published = match &ledger {
            Some(ledger) => narratives::published(ledger)?,
            None => Vec::new(),
        };
        let language = |tag: &str| {
            let name = narratives::language_name(tag).map_err(Error::from)?;
            Ok((tag.to_owned(), name))
        };
        Ok(NarrativesView {
            subjects: offers.into_iter().map(offered).collect(),
            languages: narratives::languages()
                .into_iter()
                .map(language)
                .collect::<Result<_, Error>>()?,
            published: published.into_iter().map(told).collect(),
            weekly: self.weekly(&desk),
        })
    }

    /// The channels whose weeks are told by themselves.
    fn weekly(&self, desk: &Desk) -> Vec<WeeklyView> {
        let untold = lock(&desk.untold);
        let rules = desk.workspace.saved().1.manifest.narrative.clone();
        let view = |rule: Weekly| WeeklyView {
            at: rule.at.to_string(),
            next_at: moment::text(rule.next(self.seconds())),
            failure: untold
                .get(&rule.channel)
                .map(|(_, failure)| failure.clone()),
            language: rule.language,
            channel: rule.channel,
        };
        rules.into_iter().map(view).collect()
    }

    /// Tells and publishes the weeks that are due, unless somebody is at work; the numbers of the receipts. What cannot be told is told
    /// why in the list, and is tried again after an hour.
    pub fn tell_due(&self) -> Vec<u64> {
        let Some(desk) = self.unused() else {
            return Vec::new();
        };
        let rules = desk.workspace.saved().1.manifest.narrative.clone();
        if rules.is_empty() {
            return Vec::new();
        }
        // Who has no ledger has nobody to sign.
        let Ok(ledger) = self.ledger() else {
            return Vec::new();
        };
        let (now, since) = (self.seconds(), lock(&desk.packs).since / 1_000);
        let since = u64::try_from(since).unwrap_or_default();
        let mut told = Vec::new();
        let due = narratives::due(&ledger, &rules, since, now).unwrap_or_default();
        for (rule, until) in due {
            let tried = lock(&desk.untold).get(&rule.channel).map(|(at, _)| *at);
            if tried.is_some_and(|at| now < at.saturating_add(AGAIN)) {
                continue;
            }
            let ground = self.ground(&desk, Some(&ledger));
            let week = self.moving(&desk, |with| {
                Ok(narratives::tell_week(with, &ground, &rule, until)?)
            });
            let mut untold = lock(&desk.untold);
            match week {
                Ok(week) => {
                    untold.remove(&rule.channel);
                    told.push(week.receipt);
                }
                Err(failure) => {
                    untold.insert(rule.channel, (now, failure));
                }
            }
        }
        if !told.is_empty() {
            (self.config.sink)(Event::WorkspaceChanged);
        }
        told
    }

    /// Tells something.
    pub(super) fn told(&self, telling: &Telling) -> Result<NarrativeView, Failure> {
        let desk = self.desk()?;
        let narrative = self.gathered(&desk, telling)?;
        let view = view(&narrative, paper(telling))?;
        *lock(&desk.narrative) = Some((telling.clone(), narrative));
        Ok(view)
    }

    /// Takes over an author's words.
    pub(super) fn edited(&self, edited: &EditedProse) -> Result<NarrativeView, Failure> {
        let desk = self.desk()?;
        let ledger = self.ledger()?;
        let mut narrative = self.last_told(&desk, &edited.telling)?;
        let computed = &narrative.computed;
        let mut edits = narratives::edits(&ledger, &narrative.name)?;
        let by = narratives::reader(&desk.workspace.root);
        if edited.text.trim().is_empty() {
            edits.blocks.remove(&edited.block);
        } else {
            edits
                .put(computed, &edited.block, &by, &edited.text)
                .map_err(Error::from)?;
        }
        narratives::keep_edits(&ledger, &narrative.name, &edits)?;
        narrative.document = edits.apply(computed).map_err(Error::from)?;
        let view = view(&narrative, paper(&edited.telling))?;
        *lock(&desk.narrative) = Some((edited.telling.clone(), narrative));
        Ok(view)
    }

    /// Writes a narrative to a file.
    pub(super) fn exported(&self, asked: &NarrativeExport) -> Result<(), Failure> {
        let path = Path::new(&asked.path);
        self.config.folders.may_write_in(path)?;
        let desk = self.desk()?;
        let narrative = self.last_told(&desk, &asked.telling)?;
        let (form, paper) = (form(asked.form), paper(&asked.telling));
        let bytes = match self.ledger_if_any()? {
            Some(_) => self.moving(&desk, |with| {
                Ok(narratives::print(&narrative, form, paper, Some(with))?)
            })?,
            None => narratives::print(&narrative, form, paper, None)?,
        };
        Ok(replace_file(path, &bytes).map_err(Error::write(path))?)
    }

    /// Publishes a narrative; the number of its receipt.
    pub(super) fn published(&self, asked: &NarrativePublish) -> Result<u64, Failure> {
        let desk = self.desk()?;
        let narrative = self.last_told(&desk, &asked.telling)?;
        let form = form(asked.form);
        self.moving(&desk, |with| {
            let paper = paper(&asked.telling);
            let (recorded, _) = narratives::publish(with, &narrative, form, paper)?;
            Ok(recorded.first)
        })
    }

    /// Keeps what a reader thought.
    pub(super) fn rated(&self, rated: Rated) -> Result<NarrativesView, Failure> {
        let desk = self.desk()?;
        let rating = Rating {
            receipt: rated.receipt,
            stars: rated.stars,
            comment: rated.comment,
            by: narratives::reader(&desk.workspace.root),
            at: moment::text(self.seconds()),
        };
        narratives::rate(&self.ledger()?, rating)?;
        self.narratives()
    }

    /// The narrative told last if it is the one that is meant, else told now.
    fn last_told(&self, desk: &Desk, telling: &Telling) -> Result<Narrative, Failure> {
        let last = lock(&desk.narrative).clone();
        match last.filter(|(last, _)| last == telling) {
            Some((_, narrative)) => Ok(narrative),
            None => self.gathered(desk, telling),
        }
    }

    fn gathered(&self, desk: &Desk, telling: &Telling) -> Result<Narrative, Failure> {
        let ledger = self.ledger_if_any()?;
        let ground = self.ground(desk, ledger.as_ref());
        let subject = subject(&telling.subject);
        Ok(narratives::narrate(&ground, &subject, &telling.language)?)
    }

    fn ground<'a>(&self, desk: &'a Desk, ledger: Option<&'a Ledger>) -> Ground<'a> {
        Ground {
            root: &desk.workspace.root,
            ledger,
            log: lock(&desk.log).log.clone(),
            now: self.seconds(),
        }
    }
}

fn paper(telling: &Telling) -> Paper {
    match telling.letter {
        true => Paper::Letter,
        false => Paper::A4,
    }
}

fn form(form: NarrativeForm) -> Form {
    match form {
        NarrativeForm::Pdf => Form::Pdf,
        NarrativeForm::Html => Form::Html,
        NarrativeForm::Markdown => Form::Markdown,
        NarrativeForm::Slack => Form::Slack,
        NarrativeForm::Text => Form::Text,
    }
}

fn subject(subject: &NarrativeSubject) -> Subject {
    match subject.clone() {
        NarrativeSubject::Promotion { channel, sequence } => Subject::Promotion {
            channel,
            sequence: Some(sequence),
        },
        NarrativeSubject::Rollback { channel, sequence } => Subject::Rollback {
            channel,
            sequence: Some(sequence),
        },
        NarrativeSubject::Week { channel, until } => Subject::Week { channel, until },
        NarrativeSubject::Verdict { receipt } => Subject::Verdict {
            receipt: Some(receipt),
        },
        NarrativeSubject::Evidence => Subject::Evidence,
    }
}

fn offered(offer: narratives::Offer) -> SubjectView {
    let (kind, subject) = match offer.subject {
        Subject::Promotion { channel, sequence } => {
            let sequence = sequence.unwrap_or_default();
            (
                "Promotion",
                NarrativeSubject::Promotion { channel, sequence },
            )
        }
        Subject::Rollback { channel, sequence } => {
            let sequence = sequence.unwrap_or_default();
            ("Rollback", NarrativeSubject::Rollback { channel, sequence })
        }
        Subject::Week { channel, until } => ("Week", NarrativeSubject::Week { channel, until }),
        Subject::Verdict { receipt } => {
            let receipt = receipt.unwrap_or_default();
            ("Verdict", NarrativeSubject::Verdict { receipt })
        }
        Subject::Evidence => ("Evidence", NarrativeSubject::Evidence),
    };
    SubjectView {
        subject,
        title: offer.title,
        kind: kind.to_owned(),
        at: offer.at.map(moment::text).unwrap_or_default(),
    }
}

fn told(published: Published) -> PublishedView {
    PublishedView {
        receipt: published.receipt,
        at: published.at,
        language: published.language,
        form: published.format,
        ratings: published.ratings,
        average: published.average,
    }
}

fn view(narrative: &Narrative, paper: Paper) -> Result<NarrativeView, Error> {
    let document = &narrative.document;
    let heading = |block: &narrative::document::Block| match &block.content {
        Content::Heading { level, text } => Some(HeadingView {
            place: format!("block:{}", block.id),
            level: *level,
            text: text.clone(),
        }),
        _ => None,
    };
    let prose = |block: &narrative::document::Block| {
        let (by, missing) = match &block.mark {
            Mark::Computed => Default::default(),
            Mark::Edited { by } => (by.clone(), String::new()),
            Mark::Unfounded { by, missing } => (by.clone(), missing.clone()),
        };
        Some(ProseView {
            text: narratives::edit::editable(block)?,
            id: block.id.clone(),
            by,
            missing,
        })
    };
    let receipts = narratives::cited(&narrative.facts);
    Ok(NarrativeView {
        title: document.title.clone(),
        subtitle: document.subtitle.clone(),
        pages: narratives::pages(narrative, paper)?,
        headings: document.blocks.iter().filter_map(heading).collect(),
        prose: document.blocks.iter().filter_map(prose).collect(),
        receipts: receipts
            .into_values()
            .map(|receipt| (receipt.leaf.clone(), receipt.number))
            .collect(),
    })
}
