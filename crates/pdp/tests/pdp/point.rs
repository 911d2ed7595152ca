//! What a point keeps, forgets and counts.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use model::{Code, Failure};
use pdp::{Follower, Options, Point, Source};
use release::{Modes, Release};

use crate::{enforced, release, view};

const ALLOW: &str = r#"@id("a") permit(principal, action, resource);"#;
const DENY: &str = r#"@id("a") forbid(principal, action, resource);"#;

fn point(policies: &str) -> Point {
    Point::new(enforced(1, policies), Options::new(Box::new(|| 100)))
}

#[test]
fn an_answer_is_kept_for_the_same_question_and_no_other() {
    let point = point(r#"permit(principal, action, resource) when { principal.level > 3 };"#);
    let hits = || point.meters()[0].figures().cache_hits;
    let plain = view("alice", "d1");
    assert!(point.decide(&plain).allows());
    assert_eq!(hits(), 0);
    assert!(point.decide(&plain).allows());
    assert_eq!(hits(), 1);
    let mut other = plain;
    other.principal.properties = r#"{"level":1}"#;
    assert!(!point.decide(&other).allows());
    other = plain;
    other.context = r#"{"mfa":false}"#;
    let _ = point.decide(&other);
    other = plain;
    other.resource.id = "d2";
    let _ = point.decide(&other);
    assert_eq!(hits(), 1);
    // What is refused is read again each time.
    other.context = "{";
    for _ in 0..2 {
        assert!(point.decide(&other).refused.is_some());
    }
    let figures = point.meters()[0].figures();
    assert_eq!(
        (
            figures.cache_hits,
            figures.refused,
            figures.allowed + figures.denied
        ),
        (1, 2, 7)
    );
}

#[test]
fn parts_of_a_question_do_not_run_into_each_other() {
    let point = point(r#"permit(principal == User::"ab", action, resource);"#);
    let mut one = view("ab", "d1");
    one.principal.properties = "{}";
    assert!(point.decide(&one).allows());
    let other = view("ab{}", "d1");
    assert!(!point.decide(&other).allows());
}

/// Threads that never stop asking, and a release that changes every answer, again and again.
#[test]
fn no_answer_of_an_older_release_is_given_after_a_swap_returned() {
    let point = Arc::new(point(DENY));
    let in_force = Arc::new(AtomicU64::new(1));
    let stop = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..4)
        .map(|asker| {
            let (point, in_force, stop) =
                (Arc::clone(&point), Arc::clone(&in_force), Arc::clone(&stop));
            thread::spawn(move || {
                let user = format!("u{asker}");
                let mut asked = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    // Kept by all, and by this one alone.
                    for user in ["alice", &user] {
                        let least = in_force.load(Ordering::SeqCst);
                        let answer = point.decide(&view(user, "d1"));
                        let sequence = answer.version.sequence;
                        assert!(sequence >= least, "{sequence} after {least} was in force");
                        assert_eq!(answer.allows(), sequence.is_multiple_of(2));
                        asked += 1;
                    }
                }
                asked
            })
        })
        .collect();
    for sequence in 2..200_u64 {
        let policies = if sequence.is_multiple_of(2) {
            ALLOW
        } else {
            DENY
        };
        let engine = enforced(sequence, policies);
        point.swap(engine);
        in_force.store(sequence, Ordering::SeqCst);
        assert_eq!(
            point.decide(&view("alice", "d1")).version.sequence,
            sequence
        );
    }
    stop.store(true, Ordering::Relaxed);
    let asked: u64 = askers.into_iter().map(|asker| asker.join().unwrap()).sum();
    assert!(asked > 198, "{asked}");
}

/// What it gives, one after the other; then that nothing changed. It remembers what it was told to keep.
struct Given {
    given: Vec<Result<Option<Release>, Failure>>,
    last: Option<(Release, u64)>,
    sequence: u64,
    kept: Arc<Mutex<Vec<u64>>>,
    asked: mpsc::Sender<()>,
}

impl Source for Given {
    fn latest(&mut self) -> Result<Option<Release>, Failure> {
        if self.given.is_empty() {
            let _ = self.asked.send(());
            return Ok(None);
        }
        let given = self.given.remove(0);
        if let Ok(Some(release)) = &given {
            self.sequence = release.sequence;
        }
        given
    }

