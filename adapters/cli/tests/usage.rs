//! What is wrong before anything begins: exit code 2, and nobody is bothered.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "tests and their helpers"
)]

mod support;

use rubrica_sandbox::{CPF_HOLDER, vidaas};
use support::{Bench, PDF, Ran};

/// Exactly one object on standard output, without a file; the service was not spoken to.
#[track_caller]
fn refused(bench: &Bench, ran: Ran) -> String {
    let failed = refusal(bench, ran);
    assert!(failed.get("file").is_none());
    failed["error"].as_str().unwrap().to_owned()
}

/// The only object on standard output; the service was not spoken to.
#[track_caller]
fn refusal(bench: &Bench, ran: Ran) -> serde_json::Value {
    let ran = ran.exits(2);
    let failed = ran.event("failed");
    assert_eq!(ran.objects().len(), 1, "{}", ran.out);
    assert_eq!(failed["fault"], "configuration");
    assert!(!failed["advice"].as_str().unwrap().is_empty(), "{}", ran.out);
    assert_eq!(bench.sandbox.counters().requests(vidaas::AUTHORIZE), 0);
    failed
}

#[test]
fn a_command_line_that_is_none_is_2() {
    let bench = Bench::new();
    let error = refused(&bench, bench.run(&["sign", "--json"]));
    assert!(error.contains("--holder"), "{error}");
    refused(&bench, bench.sign(&["a.pdf", "--nonsense"]));
    let error = refused(&bench, bench.sign(&["a.pdf", "--format", "doc"]));
    assert!(error.contains("PAdES_AD_RB"), "{error}");
    refused(&bench, bench.sign(&["a.pdf", "--scope", "authentication_session"]));
    let ran = bench.run(&["sign"]).exits(2);
    assert_eq!(ran.out, "");
}

#[test]
fn a_missing_document_stops_everything() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let failed = refusal(&bench, bench.sign(&["a.pdf", "nowhere.pdf"]));
    assert_eq!(failed["file"], "nowhere.pdf");
    let error = bench.run(&["sign", "nowhere.pdf", "--holder", CPF_HOLDER]).exits(2).error;
    assert_eq!(error.matches("nowhere.pdf").count(), 1, "{error}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_a_document_is_refused_and_not_waited_for() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let made = std::process::Command::new("mkfifo").arg(bench.path("pipe")).status().unwrap();
    assert!(made.success());
    for file in ["pipe", "/dev/zero"] {
        let failed = refusal(&bench, bench.sign(&[file, "--out", "out"]));
        assert_eq!(failed["file"], file);
    }
    // The journal could not name it.
    let name = OsStr::from_bytes(b"a\xff.pdf");
    if std::fs::write(bench.path("").join(name), PDF).is_ok() {
        let mut command = bench.command(&["sign", "--holder", CPF_HOLDER, "--json"]);
        let ran = Ran::from(command.arg(name).output().unwrap());
        let failed = refusal(&bench, ran);
        assert!(failed["error"].as_str().unwrap().contains("UTF-8"), "{failed}");
    }
}

#[test]
fn an_output_that_exists_is_not_replaced_without_force() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.write("a-signed.pdf", "mine");
    let error = refused(&bench, bench.sign(&["a.pdf"]));
    assert!(error.contains("a-signed.pdf"), "{error}");
    assert_eq!(bench.read("a-signed.pdf"), b"mine");
    bench.sign(&["a.pdf", "--force"]).exits(0);
    assert!(bench.read("a-signed.pdf").starts_with(PDF));
}

#[test]
fn outputs_that_cannot_be_written_are_found_before() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    std::fs::create_dir(bench.path("b")).unwrap();
    bench.write("b/a.pdf", PDF);
    std::fs::create_dir(bench.path("out")).unwrap();
    refused(&bench, bench.sign(&["a.pdf", "b/a.pdf", "--out-dir", "out"]));
    refused(&bench, bench.sign(&["a.pdf", "b/a.pdf", "--out", "c.pdf"]));
    refused(&bench, bench.sign(&["a.pdf", "--out", "a.pdf", "--force"]));
    refused(&bench, bench.sign(&["a.pdf", "--out-dir", "nowhere"]));
    refused(&bench, bench.sign(&["a.pdf", "--out", "out"]));
}

