"""What Python's parser of mail reads in the forms of a folder: each one's field, file name in
hexadecimal, media type, and content in hexadecimal.
"""

import email.parser
import email.policy
import pathlib
import re
import sys

for path in sorted(pathlib.Path(sys.argv[1]).iterdir(), key=lambda path: int(path.name)):
    form = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(path.read_bytes())
    assert not form.defects, form.defects
    (part,) = form.get_payload()
    assert not part.defects, part.defects
    # Names are UTF-8 as they are, which mail would have encoded.
    disposition = str(part._headers[0][1]).encode('ascii', 'surrogateescape').decode()
    field, name = re.fullmatch('form-data; name="([^"]*)"; filename="([^"]*)"', disposition).groups()
    print(path.name, field, name.encode().hex(), part.get_content_type(),
          part.get_payload(decode=True).hex())
