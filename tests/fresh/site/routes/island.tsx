// A page with islands: two side by side, and one inside another.

import { Head } from "fresh/runtime";
import Counter from "../islands/Counter.tsx";
import Panel from "../islands/Panel.tsx";

export default () => (
  <>
    <Head>
      <title>Islands & co</title>
    </Head>
    <Counter start={3} labels={["<a>", '"b"']} />
    <Panel />
  </>
);
