//! The command line.

use core::str::FromStr;
use std::collections::BTreeMap;

use crate::Failure;

/// How the program is called.
pub(crate) const USAGE: &str = "\
rubrica-bench machine N
rubrica-bench first BASE_URL CA_PEM
rubrica-bench roundtrip BASE_URL CA_PEM FILE [OUT]    [--echo]
rubrica-bench batch BASE_URL CA_PEM N                 [--unverified] [--per-request COUNT]
rubrica-bench pdfs BASE_URL CA_PEM N [cms|raw] [OUT_DIR]   [--pdf FILE] [--per-request COUNT]
rubrica-bench memory BASE_URL CA_PEM RUBRICA          [--large MEGABYTES]
rubrica-bench sample FILE BYTES
with a service:  [--client-id ID] [--client-secret SECRET] [--holder CPF] [--trust PEM]
                 [--poll-interval MILLISECONDS]";

/// Options that stand alone.
const FLAGS: [&str; 2] = ["echo", "unverified"];

/// Options with a value.
const OPTIONS: [&str; 8] = [
    "client-id",
    "client-secret",
    "holder",
    "large",
    "pdf",
    "per-request",
    "poll-interval",
    "trust",
];

/// What was given, options taken out of their places.
#[derive(Debug)]
pub(crate) struct Arguments {
    command: String,
    positions: Vec<String>,
    options: BTreeMap<String, String>,
}

impl Arguments {
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Self, Failure> {
        let mut words = words.into_iter();
        let mut positions = Vec::new();
        let mut options = BTreeMap::new();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                None => positions.push(word),
                Some(flag) if FLAGS.contains(&flag) => {
                    options.insert(flag.to_owned(), String::new());
                }
                Some(option) if OPTIONS.contains(&option) => {
                    let value = words.next().ok_or_else(|| format!("--{option} has no value"))?;
                    options.insert(option.to_owned(), value);
                }
                Some(_) => return Err(format!("no such option: {word}\n{USAGE}").into()),
            }
        }
        if positions.is_empty() {
            return Err(USAGE.into());
        }
        let command = positions.remove(0);
        Ok(Self { command, positions, options })
    }

    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// What stands at a place after the subcommand, counted from 0.
    pub(crate) fn optional(&self, place: usize) -> Option<&str> {
        self.positions.get(place).map(String::as_str)
    }

    /// The same, which must be there.
    pub(crate) fn required(&self, place: usize, name: &str) -> Result<&str, Failure> {
        self.optional(place).ok_or_else(|| format!("{name} is missing\n{USAGE}").into())
    }

    /// A number from 1 up that must be there.
    pub(crate) fn count(&self, place: usize) -> Result<usize, Failure> {
        let count = parsed::<usize>("N", self.required(place, "N")?)?;
        if count == 0 { Err("N is 0".into()) } else { Ok(count) }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    pub(crate) fn option<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.options.get(name).map_or(default, String::as_str)
    }

    /// An option's number, where it is given.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.options.get(name).map(|text| parsed(name, text)).transpose()
    }
}

fn parsed<T: FromStr>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| format!("{name} is no number: {text}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Arguments, Failure> {
        Arguments::read(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_stand_anywhere() {
        let arguments = read("batch --unverified URL --per-request 50 CA 100").unwrap();
        assert_eq!(arguments.command(), "batch");
        assert_eq!(arguments.required(0, "BASE_URL").unwrap(), "URL");
        assert_eq!(arguments.count(2).unwrap(), 100);
        assert!(arguments.flag("unverified") && !arguments.flag("echo"));
        assert_eq!(arguments.number::<usize>("per-request").unwrap(), Some(50));
        assert_eq!(arguments.option("holder", "nobody"), "nobody");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for words in ["", "batch --fast", "batch --holder"] {
            assert!(read(words).is_err(), "{words}");
        }
        assert!(read("machine 0").unwrap().count(0).is_err());
        assert!(read("machine x").unwrap().count(0).is_err());
        assert!(read("machine").unwrap().count(0).is_err());
    }
}
