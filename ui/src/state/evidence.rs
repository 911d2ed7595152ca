//! Evidence: the bundle in front and how it was judged, whom the auditor trusts, and the ledger of the workspace. Nothing is
//! judged here; what is shown is what the application answered last, and never the verdict of another bundle than the one named.

use std::time::Duration;

use ipc::{
    BundleVerdict, BundleView, CheckLedger, CheckState, ChooseTrust, ChooseTrustFile, EvidenceView,
    HeadView, LedgerView, ListReceipts, PickFile, Picked, ProveReceipt, ReceiptAsked, ReceiptProof,
    ReceiptView, ReceiptsAsked, ReceiptsOf, RememberHead, SampleBundle, TrustView, VerifyAsked,
    VerifyBundle, ViewEvidence, ViewLedger,
};
use leptos::{prelude::*, task::spawn_local};
use model::{Code, Failure};

use super::{
    Job, Overlay, Pages, Place, Studio,
    editing::told,
    known::{Answer, Known},
};
use crate::{calls::call, dom, words};

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
    /// What takes long and is under way, in words; empty if nothing is.
    pub busy: RwSignal<&'static str>,
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
    /// Files are held over the window.
    pub hover: RwSignal<bool>,
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
            busy: RwSignal::new(""),
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
            hover: RwSignal::new(false),
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
    let fits = |fits: fn(&ipc::CheckView) -> bool| bundle.checks.iter().filter(move |it| fits(it));
    let mut failed = fits(|it| it.state == CheckState::Fail);
    let mut open = fits(|it| it.state == CheckState::NotChecked && it.needed);
    match (bundle.verdict, failed.next(), open.next()) {
        (BundleVerdict::Verified, None, None) => {
            let hold = fits(|it| it.state == CheckState::Pass).count();
            let idle = bundle.checks.len() - hold;
            let idle = match idle {
                0 => String::new(),
                1 => "; one has nothing to look at here".to_owned(),
                idle => format!("; {idle} have nothing to look at here"),
            };
            format!("Every check that applies holds ({hold}){idle}.")
        }
        (BundleVerdict::Failed, Some(first), _) => {
            let more = match failed.count() {
                0 => String::new(),
                1 => ", and one check more fails".to_owned(),
                more => format!(", and {more} checks more fail"),
            };
            format!(
                "It does not hold that {} ({}){more}.",
                first.sentence, first.id
            )
        }
        (BundleVerdict::CannotDecide, None, Some(_)) if bundle.trust.is_none() => {
            "Nothing fails, but nobody is trusted yet. Choose a trust file: it says whose word counts."
                .to_owned()
        }
        (BundleVerdict::CannotDecide, None, Some(first)) => format!(
            "Nothing fails, but it could not be checked that {} ({}): {}.",
            first.sentence,
            first.id,
            first.found.trim_end_matches('.')
        ),
        // Never in words what the checks do not bear out.
        _ => "The checks below do not explain this verdict; verify again, and rely on neither."
            .to_owned(),
    }
}

