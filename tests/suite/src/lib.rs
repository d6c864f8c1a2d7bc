//! What proves the rest: one file per topic under `tests/`. Here is what the topics share.

pub mod calls;
pub mod capture;
pub mod certillion;
pub mod drive;
pub mod exchanges;
pub mod host;
pub mod matrix;
pub mod orders;
pub mod psc;
pub mod setting;
pub mod validation;
pub mod wire;
