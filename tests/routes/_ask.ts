// Asks the app in process, as a visitor would.

import { app } from "../../main.ts";

const handler = app.handler();

/** Status, headers and text of the answer to a path. */
export async function ask(path: string, init: RequestInit = {}) {
  const response = await handler(new Request(`http://localhost${path}`, init));
  const body = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body,
    headers: response.headers,
  };
}
