// SPDX-License-Identifier: Apache-2.0

/// The page at `/`: the portal's calls, live, and whether anything is there that should not be.
///
/// Self-contained: it asks only for `/recent`, once a second.
enum PortalPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Call statistics · bitrix24-sim</title>
        <link rel="icon" href="data:image/svg+xml,\(icon)">
        <style>\(style)</style>
        </head>
        <body>
        \(body)
        <script>\(script)</script>
        </body>
        </html>

        """

    private static let icon =
        "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
        + "%3Crect width='16' height='16' rx='4' fill='%230b7a75'/%3E"
        + "%3Cpath d='M4 8h2l1.5-3 2 6L11 8h1' stroke='white' stroke-width='1.4' fill='none'/%3E%3C/svg%3E"

    static let body = #"""
        <header>
          <div class="brand"><span class="mark"><svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3 8h2.2l1.6-3.4 2.4 6.8L10.8 8H13" stroke="currentColor" stroke-width="1.3" fill="none"
            stroke-linecap="round" stroke-linejoin="round"/></svg></span><div><h1>Call statistics</h1>
            <p>simulated portal · <a href="audit">audit</a> · <a href="control">control</a></p></div></div>
          <div id="verdict" class="verdict waiting" role="status">connecting…</div>
        </header>
        <main>
          <section class="tiles" id="tiles" aria-label="Counts"></section>
          <section class="panel" id="livePanel" hidden>
            <div class="bar"><h2>Registered, not finished <span class="count" id="liveCount"></span></h2></div>
            <div class="scroll"><table>
              <thead><tr><th>Start</th><th>Kind</th><th>Employee</th><th>Number</th><th>External id</th></tr></thead>
              <tbody id="live"></tbody></table></div>
          </section>
          <section class="panel">
            <div class="bar">
              <h2>Calls <span class="count" id="callCount"></span></h2>
              <input id="search" type="search" placeholder="Find a number, employee, id…" aria-label="Find">
            </div>
            <div class="scroll"><table>
              <thead><tr><th class="num">#</th><th>Start</th><th>Kind</th><th>Employee</th><th>Number</th>
                <th class="num">Talk</th><th>Result</th><th>Line</th><th>External id</th></tr></thead>
              <tbody id="calls"></tbody></table>
              <div class="empty" id="empty" hidden></div></div>
          </section>
        </main>
        <footer id="footer"></footer>
        """#
}
