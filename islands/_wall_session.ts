// The posters of the home page's wall: drawn one by one until the wall is full, then one renewed now and then.

import { type Signal, signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import { EngineLife } from "./_engine_life.ts";
import {
  type DrawReply,
  type DrawRequest,
  parsePosterReply,
  type PosterModel,
  type PosterRequest,
} from "./_poster_protocol.ts";
import { MAX_SEED, type Recipe, TRUNCATION } from "./_poster_recipe.ts";
import type { EngineReply } from "./_protocol.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** Between one renewal and the next. */
export const RENEWAL_MS = 3200;

/** A poster on the wall. */
export interface WallPoster {
  /** Rises with every poster drawn. */
  id: number;
  picture: Picture;
  recipe: Recipe;
  /** What hung in its place before, to be faded over. */
  before: Picture | undefined;
}

/** What the session needs of the world. */
export interface WallSurroundings {
  createWorker(): WorkerLike<PosterRequest>;
  /** Draws from [0, 1). */
  random(): number;
  /** Runs later, unless the returned function is called first. */
  later(run: () => void, milliseconds: number): () => void;
}

/** The wall's state, to be read by components, and everything that can happen to it. */
export class WallSession {
  /** The worker, the engine and the model. */
  readonly life: EngineLife<PosterModel, DrawRequest, EngineReply, DrawReply>;
  /** By place on the wall, each told of by itself; undefined where none hangs yet. */
  readonly posters: readonly Signal<WallPoster | undefined>[];
  /** Whether posters are renewed. */
  readonly isPlaying = signal(true);
  /** What the newest poster took; undefined before the first. */
  readonly milliseconds = signal<number | undefined>(undefined);
  /** What went wrong; empty if nothing did. */
  readonly problem = signal("");
  /** What the visitor should know. */
  readonly notices = signal<readonly string[]>([]);

  #isStarted = false;
  #isWatched = false;
  /** The place that the visitor points at: what hangs there stays. */
  #held: number | undefined;
  #underWay: { id: number; place: number; recipe: Recipe } | undefined;
  #cancelRenewal: (() => void) | undefined;
  #requestId = 0;
  #genreTurn = 0;
  #genreOrder: number[];

  /** @param places how many posters hang on the wall */
  constructor(
    readonly model: PosterModel,
    places: number,
    private readonly surroundings: WallSurroundings,
  ) {
    this.posters = Array.from({ length: places }, () => signal(undefined));
    this.#genreOrder = shuffle(model.manifest.genres.map((_, i) => i), surroundings.random);
    this.life = new EngineLife<PosterModel, DrawRequest, EngineReply, DrawReply>({
      createWorker: () => surroundings.createWorker(),
      parseReply: parsePosterReply,
      choice: () => ({ model, engine: "auto" }),
      onStart: () => this.#underWay = undefined,
      onEngine: () => {},
      onReady: () => this.#goOn(),
      onReply: (reply) => this.#receive(reply),
      onLost: (notice) => this.notices.value = [...this.notices.value, notice],
      onCrash: (reason) => this.#giveUp(`The drawing broke off (${reason}).`),
    });
  }

  /** Whether the wall can be seen. The engine is started when it is for the first time; nothing is drawn while it is not. */
  watch(isWatched: boolean): void {
    this.#isWatched = isWatched;
    if (isWatched && !this.#isStarted) {
      this.#isStarted = true;
      this.life.start();
    } else this.#goOn();
  }

  /** Keeps what hangs at a place, or with undefined lets all be renewed again. */
  hold(place: number | undefined): void {
    this.#held = place;
  }

  /** Renews posters from now on, or lets them hang. */
  play(isPlaying: boolean): void {
    this.isPlaying.value = isPlaying;
    if (isPlaying) this.problem.value = "";
    this.#goOn();
  }

  /** Starts over after a failed load. */
  retry(): void {
    this.life.retry();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.#cancelRenewal?.();
    this.life.stop();
  }

  /** Draws what is missing at once, and after a pause what hangs there longest. */
  #goOn(): void {
    this.#cancelRenewal?.();
    this.#cancelRenewal = undefined;
    const isReady = this.life.load.value.phase === "ready";
    if (!isReady || !this.#isWatched || this.#underWay || this.problem.value) return;
    const empty = this.#places().filter((place) => !this.posters[place].value);
    if (empty.length > 0) this.#draw(empty[Math.floor(empty.length * this.surroundings.random())]);
    else if (this.isPlaying.value) {
      this.#cancelRenewal = this.surroundings.later(() => this.#renew(), RENEWAL_MS);
    }
  }

  /** One of the older half, so that no pattern shows. */
  #renew(): void {
    const age = (place: number) => this.posters[place].value?.id ?? 0;
    const oldest = this.#places().filter((place) => place !== this.#held)
      .sort((a, b) => age(a) - age(b));
    const half = Math.ceil(oldest.length / 2);
    if (half > 0) this.#draw(oldest[Math.floor(half * this.surroundings.random())]);
  }

  #places(): number[] {
    return this.posters.map((_, place) => place);
  }

  #draw(place: number): void {
    const id = ++this.#requestId, recipe = this.#invent();
    this.#underWay = { id, place, recipe };
    this.life.send({ kind: "draw", id, shot: { recipe } });
  }

  /** The genres take turns, so that neighbours in time differ. */
  #invent(): Recipe {
    const { genres } = this.model.manifest;
    const genre = this.#genreOrder[this.#genreTurn++ % Math.max(1, genres.length)];
    return {
      seed: Math.floor(this.surroundings.random() * Math.min(1_000_000, MAX_SEED)),
      genres: genres.map((_, i) => Number(i === genre)),
      truncation: TRUNCATION,
      steps: [],
    };
  }

  #receive(reply: DrawReply): void {
    const wish = this.#underWay;
    if (!wish || reply.id !== wish.id) return;
    this.#underWay = undefined;
    if (reply.kind === "drawn") {
      const { id, place, recipe } = wish;
      const before = this.posters[place].value?.picture;
      this.posters[place].value = { id, recipe, before, picture: reply.picture };
      this.milliseconds.value = reply.milliseconds;
      this.#goOn();
    } else this.#giveUp(reply.message);
  }

  #giveUp(problem: string): void {
    this.problem.value = problem;
    this.isPlaying.value = false;
  }
}

/** Fisher and Yates' shuffle. @param random draws from [0, 1) */
function shuffle(items: number[], random: () => number): number[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}
