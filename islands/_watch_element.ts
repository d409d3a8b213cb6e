// Whether an element can be seen: it is on the screen, and the tab is in front.

/** Calls back when that changes, and at first; until the returned function is called. */
export function watchElement(
  element: Element | null,
  onChange: (isSeen: boolean) => void,
): () => void {
  if (!element) return () => {};
  let isOnScreen = false, wasSeen: boolean | undefined;
  const tell = () => {
    const isSeen = isOnScreen && document.visibilityState === "visible";
    if (isSeen !== wasSeen) onChange(isSeen);
    wasSeen = isSeen;
  };
  const observer = new IntersectionObserver((entries) => {
    isOnScreen = entries[entries.length - 1].isIntersecting;
    tell();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}
