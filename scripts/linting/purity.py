# SPDX-License-Identifier: Apache-2.0
"""Finds input, output, waiting and open state where there must be pure values only."""

from pathlib import Path

from finding import Finding
from imports import imports
from swift_source import Declaration, SwiftSource

# Folders whose code decides and does nothing else.
PURE = ["Sources/CallLifecycle", "Sources/Delivery/State"]
# Targets and modules by which something would reach the outside.
OUTSIDE = {
    "Administration", "AsyncHTTPClient", "Bitrix24Transport", "Dispatch", "DryRun", "GRDB", "Glibc", "Importing", "Intake",
    "Ledger", "Logging", "NIOCore", "NIOPosix",
}
# Types whose stored variables nobody else may see.
CLOSED = {
    "AskingNeighbours", "AttributeVerification", "DeliveryState", "Filling", "FirstBatch", "KeyVerification", "LineSetup",
    "OpenCalls", "OrdinaryDelivery", "PreflightPhase", "Recovery", "Settling",
}


def impure(source: SwiftSource, root: Path) -> list[Finding]:
    """Pure code imports nothing of the outside, does not wait, and keeps the state of its closed types private."""
    if not any(source.path.is_relative_to(root / folder) for folder in PURE):
        return []
    found = [
        Finding(source.path, line, "pure", module, "a pure value must not import it: pass in what it would be asked for")
        for module, line in imports(source) if module in OUTSIDE
    ]
    found += [
        Finding(source.path, token.line, "pure", token.text, "a pure value does not wait: return what is to be done")
        for token in source.tokens if token.kind == "word" and token.text in ("await", "async")
    ]
    found += [
        Finding(source.path, variable.line, "pure", f"var {variable.name}", "others can see this state: make it private")
        for variable in open_variables(source) if variable.parents[-1] in CLOSED
    ]
    return found


def open_variables(source: SwiftSource) -> list[Declaration]:
    """The stored variables of types that are not private as a whole."""
    return [
        declaration for declaration in source.declarations
        if declaration.kind == "var" and declaration.is_stored and declaration.parents and not declaration.is_local
        and not declaration.modifiers & {"private", "fileprivate", "static"}
    ]


def shown(variable: Declaration) -> str:
    only = " (to read)" if {"private(set)", "internal(set)"} & variable.modifiers else ""
    return f"{variable.parents[-1]}.{variable.name}{only}"


def table(sources: list[SwiftSource], root: Path) -> str:
    """For each file of the pure folders: what it imports, how often it waits, and which stored variables can be seen."""
    lines = []
    for source in sources:
        if any(source.path.is_relative_to(root / folder) for folder in PURE):
            modules = ", ".join(sorted({module for module, _ in imports(source)})) or "-"
            waits = sum(token.kind == "word" and token.text == "await" for token in source.tokens)
            seen = ", ".join(shown(variable) for variable in open_variables(source)) or "-"
            lines.append(f"{source.path.relative_to(root)}: imports {modules}; await {waits}; open variables {seen}")
    return "\n".join(lines)
