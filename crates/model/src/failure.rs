//! How things go wrong: stable codes, each with a hint that says what to do.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $exit:literal, $hint:literal;)+) => {
        /// A stable name for what went wrong. Programs match on it; nobody matches on a message.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The name as it appears in JSON and in the error catalogue.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),+ }
            }

            /// What it means: one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_ascii()),+ }
            }

            /// What to do about it.
            #[must_use]
            pub fn hint(self) -> &'static str {
                match self { $(Code::$name => $hint),+ }
            }

            /// The command line's exit status: 1 when something was found, 2 when the work could not be done.
            #[must_use]
            pub fn exit(self) -> u8 {
                match self { $(Code::$name => $exit),+ }
            }
        }
    };
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

// Not derived: that compares every name in code of its own, once for each way to read, and the interface is to stay small.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.as_str() == name);
        known
            .copied()
            .ok_or_else(|| D::Error::custom(format!("`{name}` is no code")))
    }
}

codes! {
    /// The text of a policy is not Cedar.
    PolicySyntax = "policy_syntax", 1, "correct the text at the marked place";
    /// A policy or schema nests deeper than anything that reads it could go.
    PolicyTooDeep = "policy_too_deep", 1, "take brackets out, or write the policy as several";
    /// A policy does not fit the schema.
    PolicyInvalid = "policy_invalid", 1, "change the policy or the schema so that both name the same types and attributes";
    /// The validator accepts the policy but warns.
    PolicyWarning = "policy_warning", 1, "read the policy again at the marked place";
    /// Two policies carry the same id.
    PolicyDuplicateId = "policy_duplicate_id", 1, "give one of the two another @id";
    /// A policy has no `@id`, so its id follows its place in the file.
    PolicyWithoutId = "policy_without_id", 0, "add @id(\"…\") so that the policy keeps its name when it moves";
    /// A policy reads deeper into the entities than the workspace allows.
    PolicyLevel = "policy_level", 1, "flatten the attribute access, or raise `level` in workspace.toml";
    /// The schema's text is not a Cedar schema.
    SchemaSyntax = "schema_syntax", 1, "correct the schema at the marked place";
    /// No schema was found.
    SchemaMissing = "schema_missing", 0, "add a .cedarschema file so that policies can be validated and completed";
    /// A links file cannot be read, or names a template or slot that does not exist.
    LinkInvalid = "link_invalid", 1, "each link needs template_id, link_id and one argument for each slot of the template";
    /// An entities file cannot be read.
    EntitiesSyntax = "entities_syntax", 1, "entities are a JSON array of {uid, attrs, parents}";
    /// An entity does not fit the schema.
    EntitiesInvalid = "entities_invalid", 1, "change the entity or the schema so that both agree";
    /// Entities are their own ancestors.
    EntitiesCycle = "entities_cycle", 1, "remove one of the parents named, so that nothing is its own ancestor";
    /// One entity is given twice with different content.
    EntitiesDuplicate = "entities_duplicate", 1, "keep one of the two";
    /// A request cannot be read or does not fit the schema.
    RequestInvalid = "request_invalid", 2, "a request is {principal, action, resource, context} with ids written Type::\"id\"";
    /// A named test did not decide as it says.
    TestFailed = "test_failed", 1, "correct the policy, or the test if the new decision is meant";
    /// A test file cannot be read.
    TestInvalid = "test_invalid", 1, "a test is {name, request, decision} in a JSON array";
    /// `authorities.toml` cannot be read.
    AuthorityInvalid = "authority_invalid", 1, "an authority has id, title, kind, and perhaps link, file with sha256, receipt, until";
    /// A policy cites what is not listed.
    ReferenceUnknown = "reference_unknown", 1, "add it to authorities.toml, or cite what is there";
    /// A policy cites what does not hold any more.
    ReferenceExpired = "reference_expired", 1, "renew it and its `until` in authorities.toml, or cite what holds now";
    /// A policy cites what is not as it was listed.
    ReferenceChanged = "reference_changed", 1, "read it again; if the policy still rests on it, put its new digest into authorities.toml";
    /// `workspace.toml` cannot be read.
    WorkspaceConfig = "workspace_config", 2, "correct workspace.toml at the marked place";
    /// There is no workspace at the path.
    WorkspaceMissing = "workspace_missing", 2, "choose a folder that holds .cedar or .rego files, or make one with `fabric init`";
    /// The folder for a new workspace is not empty.
    WorkspaceExists = "workspace_exists", 2, "choose an empty folder";
    /// A file could not be read.
    FileRead = "file_read", 2, "check that the file exists and that you may read it";
    /// A file could not be written.
    FileWrite = "file_write", 2, "check permissions and free space, then try again";
    /// A file is not UTF-8.
    FileEncoding = "file_encoding", 1, "save the file as UTF-8";
    /// A file changed on disk since it was opened.
    FileConflict = "file_conflict", 2, "reload the file to see the other change, then apply yours again; your draft is kept";
    /// A path leads outside the workspace.
    FileOutside = "file_outside", 2, "use a path inside the workspace";
    /// No log has been imported.
    LogMissing = "log_missing", 2, "import one with `fabric log import`, or make one with `fabric log generate`";
    /// A line of a log cannot be read; it was skipped.
    LogLine = "log_line", 1, "see the line number; the other lines were used";
    /// A line of a log is not UTF-8; it was skipped.
    LogEncoding = "log_encoding", 1, "the log must be UTF-8; the other lines were used";
    /// The log ends in the middle of a line; the rest was used.
    LogTruncated = "log_truncated", 1, "copy the log again if its last line matters";
    /// Not one row of the log can be replayed.
    LogEmpty = "log_empty", 2, "check that the file is a decision log: one JSON object a line";
    /// The compact store is damaged.
    LogDamaged = "log_damaged", 2, "import the log again; the original file is not touched";
    /// The compact store was written by a newer version.
    LogNewer = "log_newer", 2, "open it with the newer version, or import the log again";
    /// A revision, folder or archive to compare does not exist or holds no policies.
    RevisionUnknown = "revision_unknown", 2, "name a folder, a git revision or an archive that holds .cedar or .rego files";
    /// A policy set to compare does not compile, so nothing can be replayed against it.
    SetBroken = "set_broken", 2, "correct the problems that `fabric check` lists first";
    /// The text of a module is not Rego.
    RegoSyntax = "rego_syntax", 1, "correct the text at the marked place";
    /// A module is Rego, but cannot be evaluated.
    RegoInvalid = "rego_invalid", 1, "correct the module at the marked place";
    /// A module calls out of the policy: the network, the clock, chance.
    RegoOutside = "rego_outside", 0, "requests that reach the call cannot be replayed, unless the log records its answer (nd_builtin_cache)";
    /// `data.json` or `.manifest` cannot be read, or contradicts the modules.
    RegoData = "rego_data", 1, "correct the file: its folders name the place in `data`, and nothing may be given twice";
    /// Nobody said which rule decides.
    RegoEntrypoint = "rego_entrypoint", 2, "name it in workspace.toml: [rego] entrypoint = \"authz/allow\"";
    /// A folder or archive holds both Cedar and Rego, or one side is Cedar and the other Rego.
    EngineMixed = "engine_mixed", 2, "keep Cedar and Rego in folders of their own, and compare each with its like";
    /// An OPA bundle is no bundle, or holds what no bundle may hold.
    BundleInvalid = "bundle_invalid", 2, "build the bundle again with `opa build`; nothing of it was used";
    /// An OPA bundle is not signed as it has to be.
    BundleSignature = "bundle_signature", 2, "do not use this bundle until you know why: sign it again with `opa sign`, or check with the key it was signed with";
    /// A key that bundles are checked with is missing or cannot be used.
    BundleKey = "bundle_key", 2, "give a public key in PEM form (RSA, or EC on P-256), or a file with the shared secret: --bundle-key FILE";
    /// A proof is asked for that no solver can give.
    ProofEngine = "proof_engine", 2, "use `fabric drift`: it replays Rego over a log; proofs are for Cedar";
    /// Nothing can be proven about policies without a schema.
    ProofSchema = "proof_schema", 2, "add a .cedarschema file: a proof is about all requests that it allows";
    /// The database was written by a newer version.
    StoreNewer = "store_newer", 2, "open the workspace with the newer version; nothing was changed";
    /// The database cannot be written.
    StoreReadOnly = "store_read_only", 2, "make the workspace writable, or copy it elsewhere; you can read everything meanwhile";
    /// The disk is full.
    StoreFull = "store_full", 2, "free some space, then try again; nothing was lost";
    /// The database is damaged.
    StoreDamaged = "store_damaged", 2, "restore .fabric from a backup, or move it away to start with an empty history; policies are not touched, and `fabric ledger restore --origin` lets a ledger go on";
    /// Another Studio holds the workspace.
    StoreLocked = "store_locked", 2, "close the other Studio, or go on reading here";
    /// Two engines decide one request of a bench differently.
    BenchDisagrees = "bench_disagrees", 1, "decide the request that is named with each of the two; until then none of the figures counts";
    /// An engine to measure beside does not work.
    BenchPeer = "bench_peer", 2, "leave `--cerbos` out to measure without it, or give a program that works";
    /// The guard's tolerance file cannot be read.
    ToleranceInvalid = "tolerance_invalid", 2, "correct the tolerance file at the marked place";
    /// A guard's report is asked for, and this is none, or none of a block.
    ReportInvalid = "report_invalid", 2, "give the file that `fabric guard --json FILE` wrote";
    /// An override does not allow what it was given for.
    OverrideRefused = "override_refused", 2, "ask an approver who is not the author for a new one: `fabric guard override --help`";
    /// A signing key cannot be used.
    KeyInvalid = "key_invalid", 2, "make one with `fabric guard key FILE`, and keep it readable by you alone";
    /// A trust file cannot be read.
    TrustInvalid = "trust_invalid", 2, "correct the trust file; docs/evidence.md has the format and an example";
    /// A checkpoint that was seen before cannot be read.
    CheckpointInvalid = "checkpoint_invalid", 2, "give the signed checkpoint as you kept it: a file under checkpoints/ of an earlier bundle";
    /// There is no key of that name, or the one that is needed is not at hand.
    KeyMissing = "key_missing", 2, "see `fabric keys list`, or make one with `fabric keys create NAME`";
    /// A key that something still rests on alone is not destroyed.
    KeyNeeded = "key_needed", 2, "do first what the message says, so that another key can take its place; then revoke it";
    /// A key file or key ring does not open.
    KeyLocked = "key_locked", 2, "check the passphrase; if it is right, the file is damaged: take it from a backup, or recover the key";
    /// This machine has no keyring, or it does not answer.
    KeyringMissing = "keyring_missing", 2, "keep the key in an encrypted file instead: `fabric keys create NAME --file`";
    /// The workspace has no ledger.
    LedgerMissing = "ledger_missing", 2, "begin one with `fabric ledger init`";
    /// The ledger's database is older than what it signed: a backup was put in its place, or nothing here remembers what was signed.
    LedgerStale = "ledger_stale", 2, "put the newer database back; if it is lost, `fabric ledger restore` goes on under a new origin, with `--origin` even where no copy is left";
    /// The ledger's database holds another history than the one it signed.
    LedgerForked = "ledger_forked", 2, "put the database back that was signed for; if it is lost, `fabric ledger restore` goes on under a new origin";
    /// What lies in the ledger contradicts itself.
    LedgerDamaged = "ledger_damaged", 2, "nothing more is signed: put an undamaged copy of the database back, and see `fabric ledger check`";
    /// A witness does not answer, or not in a way that is understood.
    WitnessSilent = "witness_silent", 2, "see whether the witness runs and can be reached; nothing was signed meanwhile";
    /// A witness saw another history of the ledger.
    WitnessRefused = "witness_refused", 2, "sign nothing more until you know why: see `fabric ledger check`, and compare with the witness";
    /// A PDF is no report of ours, or was saved by another program since.
    ReportUnreadable = "report_unreadable", 2, "ask for the file as it was published; docs/pdf.md says how to look into it by other means";
    /// A PDF, or what it carries, is larger than is written or read.
    ReportTooLarge = "report_too_large", 2, "take less into it, or several reports";
    /// A scenario pack cannot be read, or speaks of something that is not there.
    ScenarioInvalid = "scenario_invalid", 2, "correct the pack at the marked place; docs/scenarios.md has the format";
    /// A release, a root or a bundle of one is not what it has to be.
    ReleaseInvalid = "release_invalid", 2, "correct what is named and seal the release again; if the bundle was fetched, fetch it again";
    /// A bundle is not as it was signed.
    ReleaseTampered = "release_tampered", 2, "do not use this bundle until you know why; what was in force stays in force";
    /// A bundle is not signed by the keys it has to be.
    ReleaseUntrusted = "release_untrusted", 2, "check that the root is the one its signer gave you, and that all keys it asks for signed";
    /// A bundle is older than one that was accepted before.
    ReleaseOlder = "release_older", 2, "fetch the newest bundle of the channel; to go back, roll the channel back: that is a newer release";
    /// A bundle is past the moment until which its signer vouched for it.
    ReleaseExpired = "release_expired", 2, "renew the channel's bundle where it is signed, or set this machine's clock right";
    /// A bundle is meant for another tenant, channel or environment.
    ReleaseForeign = "release_foreign", 2, "use the bundle of your own channel, or correct whom this enforcement point is for";
    /// The workspace is in no git repository.
    RegistryMissing = "registry_missing", 2, "versions and channels live in git: run `git init` in the workspace, and commit it";
    /// A tag, a move or an approval in the repository is not what the registry writes.
    RegistryDamaged = "registry_damaged", 2, "see `git fsck`, and fetch what is damaged from another clone";
    /// There is no version of that name.
    VersionUnknown = "version_unknown", 2, "see `git tag --list 'policies/*'`; fetch the tags, or make the version: `fabric promote` makes it of what is committed, also where a gate stays closed";
    /// The version is there, with other content.
    VersionTaken = "version_taken", 2, "a version stays what it is: choose a higher one";
    /// The tag of a version is not where it was.
    VersionMoved = "version_moved", 2, "put the tag back to the commit that is named, or make a new version of what you have now";
    /// A channel is moved, or was moved, by somebody else.
    PromotionConflict = "promotion_conflict", 2, "see `fabric history`; fetch the channel, and move it from where it is then";
    /// A move was begun and cut off: it has its receipt, and the channel has not moved yet.
    MoveBegun = "move_begun", 2, "whoever moves the channel next finishes that move first, and does nothing else";
    /// A move that was begun before is finished; what was asked for was not done.
    MoveFinished = "move_finished", 2, "look at what the channel ships now with `fabric channel`, and ask again to go on from there";
    /// Git does not know who works here, or who wrote a change.
    AuthorUnknown = "author_unknown", 2, "tell git: `git config --global user.name \"Ada Lovelace\"` and `git config --global user.email ada@example.com`";
    /// A channel cannot be moved as it was asked.
    PromotionRefused = "promotion_refused", 2, "take away what the message says is in the way, and ask again";
    /// The time of a move is before that of the one before it.
    ClockBack = "clock_back", 2, "set this machine's clock right; if it is, the move before was made by a machine whose clock is ahead";
    /// An approval does not hold.
    ApprovalRefused = "approval_refused", 2, "ask an approver who did not write the change for a new approval of it as it is now";
    /// The enforcement point cannot listen at an address, or should not.
    PdpAddress = "pdp_address", 2, "choose a free address of this machine, like 127.0.0.1:8181; another one needs --exposed, and something in front that speaks TLS";
    /// The source of releases does not answer, or has none.
    PdpSource = "pdp_source", 2, "see whether the source is there; what was in force goes on deciding meanwhile";
    /// What an enforcement point remembers cannot be used.
    PdpState = "pdp_state", 2, "give each enforcement point a folder of its own with --state; without the old one, what was seen is forgotten";
    /// Facts that a decision needs could not be had in time; it was denied.
    ContextStale = "context_stale", 1, "see whether the source of the facts answers: /health names it";
    /// The configuration of an enforcement point's facts cannot be used.
    ContextInvalid = "context_invalid", 2, "correct the file at the marked place; docs/pdp.md has the format and an example";
    /// There is no such language for narratives.
    LanguageUnknown = "language_unknown", 2, "choose one of those that `fabric narrate --help` names; a file in `locales` adds another";
    /// What an author wrote cannot take the place of a narrative's text.
    EditRefused = "edit_refused", 2, "edit a paragraph or a list, and put back what was there to drop an edit";
    /// There is nothing of the kind that a narrative could tell of.
    NothingToTell = "nothing_to_tell", 2, "see `fabric history` for the moves of a channel, and `fabric ledger list` for receipts";
    /// Nobody vouches for an update.
    UpdateUnsigned = "update_unsigned", 2, "put its signature beside it, under its name with `.minisig`; what is installed stays as it is";
    /// An update is signed by somebody else.
    UpdateUntrusted = "update_untrusted", 2, "do not install it unless you know whose it is; another key is given with --key FILE";
    /// An update is not all there.
    UpdateIncomplete = "update_incomplete", 2, "copy or fetch the file again, whole; what is installed stays as it is";
    /// An update is not as it was signed.
    UpdateTampered = "update_tampered", 2, "do not install it until you know why; fetch file and signature again from their publisher";
    /// A file is no update.
    UpdateInvalid = "update_invalid", 2, "give a deb, an rpm or a program that its publisher signed as an update: docs/install.md";
    /// An update is for another system, or for another kind of installation.
    UpdateForeign = "update_foreign", 2, "fetch the file for this system, of the kind that was installed here: deb, rpm or the program alone";
    /// An update is older than what is installed.
    UpdateOlder = "update_older", 2, "fetch a newer one; to go back on purpose, install the old package with the system's package manager";
    /// An update is what is installed.
    UpdateSame = "update_same", 2, "there is nothing to do until a newer version is published";
    /// There is no key to check updates with.
    UpdateKey = "update_key", 2, "give the publisher's public key of minisign with --key FILE; it begins with a comment, then comes RW…";
    /// An update is good and could not be put in place.
    UpdateFailed = "update_failed", 2, "read what was said; it often takes an administrator: `sudo fabric update apply FILE`";
    /// A long job was cancelled.
    Cancelled = "cancelled", 2, "start it again when you want the result";
    /// The settings as they are stored cannot be understood; those of a new Studio are used.
    SettingsInvalid = "settings_invalid", 2, "set again what you had set; what is stored stays as it is until then";
    /// The clock of this machine cannot be right.
    ClockOff = "clock_off", 2, "set the date and time of this machine; signatures, receipts and drafts made until then carry a wrong time";
    /// There is no bus for the programs of this session.
    BusMissing = "bus_missing", 2, "start the Studio from a desktop session; until then a second start opens a second window, and the keyring cannot be reached";
    /// What was to be told of a machine in trouble holds a secret.
    DiagnosticsSecret = "diagnostics_secret", 2, "leave out the file it names; everything else can be saved";
    /// A file is no archive of diagnostics, or was changed.
    DiagnosticsInvalid = "diagnostics_invalid", 2, "ask for it again; an archive is read as it was saved";
    /// There is no help of that name.
    HelpUnknown = "help_unknown", 2, "see `fabric guide` for all articles, and `fabric codes` for all errors";
    /// A command line or a message between window and application is malformed.
    BadCall = "bad_call", 2, "see `fabric help`";
    /// Something that must not happen did.
    Internal = "internal", 2, "this is a fault in the program; report it with the message";
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be corrected.
    Error,
    /// Should be read.
    Warning,
    /// Good to know.
    Info,
}

/// Something found in a file. Lines and columns start at 1; columns count UTF-16 code units, as editors do; 0 = whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Path relative to the workspace, with `/`.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// What is wrong here.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Work that could not be done: what crosses ipc and what the command line prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure.
    pub code: Code,
    /// What happened, with the user's input in backticks.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where, when a place is known: a path, a line, a problem list rendered as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl Failure {
    /// A failure with the code's own hint.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: code.hint().to_owned(),
            details: None,
        }
    }

    /// The same failure with more about the place.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_name_and_a_hint() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.hint().len() > 10, "{code:?}");
            assert!(code.meaning().ends_with('.'), "{code:?}");
            let value = serde_json::to_value(code).unwrap();
            assert_eq!(value, code.as_str());
            assert_eq!(serde_json::from_value::<Code>(value).unwrap(), *code);
        }
        let unknown = serde_json::from_str::<Code>("\"policy_syntaxes\"");
        assert!(unknown.unwrap_err().to_string().contains("policy_syntaxes"));
    }
}
