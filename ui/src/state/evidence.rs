//! Evidence: the bundle in front and how it was judged, whom the auditor trusts, and the ledger of the workspace. Nothing is
//! judged here; what is shown is what the application answered last, and never the verdict of another bundle than the one named.

use std::time::Duration;

use ipc::{
    BundleVerdict, BundleView, CheckLedger, CheckState, CheckView, ChooseTrust, ChooseTrustFile,
    EvidenceView, HeadView, LedgerView, ListReceipts, PickFile, Picked, ProveReceipt, ReceiptAsked,
    ReceiptProof, ReceiptView, ReceiptsAsked, ReceiptsOf, RememberHead, SampleBundle, TrustView,
    VerifyAsked, VerifyBundle, ViewEvidence, ViewLedger,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use super::{
    Job, Overlay, Pages, Place, Studio, Undo,
    editing::told,
    known::{Answer, Known},
};
use crate::{
    calls::call,
    dom,
    texts::{Text, evidence, shell},
    words,
};

/// What is quicker than this shows no progress.
const QUICK: Duration = Duration::from_millis(200);

/// Signals of the place.
#[derive(Clone, Copy)]
pub struct Evidence {
    /// The trust file and the bundles opened before, as of the last answer.
    pub view: Known<Answer<EvidenceView>>,
    /// File of the bundle asked for last.
    pub path: RwSignal<String>,
    /// The bundle in front, judged.
    pub bundle: Known<Option<BundleView>>,
    /// Why the last verification came to nothing.
    pub failure: RwSignal<Option<Failure>>,
    /// What takes long and is under way.
    pub busy: RwSignal<Option<Text>>,
    /// The moment to judge at, RFC 3339 UTC.
    pub at: RwSignal<Option<String>>,
    /// A file with the checkpoint to compare with.
    pub last_seen: RwSignal<Option<String>>,
    /// The checkpoint that was remembered last.
    pub remembered: Known<Option<HeadView>>,
    /// The check that was run again, and when.
    pub again: Known<Option<(String, String)>>,
    /// Which page of the bundle is in front: `checks`, `receipts` or `files`.
    pub page: RwSignal<&'static str>,
    /// Receipts of the bundle.
    pub receipts: Receipts,
    /// What the place shows: `bundle`, or the workspace's `ledger`.
    pub front: RwSignal<&'static str>,
    /// Which page of a receipt is in front: `path`, `statement` or `envelope`.
    pub proof_page: RwSignal<&'static str>,
    /// The workspace's ledger, as of the last answer.
    pub ledger: Known<Answer<Option<LedgerView>>>,
    /// What came of reading all of it again. It stays when the ledger is asked for anew.
    pub read_again: Known<Option<ReadAgain>>,
    /// Its receipts.
    pub kept: Receipts,
    /// Number of the receipt to bring to the front once the ledger is there.
    pub wanted: RwSignal<Option<u64>>,
    /// Receipt that the form for an export begins with; all of them without.
    pub exported: RwSignal<Option<u64>>,
    /// What is held over the window.
    pub hover: RwSignal<Option<ipc::Dropped>>,
}

/// A ledger, read again from the first receipt to the last.
pub struct ReadAgain {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// How many receipts there were, or what contradicts itself.
    pub found: Result<u64, Failure>,
}

/// A list of receipts, and the one in front.
#[derive(Clone, Copy)]
pub struct Receipts {
    /// Whose.
    pub of: ReceiptsOf,
    /// The list, newest first.
    pub list: Pages<ReceiptView>,
    /// Row in front.
    pub row: RwSignal<Option<u64>>,
    /// Number of the receipt in front.
    pub number: RwSignal<Option<u64>>,
    /// What proves it.
    pub proof: Known<Answer<ReceiptProof>>,
}

impl Receipts {
    fn new(of: ReceiptsOf) -> Self {
        Self {
            of,
            list: Pages::new(),
            row: RwSignal::new(None),
            number: RwSignal::new(None),
            proof: Known::new(None),
        }
    }

    fn clear(self) {
        self.list.clear();
        self.leave();
    }

    fn leave(self) {
        self.row.set(None);
        self.number.set(None);
        self.proof.set(None);
    }

    fn ask(self) {
        self.leave();
        let of = self.of;
        self.list
            .ask(move |offset, limit| call::<ListReceipts>(ReceiptsAsked { of, offset, limit }));
    }

    /// Brings a receipt to the front with all that proves it.
    pub fn prove(self, number: u64) {
        if self.number.get_untracked() == Some(number) {
            return;
        }
        self.number.set(Some(number));
        self.proof.set(None);
        let of = self.of;
        spawn_local(async move {
            let answer = call::<ProveReceipt>(ReceiptAsked { of, number }).await;
            if self.number.get_untracked() == Some(number) {
                self.proof.set(Some(answer));
            }
        });
    }
}

impl Evidence {
    pub(super) fn new() -> Self {
        Self {
            view: Known::new(None),
            path: RwSignal::default(),
            bundle: Known::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(None),
            at: RwSignal::new(None),
            last_seen: RwSignal::new(None),
            remembered: Known::new(None),
            again: Known::new(None),
            page: RwSignal::new("checks"),
            receipts: Receipts::new(ReceiptsOf::Bundle),
            front: RwSignal::new("bundle"),
            proof_page: RwSignal::new("path"),
            ledger: Known::new(None),
            read_again: Known::new(None),
            kept: Receipts::new(ReceiptsOf::Ledger),
            wanted: RwSignal::new(None),
            exported: RwSignal::new(None),
            hover: RwSignal::new(None),
        }
    }

    /// Forgets the ledger with its workspace; a bundle stays in front, for it needs none.
    pub(super) fn leave_workspace(self) {
        self.front.set("bundle");
        self.ledger.set(None);
        self.read_again.set(None);
        self.kept.clear();
    }
}

/// A path names a bundle.
pub fn is_bundle(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".tfb")
}

