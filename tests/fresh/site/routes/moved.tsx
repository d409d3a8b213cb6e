// A page with an address of its own.

/** Its address. */
export const config = { routeOverride: "/elsewhere/:id" };

export default () => <p>moved</p>;
