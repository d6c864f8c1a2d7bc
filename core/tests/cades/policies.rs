//! The table of policies, against ITI's files.

use rubrica_core::cades::{
    Family, Level, POLICIES, Policy, PolicyError, PolicyFile, PolicyFileError, RootGeneration,
    Wanted, choose,
};
use rubrica_core::codec::der::{
    Elements, GENERALIZED_TIME, IA5_STRING, OBJECT_IDENTIFIER, ObjectIdentifier, SEQUENCE,
};
use rubrica_core::identity::Certificate;

use crate::support::{Template, name};

/// ITI's file of a policy, by its name.
pub(crate) fn file(name: &str) -> Option<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/");
    std::fs::read(format!("{folder}{name}.der")).ok()
}

/// 21 November 2026.
const NOW: u64 = 1_795_219_200;

fn policy(name: &str) -> &'static Policy<'static> {
    POLICIES.iter().find(|policy| policy.name() == name).unwrap()
}

#[test]
fn every_row_is_what_its_file_says() {
    let mut compared = 0;
    for row in POLICIES {
        let Some(bytes) = file(row.name()) else {
            assert!(row.level >= Level::Complete, "{} has no file", row.name());
            continue;
        };
        let read = PolicyFile::parse(&bytes).unwrap();
        let expected = Policy { revoked: None, ..row };
        assert_eq!(read.policy(row.uri), Ok(expected), "{}", row.name());
        let demanded: Vec<String> =
            read.signed_attributes().map(|attribute| attribute.to_string()).collect();
        assert!(demanded.contains(&"1.2.840.113549.1.9.16.2.15".to_owned()));
        let stamped = row.level == Level::TimeStamped;
        assert_eq!(read.unsigned_attributes().count(), usize::from(stamped), "{}", row.name());
        let external = (row.family == Family::Pades).then_some(true);
        assert_eq!(read.external_signed_data(), external, "{}", row.name());
        // Root v2 alone, and since 2015 a newer one beside it.
        let anchors = if row.from < 1_400_000_000 { 1 } else { 2 };
        assert_eq!(read.trust_anchors().count(), anchors, "{}", row.name());
        assert_eq!(read.issued(), read.from());
        assert!(read.field_of_application().unwrap().starts_with("Este tipo de assinatura"));
        compared += 1;
    }
    assert_eq!(compared, 18);
}

#[test]
fn the_current_policies_allow_what_psc_sign_with() {
    let bytes = file("PA_PAdES_AD_RB_v1_3").unwrap();
    let policy = PolicyFile::parse(&bytes).unwrap();
    let algorithms: Vec<(String, Option<u32>)> = policy
        .algorithms()
        .map(|allowed| (allowed.algorithm.to_string(), allowed.least_bits))
        .collect();
    assert_eq!(algorithms.len(), 8);
    assert_eq!(algorithms[0], ("1.2.840.113549.1.1.11".to_owned(), Some(2_048)));
    assert_eq!(algorithms[2], ("1.2.840.10045.4.3.2".to_owned(), Some(256)));
    let roots: Vec<_> =
        policy.trust_anchors().map(|root| RootGeneration::of_name(&root.subject())).collect();
    assert_eq!(roots, [Some(RootGeneration::V12), Some(RootGeneration::V5)]);
}

#[test]
fn s30_a_policy_with_a_sha_1_hash_is_refused() {
    for name in ["PA_AD_RB_v1_1", "PA_AD_RT_v1_1"] {
        let refused = PolicyFile::parse(&file(name).unwrap()).unwrap_err();
        assert_eq!(refused, PolicyFileError::HashAlgorithm);
    }
}

