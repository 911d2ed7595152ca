#![no_main]

#[path = "../../crates/release/tests/parsers/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bodies::release(bytes);
});
