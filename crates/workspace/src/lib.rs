//! The use cases: open a workspace, edit and save its files, preview an edit, import and make logs, compare two policy
//! sets. [`Studio`] does them for a window, as [`ipc::Host`]; the functions below do them for who has none. Everything a
//! window can do is here and is tested here.
//!
//! Files come from a folder, a git revision or an archive ([`resolve()`]), drafts are laid over them (`open`), a [`Compiler`]
//! makes of them what can be decided with, `drift` replays the log against both sides, `preview` cuts the answer into what
//! screens ask for, `proof` tells what may change beyond the log, `packs` asks what would change if the facts did. What is
//! remembered goes to `store`, by the one rule of `home`; what is to be provable goes into the [`Ledger`], and what others prove is
//! verified by `auditor`, which needs no workspace.
//!
//! Boundary: nobody below this crate opens a workspace's files, and nobody above it does either. Time and the user's folders
//! come in through [`Config`].

mod apart;
mod archive;
mod auditor;
mod check;
mod cloned;
mod compare;
mod counting;
mod decided;
mod diagnosing;
mod dropped;
mod error;
mod git;
mod guarding;
mod helping;
mod high_water;
mod home;
mod judged;
mod ledger;
mod logs;
mod loopback;
mod manifest;
mod named;
pub mod narratives;
mod open;
mod packs;
mod path;
mod preview;
mod project;
mod prove;
mod question;
mod receipts;
mod references;
mod releases;
mod reports;
mod resolve;
mod sample;
mod scan;
mod signing;
mod story;
mod studio;
mod text;
pub mod updates;

#[cfg(test)]
mod tests;

pub use apart::{Part, apart};
pub use auditor::{read_bundle, read_checkpoint, read_moment, read_trust, verify_bundle};
pub use check::{Checked, Compiler, check};
pub use cloned::{BRING_CHANNELS, lacks_channels, no_ledger};
pub use compare::{compare, init};
pub use decided::changed_decisions;
pub use diagnosing::write as write_diagnostics;
pub use diagnosing::{Subject as DiagnosticsSubject, log_folder, salt as diagnostics_salt};
pub use disk::replace as replace_file;
pub use dropped::recognise;
pub use error::Error;
pub use git::{authors, hooks};
pub use guarding::{add_judgement, judgements};
pub use helping::{in_words_of, read_help, search_help};
pub use high_water::{signed_origins, signed_with};
pub use home::{Folders, unwritten};
pub use judged::{is_readable, proof_lines};
pub use ledger::{
    Choice, Compacted, Drafted, Ledger, LedgerChecked, LedgerInfo, LedgerKey, Lingers, Listed,
    OVERLAP, Receipt, Wanted as WantedBundle,
};
pub use logs::{
    Progress, generate, import as import_log, named as open_named_log, open as open_log,
};
pub use manifest::Manifest;
pub use named::run as run_tests;
pub use packs::{
    Chosen, Ground, choose as choose_packs, keep as keep_runs, kept_runs, line as run_line,
    run as run_packs, run_of, trend, view as view_packs,
};
pub use path::inside;
pub use policy::Files;
pub use project::{Project, look as look_at_project};
pub use prove::{lint, prove};
pub use question::answer;
pub use references::{Authorities, Reference};
pub use releases::{
    ApproverRule, ChannelRules, Fact, Form as ExportForm, ModeOf, Moved, NewModes, Promoted,
    Promotion, Standing, Wanted as WantedMove, approve, begin_root_again, behind, believed_by,
    change_modes, channel_root, evidence_of_moves, export as export_channel, foreign, gates,
    known_channel, known_modes, override_at, policies_of_moves, promote, renew_root, renew_roots,
    roll_back, roll_back_policy, shadow_pairs, with_mode,
};
pub use resolve::{Resolved, read_key, resolve, resolve_with};
pub use sample::{
    SampleEvidence, copy_to as copy_sample, evidence as sample_evidence, files as sample_files,
};
pub use scan::read_workspace;
pub use signing::{
    KEPT as KEPT_CHANGES, Recorded, by_reference, key_is_lost, override_receipt, own_key,
    preview_receipt, record, rotate as rotate_key, signers, vault_of, verdict_receipt,
};
pub use story::{Story, find as find_story, read as read_stories};
pub use studio::{Config, Studio, watch};
