//! The forms a narrative leaves in.

use narrative::{facts::Facts, render};
use pdf::{Attachment, Options, Paper};

use super::{
    Form, Narrative,
    kept::{bundle, cited},
};
use crate::{Error, Promotion};

/// A narrative in one of its forms. A PDF carries the receipts it cites, signed `with` the ledger's keys; without these it carries none.
/// Who wrote it only [`super::publish`] tells.
///
/// # Errors
/// `key_missing` and the others of [`crate::record`], and those of [`pdf::write`].
pub fn print(
    narrative: &Narrative,
    form: Form,
    paper: Paper,
    with: Option<&Promotion<'_>>,
) -> Result<Vec<u8>, Error> {
    let document = &narrative.document;
    Ok(match form {
        Form::Markdown => render::markdown(document).into_bytes(),
        Form::Html => render::html(document).into_bytes(),
        Form::Text => render::text(document).into_bytes(),
        Form::Slack => format!("{:#}\n", render::slack(document)).into_bytes(),
        Form::Pdf => {
            let carried = match with {
                Some(with) => bundle(with, cited(&narrative.facts).into_keys())?,
                None => None,
            };
            pdf(narrative, paper, carried)?
        }
    })
}

/// The PDF that carries a bundle.
pub(super) fn pdf(
    narrative: &Narrative,
    paper: Paper,
    bundle: Option<Vec<u8>>,
) -> Result<Vec<u8>, Error> {
    let options = Options {
        attachment: bundle.map(|bytes| Attachment {
            name: "evidence.tfb".to_owned(),
            description: "The receipts that this narrative cites".to_owned(),
            bytes,
        }),
        ..options(narrative, paper)
    };
    Ok(pdf::write(&narrative.document, &options)?)
}

/// What the PDF says, as it is signed.
pub(super) fn text(narrative: &Narrative, paper: Paper) -> Result<Vec<u8>, Error> {
    Ok(pdf::text(&narrative.document, &options(narrative, paper))?)
}

/// The pages of its PDF as SVG, without what it carries.
///
/// # Errors
/// Those of [`pdf::pages`].
pub fn pages(narrative: &Narrative, paper: Paper) -> Result<Vec<String>, Error> {
    Ok(pdf::pages(&narrative.document, &options(narrative, paper))?)
}

fn options(narrative: &Narrative, paper: Paper) -> Options {
    Options {
        paper,
        date: at(&narrative.facts),
        ..Options::default()
    }
}

/// The moment that facts are of, in milliseconds since 1970.
fn at(facts: &Facts) -> i64 {
    let seconds = match facts {
        Facts::Promotion(it) => it.moved.step.at,
        Facts::Rollback(it) => it.moved.step.at,
        Facts::Week(it) => it.until,
        Facts::Verdict(it) => it.at.unwrap_or_default(),
        Facts::Evidence(it) => it.period.map_or(0, |(_, until)| until),
    };
    i64::try_from(seconds)
        .unwrap_or_default()
        .saturating_mul(1000)
}
