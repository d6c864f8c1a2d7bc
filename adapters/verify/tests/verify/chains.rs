//! Paths from a signer to an anchor: each way in which there is none.

use rubrica_verify::{
    Anchors, Certificate, Rejection, Trust, Unfit, UnixTime, Whose, certificate, limits,
};

use crate::support::{
    NOW, anchors, certificate as read,
    certificates::{Chain, Template, basic_constraints, extension, key_usage},
    der::{null, sequence},
    keys::Key,
};

/// The path of a holder's certificate, through these authorities, to the usual root.
fn path(authority: &Template, root: &Template) -> Result<Trust, Rejection> {
    let root = read(&root.signed_by(&Key::ROOT));
    let authority = read(&authority.signed_by(&Key::ROOT));
    let holder = read(&Chain::new().holder);
    certificate(&holder, &[authority], None, NOW, Some(&Anchors::new([root]).unwrap()))
}

fn root() -> Template {
    Template::authority(&Key::ROOT, "Raiz de teste", "Raiz de teste")
}

fn authority() -> Template {
    Template::authority(&Key::AUTHORITY, "AC de teste", "Raiz de teste")
}

fn unfit_authority(unfit: Unfit) -> Result<Trust, Rejection> {
    Err(Rejection::Unfit { whose: Whose::Authority("AC de teste".into()), unfit })
}

#[test]
fn s34_the_usual_chain_is_found() {
    assert_eq!(path(&authority(), &root()).unwrap().anchor().unwrap().subject(), "Raiz de teste");
}

#[test]
fn s34_an_issuer_that_is_not_at_hand_is_named() {
    let chain = Chain::new();
    let anchors = anchors(&chain);
    let holder = read(&chain.holder);
    assert_eq!(
        certificate(&holder, &[], None, NOW, Some(&anchors)),
        Err(Rejection::UnknownIssuer { issuer: "AC de teste".into() })
    );
    let other = Template::authority(&Key::ROOT, "Outra raiz", "Outra raiz").signed_by(&Key::ROOT);
    let others = Anchors::new([read(&other)]).unwrap();
    assert_eq!(
        certificate(&holder, &[read(&chain.authority)], None, NOW, Some(&others)),
        Err(Rejection::UnknownIssuer { issuer: "Raiz de teste".into() })
    );
}

#[test]
fn s34_what_comes_with_a_signature_is_never_an_anchor() {
    let chain = Chain::new();
    let other = Template::authority(&Key::P256, "Outra raiz", "Outra raiz").signed_by(&Key::P256);
    let others = Anchors::new([read(&other)]).unwrap();
    let offered = [read(&chain.authority), read(&chain.root)];
    assert!(matches!(
        certificate(&read(&chain.holder), &offered, None, NOW, Some(&others)),
        Err(Rejection::BrokenChain { .. } | Rejection::UnknownIssuer { .. })
    ));
}

#[test]
fn intermediates_may_come_with_the_anchors() {
    let chain = Chain::new();
    let anchors = Anchors::new([read(&chain.authority), read(&chain.root)]).unwrap();
    assert_eq!((anchors.roots().len(), anchors.intermediates().len()), (1, 1));
    assert!(certificate(&read(&chain.holder), &[], None, NOW, Some(&anchors)).is_ok());
    assert!(matches!(Anchors::new([read(&chain.authority)]), Err(Rejection::NoRoot)));
    assert!(matches!(Anchors::from_pem(b"no certificate"), Err(Rejection::NoRoot)));
}

#[test]
fn s34_a_namesake_of_the_issuer_is_not_the_issuer() {
    let impostor = Template::authority(&Key::P256, "AC de teste", "Raiz de teste");
    assert_eq!(
        path(&impostor, &root()),
        Err(Rejection::BrokenChain { whose: Whose::Signer, issuer: "AC de teste".into() })
    );
    let chain = Chain::new();
    let false_root =
        Template::authority(&Key::P256, "Raiz de teste", "Raiz de teste").signed_by(&Key::P256);
    let anchors = Anchors::new([read(&false_root)]).unwrap();
    assert_eq!(
        certificate(&read(&chain.holder), &[read(&chain.authority)], None, NOW, Some(&anchors)),
        Err(Rejection::BrokenChain {
            whose: Whose::Authority("AC de teste".into()),
            issuer: "Raiz de teste".into()
        })
    );
    // Beside the right one, the namesake does no harm.
    let impostor = read(&impostor.signed_by(&Key::ROOT));
    let offered = [impostor, read(&chain.authority)];
    let anchors = crate::support::anchors(&chain);
    assert!(certificate(&read(&chain.holder), &offered, None, NOW, Some(&anchors)).is_ok());
}

#[test]
fn s34_an_authority_out_of_its_time_is_refused() {
    let expired = Template { not_after: "260201000000Z", ..authority() };
    let until = UnixTime::from_seconds(1_769_904_000);
    assert_eq!(path(&expired, &root()), unfit_authority(Unfit::Expired { until, at: NOW }));
    let early = Template { not_before: "270101000000Z", ..authority() };
    let from = UnixTime::from_seconds(1_798_761_600);
    assert_eq!(path(&early, &root()), unfit_authority(Unfit::NotYetValid { from, at: NOW }));
    let expired = Template { not_after: "260201000000Z", ..root() };
    assert_eq!(
        path(&authority(), &expired),
        Err(Rejection::Unfit {
            whose: Whose::Anchor("Raiz de teste".into()),
            unfit: Unfit::Expired { until, at: NOW }
        })
    );
}

