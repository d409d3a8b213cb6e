// What the preview of a link to a page shows, in chats and the like: its title and a poster.

import { Head } from "fresh/runtime";
import type { PosterOrder } from "../../server/draw_protocol.ts";
import { posterAddress } from "./poster_query.ts";

/** A host as it may stand in a page: a name or an address, and perhaps a port. */
const HOST = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/;

/** Tags for the page's head. None without a poster, or if the page was asked for by an address that cannot be told on. */
export function SharePicture(
  { url, order, title, description }: {
    url: URL;
    order: PosterOrder | undefined;
    title: string;
    description: string;
  },
) {
  if (!order || !HOST.test(url.host)) return null;
  const { trainedSize: [height, width] } = order.manifest;
  const address = new URL(posterAddress(order), url.origin).href;
  return (
    <Head>
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Lobbycard" />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:image" content={address} />
      <meta property="og:image:type" content="image/png" />
      <meta property="og:image:width" content={String(width * order.scale)} />
      <meta property="og:image:height" content={String(height * order.scale)} />
      <meta property="og:image:alt" content="A film poster that a neural network drew" />
      <meta name="twitter:card" content="summary" />
    </Head>
  );
}
