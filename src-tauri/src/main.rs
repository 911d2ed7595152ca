//! studio.

fn main() {}
