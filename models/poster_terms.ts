// The terms in which a poster is asked for, in the page's links and in addresses of the server alike.

/** Seeds go up to this. */
export const MAX_SEED = 2 ** 32 - 1;

/** The truncation of a new poster, and of one of which it is not told. */
export const TRUNCATION = 0.8;

/** A genre's name as it stands in a link. */
export function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");
}

/** Genre weights such as `horror:0.7,comedy:0.3`; those of 0 are left out. @param genres the model's names, in the weights' order */
export function formatGenres(weights: readonly number[], genres: readonly string[]): string {
  return genres.flatMap((name, i) => weights[i] > 0 ? [`${slugOf(name)}:${weights[i]}`] : [])
    .join();
}
