// The favourites of this browser: read, changed and written back as one text, whatever other tabs do meanwhile.

import { type ReadonlySignal, signal } from "@preact/signals";
import {
  type Favourite,
  formatFavourites,
  isSame,
  MOST_FAVOURITES,
  parseFavourites,
} from "./_poster_favourite.ts";

/** Where the text is kept: the part of the browser's `localStorage` in use. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The text's name. */
export const FAVOURITES_KEY = "lobbycard.favourites";

/** The list of favourites, the newest first. No change is lost silently: what cannot be kept is told in `problem`. */
export class FavouriteStore {
  readonly #list = signal<readonly Favourite[]>([]);
  readonly #problem = signal("");
  /** Whether what is kept cannot be read, and must not be written over unasked. */
  readonly #isUnreadable = signal(false);
  #removed: { favourite: Favourite; at: number } | undefined;

  /** @param shelf gives the browser's storage; it may throw, as some browsers do where nothing is to be kept */
  constructor(private readonly shelf: () => Shelf) {
    this.reload();
  }

  /** What is kept. */
  get list(): ReadonlySignal<readonly Favourite[]> {
    return this.#list;
  }

  /** What went wrong, for the visitor; empty if nothing did. */
  get problem(): ReadonlySignal<string> {
    return this.#problem;
  }

  /** Whether what is kept cannot be read; `startAnew` gives it up. */
  get isUnreadable(): ReadonlySignal<boolean> {
    return this.#isUnreadable;
  }

  /** Reads what is kept, as after another tab has changed it. */
  reload(): void {
    this.#problem.value = "";
    this.#isUnreadable.value = false;
    try {
      const text = this.shelf().getItem(FAVOURITES_KEY);
      this.#list.value = text === null ? [] : parseFavourites(text);
    } catch (error) {
      this.#list.value = [];
      this.#isUnreadable.value = error instanceof SyntaxError;
      this.#problem.value = error instanceof SyntaxError
        ? `${error.message}. What this browser kept is left as it is; export it before you start anew.`
        : "This browser keeps nothing for this page, so there can be no favourites.";
    }
  }

  /** Whether this poster with these words is kept. */
  has(favourite: Favourite): boolean {
    return this.#list.value.some((other) => isSame(other, favourite));
  }

  /** Keeps a poster, or does nothing if it is kept. Whether it is kept now. */
  add(favourite: Favourite): boolean {
    return this.#addAll([favourite]) !== undefined;
  }

  /** Removes a poster; `undo` brings it back. Whether it is gone. */
  remove(favourite: Favourite): boolean {
    let at = -1;
    const isDone = this.#change((list) => {
      at = list.findIndex((other) => isSame(other, favourite));
      return at < 0 ? list : list.toSpliced(at, 1);
    });
    if (isDone && at >= 0) this.#removed = { favourite, at };
    return isDone;
  }

  /** Brings the poster back that was removed last, to its place. Whether there was one, and it is back. */
  undo(): boolean {
    const removed = this.#removed;
    if (!removed) return false;
    const { favourite, at } = removed;
    const isDone = this.#change((list) =>
      list.some((other) => isSame(other, favourite)) ? list : list.toSpliced(at, 0, favourite)
    );
    if (isDone) this.#removed = undefined;
    return isDone;
  }

  /** The text of an exported file: also what cannot be read, as it is. */
  exportText(): string {
    const raw = this.#isUnreadable.value ? this.shelf().getItem(FAVOURITES_KEY) : null;
    return raw ?? formatFavourites(this.#list.value);
  }

  /**
   * Adds what an exported file holds to what is kept.
   *
   * @returns how many were new, undefined if they could not be kept
   * @throws {SyntaxError} saying what is wrong with the file, for the visitor
   */
  importText(text: string): number | undefined {
    return this.#addAll(parseFavourites(text));
  }

  /** Gives up what cannot be read. */
  startAnew(): void {
    this.shelf().removeItem(FAVOURITES_KEY);
    this.reload();
  }

  #addAll(favourites: readonly Favourite[]): number | undefined {
    let added = 0;
    const isDone = this.#change((list) => {
      const isNew = (favourite: Favourite) => !list.some((other) => isSame(other, favourite));
      const news = favourites.filter(isNew);
      added = news.length;
      return [...news, ...list];
    });
    return isDone ? added : undefined;
  }

  /** Reads, changes and writes; the list stays as it was where that fails. */
  #change(change: (list: readonly Favourite[]) => readonly Favourite[]): boolean {
    this.reload();
    if (this.#problem.value) return false;
    const list = change(this.#list.value);
    if (list.length > MOST_FAVOURITES) {
      this.#problem.value =
        `There can be ${MOST_FAVOURITES} favourites, and these would be ${list.length}: remove some first.`;
      return false;
    }
    try {
      this.shelf().setItem(FAVOURITES_KEY, formatFavourites(list));
    } catch {
      this.#problem.value = "This browser has no room for another favourite: remove some first.";
      return false;
    }
    this.#list.value = list;
    return true;
  }
}

let store: FavouriteStore | undefined;

/** The one list of this page; it follows what other tabs do. */
export function favouritesHere(): FavouriteStore {
  if (store) return store;
  const here = store = new FavouriteStore(() => localStorage);
  addEventListener("storage", ({ key }) => {
    if (key === FAVOURITES_KEY || key === null) here.reload();
  });
  return here;
}
