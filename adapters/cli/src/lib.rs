//! The rubrica command.
