"""Check that all links of a wheel's page on a package index lead somewhere."""

import re
import sys
from email import message_from_bytes
from zipfile import ZipFile

with ZipFile(sys.argv[1]) as wheel:
    (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    page = message_from_bytes(wheel.read(name))
links = re.findall(r"\]\(([^)\s]+)\)", page.get_payload())
files = [link for link in links if not link.startswith(("https://", "#"))]
pictures = [link for link in links if link.endswith(".png")]
assert links and pictures, "the page has links and pictures"
assert not files, f"links lead nowhere: {files}"
raw = "https://raw.githubusercontent.com/owner/skgan/v0/"
assert all(link.startswith(raw) for link in pictures), pictures
addresses = page.get_all("Project-URL")
assert "Source, https://github.com/owner/skgan" in addresses, addresses
