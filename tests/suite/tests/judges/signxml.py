"""What signxml says of signed XML documents: one line for each, "valid" or why not. libxml2 says whether
each is its original with a signature more. What the signature names as its policy ends the line.

Arguments: roots and authorities in one PEM; then pairs of a signed document and its original.
"""

import sys

from cryptography.x509.verification import ExtensionPolicy
from lxml import etree
from signxml import exceptions
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

STRICT = dict(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
DS = '{http://www.w3.org/2000/09/xmldsig#}'
# The document, and the signature's own properties.
CONFIGURATION = XAdESSignatureConfiguration(expect_references=2)
# Holders' certificates are none of web servers.
ANY = ExtensionPolicy.permit_all()
XADES = '{http://uri.etsi.org/01903/v1.3.2#}'


def read(path):
    with open(path, 'rb') as file:
        return etree.fromstring(file.read(), etree.XMLParser(**STRICT))


def canonical(element):
    return etree.tostring(element, method='c14n')


def without_signature(root):
    (signature,) = root.iter(DS + 'Signature')
    parent, tail = signature.getparent(), signature.tail or ''
    before = signature.getprevious()
    if before is None:
        parent.text = (parent.text or '') + tail
    else:
        before.tail = (before.tail or '') + tail
    parent.remove(signature)
    return root


roots, pairs = sys.argv[1], sys.argv[2:]
for signed, original in zip(pairs[::2], pairs[1::2]):
    root = read(signed)
    policies = [found.text for found in root.iter(XADES + 'Identifier')]
    try:
        XAdESVerifier().verify(
            root, ca_pem_file=roots, expect_config=CONFIGURATION, ee_policy=ANY)
        verdict = 'valid'
    except (exceptions.InvalidInput, exceptions.InvalidSignature) as error:
        verdict = f'INVALID {type(error).__name__} {error}'
    same = canonical(without_signature(read(signed))) == canonical(read(original))
    print(verdict, 'same' if same else 'ANOTHER', *policies)
