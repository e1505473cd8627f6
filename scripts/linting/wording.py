# SPDX-License-Identifier: Apache-2.0
"""Finds words in pages that the glossary has another word for."""

import re
from pathlib import Path

from finding import Finding
from markdown import lines_of_prose

# What is found, and what to write instead; CONTRIBUTING.md shows more.
WORDS = {
    r"\bmend(s|ed|ing)?\b": "correct, or fix",
    r"\brooms?\b": "target",
    r"\bstands? against\b": "problems that would stop an import",
    r"\bin parts of the best\b": "as a share of the theoretical maximum",
    r"\b1 records\b": "1 record",
    r"\bthe portal does not accept us\b": "the portal refused access",
}


def odd(path: Path) -> list[Finding]:
    """Pages use one word for one thing."""
    return [
        Finding(path, number, "wording", match.group(), f"write: {better}")
        for number, line in lines_of_prose(path.read_text(encoding="utf-8"))
        for pattern, better in WORDS.items()
        for match in re.finditer(pattern, line, re.IGNORECASE)
    ]
