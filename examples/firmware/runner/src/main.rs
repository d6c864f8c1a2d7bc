//! Runs the firmware's image in QEMU against the sandbox, and compares what it prints with what is
//! stored.
//!
//! ```text
//! rubrica-firmware-runner IMAGE EXPECTED_FOLDER [--write] [SCENARIO ...]
//! ```
//!
//! `--write` stores what is printed instead. Lines that begin with `#` are measurements: they are shown
//! and not compared.

mod bridge;
mod machine;
mod scenario;
mod stage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(image), Some(expected)) = (arguments.next(), arguments.next()) else {
        eprintln!("rubrica-firmware-runner IMAGE EXPECTED_FOLDER [--write] [SCENARIO ...]");
        return ExitCode::FAILURE;
    };
    let (options, names): (Vec<String>, Vec<String>) =
        arguments.partition(|argument| argument == "--write");
    let mut failures = 0;
    for (name, play) in scenario::ALL {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("{name}");
        let told = stage::Stage::set(Path::new(&image), name).and_then(|mut stage| {
            play(&mut stage)?;
            Ok(stage.into_story())
        });
        let path = PathBuf::from(&expected).join(name).with_extension("txt");
        let result = told.and_then(|story| {
            if options.is_empty() {
                compare(&path, &story)
            } else {
                fs::write(&path, story).map_err(|error| error.to_string())
            }
        });
        if let Err(problem) = result {
            eprintln!("{name}: {problem}");
            failures += 1;
        }
    }
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says where a story first differs from the stored one.
fn compare(path: &Path, story: &str) -> Result<(), String> {
    let stored =
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut pairs =
        stored.lines().map(Some).chain([None]).zip(story.lines().map(Some).chain([None]));
    match pairs.position(|(stored, told)| stored != told) {
        None if stored.lines().count() == story.lines().count() => Ok(()),
        None => Err("the story is longer or shorter than the stored one".to_owned()),
        Some(place) => Err(format!(
            "line {} is not the stored one, which is:\n    {}",
            place + 1,
            stored.lines().nth(place).unwrap_or("(nothing)")
        )),
    }
}
