import { App, staticFiles } from "fresh";
import { middleware } from "./lib/http/middleware.ts";
import type { State } from "./lib/http/state.ts";

/** Latentboard's app: guards and headers first, then static files, then what lies in routes/. */
export const app = new App<State>()
  .use(...middleware)
  .use(staticFiles())
  .fsRoutes();
