// What a result may be compared with: the picture that it was made of, or what another model or direction makes of that.

import type { StyleModel } from "./_style_protocol.ts";
import type { StyleOptions } from "./_style_options.ts";
import type { StyleSession } from "./_style_session.ts";
import type { RivalChoice } from "./_style_state.ts";

/** All that these choices can be compared with. */
export function findRivals(
  models: readonly StyleModel[],
  { model, direction }: Pick<StyleOptions, "model" | "direction">,
): RivalChoice[] {
  return models.flatMap((other) =>
    other.manifest.directions.map(({ id }) => ({ model: other, direction: id }))
  ).filter((rival) => rival.model !== model || rival.direction !== direction);
}

/** A rival's value in a form: `two-films/AtoB`; empty for none. */
export function formatRival(rival: RivalChoice | undefined): string {
  return rival ? `${rival.model.manifest.id}/${rival.direction}` : "";
}

/** A rival's name: the film that it draws in, and its model where there are several. */
export function nameRival(
  { model, direction }: RivalChoice,
  models: readonly StyleModel[],
): string {
  const { directions, name } = model.manifest;
  const film = directions.find(({ id }) => id === direction)?.to ?? direction;
  return models.length > 1 ? `${name}: ${film}` : film;
}

/** Puts a rival's result left of the line, or the picture itself; the code for it comes with the first rival. */
export async function compareWith(session: StyleSession, rival: RivalChoice | undefined) {
  session.rivalChoice.value = rival;
  if (!rival || session.rivals) return;
  const { StyleRivals } = await import("./_style_rivals.ts");
  session.rivals ??= new StyleRivals(session);
}
