// The style page's island: a picture of the visitor's own, restyled on the visitor's own device.

import type { StyleModel } from "./_protocol.ts";

export type { StyleModel } from "./_protocol.ts";

/** What the style page gives its island. */
export interface StylePlayerProps {
  /** The exported style models, the one to start with first; may be empty. */
  models: StyleModel[];
}

/** Pick a model and a direction, give a picture, get it restyled without it leaving the device. */
export default function StylePlayer(props: StylePlayerProps) {
  return <p>{props.models.length}</p>;
}
