"""Check that all links of a wheel's page on a package index lead somewhere.

Links to files must be those of the README, in its order, at a release's address.
"""

import re
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
ROOT = Path(__file__).parent.parent
PAGES = "https://github.com/owner/skgan/blob/v0/"
PICTURES = "https://raw.githubusercontent.com/owner/skgan/v0/"

with ZipFile(sys.argv[1]) as wheel:
    (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    page = message_from_bytes(wheel.read(name))
written = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
of_files = [(mark, path) for mark, path in written if (ROOT / path).exists()]
assert len(of_files) >= 5 and any(mark for mark, _ in of_files), of_files
expected = [
    (mark, link if link.startswith(("https:", "#")) else prefix + link)
    for mark, link in written
    for prefix in [PICTURES if mark else PAGES]
]
found = LINK.findall(page.get_payload(decode=True).decode("utf-8"))
assert found == expected, f"links lead nowhere: {[*{*found} - {*expected}]}"
assert len(of_files) == sum(link.startswith((PICTURES, PAGES)) for _, link in found)
addresses = page.get_all("Project-URL")
assert "Source, https://github.com/owner/skgan" in addresses, addresses
