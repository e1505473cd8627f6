// SPDX-License-Identifier: Apache-2.0

extension PortalPage {
    static let script = #"""
        const kinds = { 1: ["↗", "outgoing"], 2: ["↙", "incoming"], 3: ["↪", "redirected"], 4: ["↺", "callback"],
          5: ["ℹ", "notice"] };
        const results = { "200": "answered", "304": "missed", "603": "declined", "603-S": "cancelled", "403": "forbidden",
          "404": "wrong number", "486": "busy", "484": "unavailable", "503": "unavailable", "480": "not reached",
          "402": "no funds", "423": "blocked", "OTHER": "other" };
        const byId = (id) => document.getElementById(id);
        let seen = null, last = null;

        function cell(text, className) {
          const td = document.createElement("td");
          td.textContent = text ?? "";
          if (className) td.className = className;
          return td;
        }
        function when(iso) { return iso.slice(0, 10) + "  " + iso.slice(11, 19); }
        function talk(seconds) {
          if (seconds <= 0) return "–";
          const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
          const pad = (n) => String(n).padStart(2, "0");
          return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
        }
        function kindCell(type) {
          const td = cell("");
          const [arrow, name] = kinds[type] ?? ["?", "type " + type];
          const span = document.createElement("span"), i = document.createElement("i");
          span.className = "kind";
          i.textContent = arrow;
          span.append(i, name);
          td.append(span);
          return td;
        }
        function personCell(call) {
          const td = cell(call.user);
          if (call.inner) {
            const inner = document.createElement("span");
            inner.className = "inner";
            inner.textContent = call.inner;
            td.append(inner);
          }
          return td;
        }
        function resultCell(call) {
          const td = cell("");
          const span = document.createElement("span");
          const good = call.code === "200";
          span.className = "code " + (good ? "good" : call.code === "304" && call.type !== 1 ? "bad" : "waiting");
          span.textContent = results[call.code] ?? call.code;
          span.title = call.code + (call.reason ? " · " + call.reason : "");
          td.append(span);
          return td;
        }
        function idCell(call) {
          const td = cell(call.external ?? "–", "id");
          td.title = call.callID;
          return td;
        }
        function row(cells, classes) {
          const tr = document.createElement("tr");
          tr.append(...cells);
          tr.className = classes.filter(Boolean).join(" ");
          return tr;
        }
        function drawCalls(view) {
          const wanted = byId("search").value.trim().toLowerCase();
          const calls = view.calls.filter((c) => !wanted ||
            [c.phone, c.user, c.inner, c.external, c.line, c.callID].some((t) => (t ?? "").toLowerCase().includes(wanted)));
          byId("calls").replaceChildren(...calls.map((c) => row([
            cell(c.id, "num soft"), cell(when(c.start)), kindCell(c.type), personCell(c), cell(c.phone),
            cell(talk(c.duration), "num"), resultCell(c), cell(c.line.startsWith("REST_APP:") ? "–" : c.line, "soft"),
            idCell(c)
          ], [c.code === "304" && c.type !== 1 && "missed", seen && !seen.has(c.id) && "fresh"])));
          byId("callCount").textContent = view.total === 0 ? "" :
            view.total > view.calls.length ? `newest ${view.calls.length} of ${view.total.toLocaleString("en")}` : view.total;
          byId("empty").hidden = calls.length > 0;
          byId("empty").textContent = wanted ? "Nothing among the newest calls fits." :
            "No call has been finished yet. Point a client at " + location.origin + "/rest/1/SECRET/";
          seen = new Set(view.calls.map((c) => c.id));
        }
        function drawLive(view) {
          byId("livePanel").hidden = view.liveTotal === 0;
          byId("liveCount").textContent =
            view.liveTotal > view.live.length ? `newest ${view.live.length} of ${view.liveTotal}` : view.liveTotal;
          byId("live").replaceChildren(...view.live.slice(0, 8).map((c) =>
            row([cell(when(c.start)), kindCell(c.type), personCell(c), cell(c.phone), idCell(c)], [])));
        }
        function tile(name, value, alarm, explanation) {
          const div = document.createElement("div"), b = document.createElement("b"), span = document.createElement("span");
          div.className = "tile" + (alarm ? " alarm" : "");
          b.textContent = value.toLocaleString("en");
          span.textContent = name;
          div.title = explanation ?? "";
          div.append(b, span);
          return div;
        }
        function drawTiles(view) {
          const c = view.counters, limits = c.rateLimited + c.operatingLimited + c.overCap;
          const noise = c.popups + c.chats + c.chatMessages + c.leads + c.contacts + c.deals;
          byId("tiles").replaceChildren(
            tile("calls", view.total), tile("not finished", view.liveTotal), tile("missed", c.missedCalls),
            tile("requests", c.requests), tile("limit answers", limits, limits > 0, "request rate, operating time, requests over the cap"),
            tile("side effects", noise, noise > 0, "pop-ups, chats, chat messages, leads, contacts, deals"),
            tile("twice", view.checks.finishedTwice.length, view.checks.finishedTwice.length > 0, "calls with more than one row"));
        }
        function drawVerdict(view) {
          const twice = view.checks.finishedTwice.length, box = byId("verdict");
          const bad = twice > 0 || view.checks.finishedTwiceByCallID.length > 0;
          box.className = "verdict " + (bad ? "bad" : view.total ? "good" : "waiting");
          box.textContent = bad ? `${Math.max(twice, view.checks.finishedTwiceByCallID.length)} calls are here twice`
            : view.total ? "every call is here once" : "no calls yet";
          const c = view.counters;
          byId("footer").textContent = `${c.commands.toLocaleString("en")} commands in ${c.requests.toLocaleString("en")} ` +
            `requests, largest batch ${c.largestBatch}, ${view.inFlight} in flight, ${c.failedCommands} refused commands, ` +
            `${c.overCap} requests over the cap`;
        }
        function draw(view) { last = view; drawTiles(view); drawVerdict(view); drawLive(view); drawCalls(view); }
        async function tick() {
          try {
            draw(await (await fetch("recent", { cache: "no-store" })).json());
          } catch {
            byId("verdict").className = "verdict waiting";
            byId("verdict").textContent = "the portal does not answer";
          }
          setTimeout(tick, 1000);
        }
        byId("search").addEventListener("input", () => last && drawCalls(last));
        tick();
        """#
}
