//! Signs documents with cloud-held ICP-Brasil keys: sessions, redirect listener, journal.
