//! The signing services, emulated over HTTPS on loopback, with faults on demand.
