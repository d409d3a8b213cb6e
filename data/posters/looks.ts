// What each genre looks like: its colours, its lettering, the genres it goes with, and the words of its titles.

import type { Color } from "../films/color.ts";
import type { Genre } from "../posters.ts";
import type { LetterStyle } from "./lettering.ts";
import type { Ink } from "./pen.ts";

/** What decides a genre's posters, apart from its drawings. */
export interface Look {
  ink: Ink;
  letters: readonly LetterStyle[];
  /** Genres that a film of this one is often of as well. */
  companions: readonly Genre[];
  /** What comes first in a title. */
  first: readonly string[];
  /** What comes last in a title. */
  last: readonly string[];
}

type InkRow = [Color, Color, Color, Color, Color, Color, Color];

function look(
  [top, bottom, ground, main, accent, dark, light]: InkRow,
  letters: string,
  companions: string,
  first: string,
  last: string,
): Look {
  const words = (text: string) => text.split(" ");
  return {
    ink: { top, bottom, ground, main, accent, dark, light },
    letters: words(letters) as LetterStyle[],
    companions: words(companions) as Genre[],
    first: words(first),
    last: words(last),
  };
}

const white: Color = [0.98, 0.01, 95];

// deno-fmt-ignore: a row of colours each, as in a table
/** The twenty looks. */
export const LOOKS: Readonly<Record<Genre, Look>> = {
  action: look(
    [[0.24, 0.09, 30], [0.7, 0.19, 52], [0.16, 0.03, 30], [0.87, 0.17, 92], [0.6, 0.23, 30], [0.13, 0.02, 30], [0.96, 0.05, 95]],
    "block italic stencil", "adventure crime thriller sci-fi comedy war fantasy",
    "MAXIMUM FINAL TURBO DOUBLE FURIOUS RAPID", "IMPACT FUSE THUNDER PUNCH OVERTIME BLAST"),
  adventure: look(
    [[0.7, 0.11, 200], [0.9, 0.1, 90], [0.45, 0.11, 150], [0.75, 0.14, 78], [0.55, 0.16, 38], [0.27, 0.06, 150], [0.96, 0.04, 90]],
    "slab italic block", "family fantasy action comedy history sci-fi animation",
    "LOST GOLDEN SECRET UNMAPPED WILD LAST", "ISLAND COMPASS TEMPLE RIVER PARROT SUMMIT"),
  animation: look(
    [[0.74, 0.16, 325], [0.86, 0.12, 205], [0.78, 0.2, 132], [0.7, 0.19, 300], [0.72, 0.21, 5], [0.3, 0.12, 290], white],
    "blobby", "family comedy adventure music fantasy",
    "WOBBLY TINY SUPER FLUFFY JELLY BOUNCY", "BLOBS MONSTER SOCKS PICKLE NOODLE ROBOTS"),
  biography: look(
    [[0.84, 0.05, 80], [0.68, 0.07, 68], [0.45, 0.06, 55], [0.35, 0.05, 50], [0.56, 0.13, 42], [0.25, 0.04, 50], [0.95, 0.03, 85]],
    "thin slab", "drama history music sport documentary",
    "BEING SIMPLY GREAT CALL-ME FINDING YOUNG", "MARGARET WALTER ADA GUSTAV JUNE ALBERT"),
  comedy: look(
    [[0.91, 0.17, 97], [0.95, 0.1, 98], [0.65, 0.22, 30], [0.8, 0.17, 65], [0.63, 0.23, 28], [0.26, 0.05, 40], white],
    "blobby block", "romance family crime music horror sport action",
    "OOPS AWKWARD DUMB MY-EX TOTALLY THREE", "BANANAS NEIGHBOURS IN-LAWS PANTS WEEKEND GOATS"),
  crime: look(
    [[0.2, 0.02, 280], [0.38, 0.04, 75], [0.11, 0.01, 280], [0.27, 0.02, 280], [0.52, 0.21, 27], [0.08, 0.01, 280], [0.88, 0.09, 90]],
    "block thin stencil", "drama thriller mystery action comedy",
    "DIRTY BLACK CROOKED COLD MIDNIGHT FIVE", "ALIBI HEIST LEDGER SNITCH STREET DEAL"),
  documentary: look(
    [[0.94, 0.01, 200], [0.84, 0.02, 200], [0.3, 0.02, 220], [0.36, 0.03, 230], [0.62, 0.14, 172], [0.2, 0.02, 230], white],
    "thin block", "music history sport war biography",
    "INSIDE ABOUT REAL THE-TRUE BEYOND PLANET", "PENGUINS CHEESE STORY BEES CONCRETE OCEAN"),
  drama: look(
    [[0.42, 0.06, 268], [0.74, 0.09, 52], [0.28, 0.04, 280], [0.9, 0.03, 80], [0.62, 0.12, 38], [0.2, 0.03, 275], [0.94, 0.03, 70]],
    "thin slab", "romance history war crime family music",
    "QUIET AFTER AUTUMN ALMOST OUR BROKEN", "RAIN SUNDAYS LETTERS HARBOUR SILENCE HOUSE"),
  family: look(
    [[0.74, 0.13, 238], [0.94, 0.05, 212], [0.75, 0.19, 138], [0.66, 0.12, 60], [0.64, 0.22, 25], [0.32, 0.06, 50], white],
    "blobby slab", "comedy adventure animation fantasy sport",
    "GRANNY MUDDY HAPPY GOOD BIG SUNNY", "PUPPY CAMPING TREEHOUSE PICNIC BISCUIT HOLIDAY"),
  fantasy: look(
    [[0.25, 0.14, 295], [0.66, 0.17, 325], [0.2, 0.09, 290], [0.87, 0.09, 205], [0.83, 0.15, 90], [0.14, 0.07, 290], [0.96, 0.03, 300]],
    "slab italic", "adventure romance family horror action",
    "DRAGON ELDER MOON CRYSTAL WIZARD THORN", "CROWN SWORD KEEP TEA PROPHECY GATE"),
  history: look(
    [[0.33, 0.13, 18], [0.5, 0.15, 30], [0.24, 0.08, 20], [0.82, 0.14, 88], [0.9, 0.05, 88], [0.18, 0.05, 20], [0.95, 0.04, 90]],
    "slab thin", "drama war biography adventure romance",
    "EMPEROR QUEEN IRON ROYAL THE-OLD MARBLE", "THRONE SENATE LEGION DUCHESS CENTURY WIG"),
  horror: look(
    [[0.07, 0.01, 20], [0.2, 0.09, 25], [0.03, 0.01, 20], [0.8, 0.03, 95], [0.46, 0.2, 27], [0.04, 0.01, 20], [0.84, 0.04, 100]],
    "shaky stencil", "mystery thriller sci-fi comedy fantasy",
    "EVIL CREEPING DON-T CURSED ROTTEN DEAD", "CELLAR DOLLS WHISPER TEETH ATTIC TURNIP"),
  music: look(
    [[0.2, 0.13, 310], [0.52, 0.25, 347], [0.14, 0.08, 300], [0.82, 0.16, 195], [0.9, 0.19, 107], [0.12, 0.05, 300], white],
    "italic blobby thin", "drama comedy romance documentary biography",
    "ELECTRIC DISCO LOUD ONE-MORE BROADWAY BLUE", "ENCORE KAZOO BANJO CHORUS NIGHTS TUBA"),
  mystery: look(
    [[0.2, 0.06, 172], [0.45, 0.08, 166], [0.12, 0.03, 180], [0.8, 0.13, 82], [0.85, 0.15, 105], [0.08, 0.03, 180], [0.93, 0.07, 102]],
    "thin slab shaky", "thriller crime horror drama fantasy",
    "WHO MISSING THIRD LOCKED STRANGE SEVENTH", "BUTLER KEY GUEST TEAPOT UMBRELLA CLUE"),
  romance: look(
    [[0.7, 0.16, 8], [0.91, 0.08, 42], [0.6, 0.19, 3], [0.57, 0.23, 20], [0.9, 0.07, 355], [0.35, 0.13, 5], white],
    "italic thin", "comedy drama fantasy music history western",
    "LOVE KISS DEAR FOREVER PARIS SWEET", "ACTUALLISH JULIET AIRPORT RAINBOW ME MAYBE"),
  "sci-fi": look(
    [[0.11, 0.06, 270], [0.36, 0.17, 278], [0.2, 0.1, 290], [0.86, 0.04, 225], [0.82, 0.16, 190], [0.07, 0.03, 270], white],
    "thin block stencil", "action thriller horror adventure mystery comedy",
    "STAR QUANTUM GALAXY ZERO COSMIC ORBIT", "TOASTER NINE PROTOCOL DRIFT CLONES COLONY"),
  sport: look(
    [[0.5, 0.18, 258], [0.78, 0.11, 235], [0.6, 0.18, 146], [0.72, 0.17, 52], [0.62, 0.23, 30], [0.2, 0.05, 250], white],
    "italic block", "drama comedy biography documentary family",
    "EXTRA LAST OFFSIDE UNDERDOG CHAMPION HALF", "TIME GOAL SLAM CADDIE UNITED BENCH"),
  thriller: look(
    [[0.62, 0.05, 238], [0.3, 0.05, 245], [0.14, 0.03, 250], [0.92, 0.02, 230], [0.6, 0.24, 27], [0.12, 0.03, 250], white],
    "thin block italic", "crime mystery horror action sci-fi drama",
    "NO DEADLY SILENT ELEVEN RED FATAL", "WITNESS EXIT PASSWORD SIGNAL FLOOR LIFT"),
  war: look(
    [[0.52, 0.05, 105], [0.72, 0.1, 68], [0.25, 0.04, 110], [0.43, 0.08, 122], [0.66, 0.19, 45], [0.17, 0.03, 110], [0.92, 0.05, 95]],
    "stencil slab", "drama history action romance documentary",
    "HILL BRAVE FIELD LONG COMPANY BRIDGE", "SEVEN MARCH POST SKIES LETTER OMEGA"),
  western: look(
    [[0.66, 0.18, 43], [0.89, 0.14, 84], [0.46, 0.13, 36], [0.36, 0.09, 45], [0.58, 0.2, 30], [0.2, 0.06, 35], [0.95, 0.06, 90]],
    "saloon slab", "action drama adventure comedy romance",
    "HIGH DUSTY LONESOME TEN FISTFUL TRAIL", "NOON GULCH SPURS BEANS SHERIFF RODEO"),
};
