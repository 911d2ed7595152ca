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
use pdp::{Fresh, Options, Point, Source, follow};
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

/// What it gives, one after the other; then that nothing changed.
struct Given(Mutex<Vec<Result<Option<Fresh>, Failure>>>, mpsc::Sender<()>);

impl Source for Given {
    fn latest(&self) -> Result<Option<Fresh>, Failure> {
        let mut given = self.0.lock().unwrap();
        if given.is_empty() {
            let _ = self.1.send(());
            return Ok(None);
        }
        given.remove(0)
    }
}

#[test]
fn the_last_good_release_goes_on_deciding_and_grows_stale() {
    let now = Arc::new(AtomicU64::new(100));
    let clock = Arc::clone(&now);
    let options = Options::new(Box::new(move || clock.load(Ordering::SeqCst)));
    let point = Point::new(enforced(1, ALLOW), options);
    let fresh = |sequence, policies| {
        let release = release(sequence, policies, None, Modes::default());
        Ok(Some(Fresh { release }))
    };
    let gone = || Err(Failure::new(Code::FileRead, "the source is gone"));
    let run = |given: Vec<Result<Option<Fresh>, Failure>>, rounds: usize| {
        let (asked, every) = mpsc::channel();
        let (end, stop) = mpsc::channel();
        let source = Given(Mutex::new(given), asked);
        let kept: Mutex<Vec<u64>> = Mutex::default();
        let keep = |release: &Release| {
            kept.lock().unwrap().push(release.sequence);
            Ok(())
        };
        thread::scope(|scope| {
            let (point, source, keep) = (&point, &source, &keep);
            scope.spawn(move || follow(point, source, Duration::from_millis(1), stop, keep));
            (0..rounds).for_each(|_| every.recv().unwrap());
            drop(end);
        });
        kept.into_inner().unwrap()
    };
    now.store(110, Ordering::SeqCst);
    assert_eq!(run(vec![fresh(2, DENY)], 2), [2]);
    let status = point.status();
    assert_eq!(
        (status.version.sequence, status.since, status.stale_seconds),
        (2, 110, 0)
    );

    // One that cannot be enforced is not, and that is not forgotten when nothing newer comes.
    now.store(150, Ordering::SeqCst);
    assert!(run(vec![fresh(3, "permit(")], 2).is_empty());
    let status = point.status();
    assert_eq!((status.version.sequence, status.stale_seconds), (2, 40));
    assert_eq!(status.source_failure.unwrap().code, Code::SetBroken);
    assert!(!point.decide(&view("alice", "d1")).allows());

    assert_eq!(run(vec![gone(), fresh(4, ALLOW)], 1), [4]);
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
