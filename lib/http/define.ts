/** The one `define` that routes, pages and middlewares import. */
import { createDefine } from "fresh";
import type { State } from "./state.ts";

/** Types handlers, pages and middlewares with the app's state. */
export const define = createDefine<State>();
