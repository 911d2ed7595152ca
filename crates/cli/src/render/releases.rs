//! Gates as a checklist, moves as a table.

use evidence::moment;
use registry::Move;
use workspace::{BRING_CHANNELS, Fact, Promoted, Standing};

use crate::text::{Columns, Look, Tone, counted, paragraph, visible};

/// What came of a promotion or a rollback.
pub fn promoted(promoted: &Promoted, look: Look) -> String {
    match promoted {
        Promoted::Moved(moved) => {
            // The mode of before matters where it was another.
            let from = match (&moved.before, &moved.mode_before) {
                (Some(before), Some(mode)) if *mode != moved.mode => {
                    format!("; {before}, {mode}, before")
                }
                (Some(before), _) => format!("; {before} before"),
                (None, _) => String::new(),
            };
            let way_back = if moved.way_back {
                format!(
                    "`fabric rollback {}` takes it back",
                    visible(&moved.channel)
                )
            } else if moved.before.is_none() {
                "nothing was in force before, so there is no way back yet".to_owned()
            } else {
                format!(
                    "no way back is sealed: see `fabric channel root {} --renew`, or `--begin-again` where its key is lost",
                    visible(&moved.channel)
                )
            };
            let otherwise = moved.otherwise.as_ref().map_or(String::new(), |version| {
                format!("; {} decides for whom it does not reach", visible(version))
            });
            let denied = match moved.nothing_decides {
                true => {
                    "  nothing was in force before, and nothing decides now: whom no canary reaches is denied everything\n"
                }
                false => "",
            };
            let stays = moved.not_enforced.as_ref().map_or(String::new(), |policy| {
                format!(
                    "  what decides stays as it is: `{}` was not enforced\n",
                    visible(policy)
                )
            });
            format!(
                "{}{} ships {}, {}{from}\n  move {}, receipt {}; {way_back}\n{denied}{stays}",
                gates(&moved.gates, look),
                look.strong(visible(&moved.channel)),
                look.strong(visible(&moved.version)),
                visible(&moved.mode) + &otherwise,
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
        out += &paragraph(&lead, 13, look.width, &visible(&fact.words()));
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
    // A column without a head is left out where nothing stands in it.
    let head = |name: &'static str, there: fn(&Move) -> bool| match moves.iter().any(there) {
        true => name,
        false => "",
    };
    let approved = head("approved by", |one| !one.summary.approvers.is_empty());
    let why = head("why", |one| one.summary.reason.is_some());
    let overridden = head("overridden", |one| !one.summary.overridden.is_empty());
    let heads = [
        "move", "when", "ships", "mode", "what", "policies", "by", approved, overridden, why,
    ];
    table.row(heads.map(|head| look.quiet(head)));
    for one in moves {
        let said = &one.summary;
        table.row([
            said.sequence.to_string(),
            moment::text(said.at),
            visible(&said.version),
            visible(&said.modes.words()),
            said.what(),
            said.policies.len().to_string(),
            visible(&said.by),
            visible(&said.approvers.join(", ")),
            visible(&said.overridden.join(", ")),
            visible(said.reason.as_deref().unwrap_or_default()),
        ]);
    }
    table.text()
}

/// Where each channel stands.
pub fn channels(tips: &[Move], look: Look) -> String {
    if tips.is_empty() {
        return format!(
            "No channel ships anything here: `fabric promote VERSION --to CHANNEL` begins one; {BRING_CHANNELS}.\n"
        );
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
