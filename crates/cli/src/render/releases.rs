//! Gates as a checklist, moves as a table.

use evidence::moment;
use registry::Move;
use workspace::{Fact, Promoted, Standing};

use crate::text::{Columns, Look, Tone, counted, paragraph, visible};

/// What came of a promotion or a rollback.
pub fn promoted(promoted: &Promoted, look: Look) -> String {
    match promoted {
        Promoted::Moved(moved) => {
            let from = match &moved.before {
                Some(before) => format!(", {before} before"),
                None => String::new(),
            };
            // What ships does not decide yet, or not for everybody: who is on call has to know.
            let is_other = moved.before.as_ref() == Some(&moved.version);
            let modes = match moved.modes.as_str() {
                "enforced" if !is_other => String::new(),
                modes => format!(" ({})", visible(modes)),
            };
            let way_back = if moved.way_back {
                format!(
                    "`fabric rollback {}` takes it back",
                    visible(&moved.channel)
                )
            } else {
                "nothing was in force before, so there is no way back yet".to_owned()
            };
            format!(
                "{}{} ships {}{modes}{from}\n  move {}, receipt {}; {way_back}\n",
                gates(&moved.gates, look),
                look.strong(visible(&moved.channel)),
                look.strong(visible(&moved.version)),
                moved.sequence,
                moved.receipt,
            )
        }
        Promoted::Blocked { gates: facts } => {
            let blocked = facts
                .iter()
                .filter(|fact| fact.standing == Standing::Blocked)
                .count();
            let blocked = counted(blocked as u64, "gate");
            format!(
                "{}{}: nothing moved\n",
                gates(facts, look),
                look.strong(format!("{blocked} closed"))
            )
        }
    }
}

fn gates(facts: &[Fact], look: Look) -> String {
    let mut out = String::new();
    for fact in facts {
        let (sign, tone) = match fact.standing {
            Standing::Passed => ("✓", Tone::Good),
            Standing::Overridden | Standing::Skipped => ("!", Tone::Loss),
            Standing::NotAsked => ("·", Tone::Quiet),
            Standing::Blocked => ("✗", Tone::Risk),
        };
        let lead = format!("{} {:<11}", look.tone(tone, sign), fact.gate);
        out += &paragraph(&lead, 13, look.width, &visible(&fact.found));
        if !fact.hint.is_empty() {
            let lead = format!("{:13}{} ", "", look.quiet("hint:"));
            out += &paragraph(&lead, 19, look.width, fact.hint);
        }
    }
    out
}

/// The moves of a channel.
pub fn moves(moves: &[Move], look: Look) -> String {
    if moves.is_empty() {
        return "No such move.\n".to_owned();
    }
    let mut table = Columns::new(0, &[0]);
    table.row(["move", "when", "ships", "mode", "what", "by"].map(|head| look.quiet(head)));
    for one in moves {
        let said = &one.summary;
        table.row([
            said.sequence.to_string(),
            moment::text(said.at),
            visible(&said.version),
            visible(&said.modes.words()),
            said.what(),
            visible(&said.by),
        ]);
    }
    table.text()
}

/// Where each channel stands.
pub fn channels(tips: &[Move], look: Look) -> String {
    if tips.is_empty() {
        return "No channel ships anything yet: `fabric promote VERSION --to CHANNEL` begins one.\n".to_owned();
    }
    let mut table = Columns::new(0, &[]);
    table.row(["channel", "ships", "mode", "since", "by"].map(|head| look.quiet(head)));
    for one in tips {
        let said = &one.summary;
        table.row([
            visible(&said.channel),
            visible(&said.version),
            visible(&said.modes.words()),
            moment::text(said.at),
            visible(&said.by),
        ]);
    }
    table.text()
}
