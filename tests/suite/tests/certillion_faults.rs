//! The fault matrix of Certillion: each request of an order, each way in which it can go wrong, and
//! what must come of it, on the host crate over real HTTPS.
//!
//! After every cell the same is judged: nothing was handed over that does not verify, no document was
//! signed twice, no redirect was followed. Then the fault goes away, and whatever can be gone on with
//! is: what is uploaded is not sent again, what is signed is not signed again.

#[path = "certillion_faults/cell.rs"]
mod cell;
#[path = "certillion_faults/judge.rs"]
mod judge;
#[path = "certillion_faults/signature_table.rs"]
mod signature_table;
#[path = "certillion_faults/table.rs"]
mod table;

use rubrica_tests::matrix;

use self::cell::Cell;

fn run(cells: Vec<Cell>) {
    matrix::run(cells, |cell| &cell.name, judge::judge);
}

#[test]
fn the_application_s_token() {
    run(table::client_token());
}

#[test]
fn uploads() {
    run(table::upload());
}

#[test]
fn s04_s05_s06_s21_the_way_back_of_the_browser() {
    run(table::redirect());
}

#[test]
fn s09_the_holder_s_token() {
    run(table::token());
}

#[test]
fn s17_the_request_for_signatures() {
    run(signature_table::request());
}

#[test]
fn s31_what_is_told_of_each_signature() {
    run(signature_table::entries());
}

#[test]
fn s32_s33_s34_signatures_that_are_not_good() {
    run(signature_table::verification());
}

#[test]
fn downloads() {
    run(table::download());
}

#[test]
fn s18_no_way_to_the_service() {
    run(table::unreachable());
}
