// Listens for what a page does against its security policy.

import type { Page } from "playwright-core";

/** Begins to listen in every document that the page opens from now on; the result gives what was broken in the last one. */
export async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const broken: string[] = [];
    Object.assign(globalThis, { broken });
    addEventListener("securitypolicyviolation", (event) => {
      broken.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  return () => page.evaluate<string[]>("broken");
}
