// The worker's end of the page's canvas: restyled pictures are shown on it straight from the GPU's memory. Loaded only where that is.

import { openPresenter, type Presenter, PresentError } from "../gpu/webgpu/present.ts";
import type { Picture } from "../gpu/picture.ts";
import { readRestyled, type restyleOnDevice } from "../models/generator.ts";
import type { LookRequest, ReadRequest, ScreenReply, ScreenRequest } from "./_style_protocol.ts";

/** A restyled picture on the device. */
type Output = Awaited<ReturnType<typeof restyleOnDevice>>;

type Reply = (message: ScreenReply, transfer?: Transferable[]) => void;

/** A canvas of the page's that restyled pictures are drawn on. */
export interface Screen {
  /** Shows a result and keeps it until the next one; false if that cannot be: the page has been told why, and the result is not kept. */
  show(id: number, output: Output, picture: Picture): Promise<boolean>;
  /** Draws anew, or gives the bytes. */
  hear(request: LookRequest | ReadRequest): Promise<void>;
}

/** Makes the page's canvas ready; what cannot be drawn on is told to the page, with the reason. */
export async function openScreen(
  { canvas, ...view }: ScreenRequest,
  reply: Reply,
): Promise<Screen | undefined> {
  try {
    const presenter = await openPresenter(canvas);
    await presenter.look(view);
    reply({ kind: "screen", problem: "" });
    return screenOf(presenter, reply);
  } catch (error) {
    refuse(error, reply);
  }
}

function screenOf(presenter: Presenter, reply: Reply): Screen {
  let shown: { id: number; output: Output; picture: Picture } | undefined;
  let isRefused = false;
  const giveUp = (error: unknown) => {
    refuse(error, reply);
    isRefused = true;
  };
  const read = async () => {
    if (!shown) return;
    const { id, output, picture } = shown;
    reply({ kind: "bytes", id, picture: await readRestyled(output, picture) });
  };
  return {
    show: async (id, output, picture) => {
      if (isRefused) return false;
      const last = shown;
      try {
        await presenter.show(output, picture);
        shown = { id, output, picture };
        return true;
      } catch (error) {
        shown = undefined;
        giveUp(error);
        return false;
      } finally {
        last?.output.dispose();
      }
    },
    hear: async (request) => {
      if (request.kind === "read") return await read();
      if (isRefused) return;
      try {
        await presenter.look(request);
      } catch (error) {
        giveUp(error);
        // What was on the canvas is still wanted.
        await read();
      }
    },
  };
}

/** Tells the page that nothing is drawn on its canvas. @throws whatever is no fault of the canvas's */
function refuse(error: unknown, reply: Reply): void {
  if (!(error instanceof PresentError)) throw error;
  reply({ kind: "screen", problem: error.message });
}
