// The curtain below the navigation: a page's title, and what introduces it.

import type { ComponentChildren } from "preact";
import { Head } from "fresh/runtime";

/** The heading of a page, and its title in the browser's tab. */
export function Stage(props: {
  title: string;
  tab: string;
  /** What search engines say of the page; absent for pages that are none of theirs. */
  description?: string;
  children?: ComponentChildren;
}) {
  return (
    <section class="curtain stage">
      <Head>
        <title>{props.tab}</title>
        {props.description && <meta name="description" content={props.description} />}
      </Head>
      <div class="page stack">
        <h1>{props.title}</h1>
        {props.children}
      </div>
    </section>
  );
}
