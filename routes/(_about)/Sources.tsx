// A list of papers, each a link.

import { type PaperName, PAPERS } from "./papers.ts";

/** Where a method is from. */
export function Sources({ of }: { of: readonly PaperName[] }) {
  return (
    <ul class="sources">
      {of.map((name) => {
        const { cite, title, url } = PAPERS[name];
        return (
          <li key={name}>
            <a href={url}>{title}</a> <span class="soft">{cite}</span>
          </li>
        );
      })}
    </ul>
  );
}
