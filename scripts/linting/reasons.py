# SPDX-License-Identifier: Apache-2.0
"""Finds errors that are thrown away without a word."""

from finding import Finding
from swift_source import SwiftSource


def unexplained(source: SwiftSource) -> list[Finding]:
    """Every `try?` needs a comment on its line or ending on the line above: why the error may be passed over."""
    explained = set()
    for comment in source.comments:
        explained |= {comment.line, comment.last_line + 1}
    # A note on one line serves all that stand on it.
    lines = {
        token.line
        for token, following in zip(source.tokens, source.tokens[1:])
        if token.text == "try" and following.text == "?"
    }
    return [
        Finding(
            source.path, line, "unexplained", "try?",
            "say beside it or on the line above why the error may be dropped, or pass the error on")
        for line in sorted(lines - explained)
    ]
