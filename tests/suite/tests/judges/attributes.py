"""What a CMS says of itself, as asn1crypto reads it: one fact a line.

Arguments: a CMS in DER; where its signature goes; where its time stamp goes.
"""

import sys

from asn1crypto import cms, core

POLICY = '1.2.840.113549.1.9.16.2.15'
CERTIFICATE = '1.2.840.113549.1.9.16.2.47'
STAMP = '1.2.840.113549.1.9.16.2.14'


class Hash(core.Sequence):
    _fields = [('algorithm', cms.DigestAlgorithm), ('value', core.OctetString)]


class Qualifier(core.Sequence):
    _fields = [('kind', core.ObjectIdentifier), ('value', core.Any)]


class Qualifiers(core.SequenceOf):
    _child_spec = Qualifier


class PolicyIdentifier(core.Sequence):
    _fields = [('oid', core.ObjectIdentifier), ('hash', Hash),
               ('qualifiers', Qualifiers, {'optional': True})]


def algorithm(found):
    parameters = found['parameters']
    bare = isinstance(parameters, core.Void) or parameters.dump() == b''
    return f"{found['algorithm'].native} {'bare' if bare else parameters.dump().hex()}"


def der(element):
    """The elements in an element."""
    content = core.load(element).contents
    found = []
    while content:
        one = core.load(content).dump()
        found.append(one)
        content = content[len(one):]
    return found


with open(sys.argv[1], 'rb') as file:
    encoded = file.read()
message = cms.ContentInfo.load(encoded, strict=True)
assert message.dump(force=True) == encoded, 'not DER'
signed = message['content']
print('version', signed['version'].native)
print('content', signed['encap_content_info']['content_type'].native,
      'detached' if isinstance(signed['encap_content_info']['content'], core.Void) else 'attached')
for digest in signed['digest_algorithms']:
    print('digests', algorithm(digest))
print('certificates', len(signed['certificates']))
(signer,) = signed['signer_infos']
print('signer', signer['version'].native, signer['sid'].name)
print('digest', algorithm(signer['digest_algorithm']))
print('signature', signer['signature_algorithm']['algorithm'].native)

attributes = list(signer['signed_attrs'])
encodings = [attribute.dump() for attribute in attributes]
print('order', 'DER' if encodings == sorted(encodings) else 'ANOTHER')
for attribute in attributes:
    kind = attribute['type'].dotted
    (value,) = attribute['values']
    print('signed', kind)
    if kind == POLICY:
        policy = PolicyIdentifier.load(value.dump(), strict=True)
        print('policy', policy['oid'].native)
        print('policy hash', policy['hash']['value'].native.hex(),
              algorithm(policy['hash']['algorithm']))
        for qualifier in policy['qualifiers']:
            print('policy qualifier', qualifier['kind'].native, qualifier['value'].native)
    if kind == CERTIFICATE:
        # hashAlgorithm has a default, which DER leaves out.
        named = der(der(der(value.dump())[0])[0])
        print('certificate named by', *(f'{element[0]:02x}' for element in named))
for attribute in signer['unsigned_attrs']:
    print('unsigned', attribute['type'].dotted)
    if attribute['type'].dotted == STAMP:
        (value,) = attribute['values']
        with open(sys.argv[2], 'wb') as file:
            file.write(signer['signature'].native)
        with open(sys.argv[3], 'wb') as file:
            file.write(value.dump())
