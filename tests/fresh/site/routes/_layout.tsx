// The outer layout of the test site.

import type { PageProps } from "fresh";

export default ({ Component }: PageProps) => (
  <main>
    <Component />
  </main>
);
