# SPDX-License-Identifier: Apache-2.0
"""Finds declarations that other targets can use and that say nothing about themselves."""

from finding import Finding
from swift_source import Declaration, SwiftSource

# What fulfils a well-known protocol of the standard library inherits that protocol's documentation.
INHERITED = {
    "description", "debugDescription", "customMirror", "==", "<", "hash(into:)", "encode(to:)", "init(from:)",
    "init(stringLiteral:)", "init(integerLiteral:)", "makeIterator()", "next()",
}


def undocumented(source: SwiftSource) -> list[Finding]:
    """Every `package` or `public` declaration needs a doc comment, but for these, which the type's own explains:

    - an initialiser that only assigns its parameters to the properties of their names,
    - a case without associated values,
    - a member that fulfils a protocol of the list above.
    """
    return [
        Finding(
            source.path, declaration.line, "undocumented",
            f"{declaration.access} {declaration.kind} {full_name(declaration)}",
            "write one full sentence above it, then units, ranges, edge values and what it throws")
        for declaration in source.declarations
        if declaration.access and not declaration.is_documented and not explains_itself(declaration)
    ]


def explains_itself(declaration: Declaration) -> bool:
    if declaration.is_local or declaration.is_plain_init or "override" in declaration.modifiers:
        return True
    if declaration.kind == "case":
        return declaration.labels is None
    return full_name(declaration) in INHERITED or declaration.name in INHERITED


def full_name(declaration: Declaration) -> str:
    if declaration.labels is None or declaration.kind == "case":
        return declaration.name
    return f"{declaration.name}({''.join(label + ':' for label in declaration.labels)})"
