// What the poster page's tools share: which are open, which two posters are to have children or to be mixed, and what was said last.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { recipeFor } from "./_poster_options.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import { keyOf, type Recipe, type Shot } from "./_poster_recipe.ts";
import type { PosterSession } from "./_poster_session.ts";

/** What every tool is given. */
export interface ToolProps {
  studio: PosterStudio;
}

/** The tools' common ground, beside the session that draws. */
export class PosterStudio {
  /** Ids of the tools that are open. */
  readonly open = signal<ReadonlySet<string>>(new Set());
  /** One sentence of what was done last, for all to see and hear. */
  readonly said = signal("");
  /** The posters to breed from and to mix, at most two, with their genres in the order of the model at hand. */
  readonly parents: ReadonlySignal<readonly Recipe[]>;

  #parents = signal<readonly { recipe: Recipe; model: PosterModel }[]>([]);

  /** @param session what draws the posters */
  constructor(readonly session: PosterSession) {
    this.parents = computed(() => {
      const { model } = session.options.value;
      return this.#parents.value.map((parent) => recipeFor(parent.recipe, parent.model, model));
    });
  }

  /** Opens or closes a tool. */
  toggle(tool: string, isOpen: boolean): void {
    const open = new Set(this.open.value);
    if (isOpen) open.add(tool);
    else open.delete(tool);
    this.open.value = open;
  }

  /** Makes a shot the poster. */
  show(shot: Shot): void {
    this.session.open(shot);
    this.said.value = "It is the poster now, at the top of the page.";
    document.querySelector(".poster-card")?.scrollIntoView({ block: "nearest" });
  }

  /** Whether a poster is one of the parents. */
  isParent(recipe: Recipe): boolean {
    return this.parents.value.some((parent) => keyOf({ recipe: parent }) === keyOf({ recipe }));
  }

  /** Makes a poster a parent, the older of two making room; one that is a parent is none any more. */
  pick(recipe: Recipe): void {
    const { model } = this.session.options.value;
    const others = this.parents.value.filter((parent) =>
      keyOf({ recipe: parent }) !== keyOf({ recipe })
    );
    const isPicked = others.length < this.parents.value.length;
    const parents = isPicked ? others : [...others.slice(-1), recipe];
    this.#parents.value = parents.map((recipe) => ({ recipe, model }));
    this.said.value = isPicked
      ? "It is no parent any more."
      : parents.length < 2
      ? "The first parent is picked. Pick another poster, and they have children."
      : "Two parents are picked: their children are under “Breeding”, their mixes under “Mixing”.";
    // Who is mixing has not asked for children.
    if (parents.length === 2 && !this.open.value.has("mixing")) this.toggle("breeding", true);
  }

  /** Has the parents change places. */
  swapParents(): void {
    this.#parents.value = this.#parents.value.toReversed();
  }
}
