// What the browser tests do with the service worker: wait until it has the app.

import type { Page } from "playwright-core";

/** Waits until the worker answers for the page: the whole app is kept by then. */
export async function waitUntilKept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}
