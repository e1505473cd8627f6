// SPDX-License-Identifier: Apache-2.0

extension PortalPage {
    static let style = #"""
        :root { color-scheme: light dark; --bg: #f3f5f7; --panel: #fff; --text: #1c2733; --soft: #66727f;
          --line: #e4e8ec; --accent: #0b7a75; --good: #1a7f4b; --goodbg: #e3f4ea; --bad: #b3261e; --badbg: #fde8e6;
          --warn: #8a5a00; --warnbg: #fdf1d8; --hover: #f7f9fa; --fresh: #d9f2ee; }
        @media (prefers-color-scheme: dark) { :root { --bg: #12171c; --panel: #1b222a; --text: #e4e9ee; --soft: #93a0ad;
          --line: #2b343e; --accent: #4cc2ba; --good: #6fd49a; --goodbg: #17352a; --bad: #ff8a80; --badbg: #43201d;
          --warn: #f0bf60; --warnbg: #3a2e15; --hover: #212a33; --fresh: #1d3f3d; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--bg); color: var(--text);
          font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        header, main, footer { max-width: 1240px; margin: 0 auto; padding: 0 20px; }
        header { display: flex; gap: 16px; align-items: center; justify-content: space-between; padding-top: 22px;
          padding-bottom: 18px; flex-wrap: wrap; }
        .brand { display: flex; gap: 12px; align-items: center; }
        .mark { width: 38px; height: 38px; border-radius: 10px; background: var(--accent); color: var(--panel); }
        .mark svg { display: block; width: 38px; height: 38px; }
        h1 { font-size: 20px; line-height: 1.2; margin: 0; font-weight: 650; letter-spacing: -.01em; }
        h2 { font-size: 15px; margin: 0; font-weight: 620; }
        p { margin: 2px 0 0; color: var(--soft); font-size: 13px; }
        a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
        .verdict { padding: 8px 14px; border-radius: 999px; font-weight: 560; font-size: 13px; }
        .verdict::before { content: "●"; margin-right: 7px; font-size: 11px; vertical-align: 1px; }
        .good { color: var(--good); background: var(--goodbg); } .bad { color: var(--bad); background: var(--badbg); }
        .waiting { color: var(--warn); background: var(--warnbg); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 12px; margin-bottom: 16px; }
        .tile { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px; }
        .tile b { display: block; font-size: 24px; line-height: 1.2; font-weight: 640; font-variant-numeric: tabular-nums;
          letter-spacing: -.02em; }
        .tile span { color: var(--soft); font-size: 12.5px; }
        .tile.alarm { border-color: var(--bad); } .tile.alarm b { color: var(--bad); }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; margin-bottom: 16px;
          overflow: hidden; }
        .bar { display: flex; justify-content: space-between; align-items: center; gap: 12px; padding: 12px 16px;
          border-bottom: 1px solid var(--line); flex-wrap: wrap; }
        .count { color: var(--soft); font-weight: 400; margin-left: 4px; font-variant-numeric: tabular-nums; }
        input { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--line); border-radius: 8px;
          padding: 5px 10px; width: min(280px, 100%); }
        input:focus { outline: 2px solid var(--accent); outline-offset: -1px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-size: 12px; font-weight: 560; color: var(--soft); padding: 8px 10px;
          border-bottom: 1px solid var(--line); white-space: nowrap; }
        td { padding: 7px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: middle; }
        tr:last-child td { border-bottom: 0; } tbody tr:hover { background: var(--hover); }
        th:first-child, td:first-child { padding-left: 16px; } th:last-child, td:last-child { padding-right: 16px; }
        .num { text-align: right; } .soft { color: var(--soft); }
        .id { color: var(--soft); font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; max-width: 250px;
          overflow: hidden; text-overflow: ellipsis; }
        .inner { color: var(--soft); font-size: 12px; margin-left: 6px; }
        .kind { display: inline-block; width: 76px; font-size: 12.5px; color: var(--soft); }
        .kind i { font-style: normal; display: inline-block; width: 16px; font-weight: 700; color: var(--accent); }
        .missed .kind i { color: var(--bad); }
        .code { display: inline-block; padding: 1px 8px; border-radius: 6px; font-size: 12.5px; font-weight: 560; }
        .fresh { animation: fresh 2.4s ease-out; }
        @keyframes fresh { from { background: var(--fresh); } to { background: transparent; } }
        .empty { padding: 46px 16px; text-align: center; color: var(--soft); }
        footer { color: var(--soft); font-size: 12.5px; padding-bottom: 26px; }
        @media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
        """#
}