#[test]
fn s38_a_holders_number_is_checked_and_not_repeated() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let ran = bench.run(&["sign", "a.pdf", "--holder", "111.444.777-36", "--json"]);
    let error = refused(&bench, ran);
    assert!(error.contains("check digits") && !error.contains("777"), "{error}");
    let ran = bench.run(&["sign", "a.pdf", "--holder", "12abc34501de35", "--json"]);
    let advice = refusal(&bench, ran)["advice"].to_string();
    assert!(advice.contains("capitals"), "{advice}");
}

#[test]
fn a_state_folder_that_cannot_be_used_is_told_as_such() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    bench.write("file", "in the way");
    let ran = bench.sign(&["a.pdf", "--state-directory", "file/state"]).exits(1);
    let failed = ran.event("failed");
    assert_eq!(failed["fault"], "machine");
    assert!(failed["advice"].as_str().unwrap().contains("--state-directory"), "{failed}");
    assert_eq!(bench.sandbox.counters().requests(vidaas::AUTHORIZE), 0);
}

#[test]
fn who_has_no_configuration_is_told_where_it_is_looked_for() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    std::fs::remove_file(bench.path("rubrica.toml")).unwrap();
    let advice = refusal(&bench, bench.sign(&["a.pdf"]))["advice"].to_string();
    assert!(advice.contains("rubrica.toml"), "{advice}");
}

/// The README's configuration and command lines, word by word, but for the service's address.
#[test]
fn the_readmes_steps_hold() {
    for (readme, document) in [
        (include_str!("../../../README.md"), "contract.pdf"),
        (include_str!("../../../README.pt-BR.md"), "contrato.pdf"),
    ] {
        let bench = Bench::new();
        let service = ["--base-url", bench.sandbox.base_url(), "--tls-ca", "tls-ca.pem"];
        assert!(readme.contains("`~/.config/rubrica/rubrica.toml`"));
        assert!(readme.contains("   mkdir -p ~/.config/rubrica\n"));
        let home = bench.path(".config/rubrica");
        std::fs::create_dir_all(&home).unwrap();
        let run = |words: &[String]| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut command = bench.command(&words);
            command.env_remove("RUBRICA_HOME").env("HOME", bench.path(""));
            command.env_remove("XDG_CONFIG_HOME").args(service);
            Ran::from(command.output().unwrap())
        };
        let mut register = command_line(readme, "rubrica register ");
        register.retain(|word| word != "--environment" && word != "homologation");
        for word in &mut register {
            if let Some(rest) = word.strip_prefix("~/") {
                *word = bench.path(rest).to_str().unwrap().to_owned();
            }
        }
        let out = run(&register).exits(0).out;
        let client_id = out.trim().strip_prefix("client_id = ").unwrap();

        let toml = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
        let toml: String = toml
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("environment"))
            .map(|line| match line.strip_prefix("client_id = ") {
                Some(_) => format!("client_id = \"{client_id}\"\n"),
                None => format!("{line}\n"),
            })
            .collect();
        std::fs::write(home.join("rubrica.toml"), toml).unwrap();
        bench.write(document, PDF);
        run(&command_line(readme, "rubrica sign ")).exits(0);
    }
}

/// A command of a text, as a shell would take it, without its name.
fn command_line(text: &str, beginning: &str) -> Vec<String> {
    let start = text.find(&format!("   {beginning}")).unwrap();
    let block = text[start..].split("```").next().unwrap().replace("\\\n", " ");
    let mut words = Vec::new();
    for (place, part) in block.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words.split_off(1)
}

#[test]
fn s38_the_configurations_mistakes_are_named_without_its_secrets() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    for (configuration, expected) in [
        ("[profile.a]\nclient_idd = \"x\"", "client_idd"),
        ("[profile.a]\nclient_idd = \"x\"", "`language`"),
        ("[profile.a]\nclient_secret = \"canary\"", "client_secret_file"),
        ("client_secret = \"canary\"", "client_secret_file"),
        ("[profile.a]\nclient_id = \"canary", "line 2"),
        ("[profile.a]\n[profile.b]", "a, b"),
        ("default_profile = \"c\"\n[profile.a]", "`c`"),
        ("[profile.a]\nenvironment = \"moon\"", "environment"),
        ("[profile.a]\nenvironment = \"production\"\nbase_url = \"https://x\"", "base_url"),
        ("[profile.a]\nprovider = \"moon\"\nenvironment = \"production\"", "`moon`"),
        ("[profile.a]\nenvironment = \"production\"", "client_id"),
        ("[profile.a]\nenvironment = \"production\"\nclient_id = \"x\"", "client_secret"),
        (
            "[profile.a]\nbase_url = \"http://x\"\nclient_id = \"x\"\nclient_secret_file = \"secret\"",
            "https://",
        ),
    ] {
        bench.write("other.toml", configuration);
        let error = refused(&bench, bench.sign(&["a.pdf", "--config", "other.toml"]));
        assert!(error.contains(expected), "{configuration}: {error}");
        assert!(!error.contains("canary") && !error.contains("`client_secret`"), "{error}");
    }
    let error = refused(&bench, bench.sign(&["a.pdf", "--config", "nowhere.toml"]));
    assert!(error.contains("nowhere.toml"), "{error}");
}

