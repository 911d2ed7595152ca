//! Which article explains an error, and under which heading. A code without a line here does not compile.

use model::Code::{self, *};

/// A place in an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The article.
    pub article: &'static str,
    /// The heading in it.
    pub anchor: &'static str,
}

/// Where an error is explained.
#[must_use]
pub fn about(code: Code) -> Topic {
    let (article, anchor) = match code {
        PolicySyntax | PolicyTooDeep | PolicyInvalid | PolicyWarning | PolicyDuplicateId
        | PolicyWithoutId | PolicyLevel => ("policies", "problems"),
        SchemaSyntax | SchemaMissing | LinkInvalid | EntitiesSyntax | EntitiesInvalid
        | EntitiesCycle | EntitiesDuplicate => ("policies", "schema"),
        RequestInvalid | TestFailed | TestInvalid => ("policies", "tests"),
        RevisionUnknown | SetBroken | EngineMixed => ("drift", "sides"),
        ScenarioInvalid => ("what-ifs", "invalid"),
        RegistryMissing | RegistryDamaged | VersionUnknown | VersionTaken | VersionMoved
        | AuthorUnknown => ("releases", "versions"),
        PromotionConflict | MoveBegun | MoveFinished | PromotionRefused | ClockBack
        | ApprovalRefused => ("releases", "refused"),
        ReleaseInvalid | ReleaseTampered | ReleaseUntrusted | ReleaseOlder | ReleaseExpired
        | ReleaseForeign => ("releases", "bundles"),
        TrustInvalid | CheckpointInvalid => ("evidence", "trust"),
        ReportUnreadable | ReportTooLarge => ("evidence", "reports"),
        LanguageUnknown | NothingToTell => ("narratives", "telling"),
        EditRefused => ("narratives", "words"),
        WorkspaceConfig | WorkspaceMissing | WorkspaceExists => ("workspace", "folder"),
        FileRead | FileWrite | FileEncoding | FileConflict | FileOutside => ("workspace", "files"),
        StoreNewer | StoreReadOnly | StoreFull | StoreDamaged | StoreLocked => {
            ("workspace", "memory")
        }
        LogMissing => ("decision-log", "missing"),
        LogLine | LogEncoding | LogTruncated | LogEmpty => ("decision-log", "lines"),
        LogDamaged | LogNewer => ("decision-log", "damaged"),
        ProofEngine | ProofSchema => ("proof", "needs"),
        ToleranceInvalid | ReportInvalid => ("guard", "tolerance"),
        OverrideRefused | KeyInvalid => ("guard", "override"),
        RegoSyntax | RegoInvalid | RegoData | RegoEntrypoint => ("rego", "modules"),
        RegoOutside => ("rego", "open"),
        BundleInvalid | BundleSignature | BundleKey => ("rego", "bundles"),
        AuthorityInvalid | ReferenceUnknown | ReferenceExpired | ReferenceChanged => {
            ("references", "problems")
        }
        KeyMissing | KeyringMissing => ("keys", "missing"),
        KeyNeeded => ("keys", "needed"),
        KeyLocked => ("keys", "locked"),
        LedgerMissing => ("ledger", "begin"),
        LedgerStale | LedgerForked | LedgerDamaged => ("ledger", "backup"),
        WitnessSilent | WitnessRefused => ("ledger", "witness"),
        PdpAddress | PdpSource | PdpState => ("enforcement", "running"),
        ContextStale | ContextInvalid => ("enforcement", "facts"),
        BenchDisagrees | BenchPeer => ("program", "bench"),
        BadCall | HelpUnknown => ("program", "commands"),
        Cancelled => ("program", "jobs"),
        UpdateUnsigned | UpdateUntrusted | UpdateIncomplete | UpdateTampered | UpdateInvalid
        | UpdateForeign | UpdateOlder | UpdateSame | UpdateKey | UpdateFailed => {
            ("program", "updates")
        }
        SettingsInvalid | ClockOff | BusMissing => ("settings", "trouble"),
        DiagnosticsSecret | DiagnosticsInvalid => ("program", "diagnostics"),
        Internal => ("program", "fault"),
    };
    Topic { article, anchor }
}
