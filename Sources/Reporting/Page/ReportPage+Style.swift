// SPDX-License-Identifier: Apache-2.0

extension ReportPage {
    /// The page's own style: light and dark, phone and print. Contrasts are at least 4.5 to 1 (WCAG 2.1, level AA).
    static var style: String {
        """
        :root { --paper: #fff; --ink: #17212b; --faint: #52606d; --rule: #d5dce3; --soft: #f2f5f8;
          --good: #1d6b3a; --attention: #8a5a00; --bad: #a3261a;
          --answered: #2f7d4f; --missed: #c0392b; --other: #75838f; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --paper: #12171d; --ink: #e3e9ef; --faint: #a3b0bd; --rule: #313c47; --soft: #1b232b;
            --good: #7fd09b; --attention: #f0c05a; --bad: #ff9d91;
            --answered: #58b27c; --missed: #ff8a7d; --other: #8e9ba8; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
        header { margin: 1.5rem 0; padding: .8rem 1rem; border-left: .5rem solid var(--faint); background: var(--soft); }
        header.good { border-color: var(--good); } header.attention { border-color: var(--attention); }
        header.bad { border-color: var(--bad); }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; } header p { margin: .3rem 0 0; color: var(--faint); }
        h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
        header, li, p { overflow-wrap: anywhere; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .7rem; }
        .card { background: var(--soft); padding: .6rem .8rem; display: flex; flex-direction: column; }
        .card strong { font-size: 1.6rem; line-height: 1.2; } .card span { color: var(--faint); font-size: .9rem; }
        .scroll { overflow-x: auto; margin: .6rem 0 1rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
        table:has(thead th:nth-child(2):last-child) { width: auto; min-width: min(20rem, 100%); }
        caption { text-align: left; font-weight: 600; padding: .3rem 0; }
        th, td { text-align: right; padding: .25rem .5rem; border-top: 1px solid var(--rule); font-weight: 400; }
        thead th { color: var(--faint); border-top: 0; vertical-align: bottom; }
        th:first-child { text-align: left; padding-left: 0; } th, td { white-space: nowrap; }
        th.text, td.text { text-align: left; white-space: normal; min-width: min(12rem, 36vw); }
        .whole { white-space: nowrap; } tbody th, tbody td { vertical-align: top; }
        ul.warnings { padding-left: 1.2rem; } strong.bad, p.warning { color: var(--bad); }
        figure.chart { margin: 1rem 0 .3rem; } figcaption { font-weight: 600; }
        figure.chart svg { display: block; width: 100%; height: 8rem; background: var(--soft); }
        .labels { display: flex; justify-content: space-between; color: var(--faint); font-size: .85rem; }
        .labels.each { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; text-align: center; }
        rect.answered { fill: var(--answered); } rect.missed { fill: var(--missed); } rect.other { fill: var(--other); }
        .legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .9rem; margin: .3rem 0; }
        .legend .answered::before, .legend .missed::before, .legend .other::before {
          content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .35em; background: var(--other); }
        .legend .answered::before { background: var(--answered); } .legend .missed::before { background: var(--missed); }
        details { margin: .3rem 0 1rem; } summary { cursor: pointer; color: var(--faint); }
        .months { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1rem; }
        table.month { width: auto; font-size: .8rem; } table.month th, table.month td { padding: .2rem .25rem; text-align: center; }
        table.month td { border: 1px solid var(--rule); min-width: 2.2rem; }
        .day.complete { color: var(--good); } .day.partial { color: var(--attention); font-weight: 700; }
        .day.missing { color: var(--bad); font-weight: 700; } .day.quiet, .day.not { color: var(--faint); }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        footer { color: var(--faint); font-size: .85rem; margin-top: 2rem; padding-bottom: 2rem; }
        @media print { body { font-size: 10pt; } .scroll { overflow: visible; } th.text, td.text { min-width: 0; }
          figure, tr, .card, table.month { break-inside: avoid; } h2, h3, caption, thead { break-after: avoid; }
          details::details-content { content-visibility: visible; display: block; } summary { list-style: none; }
          header, .card, figure.chart svg, .legend span { print-color-adjust: exact; } }
        """
    }
}
