// A page that takes the rest of the path.

import type { PageProps } from "fresh";

export default ({ params }: PageProps) => <p>file {params.path}</p>;