/// Why the verdict is what it is, in one sentence.
pub fn because(bundle: &BundleView) -> String {
    let fits = |fits: fn(&CheckView) -> bool| bundle.checks.iter().filter(move |it| fits(it));
    let mut failed = fits(|it| it.state == CheckState::Fail);
    let mut open = fits(|it| it.state == CheckState::NotChecked && it.needed);
    match (bundle.verdict, failed.next(), open.next()) {
        (BundleVerdict::Verified, None, None) => {
            let hold = fits(|it| it.state == CheckState::Pass).count();
            let idle = (bundle.checks.len() - hold) as u64;
            let hold = hold as u64;
            evidence::BecauseVerified { hold, idle }.say()
        }
        (BundleVerdict::Failed, Some(first), _) => evidence::BecauseFailed {
            sentence: &first.sentence,
            check: &first.id,
            more: failed.count() as u64,
        }
        .say(),
        (BundleVerdict::CannotDecide, None, Some(_)) if bundle.trust.is_none() => {
            evidence::BECAUSE_NOBODY.into()
        }
        (BundleVerdict::CannotDecide, None, Some(first)) => evidence::BecauseOpen {
            sentence: &first.sentence,
            check: &first.id,
            why: first.found.trim_end_matches('.'),
        }
        .say(),
        // Never in words what the checks do not bear out.
        _ => evidence::BECAUSE_UNCLEAR.into(),
    }
}

