//! What proves the rest: one file per topic.
