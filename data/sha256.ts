// The fingerprint by which a run knows its data again.

/** SHA-256 in hex of a value's JSON. */
export async function sha256(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
