"""Judges of rubrica-xml that are not ours: libxml2 (by lxml), libxmlsec (by xmlsec) and signxml.

    judge.py c14n FOLDER     the canonical forms of FOLDER/*.xml by libxml2
    judge.py digests FOLDER  the digests of the element x of FOLDER/*.xml by libxmlsec
    judge.py sign FOLDER     signed documents of many shapes, their originals and their keys
"""

import base64
import datetime
import pathlib
import sys

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
    SignatureReference,
    XMLSigner,
)
from signxml.xades import XAdESDataObjectFormat, XAdESSignaturePolicy, XAdESSigner

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
PREFIXES = ["a", "b", "xsi"]
STRICT = dict(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)


def parse(data):
    return etree.fromstring(data, etree.XMLParser(remove_blank_text=False, strip_cdata=False, **STRICT))


def c14n(folder):
    for path in sorted(folder.glob("*.xml")):
        try:
            tree = parse(path.read_bytes()).getroottree()
        except etree.XMLSyntaxError as error:
            raise SystemExit(f"{path.read_text()}: {error}")
        for comments in (False, True):
            suffix = "-comments" if comments else ""
            for name, options in {
                "c14n": dict(),
                "exc": dict(exclusive=True),
                "exc-prefixes": dict(exclusive=True, inclusive_ns_prefixes=PREFIXES),
            }.items():
                try:
                    form = etree.tostring(tree, method="c14n", with_comments=comments, **options)
                except etree.C14NError as error:
                    form = b"refused: " + str(error).encode()
                path.with_suffix(f".{name}{suffix}").write_bytes(form)


def template(references, method=EXC, signature=xmlsec.constants.TransformRsaSha256, prefixes=None):
    """A signature to be filled by libxmlsec. A reference is a URI and its transforms."""
    top = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = etree.SubElement(top, f"{{{DS}}}SignedInfo")
    element = etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=method)
    if prefixes:
        etree.SubElement(element, f"{{{EXC}}}InclusiveNamespaces", PrefixList=prefixes, nsmap={"ec": EXC})
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=signature.href)
    for uri, transforms, *digest in references:
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=uri)
        if transforms:
            parent = etree.SubElement(reference, f"{{{DS}}}Transforms")
            for transform in transforms:
                listed = None
                if isinstance(transform, tuple):
                    transform, listed = transform
                node = etree.SubElement(parent, f"{{{DS}}}Transform", Algorithm=transform)
                if callable(listed):
                    listed(node)
                elif listed:
                    etree.SubElement(node, f"{{{EXC}}}InclusiveNamespaces", PrefixList=listed, nsmap={"ec": EXC})
        href = (digest or [xmlsec.constants.TransformSha256])[0].href
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=href)
        etree.SubElement(reference, f"{{{DS}}}DigestValue")
    etree.SubElement(top, f"{{{DS}}}SignatureValue")
    data = etree.SubElement(etree.SubElement(top, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate")
    return top


class Signer:
    def __init__(self, kind):
        self.key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "FULANA DE TESTE")])
        start = datetime.datetime(2026, 1, 1)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
        builder = builder.public_key(self.key.public_key()).not_valid_before(start)
        builder = builder.not_valid_after(start + datetime.timedelta(days=3650))
        certificate = builder.sign(self.key, hashes.SHA256())
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)
        self.pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        encoding, form = serialization.Encoding, serialization.PublicFormat
        self.public = (
            self.key.public_key().public_bytes(encoding.DER, form.PKCS1)
            if kind == "rsa"
            else self.key.public_key().public_bytes(encoding.X962, form.UncompressedPoint)
        )

    def xmlsec_key(self):
        key = xmlsec.Key.from_memory(self.pem, xmlsec.constants.KeyDataFormatPem)
        key.load_cert_from_memory(self.certificate, xmlsec.constants.KeyDataFormatPem)
        return key

    def fill(self, root, signature):
        xmlsec.tree.add_ids(root, ["Id", "ID", "id"])
        context = xmlsec.SignatureContext()
        context.key = self.xmlsec_key()
        context.sign(signature)


METHODS = {
    "c14n": C14N,
    "c14n-comments": C14N + "#WithComments",
    "c14n11": C14N11,
    "exc": EXC,
    "exc-prefixes": (EXC, " ".join(["#default"] + PREFIXES)),
}


def digests(folder):
    signer = Signer("ec")
    for path in sorted(folder.glob("*.xml")):
        for name, method in METHODS.items():
            root = parse(path.read_bytes())
            signature = template([("#x", [method])], signature=xmlsec.constants.TransformEcdsaSha256)
            root.append(signature)
            try:
                signer.fill(root, signature)
                digest = base64.b64decode(signature.find(f".//{{{DS}}}DigestValue").text)
            except (xmlsec.Error, TypeError) as error:
                digest = b"refused: " + str(error).encode()
            path.with_suffix(f".{name}.digest").write_bytes(digest)


