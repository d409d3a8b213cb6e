// The inner layout.

import type { PageProps } from "fresh";

export default ({ Component }: PageProps) => (
  <article>
    <Component />
  </article>
);
