# SPDX-License-Identifier: Apache-2.0
"""Reads Swift source text: its tokens, and the declarations that they make.

This is no compiler. It knows comments, strings with their interpolations, regular expressions and braces exactly, and
finds each declaration with its modifiers, its doc comment and the types around it; it does not look at types or bodies
otherwise.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

MODIFIERS = {
    "package", "public", "open", "internal", "private", "fileprivate", "static", "final", "mutating", "nonmutating",
    "consuming", "borrowing", "nonisolated", "override", "convenience", "required", "lazy", "weak", "unowned",
    "indirect", "dynamic", "isolated", "prefix", "postfix", "infix", "distributed", "sending",
}
TYPES = {"struct", "class", "enum", "actor", "protocol", "extension"}
MEMBERS = {"func", "init", "deinit", "var", "let", "subscript", "typealias", "associatedtype", "case", "macro"}
# A slash after one of these begins a regular expression; after anything else it divides.
BEFORE_REGEX = {"(", ",", "=", ":", "[", "{", "!", "&", "|", ";", "return", "in", "try", "await", "case", ""}


@dataclass
class Token:
    kind: str  # "word", "sign", "string", "comment", "doc" or "end"
    text: str
    line: int


@dataclass
class Scope:
    kind: str  # a word of TYPES, "body" or "file"
    name: str = ""
    access: str = ""


@dataclass
class Declaration:
    kind: str
    name: str
    labels: list[str] | None
    """Argument labels of a function, initialiser, subscript or case; None for what takes no arguments."""
    access: str
    """The widest of its access modifiers that it or its surroundings name: package, public or empty."""
    line: int
    parents: list[str]
    is_documented: bool
    modifiers: set[str]
    is_plain_init: bool = False
    """An initialiser that does nothing but assign its parameters to properties of their names."""
    is_stored: bool = False
    """A variable or constant that holds a value, in contrast to one that is computed."""

    @property
    def is_local(self) -> bool:
        return "{}" in self.parents


@dataclass
class Comment:
    text: str
    line: int
    """The first one's, where several lines make one comment."""
    last_line: int
    parents: list[str]
    subject: str = ""
    """The name of the declaration that follows."""


@dataclass
class SwiftSource:
    path: Path
    text: str
    tokens: list[Token] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    @staticmethod
    def read(path: Path) -> "SwiftSource":
        text = path.read_text(encoding="utf-8")
        source = SwiftSource(path, text, Tokens(text).all())
        reader = Declarations(source.tokens)
        source.declarations, source.comments = reader.all(), reader.comments
        return source