PLAIN = b"""<?xml version="1.0" encoding="UTF-8"?>
<contrato numero="17"><parte papel="locador">Fulana &amp; Cia</parte>
<valor moeda='BRL'>1.000,00</valor></contrato>
"""
NAMESPACES = b"""<r:recibo xmlns:r="urn:r" xmlns="urn:d" xmlns:unused="urn:u" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  z="1" r:a="2" a="3"><item xsi:type="r:T"><r:x xmlns="" xmlns:r="urn:r2"><y/></r:x></item><item/></r:recibo>"""
TRICKY = b"""<?xml version='1.0'?>\r
<?before  x?><!-- a comment --><d a="&#9;&#10;&#13;x\ty" b='"&apos;&lt;>'><![CDATA[<&]]&gt;]]>\r
\r&#13;&gt;<!-- inside --><?pi?><e></e><e/>\xc3\xa7\xf0\x9f\x93\x84</d><!-- after --><?after?>
"""
# signxml drops what stands outside the document element.
INNER = TRICKY[TRICKY.index(b"<d ") : TRICKY.index(b"</d>") + 4]
NFE = b"""<NFe xmlns="http://www.portalfiscal.inf.br/nfe"><infNFe Id="NFe35" versao="4.00"><ide><cUF>35</cUF></ide></infNFe></NFe>"""
LANGUAGE = b"""<a xmlns="urn:a" xmlns:p="urn:p" xml:lang="pt-BR" xml:space="preserve"><b xml:lang="en"><c Id="x" p:q="1"> <d/></c></b></a>"""
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
ENVELOPED = DS + "enveloped-signature"


def write(folder, name, original, signed, signer):
    (folder / f"{name}.xml").write_bytes(signed)
    (folder / f"{name}.original").write_bytes(original)
    (folder / f"{name}.key").write_bytes(signer.public)


def by_signxml(folder, rsa_signer, ec_signer):
    methods, digest = SignatureMethod, DigestAlgorithm
    forms = CanonicalizationMethod
    table = [
        ("rsa256-c14n", PLAIN, rsa_signer, methods.RSA_SHA256, digest.SHA256, forms.CANONICAL_XML_1_0),
        ("rsa512-c14n11", NAMESPACES, rsa_signer, methods.RSA_SHA512, digest.SHA512, forms.CANONICAL_XML_1_1),
        ("rsa384-exc", NAMESPACES, rsa_signer, methods.RSA_SHA384, digest.SHA384, forms.EXCLUSIVE_XML_CANONICALIZATION_1_0),
        ("pss256", INNER, rsa_signer, methods.SHA256_RSA_MGF1, digest.SHA256, forms.CANONICAL_XML_1_0),
        ("ecdsa256", INNER, ec_signer, methods.ECDSA_SHA256, digest.SHA256, forms.EXCLUSIVE_XML_CANONICALIZATION_1_0),
        ("comments", INNER, rsa_signer, methods.RSA_SHA256, digest.SHA256, forms.CANONICAL_XML_1_0_WITH_COMMENTS),
    ]
    for name, original, signer, method, hashed, form in table:
        for way in ("enveloped", "enveloping", "detached"):
            plain = XMLSigner(
                method=SignatureConstructionMethod[way],
                signature_algorithm=method,
                digest_algorithm=hashed,
                c14n_algorithm=form,
            )
            root = parse(original)
            if way == "detached":
                root.set("Id", "object")
            top = plain.sign(root, key=signer.pem, cert=signer.certificate.decode())
            if way == "detached":
                both = etree.Element("both")
                both.append(root)
                both.append(top)
                top = both
            out = etree.tostring(top.getroottree() if way == "enveloped" else top)
            write(folder, f"signxml-{way}-{name}", original, out, signer)
        if name in ("rsa256-c14n", "rsa512-c14n11", "rsa384-exc", "ecdsa256"):
            policy = XAdESSignaturePolicy(
                Identifier="urn:oid:2.16.76.1.7.1.6.2.3",
                Description="synthetic",
                DigestMethod=digest.SHA256,
                DigestValue="QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",
            )
            # signxml canonicalizes the properties exclusively without saying so, where it does.
            name += "-wrong" if form == forms.EXCLUSIVE_XML_CANONICALIZATION_1_0 else ""
            xades = XAdESSigner(
                signature_policy=policy,
                data_object_format=XAdESDataObjectFormat(Description="x", MimeType="text/xml"),
                claimed_roles=["x"],
                signature_algorithm=method,
                digest_algorithm=hashed,
                c14n_algorithm=form,
            )
            top = xades.sign(parse(original), key=signer.pem, cert=signer.certificate.decode())
            write(folder, f"signxml-xades-{name}", original, etree.tostring(top.getroottree()), signer)
    root = parse(NFE)
    nfe = XMLSigner(c14n_algorithm=forms.CANONICAL_XML_1_0)
    top = nfe.sign(root, key=rsa_signer.pem, cert=rsa_signer.certificate.decode(), reference_uri="#NFe35")
    write(folder, "signxml-element-nfe", NFE, etree.tostring(top), rsa_signer)


