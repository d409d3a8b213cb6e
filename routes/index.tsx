// Home.

import { Head } from "fresh/runtime";
import { define } from "../utils.ts";

export default define.page(() => (
  <main class="page">
    <Head>
      <title>Lobbycard</title>
    </Head>
    <h1>Lobbycard</h1>
  </main>
));
