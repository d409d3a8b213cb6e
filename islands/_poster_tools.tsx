// The tools below the poster: each is a fold that fetches its code when it is opened, so that a visitor who opens none pays for none.

import type { ComponentType } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { OnDemand } from "./_on_demand.tsx";
import type { PosterSession } from "./_poster_session.ts";
import { PosterStudio, type ToolProps } from "./_poster_studio.ts";

interface Tool {
  id: string;
  label: string;
  /** What it is for, in a line. */
  hint: string;
  load(): Promise<{ default: ComponentType<ToolProps> }>;
}

/** All tools, in their order on the page. Another one is another line, and a component of its own file. */
const TOOLS: readonly Tool[] = [
  {
    ...{ id: "wall", label: "The wall", hint: "Posters by the dozen, to open, keep and breed" },
    load: () => import("./_poster_wall.tsx"),
  },
  {
    ...{ id: "favourites", label: "Favourites", hint: "What you keep, in this browser alone" },
    load: () => import("./_poster_favourites.tsx"),
  },
  {
    ...{ id: "breeding", label: "Breeding", hint: "Two posters, and the children they have" },
    load: () => import("./_poster_breeding.tsx"),
  },
  {
    ...{ id: "mixing", label: "Mixing", hint: "The layout of one poster, the colours of another" },
    load: () => import("./_poster_mixing.tsx"),
  },
  {
    ...{ id: "directions", label: "Directions", hint: "What this model's posters differ in most" },
    load: () => import("./_poster_directions.tsx"),
  },
  {
    ...{ id: "own-picture", label: "Your picture", hint: "The poster that is nearest to it" },
    load: () => import("./_poster_own_picture.tsx"),
  },
  {
    ...{ id: "print", label: "Print", hint: "PDF and PNG for a press, from A4 to 27 × 40 inches" },
    load: () => import("./_poster_print.tsx"),
  },
];

/** What was said stands so long; it lies over the posters. */
const SAID_MS = 8000;

/** The folds. */
export default function PosterTools({ session }: { session: PosterSession }) {
  const studio = useMemo(() => new PosterStudio(session), [session]);
  const said = studio.said.value;
  useEffect(() => {
    const timer = setTimeout(() => studio.said.value = "", SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      {TOOLS.map((tool) => <ToolFold key={tool.id} tool={tool} studio={studio} />)}
      <p role="status" class="small poster-tools__said">{said}</p>
    </>
  );
}

function ToolFold({ tool, studio }: { tool: Tool; studio: PosterStudio }) {
  const { id, label, hint } = tool;
  const isOpen = studio.open.value.has(id);
  return (
    <details
      class="card poster-tool"
      open={isOpen}
      onToggle={({ currentTarget }) => studio.toggle(id, currentTarget.open)}
    >
      <summary>
        <h2 class="poster-heading">{label}</h2>
        <span class="small soft">{hint}</span>
      </summary>
      {isOpen && (
        <div class="poster-tool__body">
          <OnDemand load={tool.load} props={{ studio }} name={label} />
        </div>
      )}
    </details>
  );
}
