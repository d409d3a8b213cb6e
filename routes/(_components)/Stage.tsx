// The curtain below the navigation: a page's title, and what introduces it.

import type { ComponentChildren } from "preact";
import { Head } from "fresh/runtime";

/** The heading of a page, and its title in the browser's tab. */
export function Stage(props: { title: string; tab: string; children?: ComponentChildren }) {
  return (
    <section class="curtain stage">
      <Head>
        <title>{props.tab}</title>
      </Head>
      <div class="page stack">
        <h1>{props.title}</h1>
        {props.children}
      </div>
    </section>
  );
}
