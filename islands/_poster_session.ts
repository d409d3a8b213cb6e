// What a visitor does on the poster page, without its looks: choices, and the order in which pictures are drawn.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { EngineLife } from "./_engine_life.ts";
import { parsePosterOptions, type PosterOptions, recipeFor } from "./_poster_options.ts";
import {
  type DrawReply,
  type DrawRequest,
  parsePosterReply,
  type PosterModel,
  type PosterRequest,
} from "./_poster_protocol.ts";
import { plainOf, type Recipe, type Shot, surprise } from "./_poster_recipe.ts";
import { crashProblem } from "./_poster_text.ts";
import {
  type CellChoice,
  cellsOf,
  type DrawnPicture,
  pictureKey,
  type Slot,
  toolSlot,
  type Wish,
  wishesOf,
} from "./_poster_wishes.ts";
import type { EngineReply } from "./_protocol.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** What the session needs of the world. */
export interface PosterSurroundings {
  createWorker(): WorkerLike<PosterRequest>;
  /** Calls back before the next frame is painted. */
  nextFrame(run: () => void): void;
  /** Draws from [0, 1). */
  random(): number;
}

/** How far the variations beside a new poster are from it. */
const FIRST_AMOUNT = 0.35;

/** The poster page's state, to be read by components, and everything that can happen to it. */
export class PosterSession {
  /** The visitor's choices; change them by `choose` and `turn`. */
  readonly options: Signal<PosterOptions>;
  /** The worker, the engine and the model. */
  readonly life: EngineLife<PosterModel, DrawRequest, EngineReply, DrawReply>;
  /** The newest picture of each slot, which may be older than what is wanted there. */
  readonly drawn = signal<ReadonlyMap<Slot, DrawnPicture>>(new Map());
  /** Which variations are on show. */
  readonly cellChoice = signal<CellChoice>({ amount: FIRST_AMOUNT, page: 0 });
  /** What went wrong, for the visitor; empty if nothing did. */
  readonly problem = signal("");
  /** What the visitor should know. */
  readonly notices = signal<readonly string[]>([]);
  /** What belongs beside the poster: its variations, or stations of the way that it is on. */
  readonly cells: ReadonlySignal<readonly Shot[]>;
  /** Whether the poster on show is not the wanted one. */
  readonly isDrawing: ReadonlySignal<boolean>;

  #wishes: ReadonlySignal<[Wish, ...Wish[]]>;
  /** What each tool shows. */
  #shown = signal<ReadonlyMap<string, readonly Shot[]>>(new Map());
  /** The one that the worker draws: one at a time, so that a newer wish never waits for more than one picture. */
  #underWay: (Wish & { id: number }) | undefined;
  #requestId = 0;
  #isFrameAsked = false;
  /** Keys that could not be drawn, so that they are not asked for again and again. */
  #failed = signal<ReadonlySet<string>>(new Set());

  /** @param models the models on offer, at least one */
  constructor(
    readonly models: readonly PosterModel[],
    private readonly surroundings: PosterSurroundings,
  ) {
    // The server has no visitor to surprise: it renders the same page for all.
    this.options = signal(parsePosterOptions("", models, () => 0).options);
    this.cells = computed(() => cellsOf(this.options.value, this.cellChoice.value));
    this.#wishes = computed(() => {
      const others = [...this.#shown.value.values()].flat();
      return wishesOf(this.options.value, this.cells.value, others);
    });
    this.isDrawing = computed(() => this.#isOpen(this.#wishes.value[0]));
    this.life = new EngineLife<PosterModel, DrawRequest, EngineReply, DrawReply>({
      createWorker: () => surroundings.createWorker(),
      parseReply: parsePosterReply,
      choice: () => this.options.value,
      onStart: () => this.#underWay = undefined,
      onEngine: () => {},
      onReady: () => this.#drawNext(),
      onReply: (reply) => this.#receive(reply),
      onLost: (notice) => this.notices.value = [...this.notices.value, notice],
      onCrash: (reason) => this.#giveUp(crashProblem(reason)),
    });
  }

  /** Draws from [0, 1). */
  readonly random = (): number => this.surroundings.random();

  /** Takes the choices of a link and starts the engine. */
  start(link: string): void {
    this.#take(link);
    this.life.start();
  }

  /** Takes the choices of another link. */
  follow(link: string): void {
    const old = this.options.value;
    this.#take(link);
    this.#redraw(old);
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.life.stop();
  }

  /** Changes choices. The poster is drawn anew if they touch it. */
  choose(change: Partial<PosterOptions>): void {
    const old = this.options.value;
    const options = { ...old, ...change };
    if (options.model !== old.model) {
      const adapt = (recipe: Recipe) => recipeFor(recipe, old.model, options.model);
      options.recipe = adapt(options.recipe);
      const { a, b } = options.kept;
      options.kept = { ...(a && { a: adapt(a) }), ...(b && { b: adapt(b) }) };
    }
    this.options.value = options;
    this.#redraw(old);
  }

  /** Turns the poster itself: what stands on the way between two is left for the one that the faders show. */
  turn(change: Partial<Recipe>): void {
    const { recipe } = this.options.value;
    // Another poster has steps and a latent vector of its own, and the styles that these give.
    const { latent: _latent, ...numbered } = plainOf(recipe);
    const kept = change.seed === undefined ? recipe : { ...numbered, steps: [] };
    this.cellChoice.value = { ...this.cellChoice.value, page: 0 };
    this.choose({ recipe: { ...kept, ...change }, share: undefined });
  }

