//! Versions, channels, approvals and their history, kept in an ordinary git repository.
