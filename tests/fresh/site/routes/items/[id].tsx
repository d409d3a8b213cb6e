// A page with a parameter.

import type { PageProps } from "fresh";

export default ({ params }: PageProps) => <p>item {params.id}</p>;
