// Which of several models a page takes where the visitor has not chosen one.

import { IS_BROWSER } from "fresh/runtime";
import type { PageModel } from "./_protocol.ts";

/** Up to this width the styles have one column. */
const PHONE = "(max-width: 48rem)";

/** The largest model, which draws best; on a phone the smallest, which arrives soonest. @param models at least one */
export function chooseForScreen<Model extends PageModel>(
  models: readonly Model[],
): { model: Model; isPhone: boolean } {
  // The server renders the same for all.
  const isPhone = IS_BROWSER && matchMedia(PHONE).matches;
  const bySize = [...models].sort((a, b) => a.manifest.weights.bytes - b.manifest.weights.bytes);
  return { model: bySize[isPhone ? 0 : bySize.length - 1], isPhone };
}
