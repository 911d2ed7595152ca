//! What this room does with whole workspaces: the small one in `tests/data`, broken variants of it, and, where the
//! environment names them, the Cedar project's example applications and a large schema.

mod bad_input;
mod compare;
mod examples;
mod explanations;
mod support;
mod validation;
