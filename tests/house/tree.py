"""The files of a tree and what its sources include."""

import os
import pathlib
import re

SKIPPED = {".git", "node_modules", "__pycache__"}
CXX = (".h", ".cc")
_INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


class File:
    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.suffix = path.suffix
        self._absolute = path

    def lines(self):
        text = self._absolute.read_text(encoding="utf-8", errors="replace")
        return text.splitlines()

    def includes(self):
        """(line number, quoted name or None, angled name or None)"""
        for number, line in enumerate(self.lines(), 1):
            match = _INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


def files(root, under="", suffixes=None):
    """Every file below root/under, in order, builds and caches left out."""
    root = pathlib.Path(root)
    for folder, names, leaves in os.walk(root / under):
        names[:] = sorted(
            n for n in names
            if n not in SKIPPED and not re.fullmatch(r"build(-\w+)?", n))
        for leaf in sorted(leaves):
            path = pathlib.Path(folder, leaf)
            if leaf not in SKIPPED and path.is_file() and (
                    not suffixes or path.suffix in suffixes):
                yield File(root, path)
