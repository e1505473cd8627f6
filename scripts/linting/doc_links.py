# SPDX-License-Identifier: Apache-2.0
"""Finds doc links (``Name``) in Swift comments that name no declaration."""

import re
from collections import defaultdict

from finding import Finding
from swift_source import TYPES, Comment, SwiftSource

LINK = re.compile(r"(?<!`)``([^`\s][^`]*)``(?!`)")
COMPONENT = re.compile(r"[^/()]+(?:\([^)]*\))?")


class Names:
    """What the project declares: the members of each type, and what stands outside types (as members of "")."""

    def __init__(self, sources: list[SwiftSource], modules: set[str]):
        self.members: dict[str, dict[str, list[list[str] | None]]] = defaultdict(lambda: defaultdict(list))
        self.modules = modules
        self.types = set(modules)
        for source in sources:
            for declaration in source.declarations:
                if declaration.is_local:
                    continue
                parent = declaration.parents[-1] if declaration.parents else ""
                self.members[parent][declaration.name].append(declaration.labels)
                # An extended type of another module may be linked to for what the extension adds.
                self.types |= {parent} - {""}
                if declaration.kind in TYPES or declaration.kind == "typealias":
                    self.types.add(declaration.name)

    def has(self, parent: str, component: str) -> bool:
        name, _, arguments = component.partition("(")
        overloads = self.members[parent].get(name, []) if parent in self.members else []
        if not arguments:
            return bool(overloads)
        return any(labels is not None and "".join(f"{label}:" for label in labels) + ")" == arguments
                   for labels in overloads)

    def resolves(self, link: str, comment: Comment) -> bool:
        first, *rest = COMPONENT.findall(link)
        if first not in self.types:
            surroundings = [comment.subject, *comment.parents, ""]
            if not any(self.has(parent, first) for parent in surroundings):
                return False
        # A module may have a type of its own name.
        return any(self.leads(start, rest) for start in [first] + ([""] if first in self.modules else []))

    def leads(self, parent: str, components: list[str]) -> bool:
        for component in components:
            if not self.has(parent, component):
                return False
            parent = component
        return True


def broken(source: SwiftSource, names: Names) -> list[Finding]:
    """Every doc link must name a type of the project or a member of a type around it, with its argument labels."""
    return [
        Finding(
            source.path, comment.line + comment.text.count("\n", 0, match.start()), "link", match.group(),
            "names no declaration of the project: correct the name and its labels, or write `single` marks")
        for comment in source.comments
        for match in LINK.finditer(comment.text)
        if not names.resolves(match.group(1), comment)
    ]
