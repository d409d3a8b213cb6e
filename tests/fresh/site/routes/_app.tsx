// The shell of the test site.

import type { PageProps } from "fresh";

export default ({ Component }: PageProps) => (
  <html>
    <head></head>
    <body>
      <Component />
    </body>
  </html>
);
