// Parts of a report's page: its style, tables, pictures, and text made safe.

import type { Strip } from "./_compare_sheets.ts";

/** The page's style sheet, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d1b19; --soft: #5c5650; --paper: #fdfcfa; --line: #cfc8bf; --head: #f0ece6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e2; --soft: #b3aba1; --paper: #191716; --line: #47413b; --head: #26221f }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem } figure { margin: 1rem 0 }
p, dd { max-width: 48rem } dt { font-weight: 600 } code { overflow-wrap: anywhere }
.scroll { overflow-x: auto } .scroll:focus-visible { outline: 2px solid currentColor }
table { border-collapse: collapse } caption { text-align: left; color: var(--soft); padding-bottom: .5rem }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: right; vertical-align: top; font-variant-numeric: tabular-nums }
th { background: var(--head); text-align: left } td small { color: var(--soft); display: block; white-space: nowrap }
.words { text-align: left } .pictures td { padding: .2rem; text-align: left } img { display: block; max-width: none }
`;

/** A table under a heading, with a first column of names. @param rows finished rows of the body */
export function table(heading: string, caption: string, head: string[], rows: string[]): string {
  return `<h3>${heading}</h3>\n${
    scrolling(
      heading,
      `<table>
<caption>${caption}</caption>
<thead><tr>${["Run", ...head].map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`,
    )
  }`;
}

/** A row of a table. @param cells finished cells, after the name */
export function tableRow(name: string, cells: string[]): string {
  return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
}

/** A picture that lies in the page itself. */
export function image({ source, width, height }: Strip, alt: string): string {
  return `<img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(alt)}">`;
}

/** What is wider than the window scrolls by itself, and can be reached with the keyboard. */
export function scrolling(label: string, content: string): string {
  return `<div class="scroll" role="region" aria-label="${label}" tabindex="0">\n${content}\n</div>`;
}

/** Text as it may stand in a page, in quotes too. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
