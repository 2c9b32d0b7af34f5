import { asset } from "fresh/runtime";
import { Brand } from "../components/Brand.tsx";
import { ProviderNote } from "../components/ProviderNote.tsx";
import ThemeSwitch from "../islands/ThemeSwitch.tsx";
import { define } from "../lib/http/define.ts";
import { BOARD_STYLE_SHEETS, STYLE_SHEETS } from "../lib/http/style_sheets.ts";

/** `also` is a page that is reached from this one. */
const PAGES: readonly { readonly href: string; readonly name: string; readonly also?: string }[] = [
  { href: "/", name: "Board" },
  { href: "/gallery", name: "Gallery" },
  { href: "/models", name: "Models" },
  { href: "/train", name: "Train", also: "/runs" },
];

export default define.page(async function App({ Component, req, url, state }) {
  const theme = chosenTheme(req.headers.get("cookie"));
  const status = await state.services?.models.status().catch(() => undefined);
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        {(url.pathname === "/" ? BOARD_STYLE_SHEETS : STYLE_SHEETS).map((name) => (
          <link key={name} rel="stylesheet" href={asset(`/css/${name}.css`)} />
        ))}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
          <Brand />
          <nav aria-label="Pages">
            {PAGES.map(({ href, name, also }) => (
              <a key={href} href={href} class={isAt(url.pathname, href, also) ? "is-here" : undefined}>{name}</a>
            ))}
          </nav>
          <ThemeSwitch chosen={theme} />
        </header>
        <main id="main" tabIndex={-1}>
          <Component />
        </main>
        <footer class="foot">
          <span>Latentboard</span>
          {status && <ProviderNote status={status} />}
          <a href="/openapi.json">HTTP API</a>
        </footer>
      </body>
    </html>
  );
});

function isAt(path: string, ...places: readonly (string | undefined)[]): boolean {
  return places.some((href) => path === href || (href !== undefined && href !== "/" && path.startsWith(`${href}/`)));
}

function chosenTheme(cookies: string | null): "light" | "dark" | undefined {
  const match = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(cookies ?? "");
  return match?.[1] as "light" | "dark" | undefined;
}
