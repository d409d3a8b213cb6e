// A route that fails in a folder with an error page.

/** Throws. */
export const handler = {
  GET(): Response {
    throw new TypeError("Secret");
  },
};
