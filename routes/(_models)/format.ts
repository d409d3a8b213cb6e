// Numbers of a manifest as people read them.

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** `1.2 MB`, in powers of 1000 as download sizes are told. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const isLarge = bytes >= 999_500;
  const value = bytes / (isLarge ? 1e6 : 1e3);
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${isLarge ? "MB" : "kB"}`;
}

/** `45 s`, `12 min`, `3 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** `Loss cycle AB` for `lossCycleAB`: a metric's name in words. */
export function formatName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ")
    .replace(/ ([A-Z])(?=[a-z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