    fn last(&mut self) -> Result<Option<(Release, u64)>, Failure> {
        Ok(self.last.clone())
    }

    fn keep(&mut self) -> Result<(), Failure> {
        let mut kept = self.kept.lock().unwrap();
        if kept.last() != Some(&self.sequence) {
            kept.push(self.sequence);
        }
        Ok(())
    }
}

#[test]
fn the_last_good_release_goes_on_deciding_and_grows_stale() {
    let now = Arc::new(AtomicU64::new(100));
    let options = || {
        let clock = Arc::clone(&now);
        Options::new(Box::new(move || clock.load(Ordering::SeqCst)))
    };
    let fresh = |sequence, policies| Ok(Some(release(sequence, policies, None, Modes::default())));
    let gone = || Err(Failure::new(Code::FileRead, "the source is gone"));
    let (asked, every) = mpsc::channel();
    let kept: Arc<Mutex<Vec<u64>>> = Arc::default();
    let begin = |given, last| {
        let (asked, kept) = (asked.clone(), Arc::clone(&kept));
        let source = Given {
            given,
            last,
            sequence: 0,
            kept,
            asked,
        };
        Follower::begin(Box::new(source), options())
    };
    let run = |(follower, point): (Follower<'_>, Point), rounds: usize| {
        let (end, stop) = mpsc::channel();
        thread::scope(|scope| {
            let point = &point;
            scope.spawn(move || follower.run(point, Duration::from_millis(1), &stop));
            (0..rounds).for_each(|_| every.recv().unwrap());
            drop(end);
        });
        while every.try_recv().is_ok() {}
        (std::mem::take(&mut *kept.lock().unwrap()), point)
    };
    now.store(110, Ordering::SeqCst);
    let (kept, point) = run(
        begin(vec![fresh(1, ALLOW), fresh(2, DENY)], None).unwrap(),
        2,
    );
    let status = point.status();
    assert_eq!(
        (
            kept,
            status.version.sequence,
            status.since,
            status.stale_seconds
        ),
        (vec![1, 2], 2, 110, 0)
    );

    // One that cannot be enforced is not, and that is not forgotten when nothing newer comes; at the beginning, too.
    let second = || release(2, DENY, None, Modes::default());
    now.store(150, Ordering::SeqCst);
    let begun = begin(vec![fresh(3, "permit(")], Some((second(), 110)));
    let (kept, point) = run(begun.unwrap(), 2);
    let status = point.status();
    assert_eq!((status.version.sequence, status.stale_seconds), (2, 40));
    assert_eq!(status.source_failure.unwrap().code, Code::SetBroken);
    assert!(kept.is_empty() && !point.decide(&view("alice", "d1")).allows());
    let broken = begin(vec![fresh(3, "permit(")], None);
    assert_eq!(broken.err().unwrap().code, Code::SetBroken);
    assert_eq!(
        begin(vec![gone()], None).err().unwrap().code,
        Code::FileRead
    );

    let begun = begin(vec![gone(), fresh(4, ALLOW)], Some((second(), 110))).unwrap();
    let status = begun.1.status();
    assert_eq!(
        (status.stale_seconds, status.source_failure.unwrap().code),
        (40, Code::FileRead)
    );
    assert!(!begun.1.decide(&view("alice", "d1")).allows());
    let (kept, point) = run(begun, 1);
    assert_eq!(kept, [4]);
    let status = point.status();
    assert_eq!(
        (
            status.version.sequence,
            status.stale_seconds,
            status.source_failure
        ),
        (4, 0, None)
    );
    assert!(point.decide(&view("alice", "d1")).allows());
    let text = point.metrics();
    for line in [
        "fabric_pdp_decisions_total{version=\"1.2.0\",sequence=\"2\",decision=\"deny\"} 1\n",
        "fabric_pdp_decisions_total{version=\"1.4.0\",sequence=\"4\",decision=\"allow\"} 1\n",
        "fabric_pdp_decision_seconds_count{version=\"1.4.0\",sequence=\"4\"} 1\n",
        "fabric_pdp_decision_seconds{version=\"1.2.0\",sequence=\"2\",quantile=\"0.99\"} 0.000",
        "fabric_pdp_stale_seconds 0\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
