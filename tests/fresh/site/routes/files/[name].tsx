// A page beside one that takes the rest of the path.

import type { PageProps } from "fresh";

export default ({ params }: PageProps) => <p>name {params.name}</p>;