/// The verdict with every check, as text to hand on.
pub fn as_text(bundle: &BundleView) -> String {
    let BundleView { digest, .. } = bundle;
    let (at, bytes) = (&bundle.issued, &bundle.bytes.to_string());
    let mut lines = vec![
        told_of(bundle),
        because(bundle),
        String::new(),
        evidence::TextDigest { digest }.say(),
        evidence::TextSize { bytes }.say(),
        evidence::TextExported { at }.say(),
    ];
    if !bundle.purpose.is_empty() {
        let purpose = &bundle.purpose;
        lines.push(evidence::TextPurpose { purpose }.say());
    }
    lines.push(match &bundle.trust {
        Some(TrustView { path, digest, .. }) => evidence::TextTrust { file: path, digest }.say(),
        None => evidence::TEXT_NOBODY.into(),
    });
    if let Some(at) = &bundle.at {
        lines.push(evidence::TextAt { at }.say());
    }
    if let Some(HeadView { origin, size, root }) = &bundle.head {
        let size = &size.to_string();
        lines.push(evidence::TextLedger { origin }.say());
        lines.push(evidence::TextCheckpoint { size, root }.say());
    }
    if let Some(HeadView { size, root, .. }) = &bundle.last_seen {
        let size = &size.to_string();
        lines.push(evidence::TextCompared { size, root }.say());
    }
    lines.push(String::new());
    for check in &bundle.checks {
        let state = words::check(check.state).0;
        lines.push(format!("{}  {state:<13}  {}", check.id, check.sentence));
        let indent = "                    ";
        match check.state {
            CheckState::Pass => {}
            CheckState::Fail => {
                let found = compared(check);
                let found = found.iter().chain(&check.detail);
                lines.extend(found.map(|it| format!("{indent}{it}")));
            }
            CheckState::NotChecked => lines.push(format!("{indent}{}", check.found)),
        }
    }
    lines.join("\n") + "\n"
}

/// What a check expected and what it found, as lines to hand on.
pub fn compared(check: &CheckView) -> [String; 2] {
    let (expected, found) = (&check.expected, &check.found);
    let expected = evidence::TextExpected { expected }.say();
    [expected, evidence::TextFound { found }.say()]
}

/// The verdict and the file it is of.
fn told_of(bundle: &BundleView) -> String {
    let (verdict, _) = words::verdict(bundle.verdict);
    let (_, bundle) = words::file(&bundle.path);
    shell::Verified { verdict, bundle }.say()
}

impl Studio {
    /// Asks for the trust file and the bundles opened before.
    pub fn view_evidence(self) {
        spawn_local(async move {
            let answer = call::<ViewEvidence>(()).await;
            self.evidence.view.set(Some(answer));
        });
    }

    /// Goes to the bundle, or to where one is chosen.
    pub fn show_bundle(self) {
        self.evidence.front.set("bundle");
        self.go(Place::Evidence);
    }

    /// Goes to the workspace's ledger.
    pub fn show_ledger(self) {
        self.evidence.front.set("ledger");
        self.go(Place::Evidence);
    }

    /// Asks for a bundle and verifies it.
    pub fn pick_bundle(self) {
        self.pick_file(Picked::Bundle, move |path| self.verify(path));
    }

    /// Asks for a trust file, and judges by it from now on.
    pub fn pick_trust(self) {
        self.pick_file(Picked::Trust, move |path| self.trust(Some(path)));
    }

    /// Asks for a checkpoint, and compares the bundle with it.
    pub fn pick_checkpoint(self) {
        self.pick_file(Picked::Checkpoint, move |path| {
            self.compare_checkpoint(Some(path))
        });
    }

    /// Asks for a file.
    pub fn pick_file(self, kind: Picked, then: impl FnOnce(String) + 'static) {
        let then: Box<dyn FnOnce(String)> = Box::new(then);
        spawn_local(async move {
            match call::<PickFile>(kind).await {
                Ok(Some(path)) => then(path),
                Ok(None) => {}
                Err(failure) => self.toast(evidence::NO_FILE_CHOSEN, told(&failure), true),
            }
        });
    }

    /// Trusts whom a file names, or nobody. A bundle in front is judged anew.
    pub fn trust(self, path: Option<String>) {
        let before = self.evidence.view.with_untracked(|view| match view {
            Some(Ok(view)) => view.trust.as_ref().map(|trust| trust.path.clone()),
            _ => None,
        });
        spawn_local(async move {
            match call::<ChooseTrustFile>(ChooseTrust { path }).await {
                Ok(trust) => {
                    self.can_undo(Undo::Trust(before));
                    self.trusted(trust);
                }
                Err(failure) => self.toast(evidence::TRUST_NOT_TAKEN, told(&failure), true),
            }
        });
    }

