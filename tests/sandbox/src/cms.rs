//! CMS signatures (RFC 5652), written by this crate alone.

pub(crate) mod policy;
pub(crate) mod reading;
pub(crate) mod signed_data;
pub(crate) mod time_stamp;
pub(crate) mod time_stamp_query;
