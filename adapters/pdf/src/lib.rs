//! Makes room for a signature in a PDF, fills it, and reads signatures back.