#[test]
fn the_command_line_goes_before_the_environment_and_both_before_the_profile() {
    let bench = Bench::new();
    bench.write("a.pdf", PDF);
    let arguments = ["discover", "--holder", CPF_HOLDER, "--json"];
    let run = |more: &[&str], variables: &[(&str, &str)]| {
        let mut command = bench.command(&[&arguments, more].concat());
        command.envs(variables.iter().copied());
        Ran::from(command.output().unwrap())
    };
    let secret = bench.sandbox.application().client_secret.clone();
    let right = bench.sandbox.application().client_id.clone();
    run(&[], &[]).exits(0);
    run(&[], &[("RUBRICA_CLIENT_ID", "wrong")]).exits(4);
    run(&["--client-id", &right], &[("RUBRICA_CLIENT_ID", "wrong")]).exits(0);
    run(&[], &[("RUBRICA_CLIENT_SECRET", "wrong")]).exits(4);
    run(&[], &[("RUBRICA_CLIENT_SECRET", &secret)]).exits(0);
    run(&["--client-secret-file", "secret"], &[("RUBRICA_CLIENT_SECRET", "wrong")]).exits(0);
    run(&["--profile", "moon"], &[]).exits(2);
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let path = bench.path("secret");
    let run = || bench.run(&["discover", "--holder", CPF_HOLDER]).exits(0);
    assert_eq!(run().error, "");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(run().error.contains("chmod 600"));
}

#[cfg(unix)]
#[test]
fn a_secret_comes_from_the_keyring() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let application = bench.sandbox.application();
    // Stands in for the system's own: the tool's name, and how it is asked.
    std::fs::create_dir(bench.path("bin")).unwrap();
    for (tool, asked) in [
        ("secret-tool", "lookup service rubrica account test"),
        ("security", "find-generic-password -s rubrica -w -a test"),
    ] {
        let script = format!(
            "#!/bin/sh\n[ \"$*\" = \"{asked}\" ] && echo '{}'\n",
            application.client_secret
        );
        let path = bench.write(&format!("bin/{tool}"), script);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let discover = |entry: &str| {
        let configuration = format!(
            "[profile.a]\nbase_url = \"{}\"\ntls_ca = \"tls-ca.pem\"\nclient_id = \"{}\"\n\
             client_secret_keyring = \"{entry}\"\n",
            bench.sandbox.base_url(),
            application.client_id
        );
        bench.write("keyring.toml", configuration);
        let arguments = ["discover", "--holder", CPF_HOLDER, "--json", "--config", "keyring.toml"];
        let mut command = bench.command(&arguments);
        command.env("PATH", bench.path("bin"));
        Ran::from(command.output().unwrap())
    };
    discover("test").exits(0);
    let error = refused(&bench, discover("another"));
    assert!(error.contains("`another`"), "{error}");
}

#[test]
fn help_is_there_in_both_languages() {
    let bench = Bench::new();
    let english = bench.run(&["sign", "--help"]).exits(0).out;
    let portuguese = bench.run(&["sign", "--help", "--lang", "pt-BR"]).exits(0).out;
    assert!(english.contains("Signs documents") && portuguese.contains("Assina documentos"));
    for option in ["--holder", "--via", "--format", "--lifetime", "--out-dir", "--trust", "--json"]
    {
        assert!(english.contains(option) && portuguese.contains(option), "{option}");
    }
    for command in [
        "demo",
        "sandbox",
        "providers",
        "register",
        "discover",
        "login",
        "sign",
        "certificate",
        "verify",
        "resume",
    ] {
        for language in ["pt-BR", "en"] {
            bench.run(&[command, "--help", "--lang", language]).exits(0);
        }
    }
}