    /// Verifies the sample's bundle by the sample's trust file, which is then the one to judge by.
    pub fn verify_sample(self) {
        let sample = self.evidence.view.with_untracked(|view| match view {
            Some(Ok(view)) => view.sample.clone(),
            _ => None,
        });
        let Some(SampleBundle { bundle, trust }) = sample else {
            return;
        };
        spawn_local(async move {
            match call::<ChooseTrustFile>(ChooseTrust { path: Some(trust) }).await {
                Ok(trust) => {
                    self.judging_by(trust);
                    self.verify(bundle);
                }
                Err(failure) => self.toast(evidence::TRUST_NOT_TAKEN, told(&failure), true),
            }
        });
    }

    fn trusted(self, trust: Option<TrustView>) {
        self.judging_by(trust);
        if self.evidence.bundle.with_untracked(Option::is_some) {
            self.verify_again(None);
        }
    }

    fn judging_by(self, trust: Option<TrustView>) {
        self.say(match &trust {
            Some(trust) => {
                let (_, file) = words::file(&trust.path);
                evidence::JudgingBy { file }.say()
            }
            None => evidence::JUDGING_BY_NOBODY.into(),
        });
        self.evidence.view.update(|view| {
            if let Some(Ok(view)) = view {
                view.trust = trust;
            }
        });
    }

    /// Judges at a moment, or without one.
    pub fn judge_at(self, at: Option<String>) {
        self.evidence.at.set(at);
        self.verify_again(None);
    }

    /// Compares with a checkpoint in a file, or with the one that is remembered.
    pub fn compare_checkpoint(self, path: Option<String>) {
        self.evidence.last_seen.set(path);
        self.verify_again(None);
    }

    /// Verifies a bundle and brings it to the front.
    pub fn verify(self, path: String) {
        let evidence = self.evidence;
        self.show_bundle();
        if let Some(job) = &self.busy() {
            let wait = evidence::BusyWait { job }.say();
            return self.toast(evidence::NOT_OPENED, wait, true);
        }
        if evidence.path.with_untracked(|before| *before != path) {
            evidence.bundle.set(None);
            evidence.receipts.clear();
            evidence.at.set(None);
            evidence.last_seen.set(None);
            evidence.page.set("checks");
            evidence.path.set(path);
        }
        self.verify_again(None);
    }

    /// What takes long and is under way.
    pub(super) fn busy(self) -> Option<String> {
        let job = self
            .job
            .with_untracked(|job| job.as_ref().map(|job| job.title.clone()));
        job.or_else(|| self.evidence.busy.get_untracked().map(String::from))
    }

    /// Verifies the bundle in front again; for one check in particular, if one is named.
    pub fn verify_again(self, check: Option<String>) {
        let evidence = self.evidence;
        if let Some(job) = &self.busy() {
            return self.say(evidence::Busy { job }.say());
        }
        let asked = VerifyAsked {
            path: evidence.path.get_untracked(),
            at: evidence.at.get_untracked(),
            last_seen: evidence.last_seen.get_untracked(),
        };
        self.begin(evidence::VERIFYING);
        evidence.failure.set(None);
        spawn_local(async move {
            let answer = call::<VerifyBundle>(asked).await;
            self.end();
            self.verified(answer, check);
        });
    }

