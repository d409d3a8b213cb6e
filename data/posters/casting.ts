// Which drawings belong to which genre.

import type { Genre } from "../posters.ts";
import { awning, blast, candy, columns, filmStrip, paper } from "./backdrops_graphic.ts";
import { concert, corridor, hauntedHill, openDoor, space, streetLamp } from "./backdrops_night.ts";
import {
  battlefield,
  bokeh,
  castle,
  meadow,
  mesas,
  mountains,
  stadium,
  water,
} from "./backdrops_open.ts";
import * as bold from "./emblems_bold.ts";
import * as dark from "./emblems_dark.ts";
import * as quiet from "./emblems_quiet.ts";
import type { Emblem } from "./pen.ts";
import type { Backdrop } from "./scenery.ts";

/** A genre's backdrop, and the emblems one of which stands on a poster. */
export interface Cast {
  backdrop: Backdrop;
  emblems: readonly Emblem[];
}

/** The drawings of the twenty. */
export const CASTS: Readonly<Record<Genre, Cast>> = {
  action: { backdrop: blast, emblems: [bold.runner, bold.helicopter] },
  adventure: { backdrop: mountains, emblems: [bold.compass, bold.balloon] },
  animation: { backdrop: candy, emblems: [quiet.creature, quiet.smilingStar] },
  biography: { backdrop: paper, emblems: [quiet.portrait, quiet.portrait, quiet.quill] },
  comedy: { backdrop: awning, emblems: [quiet.prankster, quiet.laugh, quiet.banana] },
  crime: { backdrop: streetLamp, emblems: [dark.detectiveHat, dark.revolver, dark.fingerprint] },
  documentary: { backdrop: filmStrip, emblems: [quiet.filmCamera, quiet.globe] },
  drama: { backdrop: water, emblems: [quiet.masks, quiet.loneTree] },
  family: { backdrop: meadow, emblems: [quiet.puppy, quiet.house] },
  fantasy: { backdrop: castle, emblems: [dark.sword, dark.dragon, dark.wizardHat] },
  history: { backdrop: columns, emblems: [quiet.crown, quiet.legionary] },
  horror: { backdrop: hauntedHill, emblems: [dark.skull, dark.ghost, dark.claw] },
  music: { backdrop: concert, emblems: [bold.guitar, bold.record, bold.quavers] },
  mystery: { backdrop: openDoor, emblems: [dark.magnifier, dark.keyhole, dark.question] },
  romance: { backdrop: bokeh, emblems: [quiet.hearts, quiet.couple, quiet.rose] },
  "sci-fi": { backdrop: space, emblems: [bold.rocket, bold.saucer, bold.robot] },
  sport: { backdrop: stadium, emblems: [bold.football, bold.basketball, bold.trophy] },
  thriller: { backdrop: corridor, emblems: [dark.crosshair, dark.knife, dark.clock] },
  war: { backdrop: battlefield, emblems: [bold.helmet, bold.tank] },
  western: { backdrop: mesas, emblems: [bold.cowboy, bold.sheriffStar] },
};

/** Emblems that look wrong in a mirror. */
export const ONE_WAY: ReadonlySet<Emblem> = new Set([
  bold.quavers,
  dark.clock,
  dark.question,
]);
