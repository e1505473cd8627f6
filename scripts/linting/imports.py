# SPDX-License-Identifier: Apache-2.0
"""Finds imports that Package.swift does not declare, dependencies that nobody imports, and arrows that must not be."""

import re
from dataclasses import dataclass
from pathlib import Path

from finding import Finding
from swift_source import SwiftSource

# What only one target may import: each resource outside the program has one place.
SOLE_IMPORTERS = {
    "GRDB": {"Ledger"},
    "GRDBSQLite": {"Ledger"},
    "AsyncHTTPClient": {"Bitrix24Transport"},
    "NIOSSL": {"Bitrix24Transport"},
    "Yams": {"Settings"},
    "CPhoneNumber": {"CallRecords"},
    "CZlib": {"DelimitedText", "tokenise"},
    "Hummingbird": {"PortalSimulator"},
    "ArgumentParser": {"cdr24", "bitrix24-sim"},
}
# Who must not know whom, directly or through others; docs/architecture.md gives the reasons.
STRANGERS = {
    "Ledger": {"Bitrix24", "Bitrix24Transport"},
    "Bitrix24": {"Ledger", "CallRecords"},
    "Bitrix24Transport": {"Ledger", "CallRecords"},
    "Intake": {"Delivery", "Bitrix24", "Bitrix24Transport"},
    "Delivery": {"Intake", "Bitrix24Transport"},
    "CallRecords": {"Ledger", "Bitrix24"},
    "DelimitedText": {"CallRecords"},
    "CallLifecycle": {"Ledger", "Bitrix24", "Bitrix24Transport"},
}
# Shares no code with the importer, so that a mistake cannot hide on both sides.
ALONE = {"PortalSimulator", "bitrix24-sim"}


@dataclass
class Target:
    name: str
    folder: str
    dependencies: set[str]
    line: int

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")


def targets(manifest: str) -> list[Target]:
    """The targets of a manifest, but for those of tests."""
    found = []
    for match in re.finditer(r"\.(?:target|executableTarget|systemLibrary)\(", manifest):
        text = manifest[match.start():end_of_call(manifest, match.end())]
        name = re.search(r'name: "([^"]+)"', text).group(1)
        path = re.search(r'\bpath: "([^"]+)"', text)
        listed = re.search(r"dependencies: \[(.*?)\n?\s*\](?=,|\))", text, re.S)
        words = listed.group(1) if listed else ""
        products = re.findall(r'\.product\(name: "([^"]+)"', words)
        own = re.findall(r'"([^"]+)"', re.sub(r"\.product\([^)]*\)", "", words))
        line = manifest.count("\n", 0, match.start()) + 1
        found.append(Target(name, path.group(1) if path else f"Sources/{name}", set(products + own), line))
    return found


def end_of_call(text: str, at: int) -> int:
    depth = 1
    while depth and at < len(text):
        depth += (text[at] == "(") - (text[at] == ")")
        at += 1
    return at


def imports(source: SwiftSource) -> list[tuple[str, int]]:
    """The modules that a file imports, with the lines."""
    found = []
    for token, following in zip(source.tokens, source.tokens[1:]):
        if token.text == "import" and token.kind == "word" and following.line == token.line:
            kinds = {"struct", "class", "enum", "protocol", "func", "typealias", "var", "let"}
            if following.text not in kinds:
                found.append((following.text, token.line))
    return found


def wrong(sources: list[SwiftSource], root: Path) -> list[Finding]:
    manifest = root / "Package.swift"
    if not manifest.exists():
        return []
    all_targets = targets(manifest.read_text(encoding="utf-8"))
    modules = {target.module: target for target in all_targets}
    found = []
    for target in all_targets:
        own = [source for source in sources if belongs(source, target, all_targets, root)]
        imported = [(module, line, source) for source in own for module, line in imports(source)]
        for module, line, source in imported:
            if problem := problem_of(target, module, modules):
                found.append(Finding(source.path, line, "import", module, problem))
        used = {modules[module].name for module, _, _ in imported if module in modules}
        unused = target.dependencies & {other.name for other in all_targets} - used
        found += [
            Finding(manifest, target.line, "import", name, f"no file of {target.name} imports it: take it out")
            for name in sorted(unused) if own
        ]
    return found + strange(all_targets, manifest)


def belongs(source: SwiftSource, target: Target, all_targets: list[Target], root: Path) -> bool:
    """Whether the file is in the target's folder, and not in that of another target inside."""
    inner = [other for other in all_targets if other.folder.startswith(target.folder + "/")]
    return source.path.is_relative_to(root / target.folder) and not any(
        source.path.is_relative_to(root / other.folder) for other in inner)


def problem_of(target: Target, module: str, modules: dict[str, Target]) -> str | None:
    if module in SOLE_IMPORTERS and target.name not in SOLE_IMPORTERS[module]:
        return f"only {', '.join(sorted(SOLE_IMPORTERS[module]))} may import it: use what that target offers"
    if module in modules and modules[module].name not in target.dependencies:
        return f"{target.name} does not depend on it in Package.swift: add it there, or do without"
    return None


def strange(all_targets: list[Target], manifest: Path) -> list[Finding]:
    by_name = {target.name: target for target in all_targets}

    def reached(name: str, seen: set[str]) -> set[str]:
        for dependency in by_name[name].dependencies & by_name.keys() - seen:
            seen.add(dependency)
            reached(dependency, seen)
        return seen

    found = []
    for target in all_targets:
        others = reached(target.name, set())
        forbidden = others - ALONE if target.name in ALONE else others & STRANGERS.get(target.name, set())
        found += [
            Finding(manifest, target.line, "import", f"{target.name} -> {name}",
                    "these must not know each other, nor through others: move what they share")
            for name in sorted(forbidden)
        ]
    return found