    fn verified(self, answer: Result<BundleView, Failure>, check: Option<String>) {
        let evidence = self.evidence;
        match answer {
            Ok(bundle) => {
                let (verdict, why) = (&told_of(&bundle), &because(&bundle));
                let here = self.place.get_untracked() == Place::Evidence;
                if here {
                    self.say(match &check {
                        Some(id) => said_of(&bundle, id),
                        None => evidence::Verified { verdict, why }.say(),
                    });
                    match check {
                        Some(_) => dom::focus_soon("[data-again] > summary"),
                        None => dom::focus_soon("#verdict"),
                    }
                } else {
                    self.toast(verdict, why, false);
                }
                evidence.again.set(check.map(|id| (id, dom::moment())));
                evidence.receipts.ask();
                evidence.bundle.set(Some(bundle));
                self.view_evidence();
            }
            Err(failure) if failure.code == Code::Cancelled => {
                self.say(shell::CANCELLED);
                // A verdict that stands still stands; without one there is something to be said.
                if evidence.bundle.with_untracked(Option::is_none) {
                    evidence.failure.set(Some(failure));
                }
            }
            Err(failure) => {
                if self.place.get_untracked() != Place::Evidence {
                    self.toast(evidence::NOT_VERIFIED, told(&failure), true);
                }
                evidence.bundle.set(None);
                evidence.receipts.clear();
                evidence.failure.set(Some(failure));
            }
        }
    }

    /// Begins what may take long: its progress is shown once it does.
    pub(crate) fn begin(self, title: Text) {
        let busy = self.evidence.busy;
        busy.set(Some(title));
        set_timeout(
            move || {
                if busy.get_untracked().is_some() && self.job.with_untracked(Option::is_none) {
                    self.job.set(Some(Job {
                        title: title.into(),
                        done: 0,
                        total: 0,
                    }));
                }
            },
            QUICK,
        );
    }

    pub(crate) fn end(self) {
        self.evidence.busy.set(None);
        self.job.set(None);
    }

    /// Remembers the checkpoint of the bundle in front, to compare later ones with.
    pub fn remember_head(self) {
        spawn_local(async move {
            match call::<RememberHead>(()).await {
                Ok(head) => {
                    self.say(evidence::CheckpointRemembered { count: head.size }.say());
                    self.evidence.remembered.set(Some(head));
                    // The button that had the focus is no more.
                    dom::focus_soon("#verdict");
                }
                Err(failure) => {
                    self.toast(evidence::CHECKPOINT_NOT_REMEMBERED, told(&failure), true)
                }
            }
        });
    }

    /// Asks for the workspace's ledger; its receipts are listed anew when there are others.
    pub fn view_ledger(self) {
        spawn_local(async move {
            let answer = call::<ViewLedger>(()).await;
            self.ledger_seen(answer);
        });
    }

    fn ledger_seen(self, answer: Result<Option<LedgerView>, Failure>) {
        let kept = self.evidence.kept;
        match &answer {
            Ok(Some(ledger)) => {
                if untrack(|| kept.list.total()) != Some(ledger.receipts) {
                    kept.ask();
                }
            }
            _ => kept.clear(),
        }
        self.evidence.ledger.set(Some(answer));
    }

    /// Reads all of the workspace's ledger again.
    pub fn check_ledger(self) {
        if let Some(job) = &self.busy() {
            return self.say(evidence::Busy { job }.say());
        }
        self.evidence.read_again.set(None);
        self.evidence.failure.set(None);
        self.begin(evidence::READING);
        spawn_local(async move {
            let answer = call::<CheckLedger>(()).await;
            self.end();
            let found = match answer {
                Ok(ledger) => {
                    let (receipts, trouble) = (ledger.receipts, ledger.trouble.clone());
                    self.ledger_seen(Ok(Some(ledger)));
                    trouble.map_or(Ok(receipts), Err)
                }
                Err(why) if why.code == Code::Cancelled => return self.say(shell::CANCELLED),
                Err(why) => Err(why),
            };
            self.say(match &found {
                Ok(count) => evidence::ReadWell { count: *count }.say(),
                Err(failure) => words::sentence(&failure.message),
            });
            let at = dom::moment();
            self.evidence.read_again.set(Some(ReadAgain { at, found }));
        });
    }

