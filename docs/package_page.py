"""What a package index shows of a release: the README, with links that work there.

A workflow of GitHub says in its environment which repository and tag it builds: links
to files lead there then, and it is the address of the project. Built elsewhere, the
README is as it stands.
"""

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

# A link or a picture, of a file of this repository
TO_FILE = re.compile(r"(!?\[[^\]]*\])\((?!https?:|mailto:|#)([^)\s]+)\)")


class PackagePage(MetadataHookInterface):
    """Sets the text and the addresses of a package."""

    def update(self, metadata):
        """Set ``readme`` and ``urls``."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        repository = os.environ.get("GITHUB_REPOSITORY")
        if repository:
            tag = os.environ.get("GITHUB_REF_NAME", "HEAD")
            text = _with_addresses(text, repository, tag)
            home = f"https://github.com/{repository}"
            metadata["urls"] = {
                "Source": home,
                "Changelog": f"{home}/blob/{tag}/CHANGELOG.md",
                "Issues": f"{home}/issues",
            }
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def _with_addresses(text, repository, tag):
    """The text with addresses in place of paths."""
    pictures = f"https://raw.githubusercontent.com/{repository}/{tag}"
    pages = f"https://github.com/{repository}/blob/{tag}"

    def address(match):
        shown, path = match.groups()
        return f"{shown}({pictures if shown.startswith('!') else pages}/{path})"

    return TO_FILE.sub(address, text)