#[test]
fn s34_only_an_authority_issues() {
    let not_one = authority().with(basic_constraints(false, None));
    assert_eq!(path(&not_one, &root()), unfit_authority(Unfit::NotAnAuthority));
    let silent = authority().without(basic_constraints(true, None));
    assert_eq!(path(&silent, &root()), unfit_authority(Unfit::NotAnAuthority));
    let no_issuing = authority().with(key_usage(0x82));
    assert_eq!(path(&no_issuing, &root()), unfit_authority(Unfit::NotForIssuing));
    let no_usage = authority().without(key_usage(0x06));
    assert_eq!(path(&no_usage, &root()), unfit_authority(Unfit::NotForIssuing));
    let not_one = root().with(basic_constraints(false, None));
    assert_eq!(
        path(&authority(), &not_one),
        Err(Rejection::Unfit {
            whose: Whose::Anchor("Raiz de teste".into()),
            unfit: Unfit::NotAnAuthority
        })
    );
}

#[test]
fn s38_a_person_who_issued_a_certificate_is_told_without_number() {
    let person = "FULANO DE TESTE:00000000191";
    let holder = Template { issuer: person.into(), ..Template::holder(&Key::HOLDER) };
    let holder = read(&holder.signed_by(&Key::P256));
    let issuer = Template { subject: person.into(), ..Template::holder(&Key::P256) };
    let issuer = read(&issuer.signed_by(&Key::AUTHORITY));
    let chain = Chain::new();
    let anchors = anchors(&chain);
    for offered in [&[][..], &[issuer, read(&chain.authority)]] {
        let rejection = certificate(&holder, offered, None, NOW, Some(&anchors)).unwrap_err();
        assert!(rejection.to_string().contains("FULANO DE TESTE"), "{rejection}");
        for text in [rejection.to_string(), format!("{rejection:?} {holder:?} {offered:?}")] {
            assert!(!text.contains("00000000191") && !text.contains("11144477735"), "{text}");
        }
    }
}

#[test]
fn s34_the_path_length_is_kept() {
    assert!(path(&authority().with(basic_constraints(true, Some(0))), &root()).is_ok());
    assert!(path(&authority(), &root().with(basic_constraints(true, Some(1)))).is_ok());
    assert_eq!(
        path(&authority(), &root().with(basic_constraints(true, Some(0)))),
        Err(Rejection::Unfit {
            whose: Whose::Anchor("Raiz de teste".into()),
            unfit: Unfit::PathLength { allowed: 0, found: 1 }
        })
    );
}

#[test]
fn s34_what_is_critical_and_unknown_is_not_passed_over() {
    let constrained = authority().with(extension("2.5.29.30", false, &sequence(&[])));
    assert_eq!(path(&constrained, &root()), unfit_authority(Unfit::NameConstraints));
    let number = "2.5.29.36";
    let critical = authority().with(extension(number, true, &sequence(&[])));
    let unfit = Unfit::CriticalExtension(number.parse().unwrap());
    assert_eq!(path(&critical, &root()), unfit_authority(unfit));
    let harmless = authority().with(extension("1.2.3", false, &null()));
    assert!(path(&harmless, &root()).is_ok());
}

#[test]
fn s30_no_authority_has_a_weak_key() {
    // RSAPublicKey with a modulus of 1024 bits.
    let weak = sequence(&[
        &crate::support::der::element(0x02, [&[0, 0x80][..], &[1; 127]].concat()),
        &crate::support::der::element(0x02, [1, 0, 1]),
    ]);
    let weak = Template { public: crate::support::keys::rsa_public(&weak), ..authority() };
    assert_eq!(path(&weak, &root()), unfit_authority(Unfit::WeakKey { bits: 1024 }));
}

#[test]
fn s35_a_search_ends() {
    // Each authority is issued by every other one of the same name: a maze without an exit.
    let names = ["AC de teste", "Sala A", "Sala B", "Sala C"];
    let maze: Vec<Certificate> = names
        .iter()
        .flat_map(|subject| names.iter().map(move |issuer| (subject, issuer)))
        .map(|(subject, issuer)| {
            let template = Template::authority(&Key::AUTHORITY, subject, issuer);
            read(&template.signed_by(&Key::AUTHORITY))
        })
        .collect();
    let chain = Chain::new();
    let anchors = anchors(&chain);
    assert_eq!(
        certificate(&read(&chain.holder), &maze, None, NOW, Some(&anchors)),
        Err(Rejection::PathTooLong)
    );
}

#[test]
fn s35_a_path_is_no_longer_than_its_limit() {
    let step = |number: usize, last: usize| {
        let name = |number: usize| match number {
            0 => "AC de teste".to_owned(),
            number if number == last => "Raiz de teste".to_owned(),
            number => format!("AC {number}"),
        };
        let template = Template::authority(&Key::AUTHORITY, &name(number), &name(number + 1));
        let issuer = if number + 1 == last { Key::ROOT } else { Key::AUTHORITY };
        read(&template.signed_by(&issuer))
    };
    let chain = Chain::new();
    let anchors = anchors(&chain);
    let holder = read(&chain.holder);
    let through = |count: usize| {
        let offered: Vec<_> = (0..count).map(|number| step(number, count)).collect();
        certificate(&holder, &offered, None, NOW, Some(&anchors))
    };
    assert!(through(limits::PATH_CERTIFICATES).is_ok());
    assert_eq!(through(limits::PATH_CERTIFICATES + 1), Err(Rejection::PathTooLong));
}
