//! The verifier's page in a real browser, opened from its file, with the network denied: for every bundle it says what `fabric verify
//! --json` says, byte for byte. Where no Chromium can be had the tests say so and judge nothing.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod page;
#[cfg(test)]
mod reports;
#[cfg(test)]
#[expect(dead_code, reason = "the checks' own tests ask more of it")]
#[path = "../../../../crates/evidence/src/verify/tests/world.rs"]
mod world;

#[cfg(test)]
mod tests;
