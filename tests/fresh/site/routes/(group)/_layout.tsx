// The layout of a group.

import type { PageProps } from "fresh";

export default ({ Component }: PageProps) => (
  <section>
    <Component />
  </section>
);
