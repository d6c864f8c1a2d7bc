//! The README says what the command takes, and all of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use support::Bench;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

/// The configurations of the README.
fn configurations() -> Vec<&'static str> {
    let blocks = README.split("```toml\n").skip(1);
    blocks.map(|block| block.split_once("```").unwrap().0).collect()
}

/// The keys that a table of the configuration may have, as the command says of one that it may not.
fn keys(bench: &Bench, table: &str) -> Vec<String> {
    bench.write("wrong.toml", format!("[{table}]\nnothing = 1\n"));
    let ran = bench.run(&["providers", "--config", "wrong.toml"]).exits(2);
    let (_, known) = ran.error.split_once(", expected ").expect("the keys");
    let known = known.lines().next().unwrap();
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn its_configurations_are_read() {
    let bench = Bench::new();
    assert_eq!(configurations().len(), 3);
    for configuration in configurations() {
        // What is left out is good, too, but for what stands instead of something else.
        let mut whole = configuration.to_owned();
        for key in ["base_url", "client_secret_env", "client_secret_keyring"] {
            whole = whole.replace(&format!("\n# {key}"), &format!("\n## {key}"));
        }
        for text in [configuration.to_owned(), whole.replace("\n# ", "\n")] {
            bench.write("readme.toml", &text);
            bench.run(&["providers", "--config", "readme.toml", "--json"]).exits(0);
        }
    }
}

#[test]
fn it_names_every_key() {
    let bench = Bench::new();
    let profile = configurations()[0];
    for key in keys(&bench, "profile.novo") {
        assert!(profile.contains(&format!("{key} = ")), "profile: {key}");
    }
    let tables = ["", ".paths", ".push", ".portal", ".errors", ".certificates"];
    names_keys(&bench, "## Providers", "provider.novo", &tables);
    names_keys(&bench, "## Certillion", "certillion", &["", ".paths", ".limits"]);
}

/// Expects every key of these tables in a section.
fn names_keys(bench: &Bench, heading: &str, of: &str, tables: &[&str]) {
    let (_, section) = README.split_once(heading).unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    for table in tables {
        for key in keys(bench, &format!("{of}{table}")) {
            let named = ["`", ".", " ", "\n"].iter().any(|before| {
                let after = ["`", ".", " ", "\n"];
                after.iter().any(|after| section.contains(&format!("{before}{key}{after}")))
            });
            assert!(named, "{of}{table}: {key}");
        }
    }
}

#[test]
fn it_names_every_command_and_exit_code() {
    let bench = Bench::new();
    for (words, least) in [(&[][..], 10), (&["certillion"], 6)] {
        let help = bench.run(&[words, &["--help"]].concat()).exits(0).out;
        let (_, commands) = help.split_once("Commands:\n").unwrap();
        let commands = commands.lines().take_while(|line| !line.is_empty());
        let names: Vec<_> = commands.filter_map(|line| line.split_whitespace().next()).collect();
        for name in &names {
            assert!(*name == "help" || README.contains(&format!("`{name}`")), "{words:?} {name}");
        }
        assert!(names.len() > least, "{help}");
    }
    for code in 0..=8 {
        assert!(README.contains(&format!("\n| {code} | ")), "{code}");
    }
}

#[test]
fn it_names_every_option_of_a_visible_signature() {
    let bench = Bench::new();
    let help = bench.run(&["certillion", "sign", "--help"]).exits(0).out;
    let options = help.split_whitespace().filter(|word| word.starts_with("--visible"));
    let mut count = 0;
    for option in options {
        let named = README.contains(&format!("`{option}`"));
        assert!(named || README.contains(&format!("`{option} ")), "{option}");
        count += 1;
    }
    assert!(count > 10, "{help}");
}
