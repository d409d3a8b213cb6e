// What becomes of work whose device is lost: it ends with the device's own reason, and a word on how to go on.

import type { Device } from "../gpu/device.ts";
import { TaskError } from "./_cli.ts";

/** The device is gone, and all that was on it. */
export class DeviceLostError extends TaskError {
  override name = "DeviceLostError";
}

/** Gives what the work gives, one at a time. @throws {DeviceLostError} once the device is lost, in whatever way the work fails of it */
export type LossGuard = <Result>(work: Promise<Result>) => Promise<Result>;

/** A read fails a moment before the device tells that it is lost. */
const PATIENCE_MS = 2000;

/**
 * A guard for all work on a device.
 *
 * @param remedy what the user can do if the device is lost, as it stands at that time
 */
export function guardAgainstLoss(
  device: Pick<Device, "name" | "lost">,
  remedy: () => string,
): LossGuard {
  let loss: DeviceLostError | undefined;
  let tell = () => {};
  device.lost.then((reason) => {
    loss = new DeviceLostError(
      `Cannot go on: the ${device.name} device was lost (${reason}); ${remedy()}`,
    );
    tell();
  });
  return (work) =>
    new Promise((resolve, reject) => {
      // A run has many steps: one listener, for a promise that never settles would keep them all.
      let waiting: ReturnType<typeof setTimeout> | undefined;
      tell = () => {
        clearTimeout(waiting);
        reject(loss);
      };
      if (loss) tell();
      work.then(resolve, (error) => {
        if (loss || !(error instanceof DOMException)) reject(error);
        else waiting = setTimeout(() => reject(error), PATIENCE_MS);
      });
    });
}
