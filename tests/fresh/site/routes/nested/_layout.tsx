// The inner layout of the test site.

import type { PageProps } from "fresh";

export default ({ Component }: PageProps) => (
  <article>
    <Component />
  </article>
);
