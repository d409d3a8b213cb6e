// Hands the visitor a file.

/** Lets the visitor save a file of that name. */
export function downloadBlob(file: Blob, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = fileName;
  link.click();
  // The browser has read the address by the time that another task runs, but Safari asks for more.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
