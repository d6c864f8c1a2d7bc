//! Tells whether a CMS, a raw signature, a certificate and its chain are good.
