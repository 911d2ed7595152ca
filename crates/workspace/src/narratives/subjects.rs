//! What there is to tell of in a workspace.

use registry::{Kind, Registry};

use super::{Ground, Subject, evidence};
use crate::Error;

/// Moves of a channel, and verdicts, that are offered.
const OFFERED: usize = 12;
/// Seconds.
const DAY: u64 = 24 * 3600;

/// Something to tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What.
    pub subject: Subject,
    /// The same in a few words.
    pub title: String,
    /// When, in seconds since 1970; nothing for what has no moment.
    pub at: Option<u64>,
}

/// What can be told of, newest first; what has no moment at the end.
///
/// # Errors
/// What keeps the repository or the ledger from being read. A workspace in no repository has no moves, one without a ledger no receipts.
pub fn subjects(ground: &Ground<'_>) -> Result<Vec<Offer>, Error> {
    let mut offers = Vec::new();
    if let Ok(registry) = Registry::open(ground.root) {
        for channel in registry.channels()? {
            let mut moved = false;
            for found in registry.history(&channel, None)?.take(OFFERED) {
                let said = found?.summary;
                let sequence = Some(said.sequence);
                let channel = channel.clone();
                let back = matches!(said.kind, Kind::Rollback | Kind::Partial);
                let title = format!("{} in {channel}, {}", said.version, said.what());
                let subject = match back {
                    true => Subject::Rollback { channel, sequence },
                    false => Subject::Promotion { channel, sequence },
                };
                let at = Some(said.at);
                offers.push(Offer { subject, title, at });
                moved = true;
            }
            if moved {
                let title = format!("The last seven days of {channel}");
                // Days end at midnight, UTC: all day long it is the same week, and keeps its author's edits.
                let until = (ground.now / DAY + 1) * DAY;
                let subject = Subject::Week { channel, until };
                offers.push(Offer {
                    subject,
                    title,
                    at: Some(ground.now),
                });
            }
        }
    }
    if let Some(ledger) = ground.ledger {
        let mut verdicts = evidence::verdicts(ledger)?;
        verdicts.reverse();
        for (number, at) in verdicts.into_iter().take(OFFERED) {
            offers.push(Offer {
                subject: Subject::Verdict {
                    receipt: Some(number),
                },
                title: format!("Verdict of the guard, receipt {number}"),
                at: Some(at),
            });
        }
        if ledger.size()? > 0 {
            offers.push(Offer {
                subject: Subject::Evidence,
                title: "What the ledger holds".to_owned(),
                at: None,
            });
        }
    }
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.at));
    Ok(offers)
}