def not_a_signature(node):
    etree.SubElement(node, f"{{{DS}}}XPath").text = "not(ancestor-or-self::ds:Signature)"


def not_of_another(node):
    etree.SubElement(node, f"{{{DS}}}XPath").text = "not(ancestor-or-self::ds:Signature) and not(self::valor)"


def by_xmlsec(folder, signer):
    exc_list = (EXC, "#default a xsi r")
    table = [
        ("enveloped-c14n", TRICKY, [("", [ENVELOPED, C14N])], {}),
        ("enveloped-default", NAMESPACES, [("", [ENVELOPED])], {}),
        ("enveloped-exc", NAMESPACES, [("", [ENVELOPED, EXC])], {}),
        ("enveloped-exc-prefixes", NAMESPACES, [("", [ENVELOPED, exc_list])], dict(prefixes="r #default")),
        ("enveloped-comments", TRICKY, [("", [ENVELOPED, C14N + "#WithComments"])], dict(method=C14N + "#WithComments")),
        ("element-c14n", LANGUAGE, [("#x", [ENVELOPED, C14N])], dict(method=C14N)),
        ("element-c14n11", LANGUAGE, [("#x", [C14N11])], dict(method=C14N11)),
        ("element-default", LANGUAGE, [("#x", [])], dict(method=C14N)),
        ("element-exc", LANGUAGE, [("#x", [ENVELOPED, EXC])], {}),
        ("element-nfe", NFE, [("#NFe35", [ENVELOPED, C14N])], dict(method=C14N)),
        ("both", LANGUAGE, [("#x", [EXC]), ("", [ENVELOPED, C14N])], {}),
        ("all-signatures", PLAIN, [("", [(XPATH, not_a_signature), C14N])], {}),
        ("all-signatures-element", LANGUAGE, [("#x", [(XPATH, not_a_signature)])], {}),
        ("unchecked-xpath", PLAIN, [("", [(XPATH, not_of_another)])], {}),
        ("unchecked-sha1", PLAIN, [("", [ENVELOPED], xmlsec.constants.TransformSha1)], {}),
        ("unchecked-rsa-sha1", PLAIN, [("", [ENVELOPED])], dict(signature=xmlsec.constants.TransformRsaSha1)),
        ("unchecked-twice", PLAIN, [("", [ENVELOPED, C14N, EXC])], {}),
        ("unchecked-xpointer", LANGUAGE, [("#xpointer(id('x'))", [EXC])], {}),
    ]
    for name, original, references, options in table:
        root = parse(original)
        signature = template(references, **options)
        root.append(signature)
        signer.fill(root, signature)
        write(folder, f"xmlsec-{name}", original, etree.tostring(root.getroottree()), signer)
    # Apart from what is signed, which is read from a file.
    for name, original, transforms in [("octets", TRICKY, []), ("c14n", NAMESPACES, [C14N]), ("text", b"no XML", [])]:
        path = folder / "signed.bin"
        path.write_bytes(original)
        signature = template([("signed.bin", transforms)])
        signature.find(f".//{{{DS}}}Reference").set("URI", path.as_uri())
        signer.fill(signature, signature)
        write(folder, f"xmlsec-apart-{name}", original, etree.tostring(signature), signer)
    # One after the other: the second covers the first.
    root = parse(PLAIN)
    for _ in range(2):
        before = etree.tostring(root.getroottree())
        signature = template([("", [ENVELOPED, C14N])], method=C14N)
        root.append(signature)
        signer.fill(root, signature)
    write(folder, "xmlsec-second", before, etree.tostring(root.getroottree()), signer)


def sign(folder):
    rsa_signer, ec_signer = Signer("rsa"), Signer("ec")
    by_signxml(folder, rsa_signer, ec_signer)
    by_xmlsec(folder, rsa_signer)


if __name__ == "__main__":
    {"c14n": c14n, "digests": digests, "sign": sign}[sys.argv[1]](pathlib.Path(sys.argv[2]))
