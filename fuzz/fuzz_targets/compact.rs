#![no_main]

#[path = "../../crates/evidence/tests/parsers/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bodies::compact(bytes);
});
