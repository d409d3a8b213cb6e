// Keeps Deno's WebGPU off OpenGL. Where there is no Vulkan driver it takes OpenGL instead, passes simple tests there and then
// gives wrong numbers in a training step: no adapter is better than that one. Browsers choose for themselves.

/** What Deno's WebGPU may run on. */
const NATIVE_BACKENDS = "vulkan,metal,dx12";

/**
 * To be called before the first adapter is asked for: Deno reads the variable then. A choice of the user's stands; without the
 * permission to set the variable nothing changes.
 */
export function excludeOpenGl(): void {
  const deno = (globalThis as {
    Deno?: {
      env: { get(name: string): string | undefined; set(name: string, value: string): void };
    };
  }).Deno;
  if (!deno) return;
  try {
    if (deno.env.get("DENO_WEBGPU_BACKEND") === undefined) {
      deno.env.set("DENO_WEBGPU_BACKEND", NATIVE_BACKENDS);
    }
  } catch {
    // Not permitted.
  }
}
