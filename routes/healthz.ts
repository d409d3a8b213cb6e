// Tells a load balancer that the server answers.

/** Answers GET. */
export const handler = {
  GET: () => new Response("ok", { headers: { "content-type": "text/plain; charset=utf-8" } }),
};
