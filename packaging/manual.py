#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages: one for the program and one for each command, from what the program says of itself.

    packaging/manual.py PROGRAM FOLDER VERSION DATE
"""

import json
import pathlib
import subprocess
import sys

FILES = [
    ("/etc/cdr24/cdr24.yaml", "The configuration, unless there is a cdr24.yaml in the current folder."),
    ("/etc/cdr24/NAME.yaml", "The configuration of a further portal, for cdr24@NAME.service."),
    ("/etc/default/cdr24", "Further options of the import that the units start."),
    ("/var/lib/cdr24/", "The ledger, and what a run leaves for the next one. A further portal has /var/lib/cdr24/NAME/."),
    ("/usr/share/doc/cdr24/", "The guides and examples."),
]
VARIABLES = [
    ("CDR24_CONFIG", "The configuration file, as --config."),
    ("CDR24_LEDGER", "The ledger, as --ledger."),
    ("CDR24_WEBHOOK_URL", "The address of the webhook itself."),
    ("CDR24_LOG_LEVEL", "The log level, as --log-level."),
    ("HTTPS_PROXY, NO_PROXY", "The proxy for requests to the portal, and the hosts that are reached without it."),
]


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def paragraphs(text):
    """The text with indented lines as they stand."""
    lines = []
    is_table = False
    for line in text.split("\n"):
        if line.startswith("  ") != is_table:
            is_table = not is_table
            lines.append(".PP\n.nf" if is_table else ".fi")
        if line:
            lines.append(escaped(line.rstrip()))
        elif not is_table:
            lines.append(".PP")
    if is_table:
        lines.append(".fi")
    return lines


def label(argument):
    value = "\\fI" + escaped(argument["valueName"]) + "\\fR"
    if argument["kind"] == "positional":
        return value
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    text = ", ".join("\\fB" + escaped(name) + "\\fR" for name in names)
    return text if argument["kind"] == "flag" else text + " " + value


def synopsis(name, command):
    arguments = shown(command)
    text = "\\fB" + escaped(name) + "\\fR"
    if command.get("subcommands"):
        text += " \\fIcommand\\fR"
    if any(argument["kind"] != "positional" for argument in arguments):
        text += " [\\fIoption\\fR ...]"
    for argument in arguments:
        if argument["kind"] == "positional":
            word = "\\fI" + escaped(argument["valueName"]) + "\\fR"
            word += " ..." if argument["isRepeating"] else ""
            text += " [" + word + "]" if argument["isOptional"] else " " + word
    return text


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def options(command):
    lines = []
    for argument in shown(command):
        lines += [".TP", label(argument)]
        text = argument.get("abstract", "")
        if argument.get("allValues"):
            text += " One of: " + ", ".join(argument["allValues"]) + "."
        if argument.get("defaultValue"):
            text += " Default: " + argument["defaultValue"] + "."
        lines.append(escaped(text))
    return lines


def page(program, command, path, version, date):
    name = "-".join(path)
    lines = [
        '.\\" Made by packaging/manual.py',
        f'.TH {name.upper()} 1 {date} "cdr24 {version}" "User Commands"',
        ".SH NAME",
        escaped(name) + " \\- " + escaped(command["abstract"].rstrip(".")),
        ".SH SYNOPSIS",
        synopsis(" ".join(path), command),
        ".SH DESCRIPTION",
        escaped(command["abstract"]),
    ]
    if command.get("discussion"):
        lines += [".PP"] + paragraphs(command["discussion"])
    commands = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
    if commands:
        lines.append(".SH COMMANDS")
        for each in commands:
            lines += [".TP", "\\fB" + escaped(each["commandName"]) + "\\fR", escaped(each["abstract"])]
    if shown(command):
        lines += [".SH OPTIONS"] + options(command)
    if len(path) == 1:
        for title, table in ((".SH FILES", FILES), (".SH ENVIRONMENT", VARIABLES)):
            lines.append(title)
            for key, text in table:
                lines += [".TP", "\\fI" + escaped(key) + "\\fR", escaped(text)]
    lines.append(".SH SEE ALSO")
    if len(path) == 1:
        pages = [f"\\fB{escaped('cdr24-' + each['commandName'])}\\fR(1)" for each in commands]
        lines.append(",\n".join(pages))
    else:
        lines.append("\\fBcdr24\\fR(1)")
    return "\n".join(lines) + "\n", commands


def write(program, command, path, folder, version, date):
    text, commands = page(program, command, path, version, date)
    (folder / ("-".join(path) + ".1")).write_text(text)
    for each in commands:
        if each["shouldDisplay"]:
            write(program, each, path + [each["commandName"]], folder, version, date)


def main():
    program, folder, version, date = sys.argv[1:]
    text = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True).stdout
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(program, json.loads(text)["command"], ["cdr24"], folder, version, date)


main()
