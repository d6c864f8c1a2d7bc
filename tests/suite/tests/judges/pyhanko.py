"""What pyHanko says of each signature of each PDF: whether it is intact, whether it verifies, whether
its certificate leads to a root and was not revoked, what it covers, what was changed after it, whether
its time stamp is good, and the whole.

Arguments: roots, authorities, CRLs, each in PEM; PDFs.
"""

import sys

from asn1crypto import crl, pem
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

roots = list(load_certs_from_pemder([sys.argv[1]]))
others = list(load_certs_from_pemder([sys.argv[2]]))
with open(sys.argv[3], 'rb') as file:
    lists = [crl.CertificateList.load(der) for _, _, der in pem.unarmor(file.read(), multiple=True)]


def context():
    return ValidationContext(
        trust_roots=roots, other_certs=others, crls=lists, allow_fetching=False,
        revocation_mode='require')


for path in sys.argv[4:]:
    with open(path, 'rb') as file:
        for signature in PdfFileReader(file).embedded_signatures:
            status = validate_pdf_signature(signature, context(), context())
            stamp = status.timestamp_validity
            print('intact' if status.intact else 'ALTERED',
                  'valid' if status.valid else 'INVALID',
                  'trusted' if status.trusted else 'UNTRUSTED',
                  status.coverage.name,
                  getattr(status.modification_level, 'name', 'NONE'),
                  'unstamped' if stamp is None else
                  'stamped' if stamp.intact and stamp.valid and stamp.trusted else 'BADLY-STAMPED',
                  'good' if status.bottom_line else 'BAD')
