/** URL path under which the build's own scripts are. */
export const SCRIPTS_PATH = "/_fresh/js";

/** Event stream on which the development server tells its build. */
export const LIVE_RELOAD_PATH = "/_frsh/alive";
