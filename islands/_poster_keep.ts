// Keeps the poster on show; fetched when the visitor asks for it first.

import { favouriteOf } from "./_poster_favourite.ts";
import { favouritesHere } from "./_poster_favourite_store.ts";
import { type PosterOptions, shotOf } from "./_poster_options.ts";

/** Keeps the poster that the choices stand for; what came of it, for the visitor. */
export function keepPoster(options: PosterOptions): string {
  const favourites = favouritesHere();
  const favourite = favouriteOf(shotOf(options), options, new Date());
  if (favourites.has(favourite)) return "This poster is among the favourites already.";
  return favourites.add(favourite) ? "Kept among the favourites." : favourites.problem.value;
}