/// One row of a list of approved policies: its object identifier, its place and its revocation.
fn approved(list: &str) -> Vec<(Vec<u8>, String, Option<String>)> {
    let bytes = file(list).unwrap();
    let mut list = Elements::new(&bytes).expect(SEQUENCE).unwrap().elements();
    let mut rows = list.expect(SEQUENCE).unwrap().elements();
    let mut approved = Vec::new();
    while let Some(row) = rows.read().unwrap() {
        let mut fields = row.elements();
        fields.expect(SEQUENCE).unwrap();
        let revoked = fields.optional(GENERALIZED_TIME, "").unwrap();
        let identifier = fields.expect(OBJECT_IDENTIFIER).unwrap();
        let uri = fields.expect(IA5_STRING).unwrap();
        approved.push((
            identifier.content.to_vec(),
            String::from_utf8(uri.content.to_vec()).unwrap(),
            revoked.map(|time| String::from_utf8(time.content.to_vec()).unwrap()),
        ));
    }
    approved
}

#[test]
fn the_lists_of_approved_policies_have_the_same_places_and_revocations() {
    let lists = [approved("LPA_CAdES"), approved("LPA_PAdES")].concat();
    let mut listed = 0;
    for row in POLICIES {
        let body = row.object_identifier.body();
        let Some((_, uri, revoked)) = lists.iter().find(|(number, ..)| number == body) else {
            // Younger than the lists.
            assert_eq!(row.from, 1_753_228_800, "{}", row.name());
            continue;
        };
        assert_eq!(row.uri, uri);
        let expected = match revoked.as_deref() {
            None => None,
            Some("20120323025959Z") => Some(1_332_471_599),
            Some("20170226000000Z") => Some(1_488_067_200),
            Some(other) => panic!("{other}"),
        };
        assert_eq!(row.revoked, expected, "{}", row.name());
        listed += 1;
    }
    assert_eq!(listed, 16);
}

#[test]
fn the_newest_policy_is_chosen() {
    let chosen = |family, level, root| {
        choose(&POLICIES, Wanted { family, level, at: NOW, root })
            .map(Policy::name)
            .unwrap()
            .to_owned()
    };
    for root in [None, Some(RootGeneration::V5), Some(RootGeneration::V12)] {
        assert_eq!(chosen(Family::Cades, Level::Basic, root), "PA_AD_RB_v2_4");
        assert_eq!(chosen(Family::Cades, Level::TimeStamped, root), "PA_AD_RT_v2_4");
        assert_eq!(chosen(Family::Pades, Level::Basic, root), "PA_PAdES_AD_RB_v1_3");
        assert_eq!(chosen(Family::Pades, Level::TimeStamped, root), "PA_PAdES_AD_RT_v1_3");
    }
}

#[test]
fn a_policy_is_chosen_by_its_date() {
    let at = |at, root| {
        let wanted = Wanted { family: Family::Cades, level: Level::Basic, at, root };
        choose(&POLICIES, wanted).map(Policy::name)
    };
    let (first, second) = (1_749_686_400, 1_749_686_399);
    assert_eq!(at(first, None), Ok("PA_AD_RB_v2_4"));
    assert_eq!(at(second, None), Ok("PA_AD_RB_v2_3"));
    assert_eq!(at(1_400_000_000, None), Ok("PA_AD_RB_v2_1"));
    assert_eq!(at(1_488_067_200, None), Ok("PA_AD_RB_v2_2"));
    assert_eq!(at(0, None), Err(PolicyError::TooEarly { from: first }));
    assert_eq!(at(2_139_782_401, None), Err(PolicyError::TooLate { to: 2_139_782_400 }));
    // Root v12 is of October 2024, the first policy that knows it of June 2025.
    let root = Some(RootGeneration::V12);
    assert_eq!(at(second, root), Err(PolicyError::TooEarly { from: first }));
    let wanted = Wanted { family: Family::Pades, level: Level::References, at: NOW, root };
    assert_eq!(choose(&POLICIES, wanted).unwrap_err(), PolicyError::Unknown);
}

#[test]
fn s34_root_v12_with_a_policy_that_does_not_know_it_is_refused() {
    let (old, new) = (RootGeneration::new(11), RootGeneration::new(13));
    for row in POLICIES.iter().filter(|row| row.to > NOW && row.revoked.is_none()) {
        let knows = row.from > 1_700_000_000;
        for root in [None, Some(RootGeneration::V5), Some(old)] {
            assert_eq!(row.check(NOW, root), Ok(()), "{}", row.name());
        }
        for root in [RootGeneration::V12, new] {
            let expected = if knows { Ok(()) } else { Err(PolicyError::Root { root }) };
            assert_eq!(row.check(NOW, Some(root)), expected, "{}", row.name());
        }
    }
    let refused = policy("PA_AD_RB_v2_3").check(NOW, Some(RootGeneration::V12)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the policy does not know root v12: ITI rejects what is signed so"
    );
}

