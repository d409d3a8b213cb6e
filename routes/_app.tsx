// The HTML shell of every page: head, curtain with the navigation, footer.

import { asset } from "fresh/runtime";
import { define } from "../define.ts";
import UpdatePrompt from "../islands/UpdatePrompt.tsx";
import { StyleSheet } from "./(_components)/styles.tsx";

const places = [["/style", "Style"], ["/posters", "Posters"], ["/models", "Models"], [
  "/about",
  "About",
]];

export default define.layout(({ Component, url }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="theme-color" content="#5a0a17" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#390711" media="(prefers-color-scheme: dark)" />
      <link
        rel="preload"
        href={asset("/fonts/league-gothic.woff2")}
        as="font"
        type="font/woff2"
        crossorigin="anonymous"
      />
      <StyleSheet name="styles.css" />
      <StyleSheet name="pages.css" />
      <link rel="icon" href={asset("/icons/icon.svg")} type="image/svg+xml" />
      <link rel="manifest" href={asset("/manifest.webmanifest")} />
      <link rel="apple-touch-icon" href={asset("/icons/icon-180.png")} />
    </head>
    <body>
      <a class="skip-link" href="#main">Skip to the content</a>
      <UpdatePrompt />
      <header class="curtain">
        <div class="lamps" aria-hidden="true" />
        <div class="page masthead">
          <a
            class="masthead__name"
            href="/"
            aria-current={url.pathname === "/" ? "page" : undefined}
          >
            Lobbycard
          </a>
          <nav aria-label="Main">
            <ul>
              {places.map(([path, name]) => (
                <li key={path}>
                  <a href={path} aria-current={url.pathname === path ? "page" : undefined}>
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Component />
      </main>
      <footer class="footer">
        <div class="page">
          <p>Your pictures stay on your device: this site has nowhere to send them.</p>
          <p>Lobbycard is open source under the MIT licence.</p>
        </div>
      </footer>
    </body>
  </html>
));
