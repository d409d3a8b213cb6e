// The page of a folder: shows where the request came through.

import type { PageProps } from "fresh";
import type { Trail } from "../_middleware.ts";

export default ({ state }: PageProps<unknown, Trail>) => <p>{state.trail.join(" ")}</p>;
