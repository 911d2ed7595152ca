//! What a log costs in memory while somebody types: bytes on the heap for each distinct request, the sample's policies and the
//! log, parsed and decided under the set in force. It is exact and the same on every machine, so it is a test and not a benchmark.

use std::{ops::ControlFlow, path::Path, sync::Arc, sync::atomic::AtomicBool};

use decisions::{Log, Recipe};
use drift::{Session, Side};

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// The most a distinct request may cost. Entities, contexts and ids are kept once, and a log's are few beside its requests.
const BYTES: usize = 400;

#[test]
fn a_distinct_request_costs_little() {
    let folder = Path::new("../../bundles/northwind");
    let compiled = policy::compile(&policy::read_dir(folder).unwrap());
    let recipe = Recipe::read(&policy::read_dir(folder).unwrap()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("log.tfl");
    decisions::generate(&compiled, &recipe.with_rows(1_000_000), &mut |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap()
    .0
    .finish(&store)
    .unwrap();

    let _profiler = dhat::Profiler::builder().testing().build();
    let bytes = || dhat::HeapStats::get().curr_bytes;
    let before = bytes();
    let log = Arc::new(Log::open(&store).unwrap());
    let opened = bytes();
    let base = Side {
        label: "base".to_owned(),
        compiled,
    };
    let never = AtomicBool::new(false);
    let session = Session::new(Arc::clone(&log), base, &never).unwrap();
    let decided = bytes();
    let each = |bytes: usize| bytes / log.requests.len();
    println!(
        "{} distinct requests: {} bytes each in the log, {} with what was parsed and decided",
        log.requests.len(),
        each(opened - before),
        each(decided - before)
    );
    assert!(each(decided - before) <= BYTES);
    drop(session);
}
