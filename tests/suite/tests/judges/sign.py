"""Signs as pyHanko does, with keys and authorities of its own, and leaves everything in a folder: the
root and its list of revoked certificates, the signers and their keys, and PDFs.

Arguments: the folder; a PDF; a policy's number and hash.
"""

import datetime
import io
import logging
import sys
from pathlib import Path

from asn1crypto import algos, core, crl, keys, x509
from cryptography import x509 as build
from cryptography.hazmat.primitives import hashes, serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.ades import api, cades_asn1
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.disable()
folder, document = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)


def name(text):
    attribute = build.oid.NameOID
    return build.Name([build.NameAttribute(attribute.COUNTRY_NAME, 'BR'),
                       build.NameAttribute(attribute.COMMON_NAME, text)])


def usage(**uses):
    every = ['digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment',
             'key_agreement', 'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only']
    return build.KeyUsage(**{use: uses.get(use, False) for use in every})


root_name = name('Autoridade Certificadora Raiz de Teste v12')
root_key = rsa.generate_private_key(65537, 2048)


def issue(subject, key, uses, extensions=()):
    certificate = (build.CertificateBuilder().subject_name(subject).issuer_name(root_name)
                   .public_key(key.public_key()).serial_number(build.random_serial_number())
                   .not_valid_before(now - day).not_valid_after(now + 365 * day)
                   .add_extension(uses, True))
    for extension, critical in extensions:
        certificate = certificate.add_extension(extension, critical)
    return certificate.sign(root_key, hashes.SHA256()).public_bytes(form.Encoding.DER)


def read(key):
    return keys.PrivateKeyInfo.load(key.private_bytes(
        form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption()))


root = issue(root_name, root_key, usage(key_cert_sign=True, crl_sign=True),
             [(build.BasicConstraints(True, None), True)])
listed = (build.CertificateRevocationListBuilder().issuer_name(root_name)
          .last_update(now - datetime.timedelta(hours=1)).next_update(now + 7 * day)
          .add_extension(build.CRLNumber(1), False)
          .sign(root_key, hashes.SHA256()).public_bytes(form.Encoding.DER))
(folder / 'root.der').write_bytes(root)
(folder / 'root.crl').write_bytes(listed)

# DOC-ICP-04: date of birth, CPF, NIS, RG; nobody's.
person = core.OctetString(b'01011980' + b'11144477735' + b'0' * 11 + b'0' * 15).dump()
identity = build.SubjectAlternativeName(
    [build.OtherName(build.ObjectIdentifier('2.16.76.1.3.1'), person)])
signing = usage(digital_signature=True, content_commitment=True)
store = SimpleCertificateStore()
store.register(x509.Certificate.load(root))


def signer(label, key, **options):
    encoded = issue(name('FULANA SINTETICA DE TESTE:11144477735'), key, signing,
                    [(identity, False)])
    certificate = build.load_der_x509_certificate(encoded)
    (folder / f'{label}.pem').write_bytes(certificate.public_bytes(form.Encoding.PEM))
    (folder / f'{label}.der').write_bytes(encoded)
    (folder / f'{label}.key').write_bytes(key.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    return signers.SimpleSigner(x509.Certificate.load(encoded), read(key), store, **options)


person_rsa = signer('rsa', rsa.generate_private_key(65537, 2048))
person_pss = signer('pss', rsa.generate_private_key(65537, 3072), prefer_pss=True)
person_ec = signer('ec', ec.generate_private_key(ec.SECP256R1()))
tsa_key = rsa.generate_private_key(65537, 2048)
stamping = build.ExtendedKeyUsage([build.oid.ExtendedKeyUsageOID.TIME_STAMPING])
tsa = issue(name('ACT SINTETICA DE TESTE'), tsa_key, usage(digital_signature=True),
            [(stamping, True)])
stamper = timestamps.DummyTimeStamper(x509.Certificate.load(tsa), read(tsa_key), store)


def policy(oid, hash_):
    address = cades_asn1.SigPolicyQualifierInfo({
        'sig_policy_qualifier_id': 'sp_uri',
        'sig_qualifier': core.IA5String('http://politicas.icpbrasil.gov.br/PA.der')})
    return api.CAdESSignedAttrSpec(
        signature_policy_identifier=cades_asn1.SignaturePolicyIdentifier(
            name='signature_policy_id',
            value=cades_asn1.SignaturePolicyId({
                'sig_policy_id': oid,
                'sig_policy_hash': algos.DigestInfo({
                    'digest_algorithm': {'algorithm': 'sha256'}, 'digest': hash_}),
                'sig_policy_qualifiers': [address]})))


def sign(bytes_, who=person_rsa, stamped=False, field='A', **meta):
    meta.setdefault('subfilter', fields.SigSeedSubFilter.PADES)
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(bytes_)),
        signers.PdfSignatureMetadata(field_name=field, md_algorithm='sha256', **meta),
        signer=who, timestamper=stamper if stamped else None)
    return out.getbuffer().tobytes()


context = ValidationContext(
    trust_roots=[x509.Certificate.load(root)], crls=[crl.CertificateList.load(listed)],
    other_certs=[x509.Certificate.load(tsa)], allow_fetching=False)
oid, hash_ = sys.argv[3], bytes.fromhex(sys.argv[4])
certified = sign(document, certify=True, docmdp_permissions=fields.MDPPerm.FILL_FORMS)
pades = sign(document)
made = {
    'pades': pades,
    'adobe': sign(document, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
    'pss': sign(document, person_pss),
    'ec': sign(document, person_ec),
    'timed': sign(document, stamped=True),
    'twice': sign(pades, person_ec, stamped=True, field='B'),
    'certified': sign(certified, field='B'),
    'archived': sign(document, stamped=True, embed_validation_info=True, use_pades_lta=True,
                     validation_context=context),
    'policy': sign(document, cades_signed_attr_spec=policy(oid, hash_)),
    'brazilian': sign(document, cades_signed_attr_spec=policy(oid, hash_),
                      subfilter=fields.SigSeedSubFilter.PBAD_PADES),
    'wrong': sign(document, cades_signed_attr_spec=policy(oid, hash_[::-1])),
}
for label, bytes_ in made.items():
    (folder / f'{label}.pdf').write_bytes(bytes_)
print('done')