/// The verdict with every check, as text to hand on.
pub fn as_text(bundle: &BundleView) -> String {
    let mut lines = vec![
        format!(
            "{}: {}",
            words::verdict(bundle.verdict).0,
            words::file(&bundle.path).1
        ),
        because(bundle),
        String::new(),
        format!("bundle       sha256:{}", bundle.digest),
        format!("size         {} bytes", bundle.bytes),
        format!("exported     {} (as the bundle says)", bundle.issued),
    ];
    if !bundle.purpose.is_empty() {
        lines.push(format!(
            "purpose      {} (as the bundle says)",
            bundle.purpose
        ));
    }
    lines.push(match &bundle.trust {
        Some(trust) => format!("judged by    {} sha256:{}", trust.path, trust.digest),
        None => "judged by    nobody".to_owned(),
    });
    if let Some(at) = &bundle.at {
        lines.push(format!("judged at    {at}"));
    }
    if let Some(head) = &bundle.head {
        lines.push(format!("ledger       {}", head.origin));
        lines.push(format!(
            "checkpoint   {} receipts, root {}",
            head.size, head.root
        ));
    }
    if let Some(seen) = &bundle.last_seen {
        lines.push(format!(
            "compared     {} receipts, root {}",
            seen.size, seen.root
        ));
    }
    lines.push(String::new());
    for check in &bundle.checks {
        let state = words::check(check.state).0;
        lines.push(format!("{}  {state:<13}  {}", check.id, check.sentence));
        let indent = "                    ";
        match check.state {
            CheckState::Pass => {}
            CheckState::Fail => {
                lines.push(format!("{indent}expected: {}", check.expected));
                lines.push(format!("{indent}found: {}", check.found));
                lines.extend(check.detail.iter().map(|it| format!("{indent}{it}")));
            }
            CheckState::NotChecked => lines.push(format!("{indent}{}", check.found)),
        }
    }
    lines.join("\n") + "\n"
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
                Err(failure) => self.toast("No file was chosen", told(&failure), true),
            }
        });
    }

    /// Trusts whom a file names, or nobody. A bundle in front is judged anew.
    pub fn trust(self, path: Option<String>) {
        spawn_local(async move {
            match call::<ChooseTrustFile>(ChooseTrust { path }).await {
                Ok(trust) => self.trusted(trust),
                Err(failure) => self.toast("The trust file was not taken", told(&failure), true),
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
                Err(failure) => self.toast("The trust file was not taken", told(&failure), true),
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
            Some(trust) => format!("Judging by {}", words::file(&trust.path).1),
            None => "Nobody is trusted".to_owned(),
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
        if let Some(busy) = self.busy() {
            return self.toast(
                "The bundle was not opened",
                format!("Busy: {busy}. Cancel that first, or wait."),
                true,
            );
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
    fn busy(self) -> Option<String> {
        let job = self
            .job
            .with_untracked(|job| job.as_ref().map(|job| job.title.clone()));
        let own = self.evidence.busy.get_untracked();
        job.or_else(|| (!own.is_empty()).then(|| own.to_owned()))
    }

    /// Verifies the bundle in front again; for one check in particular, if one is named.
    pub fn verify_again(self, check: Option<String>) {
        let evidence = self.evidence;
        if let Some(busy) = self.busy() {
            return self.say(format!("Busy: {busy}"));
        }
        let asked = VerifyAsked {
            path: evidence.path.get_untracked(),
            at: evidence.at.get_untracked(),
            last_seen: evidence.last_seen.get_untracked(),
        };
        self.begin("Verifying the bundle");
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
                let (word, _) = words::verdict(bundle.verdict);
                let name = words::file(&bundle.path).1.to_owned();
                let why = because(&bundle);
                let here = self.place.get_untracked() == Place::Evidence;
                if here {
                    self.say(match &check {
                        Some(id) => said_of(&bundle, id),
                        None => format!("{word}: {name}. {why}"),
                    });
                    match check {
                        Some(_) => dom::focus_soon("[data-again] > summary"),
                        None => dom::focus_soon("#verdict"),
                    }
                } else {
                    self.toast(format!("{word}: {name}"), why, false);
                }
                evidence.again.set(check.map(|id| (id, dom::moment())));
                evidence.receipts.ask();
                evidence.bundle.set(Some(bundle));
                self.view_evidence();
            }
            Err(failure) if failure.code == Code::Cancelled => {
                self.say("Cancelled");
                // A verdict that stands still stands; without one there is something to be said.
                if evidence.bundle.with_untracked(Option::is_none) {
                    evidence.failure.set(Some(failure));
                }
            }
            Err(failure) => {
                if self.place.get_untracked() != Place::Evidence {
                    self.toast("The bundle was not verified", told(&failure), true);
                }
                evidence.bundle.set(None);
                evidence.receipts.clear();
                evidence.failure.set(Some(failure));
            }
        }
    }

    /// Begins what may take long: its progress is shown once it does.
    pub(crate) fn begin(self, title: &'static str) {
        let busy = self.evidence.busy;
        busy.set(title);
        set_timeout(
            move || {
                if !busy.get_untracked().is_empty() && self.job.with_untracked(Option::is_none) {
                    self.job.set(Some(Job {
                        title: title.to_owned(),
                        done: 0,
                        total: 0,
                    }));
                }
            },
            QUICK,
        );
    }

    pub(crate) fn end(self) {
        self.evidence.busy.set("");
        self.job.set(None);
    }

    /// Remembers the checkpoint of the bundle in front, to compare later ones with.
    pub fn remember_head(self) {
        spawn_local(async move {
            match call::<RememberHead>(()).await {
                Ok(head) => {
                    self.say(format!(
                        "The checkpoint of {} is remembered",
                        words::count(head.size, "receipt", "receipts")
                    ));
                    self.evidence.remembered.set(Some(head));
                    // The button that had the focus is no more.
                    dom::focus_soon("#verdict");
                }
                Err(failure) => {
                    self.toast("The checkpoint is not remembered", told(&failure), true)
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
        if let Some(busy) = self.busy() {
            return self.say(format!("Busy: {busy}"));
        }
        self.evidence.read_again.set(None);
        self.evidence.failure.set(None);
        self.begin("Reading the ledger again");
        spawn_local(async move {
            let answer = call::<CheckLedger>(()).await;
            self.end();
            let found = match answer {
                Ok(ledger) => {
                    let (receipts, trouble) = (ledger.receipts, ledger.trouble.clone());
                    self.ledger_seen(Ok(Some(ledger)));
                    trouble.map_or(Ok(receipts), Err)
                }
                Err(failure) if failure.code == Code::Cancelled => return self.say("Cancelled"),
                Err(failure) => Err(failure),
            };
            self.say(match &found {
                Ok(receipts) => format!(
                    "{} read again: nothing contradicts itself",
                    words::count(*receipts, "receipt", "receipts")
                ),
                Err(failure) => words::sentence(&failure.message),
            });
            let at = dom::moment();
            self.evidence.read_again.set(Some(ReadAgain { at, found }));
        });
    }

    /// Offers to export receipts of the workspace's ledger: all, or one with what belongs to it.
    pub fn offer_export(self, one: Option<u64>) {
        if let Some(busy) = self.busy() {
            return self.say(format!("Busy: {busy}"));
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
                self.say("There are no receipts to export");
            }
        });
    }
}

fn said_of(bundle: &BundleView, id: &str) -> String {
    let check = bundle.checks.iter().find(|check| check.id == id);
    let state = check.map_or("gone", |check| words::check(check.state).0);
    format!("{id} {state}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::CheckView;

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
