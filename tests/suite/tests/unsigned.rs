//! What anyone can change in a signature without its key: the unsigned attributes, where the time stamp
//! stands, in a CMS and in the contents of a PDF's signature.

#[path = "damage/der.rs"]
#[allow(dead_code, reason = "another test uses the rest")]
mod der;

use rubrica::verify::{Demand, PolicyFault, Rejection, UnixTime, Verdict};
use rubrica::{Conclusion, Examined, Form, Job, Validator};
use rubrica_sandbox::{CPF_HOLDER, Sandbox, V12_CPF_HOLDER};
use rubrica_tests::host::{pdf, sandbox};
use rubrica_tests::validation::{conclusions, sign, validator};

fn job(form: Form) -> Job {
    Job { form, ..Job::default() }
}

/// The signer of a message and what encloses it: the fields of `SignedData` before the signers.
fn signer(cms: &[u8]) -> (Vec<u8>, Vec<der::Element>) {
    let message = der::inside(cms, &der::element(cms, 0));
    let fields = der::inside(cms, &der::inside(cms, &message[1])[0]);
    let (signers, before) = fields.split_last().unwrap();
    let before = cms[before[0].whole.start..before.last().unwrap().whole.end].to_vec();
    (before, der::inside(cms, &der::inside(cms, signers)[0]))
}

/// The unsigned attributes of a message, in DER one after the other.
fn unsigned(cms: &[u8]) -> Vec<u8> {
    let (_, fields) = signer(cms);
    let found = fields.into_iter().find(|it| it.tag == 0xa1);
    found.map(|it| cms[it.content].to_vec()).unwrap_or_default()
}

/// The same message with other unsigned attributes.
fn with_unsigned(cms: &[u8], attributes: &[u8]) -> Vec<u8> {
    let (before, fields) = signer(cms);
    let mut kept: Vec<u8> = fields
        .iter()
        .filter(|it| it.tag != 0xa1)
        .flat_map(|it| cms[it.whole.clone()].to_vec())
        .collect();
    if !attributes.is_empty() {
        kept.extend(der::encode(0xa1, attributes));
    }
    let signers = der::encode(0x31, &der::encode(0x30, &kept));
    let signed = der::encode(0x30, &[before, signers].concat());
    let kind = der::inside(cms, &der::element(cms, 0))[0].whole.clone();
    der::encode(0x30, &[cms[kind].to_vec(), der::encode(0xa0, &signed)].concat())
}

/// A signature in its file, and the CMS in it.
struct Signed {
    file: Vec<u8>,
    document: Vec<u8>,
    is_pdf: bool,
}

impl Signed {
    fn new(sandbox: &Sandbox, number: &str, form: Form, text: &str) -> Self {
        let document = pdf(text);
        let file = sign(sandbox, number, &job(form), &document);
        Self { file, document, is_pdf: form.is_pdf() }
    }

    fn cms(&self) -> Vec<u8> {
        if self.is_pdf {
            rubrica::pdf::signatures(&self.file).unwrap().remove(0).contents
        } else {
            self.file.clone()
        }
    }

    /// What is found when this stands in the place of its CMS.
    fn examined(&self, validator: &mut Validator, cms: &[u8]) -> Vec<Examined> {
        if !self.is_pdf {
            return validator.cms(cms, Some(&self.document)).unwrap();
        }
        let [_, start, end, _] = rubrica::pdf::signatures(&self.file).unwrap()[0].byte_range;
        let [start, end] = [start, end].map(|place| usize::try_from(place).unwrap());
        let mut bytes = cms.to_vec();
        bytes.resize((end - start - 2) / 2, 0);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let contents = format!("<{digits}>");
        let mut file = self.file.clone();
        file.splice(start..end, contents.into_bytes());
        assert_eq!(file.len(), self.file.len());
        validator.pdf(&file).unwrap()
    }
}

