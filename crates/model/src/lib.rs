//! The plain values rooms hand each other: requests, decisions, problems, log facts, the drift report.
