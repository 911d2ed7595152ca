//! Keys and ledgers for a terminal.

use evidence::{hex, moment};
use help::Told;
use workspace::{Compacted, LedgerChecked, Listed};

use super::{hint, title};
use crate::{
    commands::{Info, key_words},
    text::{Columns, Look, Tone, bytes, count, counted, visible},
};

/// The user's keys, one a line.
pub fn keys(keys: &[vault::Key], look: Look) -> String {
    if keys.is_empty() {
        return "You have no keys yet: `fabric keys create NAME` makes one.\n".to_owned();
    }
    let mut table = Columns::new(0, &[]);
    for key in keys {
        let (place, state) = key_words(key);
        let tone = match key.state {
            vault::State::InForce => Tone::Plain,
            vault::State::Replaced | vault::State::Revoked => Tone::Quiet,
        };
        table.row([
            look.tone(tone, &key.name),
            look.tone(tone, format!("ed25519:{}", key.public)),
            look.tone(tone, place),
            look.tone(tone, state),
            look.quiet(moment::text(key.ended.unwrap_or(key.created))),
        ]);
    }
    table.text()
}

/// One key, and how others write it.
pub fn key(key: &vault::Key, rows: &[(&str, String)], look: Look) -> String {
    let (place, state) = key_words(key);
    let mut out = format!(
        "{} {}\n",
        look.strong(&key.name),
        look.quiet(format!("({place}, {state})"))
    );
    let mut table = Columns::new(2, &[]);
    for (name, value) in rows {
        table.row([look.quiet(*name), value.clone()]);
    }
    out.push_str(&table.text());
    out
}

/// What a ledger holds.
pub fn ledger(info: &Info, look: Look) -> String {
    let mut out = format!(
        "{}  {}\n",
        look.strong(&info.origin),
        counted(info.receipts, "receipt")
    );
    let mut table = Columns::new(2, &[]);
    table.row([look.quiet("database"), info.database.clone()]);
    table.row([
        look.quiet("signed"),
        match (info.receipts.saturating_sub(info.signed), &info.trouble) {
            // A database that was put back is signed as far as it goes, which is not all there was.
            (0, Some(_)) => "all that is here".to_owned(),
            (0, None) => "all of them".to_owned(),
            (newer, _) => format!("{}, {} came since", count(info.signed), count(newer)),
        },
    ]);
    for key in &info.keys {
        let until = key
            .until
            .as_ref()
            .map_or_else(String::new, |until| look.quiet(format!("until {until}")));
        table.row([look.quiet("key"), format!("{} {until}", key.vkey)]);
    }
    out.push_str(&table.text());
    if let Some(trouble) = &info.trouble {
        let told = Told::new(trouble.code, &trouble.message, &trouble.hint, look.language);
        out.push('\n');
        out.push_str(&title(
            &look.tone(Tone::Risk, "signs nothing:"),
            &told,
            look,
        ));
        out.push_str(&hint("", &told.hint, look));
    }
    out
}

/// Receipts, one a line.
pub fn receipts(receipts: &[Listed], look: Look) -> String {
    if receipts.is_empty() {
        return "the ledger has no receipts yet\n".to_owned();
    }
    let mut table = Columns::new(0, &[0]);
    for Listed { receipt, .. } in receipts {
        let kind = match receipt.kind.as_str() {
            "" => "?",
            kind => kind,
        };
        table.row([
            receipt.number.to_string(),
            look.quiet(&receipt.at),
            kind.to_owned(),
            visible(&receipt.says),
        ]);
    }
    table.text()
}

/// That a ledger is whole.
pub fn checked(origin: &str, checked: &LedgerChecked, look: Look) -> String {
    let mut out = format!(
        "{} {origin}: {}, {} hold\n",
        look.tone(Tone::Good, "whole:"),
        counted(checked.size, "receipt"),
        counted(checked.checkpoints as u64, "checkpoint"),
    );
    if checked.purged > 0 {
        out.push_str(&format!(
            "  {} purged\n",
            counted(checked.purged, "receipt")
        ));
    }
    out.push_str(&format!("  root {}\n", look.quiet(hex(&checked.root))));
    out
}

/// What a compaction saved.
pub fn compacted(done: &Compacted, look: Look) -> String {
    if done.receipts + done.left == 0 {
        return "the ledger has no receipts yet\n".to_owned();
    }
    let mut out = format!(
        "{} {} in {}, each rebuilt and compared\n",
        look.tone(Tone::Good, "compact:"),
        counted(done.receipts, "receipt"),
        counted(done.blocks, "block"),
    );
    let mut table = Columns::new(2, &[]);
    table.row([
        look.quiet("receipts"),
        format!(
            "{} as they are, {} in blocks: {:.1}×",
            bytes(done.before),
            bytes(done.after),
            done.factor()
        ),
    ]);
    if done.dropped > 0 {
        table.row([
            look.quiet("removed"),
            format!(
                "{}, each read back before",
                counted(done.dropped, "original")
            ),
        ]);
    }
    let [before, after] = done.database;
    if before != after {
        table.row([
            look.quiet("database"),
            format!("{} became {}", bytes(before), bytes(after)),
        ]);
    }
    if done.left > 0 {
        table.row([
            look.quiet("left"),
            format!("{} that fit no block", counted(done.left, "receipt")),
        ]);
    }
    out.push_str(&table.text());
    out
}
