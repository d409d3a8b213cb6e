// The favourites: what was kept in this browser, to be opened, bred from, removed, taken along as a file and brought back.

import { useEffect, useRef, useState } from "preact/hooks";
import { downloadBlob } from "./_download.ts";
import {
  type Favourite,
  modelNotice,
  nameFavourite,
  optionsOf,
  shotOfFavourite,
} from "./_poster_favourite.ts";
import { favouritesHere, type FavouriteStore } from "./_poster_favourite_store.ts";
import { formatPosterOptions } from "./_poster_options.ts";
import type { PosterStudio, ToolProps } from "./_poster_studio.ts";
import { ParentButton, TileButton, TilePicture } from "./_poster_tile.tsx";

/** Files larger than this hold no list of favourites. */
const LARGEST_FILE = 8 * 2 ** 20;

/** The list, and what can be done with it. */
export default function PosterFavourites({ studio }: ToolProps) {
  const { session } = studio;
  const store = favouritesHere();
  const { model } = session.options.value;
  const list = store.list.value;
  const [removed, setRemoved] = useState("");
  const undo = useRef<HTMLButtonElement>(null);
  const isDrawn = (favourite: Favourite) => favourite.model.id === model.manifest.id;
  useEffect(() => {
    session.show(
      "favourites",
      list.filter(isDrawn).map((favourite) => shotOfFavourite(favourite, model)),
    );
  }, [list, model]);
  useEffect(() => () => session.show("favourites", []), [session]);
  // The button that was pressed is gone with its poster.
  useEffect(() => removed ? undo.current?.focus() : undefined, [removed]);
  return (
    <>
      <StoreProblem store={store} />
      {removed && (
        <div class="row">
          <p class="small">“{removed}” is removed.</p>
          <button
            ref={undo}
            type="button"
            class="button"
            onClick={() => {
              if (!store.undo()) return;
              setRemoved("");
              studio.said.value = "It is back among the favourites.";
            }}
          >
            Undo
          </button>
        </div>
      )}
      {list.length === 0 && !store.problem.value && (
        <p>
          Nothing is kept yet. Press “Keep” under a poster: its recipe stays in this browser, and
          nowhere else.
        </p>
      )}
      <ul class="poster-tiles">
        {list.map((favourite) => (
          <FavouriteTile
            key={favourite.keptAt + JSON.stringify(favourite.recipe)}
            studio={studio}
            favourite={favourite}
            onRemove={() => {
              if (store.remove(favourite)) setRemoved(nameFavourite(favourite));
            }}
          />
        ))}
      </ul>
      <Files studio={studio} store={store} />
    </>
  );
}

/** What is wrong with what this browser keeps, and what can be done about it. */
function StoreProblem({ store }: { store: FavouriteStore }) {
  if (!store.problem.value) return null;
  return (
    <div role="alert" class="notice notice--bad stack">
      <p>{store.problem.value}</p>
      {store.isUnreadable.value && (
        <button
          type="button"
          class="button"
          onClick={() => store.startAnew()}
        >
          Start anew
        </button>
      )}
    </div>
  );
}

function FavouriteTile(
  { studio, favourite, onRemove }: {
    studio: PosterStudio;
    favourite: Favourite;
    onRemove: () => void;
  },
) {
  const { session } = studio;
  const options = session.options.value;
  const name = nameFavourite(favourite);
  const notice = modelNotice(favourite, session.models);
  const restored = optionsOf(favourite, session.models, options);
  const shot = restored?.model === options.model
    ? shotOfFavourite(favourite, options.model)
    : undefined;
  const open = () => {
    if (!restored) return;
    session.follow(formatPosterOptions(restored));
    studio.said.value = notice || "It is the poster now, at the top of the page.";
    document.querySelector(".poster-card")?.scrollIntoView({ block: "nearest" });
  };
  return (
    <li class="poster-tile">
      {restored
        ? (
          <button type="button" class="poster-thumb" aria-label={`Open: ${name}`} onClick={open}>
            {shot
              ? <TilePicture studio={studio} shot={shot} />
              : <span class="poster-thumb__word">By {favourite.model.name}</span>}
          </button>
        )
        : <div class="poster-thumb" aria-hidden="true">?</div>}
      <p class="small poster-tile__name">{name}</p>
      {notice && <p class="small notice notice--warn">{notice}</p>}
      <div class="poster-tile__row">
        <TileButton label="Remove" name={name} onPress={onRemove} />
        {shot && <ParentButton studio={studio} shot={shot} name={name} />}
      </div>
    </li>
  );
}

function Files({ studio, store }: { studio: PosterStudio; store: FavouriteStore }) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File) => {
    studio.said.value = await importFile(store, file);
  };
  return (
    <div class="row poster-tool__bar">
      <button
        type="button"
        class="button"
        disabled={store.list.value.length === 0 && !store.isUnreadable.value}
        onClick={() => {
          const file = new Blob([store.exportText()], { type: "application/json" });
          downloadBlob(file, "lobbycard-favourites.json");
        }}
      >
        Export as a file
      </button>
      <button type="button" class="button" onClick={() => input.current?.click()}>
        Import a file
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="File of favourites"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) read(file);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}

/** Adds a file's favourites; what came of it, for the visitor. */
async function importFile(store: FavouriteStore, file: File): Promise<string> {
  if (file.size > LARGEST_FILE) {
    return `“${file.name}” is no file of favourites: it is too large.`;
  }
  try {
    const added = store.importText(await file.text());
    if (added === undefined) return store.problem.value;
    return added === 0
      ? `Nothing in “${file.name}” was new.`
      : `${added} favourite${added > 1 ? "s" : ""} came from “${file.name}”.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `“${file.name}” is not used. ${reason}.`;
  }
}