    /// Offers to export receipts of the workspace's ledger: all, or one with what belongs to it.
    pub fn offer_export(self, one: Option<u64>) {
        if let Some(job) = &self.busy() {
            return self.say(evidence::Busy { job }.say());
        }
        self.show_ledger();
        self.evidence.exported.set(one);
        spawn_local(async move {
            let answer = call::<ViewLedger>(()).await;
            let any = matches!(&answer, Ok(Some(ledger)) if ledger.receipts > 0);
            self.ledger_seen(answer);
            if any {
                self.overlay.set(Some(Overlay::Export));
            } else {
                self.say(evidence::NOTHING_TO_EXPORT);
            }
        });
    }
}

fn said_of(bundle: &BundleView, id: &str) -> String {
    let check = bundle.checks.iter().find(|check| check.id == id);
    let state = check.map(|check| words::check(check.state).0);
    let state = state.unwrap_or(evidence::CHECK_GONE.get());
    format!("{id} {state}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tests::english;

    fn check(id: &str, state: CheckState, needed: bool) -> CheckView {
        CheckView {
            id: id.into(),
            state,
            sentence: "the ledger only grew".into(),
            expected: "a".into(),
            found: "nothing to compare with".into(),
            detail: vec!["and b".into()],
            needed,
        }
    }

    fn bundle(verdict: BundleVerdict, checks: Vec<CheckView>) -> BundleView {
        BundleView {
            path: "/tmp/november.tfb".into(),
            bytes: 10,
            digest: "ab".into(),
            verdict,
            trust: Some(TrustView {
                path: "trust.json".into(),
                digest: "cd".into(),
                origins: vec![],
                witnesses: 0,
                keys: vec![],
                failure: None,
            }),
            at: None,
            milliseconds: 1,
            checks,
            purpose: "audit".into(),
            issued: "2026-11-19T14:02:00Z".into(),
            receipts: 1,
            head: None,
            last_seen: None,
            artefacts: vec![],
        }
    }

    #[test]
    fn the_sentence_names_the_check_that_decides() {
        use CheckState::{Fail, NotChecked, Pass};
        english();
        let verified = bundle(
            BundleVerdict::Verified,
            vec![check("V01", Pass, true), check("V14", NotChecked, false)],
        );
        assert_eq!(
            because(&verified),
            "Every check that applies holds (1); one has nothing to look at here."
        );
        let failed = vec![
            check("V01", Pass, true),
            check("V10", Fail, true),
            check("V11", Fail, true),
        ];
        assert_eq!(
            because(&bundle(BundleVerdict::Failed, failed.clone())),
            "It does not hold that the ledger only grew (V10), and one check more fails."
        );
        let open = vec![check("V09", NotChecked, true)];
        let mut undecided = bundle(BundleVerdict::CannotDecide, open);
        assert_eq!(
            because(&undecided),
            "Nothing fails, but it could not be checked that the ledger only grew (V09): nothing to compare with."
        );
        undecided.trust = None;
        assert!(because(&undecided).contains("nobody is trusted"));
        // A verdict that its checks do not bear out is not explained away.
        assert!(because(&bundle(BundleVerdict::Verified, failed)).contains("rely on neither"));
    }

    #[test]
    fn the_text_holds_every_check_and_what_was_found() {
        english();
        let checks = vec![
            check("V01", CheckState::Pass, true),
            check("V10", CheckState::Fail, true),
        ];
        let text = as_text(&bundle(BundleVerdict::Failed, checks));
        assert!(text.starts_with("Failed: november.tfb\n"));
        assert!(text.contains("V01  holds          the ledger only grew\n"));
        assert!(text.contains("V10  does not hold  the ledger only grew\n"));
        assert!(text.contains("expected: a\n") && text.contains("and b\n"));
        assert!(text.contains("sha256:ab") && text.contains("trust.json sha256:cd"));
    }

    #[test]
    fn bundles_are_known_by_their_ending() {
        assert!(is_bundle("/a/November.TFB"));
        assert!(!is_bundle("/a/november.tfb/"));
        assert!(!is_bundle("tfb"));
    }
}
