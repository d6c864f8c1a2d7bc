//! Carries the core's exchanges over HTTPS with ureq and rustls.
