// Pictures that are dropped anywhere on the page, or pasted.

import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Listens on the whole window as long as the component lives. What is dropped never navigates away from the page.
 *
 * @param onFile gets the first file of each drop or paste
 * @param onNothing is called if what was dropped or pasted holds no file, such as a link or text
 * @returns whether a file is being dragged over the page
 */
export function usePictureIntake(
  onFile: (file: File) => void,
  onNothing: () => void,
): boolean {
  const [isDragging, setDragging] = useState(false);
  const handlers = useRef({ onFile, onNothing });
  handlers.current = { onFile, onNothing };
  useEffect(() => {
    const stop = new AbortController();
    const take = (data: DataTransfer | null) => {
      const file = data?.files[0];
      if (file) handlers.current.onFile(file);
      else handlers.current.onNothing();
    };
    const listen = <K extends keyof WindowEventMap>(
      name: K,
      listener: (event: WindowEventMap[K]) => void,
    ) => addEventListener(name, listener, { signal: stop.signal });
    listen("dragover", (event) => {
      event.preventDefault();
      setDragging(event.dataTransfer?.types.includes("Files") ?? false);
    });
    // Leaving the window has no related target; moving between its elements has.
    listen("dragleave", (event) => event.relatedTarget === null && setDragging(false));
    listen("drop", (event) => {
      event.preventDefault();
      setDragging(false);
      take(event.dataTransfer);
    });
    listen("paste", (event) => take(event.clipboardData));
    return () => stop.abort();
  }, []);
  return isDragging;
}
