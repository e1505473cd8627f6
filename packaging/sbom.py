#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what is in the program as SPDX 2.3: the Swift packages that the linker took, and Debian's libraries.

    packaging/sbom.py VERSION SCRATCH_FOLDER PROGRAM
"""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys

LICENCES = {"grdb.swift": "MIT", "yams": "MIT"}
"""Of Swift packages, where it is not Apache-2.0; scripts/package stops at a package whose licence says otherwise."""
LINKED = {
    "libphonenumber-dev": ("libphonenumber", "Apache-2.0"),
    "libprotobuf-dev": ("protobuf", "BSD-3-Clause"),
    "libabsl-dev": ("abseil", "Apache-2.0"),
    "libicu-dev": ("icu", "Unicode-DFS-2016"),
}
"""Debian packages whose archives are linked into the program."""
SHARED = {"libsqlite3-0": "blessing", "zlib1g": "Zlib"}
"""Debian packages that the program loads when it runs; the system updates them."""


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def linked_modules(scratch):
    lists = list(scratch.glob("*/release/cdr24.product/Objects.LinkFileList"))
    if len(lists) != 1:
        raise SystemExit(f"expected one list of linked objects in {scratch}, found {len(lists)}")
    modules = set()
    for line in lists[0].read_text().splitlines():
        modules.update(part[: -len(".build")] for part in line.strip("'\"").split("/") if part.endswith(".build"))
    return modules


def swift_packages(scratch):
    modules = linked_modules(scratch)
    state = json.loads((scratch / "workspace-state.json").read_text())
    for package in state["object"]["dependencies"]:
        sources = scratch / "checkouts" / package["subpath"]
        folders = {path.name for path in sources.rglob("*") if path.is_dir() and ".git" not in path.parts}
        if not modules & folders:
            continue
        identity = package["packageRef"]["identity"]
        licence = LICENCES.get(identity, "Apache-2.0")
        text = next(sources.glob("LICENSE*")).read_text()
        if ("Apache License" in text) != (licence == "Apache-2.0"):
            raise SystemExit(f"the licence of {identity} is not {licence}: correct packaging/sbom.py")
        version = package["state"]["checkoutState"]["version"]
        location = package["packageRef"]["location"]
        yield entry(identity, version, licence, f"git+{location}@{version}", f"pkg:swift/{location[8:]}@{version}")


def entry(name, version, licence, location="NOASSERTION", purl=None):
    fields = {
        "SPDXID": "SPDXRef-" + "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": location,
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }
    if purl:
        fields["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        ]
    return fields


def debian_packages():
    for package, (name, licence) in LINKED.items():
        version = output("dpkg-query", "-W", "-f=${Version}", package)
        yield "STATIC_LINK", entry(name, version, licence, purl=f"pkg:deb/debian/{package}@{version}")
    for package, licence in SHARED.items():
        version = output("dpkg-query", "-W", "-f=${Version}", package)
        yield "DYNAMIC_LINK", entry(package, version, licence, purl=f"pkg:deb/debian/{package}@{version}")
    swift = output("swift", "--version").split("(")[1].split(")")[0]
    yield "STATIC_LINK", entry("swift-runtime", swift, "Apache-2.0")


def main():
    version, scratch, program = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    root = entry("cdr24", version, "Apache-2.0")
    root["checksums"] = [{"algorithm": "SHA256", "checksumValue": digest}]
    parts = [("STATIC_LINK", package) for package in swift_packages(scratch)] + list(debian_packages())
    parts.sort(key=lambda part: part[1]["name"])
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", root["SPDXID"])]
    relations += [(root["SPDXID"], kind, package["SPDXID"]) for kind, package in parts]
    made = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), datetime.timezone.utc)
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"cdr24-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/cdr24-{version}-{digest[:32]}",
        "creationInfo": {"created": made.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: cdr24-packaging-sbom"]},
        "packages": [root] + [package for _, package in parts],
        "relationships": [
            {"spdxElementId": source, "relationshipType": kind, "relatedSpdxElement": target}
            for source, kind, target in relations
        ],
    }
    print(json.dumps(document, indent=1))


main()
