// An island with an island inside.

import Counter from "./Counter.tsx";

/** Shows a counter. */
export default function Panel() {
  return (
    <div>
      <Counter start={1} />
    </div>
  );
}
