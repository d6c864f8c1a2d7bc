//! `rubrica certillion`: signing through the service that stands in front of the trust services, and
//! what else it can be asked.

mod client;
mod discover;
mod download;
mod pscs;
mod resume;
mod sign;
mod validate;

use self::client::{Asked, client, code};
use super::told;
use crate::arguments::Common;
use crate::arguments::certillion::{Action, Call, Service};
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};

pub(crate) fn run(common: &Common, action: &Action) -> Result<Exit, Failure> {
    let with = |service: &Service, json, run: &dyn Fn(&Configuration) -> Result<Exit, Failure>| {
        told(Configuration::of_certillion(common, service)?, json, run)
    };
    let called = |call: &Call, run: &dyn Fn(&Configuration) -> Result<Exit, Failure>| {
        with(&call.service, call.json, run)
    };
    match action {
        Action::Sign(asked) => with(&asked.service, asked.json, &|with| sign::run(asked, with)),
        Action::Resume(asked) => {
            with(&asked.service, asked.sessions.json, &|with| resume::run(asked, with))
        }
        Action::Discover(asked) => called(&asked.call, &|with| discover::run(asked, with)),
        Action::Pscs(call) => called(call, &|with| pscs::run(call, with)),
        Action::Validate(asked) => called(&asked.call, &|with| validate::run(asked, with)),
        Action::Download(asked) => called(&asked.call, &|with| download::run(asked, with)),
    }
}
