// What stands in the place of posters where no model has been exported.

/** How to get one. */
export function NoPosterModel() {
  return (
    <p class="notice">
      No poster model has been exported yet. Train one with <code>deno task train:posters</code>
      {" "}
      and export it, then load this page again.
    </p>
  );
}
