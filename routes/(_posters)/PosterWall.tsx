// A wall of posters that the server draws, for browsers without scripts.

import type { ChosenPoster } from "./chosen_posters.ts";
import { posterAddress } from "./poster_query.ts";

/** The posters as pictures with their genres below. */
export function PosterWall({ posters }: { posters: ChosenPoster[] }) {
  return (
    <ul class="poster-wall">
      {posters.map(({ order, name }) => {
        const { trainedSize: [height, width] } = order.manifest;
        const address = posterAddress(order);
        return (
          <li key={address}>
            <figure>
              <img
                src={address}
                width={width * order.scale}
                height={height * order.scale}
                alt={`A poster: ${name}`}
              />
              <figcaption>{name}</figcaption>
            </figure>
          </li>
        );
      })}
    </ul>
  );
}