#[test]
fn a_file_extends_the_table() {
    let bytes = file("PA_AD_RB_v2_3").unwrap();
    let file = PolicyFile::parse(&bytes).unwrap();
    let own = Policy { from: NOW, ..file.policy("https://policies.example/PA_OWN.der").unwrap() };
    let wanted = Wanted { family: Family::Cades, level: Level::Basic, at: NOW, root: None };
    let chosen = choose(POLICIES.iter().chain([&own]), wanted).unwrap();
    assert_eq!(chosen.name(), "PA_OWN");
    for uri in ["", "http://policies.example/a b", "http://policies.example/é", &"x".repeat(257)] {
        assert_eq!(file.policy(uri).unwrap_err(), PolicyFileError::Uri);
    }
}

#[test]
fn a_key_is_held_against_the_policy() {
    let check = |name: &str, key: Vec<u8>| {
        let encoded = Template { key, ..Template::person() }.encode();
        let key = Certificate::parse(&encoded).unwrap().public_key();
        policy(name).check_key(&key)
    };
    let (rsa, elliptic) = (crate::support::rsa_key, crate::support::elliptic_key);
    assert_eq!(check("PA_AD_RB_v2_3", rsa(2_048)), Ok(()));
    assert_eq!(check("PA_AD_RB_v2_3", elliptic()), Err(PolicyError::Algorithm));
    assert_eq!(check("PA_AD_RB_v2_4", elliptic()), Ok(()));
    let short = PolicyError::ShortKey { bits: 1_024, least: 2_048 };
    assert_eq!(check("PA_AD_RB_v2_4", rsa(1_024)), Err(short));
}

#[test]
fn a_root_is_known_by_its_name_alone() {
    let root = |common: &str| {
        let subject = name(&[(6, "BR"), (3, common)]);
        let encoded = Template { subject, ..Template::person() }.encode();
        RootGeneration::of_chain([&Certificate::parse(&encoded).unwrap()])
    };
    let name = "Autoridade Certificadora Raiz Brasileira";
    assert_eq!(root(&format!("{name} v5")), Some(RootGeneration::V5));
    assert_eq!(root(&format!("{name} v13")), Some(RootGeneration::new(13)));
    let other = "Autoridade Certificadora Raiz de Teste v12";
    assert_eq!(root(other), Some(RootGeneration::V12));
    for none in [name, "AC VALID v5", &format!("{name} v"), &format!("{name} v+5"), "FULANA:5"] {
        assert_eq!(root(none), None, "{none}");
    }
    assert_eq!(RootGeneration::of_chain([]), None);
}

#[test]
fn a_root_that_is_named_as_a_unit_is_believed_last() {
    let certificate = |unit: &str, issuer: &str| {
        let subject = name(&[(11, unit), (3, "AC SINTETICA")]);
        let issuer = name(&[(3, issuer)]);
        Template { subject, issuer, ..Template::person() }.encode()
    };
    let root = |number| format!("Autoridade Certificadora Raiz Brasileira v{number}");
    let of = |certificates: &[Vec<u8>]| {
        let chain: Vec<_> =
            certificates.iter().map(|encoded| Certificate::parse(encoded).unwrap()).collect();
        RootGeneration::of_chain(&chain)
    };
    let holder = certificate(&root(2), "AC SINTETICA");
    let authority = certificate("AC", &root(12));
    assert_eq!(of(core::slice::from_ref(&holder)), Some(RootGeneration::new(2)));
    assert_eq!(of(&[holder, authority]), Some(RootGeneration::V12));
}

#[test]
fn a_policy_is_shown_by_its_number() {
    let number = ObjectIdentifier::from_body(policy("PA_AD_RB_v2_4").object_identifier.body());
    assert_eq!(number.to_string(), "2.16.76.1.7.1.1.2.4");
}