#[track_caller]
fn rejected(examined: &[Examined]) -> &Rejection {
    assert_eq!(conclusions(examined), [Conclusion::Invalid], "{examined:?}");
    match &examined[0].finding().unwrap().verdict {
        Verdict::Invalid(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stamp_is_of_its_own_signature_and_there() {
    let sandbox = sandbox();
    let mut validator = validator(&sandbox).policy(Demand::Some);
    for (form, basic) in [(Form::PadesAdRt, Form::PadesAdRb), (Form::CadesAdRt, Form::CadesAdRb)] {
        let signed = Signed::new(&sandbox, V12_CPF_HOLDER, form, "One");
        let cms = signed.cms();
        let own = unsigned(&cms);
        let other = unsigned(&Signed::new(&sandbox, V12_CPF_HOLDER, form, "Two").cms());
        assert!(!own.is_empty() && own != other);
        // As it was, put together again.
        let again = with_unsigned(&cms, &own);
        assert_eq!(again, cms);
        let examined = signed.examined(&mut validator, &again);
        assert_eq!(conclusions(&examined), [Conclusion::Valid], "{examined:?}");

        let without = signed.examined(&mut validator, &with_unsigned(&cms, &[]));
        assert_eq!(*rejected(&without), Rejection::from(PolicyFault::NoTimeStamp), "{form:?}");
        let exchanged = signed.examined(&mut validator, &with_unsigned(&cms, &other));
        let imprint = Rejection::TimeStamp(Box::new(Rejection::TimeStampImprint));
        assert_eq!(*rejected(&exchanged), imprint, "{form:?}");
        for both in [[&*own, &*other].concat(), [&*other, &*own].concat()] {
            let examined = signed.examined(&mut validator, &with_unsigned(&cms, &both));
            assert_ne!(conclusions(&examined), [Conclusion::Valid], "{form:?}: {examined:?}");
        }
        // To one that needs none, a stamp of something else is no proof and no harm to hide.
        let plain = Signed::new(&sandbox, CPF_HOLDER, basic, "Three");
        let examined = plain.examined(&mut validator, &with_unsigned(&plain.cms(), &other));
        assert_ne!(conclusions(&examined), [Conclusion::Valid], "{basic:?}: {examined:?}");
        assert!(!examined[0].finding().unwrap().judged_at.is_proven(), "{basic:?}");
    }
}

#[test]
fn a_policy_for_pdfs_allows_no_other_unsigned_attribute() {
    let sandbox = sandbox();
    let mut validator = validator(&sandbox);
    // 1.2.3 with a text.
    let unknown = b"\x30\x08\x06\x02\x2a\x03\x31\x02\x0c\x00";
    for (form, expected) in [
        (Form::PadesAdRb, Conclusion::Invalid),
        (Form::PadesAdRt, Conclusion::Invalid),
        (Form::CadesAdRb, Conclusion::Valid),
        (Form::CadesAdRt, Conclusion::Valid),
    ] {
        let signed = Signed::new(&sandbox, CPF_HOLDER, form, "More");
        let cms = signed.cms();
        let more = [&unknown[..], &unsigned(&cms)].concat();
        let examined = signed.examined(&mut validator, &with_unsigned(&cms, &more));
        assert_eq!(conclusions(&examined), [expected], "{form:?}: {examined:?}");
        if expected == Conclusion::Invalid {
            let rejection = rejected(&examined);
            let Rejection::Policy(fault) = rejection else { panic!("{rejection:?}") };
            assert!(matches!(**fault, PolicyFault::Unsigned(_)), "{fault:?}");
        }
    }
}

#[test]
fn a_stamp_proves_its_time_for_as_long_as_its_authority_is_good() {
    let sandbox = sandbox();
    let signed = Signed::new(&sandbox, CPF_HOLDER, Form::PadesAdRt, "Later");
    let now = UnixTime::from(std::time::SystemTime::now()).seconds();
    let mut after = Vec::new();
    for days in [0, 5, 30, 3_650] {
        let at = UnixTime::from_seconds(now + days * 86_400);
        let examined = validator(&sandbox).at(at).pdf(&signed.file).unwrap();
        after.push(conclusions(&examined)[0]);
    }
    // The lists are good for a week, and nothing of today for ten years.
    let unknown = Conclusion::Indeterminate;
    assert_eq!(after, [Conclusion::Valid, Conclusion::Valid, unknown, unknown]);
}