class Tokens:
    """Cuts a text into tokens."""

    def __init__(self, text: str):
        self.text, self.at, self.line = text, 0, 1
        self.tokens: list[Token] = []

    def all(self) -> list[Token]:
        while self.at < len(self.text):
            self.step()
        return self.tokens

    def add(self, kind: str, end: int) -> None:
        piece = self.text[self.at:end]
        self.tokens.append(Token(kind, piece, self.line))
        self.line += piece.count("\n")
        self.at = end

    def step(self) -> None:
        text, at = self.text, self.at
        character = text[at]
        if character.isspace():
            self.line += character == "\n"
            self.at += 1
        elif text.startswith("//", at):
            is_doc = text.startswith("///", at) and not text.startswith("////", at)
            self.add("doc" if is_doc else "comment", self.end_of_line(at))
        elif text.startswith("/*", at):
            self.add("doc" if text.startswith("/**", at) else "comment", self.end_of_block(at))
        elif match := re.compile(r'#*"').match(text, at):
            self.add("string", self.end_of_string(at, match.group().count("#")))
        elif match := re.compile(r"#+/").match(text, at):
            closing = "/" + "#" * (len(match.group()) - 1)
            self.add("string", text.index(closing, match.end()) + len(closing))
        elif character == "/" and (end := self.end_of_regex(at)):
            self.add("string", end)
        elif match := re.compile(r"`?[^\W\d]\w*`?").match(text, at):
            self.add("word", match.end())
        elif match := re.compile(r"\d[\w.]*\w|\d").match(text, at):
            self.add("sign", match.end())
        else:
            self.add("sign", at + 1)

    def end_of_line(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def end_of_block(self, at: int) -> int:
        depth = 0
        for match in re.compile(r"/\*|\*/").finditer(self.text, at):
            depth += 1 if match.group() == "/*" else -1
            if depth == 0:
                return match.end()
        return len(self.text)

    def end_of_string(self, at: int, hashes: int) -> int:
        text, mark = self.text, "#" * hashes
        at += hashes
        quote = '"""' if text.startswith('"""', at) else '"'
        at += len(quote)
        while at < len(text):
            if text.startswith(quote + mark, at):
                return at + len(quote) + hashes
            if text.startswith("\\" + mark, at):
                at += 1 + hashes
                at = self.end_of_interpolation(at) if text.startswith("(", at) else at + 1
            else:
                at += 1
        return at

    def end_of_interpolation(self, at: int) -> int:
        depth = 0
        while at < len(self.text):
            character = self.text[at]
            if match := re.compile(r'#*"').match(self.text, at):
                at = self.end_of_string(at, match.group().count("#"))
                continue
            depth += (character == "(") - (character == ")")
            at += 1
            if depth == 0:
                break
        return at

    def end_of_regex(self, at: int) -> int | None:
        before = next((token.text for token in reversed(self.tokens) if token.kind not in ("comment", "doc")), "")
        if before not in BEFORE_REGEX:
            return None
        match = re.compile(r"/(?![\s*])(?:[^/\\\n]|\\.)+/").match(self.text, at)
        return match.end() if match else None


class Declarations:
    """Finds the declarations in the tokens of a file."""

    def __init__(self, tokens: list[Token]):
        self.tokens = tokens + [Token("end", "", tokens[-1].line if tokens else 1)] * 4
        self.at = 0
        self.scopes = [Scope("file")]
        self.pending: Scope | None = None
        self.found: list[Declaration] = []
        self.comments: list[Comment] = []
        self.unclaimed: list[Comment] = []
        self.reset()

    def reset(self) -> None:
        """Forgets the comment and the modifiers that stood before what is no declaration."""
        self.modifiers: set[str] = set()
        self.documented = False

    def all(self) -> list[Declaration]:
        while self.tokens[self.at].kind != "end":
            self.step()
        return self.found

    def step(self) -> None:
        token, following = self.tokens[self.at], self.tokens[self.at + 1]
        before = self.tokens[self.at - 1].text if self.at else ""
        self.at += 1
        if token.kind in ("comment", "doc"):
            self.comment(token)
        elif token.text == "@":
            self.skip_attribute()
        elif token.kind == "word" and before != "." and self.is_modifier(token, following):
            self.modifiers.add(token.text)
            if following.text == "(":
                self.modifiers.discard(token.text)
                self.modifiers.add(f"{token.text}({self.tokens[self.at + 1].text})")
                self.at = self.after_parentheses(self.at)
        elif token.kind == "word" and before != "." and self.declares_type(token, following):
            self.type(token)
        elif token.text in MEMBERS and before != "." and self.declares_member(token):
            self.member(token)
            self.reset()
        else:
            self.braces(token)
            self.reset()

    def comment(self, token: Token) -> None:
        self.documented = self.documented or token.kind == "doc"
        last_line = token.line + token.text.count("\n")
        self.unclaimed.append(Comment(token.text, token.line, last_line, self.parents()))
        self.comments.append(self.unclaimed[-1])

    def claim(self, name: str) -> None:
        """Says of the comments before a declaration that they are about it."""
        for comment in self.unclaimed:
            comment.subject = name
        self.unclaimed = []

    def parents(self) -> list[str]:
        names = [scope.name for scope in self.scopes if scope.kind in TYPES]
        return names + ["{}"] if self.scope.kind == "body" else names

    def braces(self, token: Token) -> None:
        if token.text == "{":
            self.scopes.append(self.pending or Scope("body"))
            self.pending = None
        elif token.text == "}" and len(self.scopes) > 1:
            self.scopes.pop()

    @property
    def scope(self) -> Scope:
        return self.scopes[-1]

    def is_modifier(self, token: Token, following: Token) -> bool:
        if token.text == "class":
            return following.text in MEMBERS
        if following.text == "(":
            return token.text in MODIFIERS and self.tokens[self.at + 1].text in ("set", "unsafe")
        return token.text in MODIFIERS and following.kind in ("word", "doc", "comment") or (
            token.text in MODIFIERS and following.text == "@")

    def declares_type(self, token: Token, following: Token) -> bool:
        if token.text not in TYPES or following.kind != "word":
            return False
        # "actor" may also be the name of something.
        return token.text != "actor" or self.tokens[self.at + 1].text in ("{", ":", "<")

    def declares_member(self, token: Token) -> bool:
        # In a body only the names matter, and there "case" and "init" are statements.
        if token.text in ("init", "subscript", "deinit"):
            return self.scope.kind in TYPES
        if token.text == "case":
            return self.scope.kind in ("enum", "extension") and self.tokens[self.at].kind == "word"
        return True

    def skip_attribute(self) -> None:
        self.at += 1
        while self.tokens[self.at].text == ".":
            self.at += 2
        if self.tokens[self.at].text == "(" and self.tokens[self.at].line == self.tokens[self.at - 1].line:
            self.at = self.after_parentheses(self.at)

    def after_parentheses(self, at: int) -> int:
        depth = 0
        while self.tokens[at].kind != "end":
            depth += (self.tokens[at].text in ("(", "[")) - (self.tokens[at].text in (")", "]"))
            at += 1
            if depth == 0:
                break
        return at

    def access(self, kind: str) -> str:
        for word in ("private", "fileprivate", "internal"):
            if word in self.modifiers:
                return ""
        for word in ("public", "open", "package"):
            if word in self.modifiers:
                return "public" if word == "open" else word
        inherits = self.scope.kind in ("protocol", "extension") or (self.scope.kind == "enum" and kind == "case")
        return self.scope.access if inherits else ""

    def add(self, kind: str, name: str, labels: list[str] | None, line: int, is_plain_init: bool = False) -> None:
        self.claim(name)
        self.found.append(
            Declaration(
                kind, name.strip("`"), labels, self.access(kind), line, self.parents(), self.documented,
                self.modifiers, is_plain_init))

    def type(self, token: Token) -> None:
        name = self.tokens[self.at].text
        self.at += 1
        while self.tokens[self.at].text == "." and self.tokens[self.at + 1].kind == "word":
            name = self.tokens[self.at + 1].text
            self.at += 2
        access = self.access(token.text)
        self.claim(name)
        if token.text != "extension":
            self.add(token.text, name, None, token.line)
        self.pending = Scope(token.text, name, access)
        self.reset()

    def member(self, token: Token) -> None:
        if token.text == "case":
            self.cases(token)
        elif token.text in ("init", "subscript"):
            labels, end = self.labels(self.at)
            plain = token.text == "init" and self.is_plain(end)
            self.add(token.text, token.text, labels, token.line, plain)
            self.at = max(self.at, end)
        elif token.text == "func":
            name, self.at = self.function_name(self.at)
            labels, end = self.labels(self.at)
            if labels and not name.strip("`").isidentifier():
                labels = ["_"] * len(labels)  # operators have no labels
            self.add("func", name, labels, token.line)
            self.at = max(self.at, end)
        elif token.text in ("typealias", "associatedtype"):
            self.add(token.text, self.tokens[self.at].text, None, token.line)
            self.at += 1
        elif token.text in ("var", "let"):
            self.variables(token)

    def function_name(self, at: int) -> tuple[str, int]:
        if self.tokens[at].kind == "word":
            return self.tokens[at].text, at + 1
        name = ""
        while self.tokens[at].text and self.tokens[at].text in "=<>+-*/%!&|^~?.":
            name += self.tokens[at].text
            at += 1
        return name, at

    def labels(self, at: int) -> tuple[list[str] | None, int]:
        """The argument labels of the parameter list that begins at or after a generic clause, and where it ends."""
        depth = 0
        while self.tokens[at].text != "(" or depth > 0:
            text = self.tokens[at].text
            if text in ("{", "}") or self.tokens[at].kind == "end":
                return None, at
            depth += (text == "<") - (text == ">")
            at += 1
        end = self.after_parentheses(at)
        return self.first_words(at + 1, end - 1), end

    def first_words(self, at: int, end: int) -> list[str]:
        labels, depth, is_first = [], 0, True
        while at < end:
            token = self.tokens[at]
            depth += (token.text in ("(", "[", "{", "<")) - (token.text in (")", "]", "}"))
            depth -= token.text == ">" and self.tokens[at - 1].text != "-"
            if is_first and token.text == "@":
                at += 1
            elif is_first and token.kind not in ("comment", "doc"):
                named = token.kind == "word" and self.tokens[at + 1].text != "." and (
                    self.tokens[at + 1].text == ":" or self.tokens[at + 1].kind == "word")
                labels.append(token.text.strip("`") if named else "_")
                is_first = False
            elif token.text == "," and depth == 0:
                is_first = True
            at += 1
        return labels

    def is_plain(self, at: int) -> bool:
        """Whether the body that follows does nothing but `self.name = name`."""
        while self.tokens[at].text != "{":
            if self.tokens[at].text == "}" or self.tokens[at].kind == "end":
                return False
            at += 1
        at += 1
        while self.tokens[at].text != "}":
            words = [token.text for token in self.tokens[at:at + 5]]
            if len(words) < 5 or words[:2] != ["self", "."] or words[3] != "=" or words[4] != words[2]:
                return False
            at += 5
            if self.tokens[at].text != "}" and self.tokens[at].line == self.tokens[at - 1].line:
                return False
        return True

    def cases(self, token: Token) -> None:
        while self.tokens[self.at].kind == "word":
            name, line = self.tokens[self.at].text, self.tokens[self.at].line
            self.at += 1
            labels = None
            if self.tokens[self.at].text == "(":
                labels, self.at = self.labels(self.at)
            self.add("case", name, labels, line)
            if self.tokens[self.at].text == "=":
                self.at += 2 + (self.tokens[self.at + 1].text == "-")
            if self.tokens[self.at].text != ",":
                return
            self.at += 1

    def is_stored(self, at: int) -> bool:
        """Whether what follows the name of a variable gives it a place: anything but an accessor block."""
        depth, line = 0, self.tokens[at - 1].line
        while self.tokens[at].kind != "end":
            token = self.tokens[at]
            if depth == 0 and (token.text == "=" or token.line > line and token.text not in (":", "{")):
                return True
            if depth == 0 and token.text == "{":
                return self.tokens[at + 1].text in ("willSet", "didSet")
            depth += (token.text in ("(", "[", "<")) - (token.text in (")", "]"))
            depth -= token.text == ">" and self.tokens[at - 1].text != "-"
            line = token.line
            at += 1
        return True

    def variables(self, token: Token) -> None:
        if self.tokens[self.at].kind != "word":
            return
        self.add(token.text, self.tokens[self.at].text, None, token.line)
        self.at += 1
        self.found[-1].is_stored = self.is_stored(self.at)
        at = self.at
        # Further names of the same line: let a, b: Int
        while self.tokens[at].text == "," and self.tokens[at + 1].kind == "word":
            self.add(token.text, self.tokens[at + 1].text, None, token.line)
            at += 2
            self.at = at
