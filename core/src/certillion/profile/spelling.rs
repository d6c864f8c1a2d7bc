//! How words are written where the sources differ or have lost them.

/// How the names of signature policies are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PolicySpelling {
    /// `AD_RB`, as in the older SOAP interface and in a third party's design document.
    #[default]
    Underscore,
    /// `AD-RB`, as in the prose of the API page.
    Hyphen,
}

/// Where the identifier of a certificate stands that is asked for.
///
/// Unsure: the API page shows that one can be given, and not where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AliasPlace {
    /// In a header, `certificate_alias` (a third party's design document).
    #[default]
    Header,
    /// In the query, under the same name, as other services of the kind have it.
    Query,
}

/// A member of a request that the service has another name for.
///
/// The API page is at hand in a translation that took names along. Where the service turns out to
/// have another one, it is put right here without a new version of this library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling<'a> {
    /// The name that this library uses, such as `distance_x`.
    pub word: &'a str,
    /// The name that is written in its place.
    pub written: &'a str,
}