  /** Sets the weight of one genre. */
  weigh(genre: number, weight: number): void {
    this.turn({ genres: this.options.value.recipe.genres.with(genre, weight) });
  }

  /** A new seed, and other genres. */
  surprise(): void {
    const { model, recipe } = this.options.value;
    const { genres } = model.manifest;
    this.turn(surprise(genres.length, recipe.truncation, this.surroundings.random));
  }

  /** Makes a cell the poster. */
  choosePicture({ recipe, way }: Shot): void {
    if (way) this.choose({ share: way.share });
    else this.turn({ steps: recipe.steps });
  }

  /** Keeps the poster that the faders show as one end of a way. */
  keep(end: "a" | "b"): void {
    const { recipe, kept } = this.options.value;
    this.choose({ kept: { ...kept, [end]: recipe } });
  }

  /** Shows other variations, or nearer or farther ones. */
  chooseCells(change: Partial<CellChoice>): void {
    this.cellChoice.value = { ...this.cellChoice.value, ...change };
    this.#drawSoon();
  }

  /** Makes a shot the poster. */
  open({ recipe, way }: Shot): void {
    this.cellChoice.value = { ...this.cellChoice.value, page: 0 };
    const kept = way ? { a: recipe, b: way.to } : this.options.value.kept;
    this.choose({ recipe, kept, share: way?.share });
  }

  /** Has the shots drawn that a tool shows from now on, after all else; none once it is closed. Look for them by `pictureOf`. */
  show(tool: string, shots: readonly Shot[]): void {
    this.#shown.value = new Map([...this.#shown.peek(), [tool, shots]]);
    const wanted = new Set<Slot>(this.#wishes.peek().map(({ slot }) => slot));
    const kept = [...this.drawn.peek()].filter(([slot]) =>
      typeof slot === "number" || !slot.startsWith("tool ") || wanted.has(slot)
    );
    if (kept.length < this.drawn.peek().size) this.drawn.value = new Map(kept);
    this.#drawSoon();
  }

  /** The picture of a shot that a tool shows, as soon as it is drawn. */
  pictureOf(shot: Shot): DrawnPicture | undefined {
    return this.drawn.value.get(toolSlot(pictureKey(this.options.value.model, shot)));
  }

  #take(link: string): void {
    const { options, notices } = parsePosterOptions(link, this.models, this.surroundings.random);
    this.options.value = options;
    this.notices.value = notices;
  }

  /** Draws what is wanted since the choices were `old`, on another engine if need be. */
  #redraw(old: PosterOptions): void {
    const { model, engine } = this.options.value;
    this.problem.value = "";
    this.#failed.value = new Set();
    if (model !== old.model || engine !== old.engine) this.life.start();
    else this.#drawSoon();
  }

  /** Whether a wish is neither fulfilled nor given up. */
  #isOpen({ slot, key }: Wish): boolean {
    return this.drawn.value.get(slot)?.key !== key && !this.#failed.value.has(key);
  }

  /** Draws what is wanted by the next frame, however often the wishes change until then. */
  #drawSoon(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    this.surroundings.nextFrame(() => {
      this.#isFrameAsked = false;
      this.#drawNext();
    });
  }

  /** Has the most urgent picture drawn, unless one is under way already. */
  #drawNext(): void {
    this.#copyKnown();
    if (this.#underWay || this.life.load.value.phase !== "ready") return;
    const next = this.#wishes.value.find((wish) => this.#isOpen(wish));
    if (!next) return;
    const id = ++this.#requestId;
    this.#underWay = { ...next, id };
    this.life.send({ kind: "draw", id, shot: next.shot });
  }

  /** A picture that another slot has already need not be drawn: a variation becomes the poster at once. */
  #copyKnown(): void {
    const drawn = this.drawn.value;
    const known = new Map([...drawn.values()].map((picture) => [picture.key, picture]));
    const copies = this.#wishes.value.flatMap((wish): [Slot, DrawnPicture][] => {
      const picture = this.#isOpen(wish) ? known.get(wish.key) : undefined;
      return picture ? [[wish.slot, picture]] : [];
    });
    if (copies.length > 0) this.drawn.value = new Map([...drawn, ...copies]);
  }

  #receive(reply: DrawReply): void {
    const wish = this.#underWay;
    if (!wish || reply.id !== wish.id) return;
    if (reply.kind === "drawn") {
      const { picture, milliseconds, tensors } = reply;
      const { slot, shot, key } = wish;
      // Also when a newer one is wanted by now: faders that never stand still would show nothing.
      const drawn = { picture, shot, key, milliseconds, tensors };
      this.#underWay = undefined;
      this.drawn.value = new Map([...this.drawn.value, [slot, drawn]]);
    } else {
      this.#giveUp(reply.message);
    }
    this.#drawNext();
  }

  /** Gives up the picture under way, until something is chosen. */
  #giveUp(problem: string): void {
    if (this.#underWay) this.#failed.value = new Set([...this.#failed.value, this.#underWay.key]);
    this.#underWay = undefined;
    this.problem.value = problem;
  }
}
