/** The page of a shared board: the board itself, over the model that a worker runs. */
import { render } from "preact";
import Board from "../../islands/Board.tsx";
import ThemeSwitch from "../../islands/ThemeSwitch.tsx";
import { setBackend } from "../../lib/browser/backend.ts";
import { parseBoardUrl } from "../../lib/browser/board_url.ts";
import type { SharedBoard } from "../../lib/browser/shared_board.ts";
import { workerBackend } from "../../lib/browser/worker_backend.ts";

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
setBackend(workerBackend(worker, location.pathname));

const board = await (await fetch(new URL("board.json", import.meta.url))).json() as SharedBoard;
const { model, map } = board;
const theme = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1] as "light" | "dark" | undefined;
if (theme !== undefined) document.documentElement.dataset.theme = theme;
const link = parseBoardUrl(new URL(location.href));
const atStart = link.z?.length !== model.latentDim;
const start = {
  z: atStart ? board.z : link.z!,
  seed: link.seed,
  temperature: link.temperature,
  sampler: map === undefined ? undefined : link.sampler,
};
const keys = link.keys?.filter((key) => key.length === model.latentDim) ?? [];

render(<ThemeSwitch chosen={theme} />, document.getElementById("theme")!);
render(
  <Board
    models={[{ name: model.name, title: model.title }]}
    model={model}
    start={start}
    picture={atStart ? "model/start.png" : ""}
    keys={keys}
    map={map}
    newcomer={!/(?:^|;\s*)newcomer=no(?:;|$)/.test(document.cookie)}
  />,
  document.getElementById("board")!,
);
