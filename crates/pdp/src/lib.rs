//! A reference enforcement point: decides by what a channel ships, and records what would have been decided.
