//! What this room does with whole workspaces: the small one in `tests/data`, broken variants of it, and, where the
//! environment names them, the Cedar project's example applications and a large schema.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod citing;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod explanations;
#[cfg(test)]
mod language;
#[cfg(test)]
mod least;
#[cfg(test)]
mod support;
#[cfg(test)]
mod validation;
