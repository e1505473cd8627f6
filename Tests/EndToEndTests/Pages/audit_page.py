#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens an HTML file in a headless chromium, light and dark, on a desk and on phones, and prints what is wrong with it.

    audit_page.py PAGE.html [SCREENSHOT_FOLDER]

Prints one line for each violation that axe finds, for each page that scrolls sideways and for each request that the
page makes; nothing where all is well. Needs chromedriver (Debian: chromium-driver) and axe-playwright-python (PyPI), of
which only the script of axe is used.
"""
import base64
import importlib.util
import json
import pathlib
import sys

from browser import Browser

WIDTHS = (1280, 390, 360)


def axe_script():
    package = importlib.util.find_spec("axe_playwright_python")
    return (pathlib.Path(package.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def printed(browser, page):
    """Paper is white whatever the screen is, and nothing can be folded out on it."""
    browser.command(
        "Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.send("POST", f"{browser.session}/url", {"url": page.resolve().as_uri()})
    colour = browser.run("return getComputedStyle(document.body).backgroundColor")
    faults = [] if colour == "rgb(255, 255, 255)" else [f"print: the paper is {colour}"]
    folded = browser.run(
        "return [...document.querySelectorAll('details table')].filter(t => !t.checkVisibility()).length")
    if folded:
        faults.append(f"print: {folded} tables are folded away")
    if not browser.run("return document.querySelectorAll('details table').length"):
        faults.append("print: the page has nothing that is folded away")
    browser.command("Emulation.setEmulatedMedia", media="", features=[])
    return faults


def audit(page, screenshots):
    script = axe_script()
    browser = Browser()
    faults = []
    try:
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                place = f"{scheme}, {width} px"
                browser.command(
                    "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                browser.command(
                    "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
                browser.send("POST", f"{browser.session}/url", {"url": page.resolve().as_uri()})
                wide = browser.run("return document.documentElement.scrollWidth")
                if wide > width:
                    faults.append(f"{place}: the page is {wide} px wide and scrolls sideways")
                if screenshots:
                    shot = browser.command("Page.captureScreenshot", captureBeyondViewport=True)
                    (screenshots / f"{scheme}-{width}.png").write_bytes(base64.b64decode(shot["data"]))
                if width == WIDTHS[-1]:
                    continue  # The same layout as one width up, a little narrower.
                browser.run(script + "; window.axe = axe")
                # What is folded away is part of the page.
                browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
                result = browser.run(
                    "axe.run(document).then(r => arguments[0](r.violations))", wait=True)
                for violation in result:
                    for node in violation["nodes"]:
                        faults.append(f"{place}: {violation['id']}: {violation['help']}: {node['html'][:200]}")
        faults += printed(browser, page)
        if screenshots:
            pdf = browser.command("Page.printToPDF", printBackground=True)
            (screenshots / "print.pdf").write_bytes(base64.b64decode(pdf["data"]))
        for entry in browser.send("POST", f"{browser.session}/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith(("file:", "data:")):
                    faults.append(f"the page asks for {url}")
    finally:
        browser.end()
    return faults


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else None
    found = audit(pathlib.Path(sys.argv[1]), folder)
    for fault in found:
        print(fault)
    sys.exit(1 if found else 0)
