// Latent vectors: drawn from a seed, drawn nearer to the mean, varied, and on the way from one to another.

import { randomStream } from "../../gpu/random.ts";
import type { GeneratorConfig } from "./config.ts";

/** The latent vector of a seed, `latent` draws from N(0, 1): the same on the command line and in browsers. */
export function latentOf(seed: number, { latent }: Pick<GeneratorConfig, "latent">): Float32Array {
  return randomStream(seed, "latent").normals(latent);
}

/**
 * A latent vector scaled by `psi`, 0 to 1: a draw from N(0, psi^2) (Brock et al. 2019, section 3.1). Where a linear layer makes the
 * first grid of it, as in DCGAN and R3GAN, this is that grid drawn nearer, by the same share, to its mean over all posters of the same
 * genres, as the truncation of styles is (Karras et al. 2019, appendix B).
 */
export function truncateLatent(latent: Float32Array, psi: number): Float32Array {
  return latent.map((value) => value * psi);
}

/**
 * A latent vector turned by an angle towards that of another seed: 0 leaves it, 1 arrives there. In between it stays as
 * probable under N(0, 1) as the two are.
 */
export function variedLatent(
  latent: Float32Array,
  { seed, amount }: { seed: number; amount: number },
): Float32Array {
  return latentBetween(latent, latentOf(seed, { latent: latent.length }), amount);
}

/** The point between two latent vectors of equal length, `t` from 0 to 1, on the great circle (Shoemake 1985; White 2016). */
export function latentBetween(a: Float32Array, b: Float32Array, t: number): Float32Array {
  if (t === 0) return a.slice();
  if (t === 1) return b.slice();
  const cosine = dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine))), sine = Math.sin(angle);
  // Along one line there is no circle to follow.
  const [wa, wb] = sine < 1e-6
    ? [1 - t, t]
    : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((value, i) => wa * value + wb * b[i]);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
