import { LIVE_RELOAD_PATH } from "../runtime/asset.ts";

export { boot } from "./boot.ts";

let build: string | null = null;
const events = new EventSource(LIVE_RELOAD_PATH);
events.onmessage = ({ data }) => {
  if (build !== null && build !== data) location.reload();
  build = data;
};
addEventListener("pagehide", () => events.close());
