// The page of the test site where there is nothing.

import type { PageProps } from "fresh";

export default ({ url }: PageProps) => <p>nothing at {url.pathname}</p>;
