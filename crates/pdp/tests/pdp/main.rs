//! The enforcement point.
