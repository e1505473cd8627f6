# SPDX-License-Identifier: Apache-2.0
"""Finds links in Markdown files that lead to no file or to no heading."""

import re
from pathlib import Path
from urllib.parse import unquote

from finding import Finding

LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*(\S+)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


def lines_of_prose(text: str) -> list[tuple[int, str]]:
    """The lines with their numbers, without fenced and indented blocks of code and without code in a line."""
    lines, fence, before = [], None, ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and (fence is None or line.strip().startswith(fence)):
            fence = mark.group(1) if fence is None else None
        elif fence is None and not (line.startswith("    ") and not before.strip()):
            lines.append((number, CODE.sub("", line)))
            before = line
        elif fence is None:
            before = ""
    return lines


def headings(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a text."""
    anchors: set[str] = set()
    plain = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.M | re.S)
    for match in re.finditer(r"^#{1,6}\s+(.*?)\s*#*$", plain, flags=re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1)).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        numbered, count = anchor, 0
        while numbered in anchors:
            count += 1
            numbered = f"{anchor}-{count}"
        anchors.add(numbered)
    return anchors


def broken(path: Path, root: Path) -> list[Finding]:
    """Every relative link must lead to a file of the project, and its part after # to a heading there."""
    found = []
    for number, line in lines_of_prose(path.read_text(encoding="utf-8")):
        for match in LINK.finditer(line):
            target = next(group for group in match.groups() if group)
            if problem := problem_of(unquote(target), path, root):
                found.append(Finding(path, number, "link", target, problem))
    return found


def problem_of(target: str, path: Path, root: Path) -> str | None:
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return None
    name, _, anchor = target.partition("#")
    file = (path.parent / name).resolve() if name else path
    if not file.is_relative_to(root) or not file.exists():
        return "leads to no file of the project: correct the path, which is relative to this file's folder"
    if anchor and file.suffix == ".md" and anchor not in headings(file.read_text(encoding="utf-8")):
        return "leads to no heading of that file: correct the part after #"
    return None
