// The flags of V8 with which long tasks run on the SIMD engine.

/**
 * No bounds checks, which cost a quarter of the speed, and pairs of vectors fused to 256 bits, which doubles it; neither changes a
 * result. They work on the command line alone. Without checks a kernel that goes astray corrupts memory instead of trapping: the
 * server and the tests of foreign input run without them.
 */
export const V8_FLAGS = "--v8-flags=--no-wasm-bounds-checks,--experimental-wasm-revectorize";
