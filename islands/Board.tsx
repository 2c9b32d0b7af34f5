import { useEffect, useMemo } from "preact/hooks";
import { Knobs } from "../components/board/Knobs.tsx";
import { Latents } from "../components/board/Latents.tsx";
import { Manifold } from "../components/board/Manifold.tsx";
import { Readout } from "../components/board/Readout.tsx";
import { Viewer } from "../components/board/Viewer.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { BoardSession, type BoardStart } from "../lib/browser/board_session.ts";
import type { ModelDetail, ModelSummary } from "../lib/protocol.ts";

interface BoardProps {
  readonly models: readonly Pick<ModelSummary, "name" | "title">[];
  readonly model: ModelDetail;
  readonly start: BoardStart;
  /** The first state's picture as a `data:` link. */
  readonly picture: string;
}

/** The board: sliders on one side, the picture that they make on the other. */
export default function Board({ models, model, start, picture }: BoardProps) {
  const session = useMemo(() => new BoardSession(model, start), []);
  const { state } = session;
  useEffect(() => session.run(), []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
      if (typing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) state.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) state.redo();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <div class="board">
      <section class="stage" aria-label="Picture">
        <form class="field" action="/">
          <label for="model">Model</label>
          <div class="row middle">
            <select id="model" name="model" onChange={(event) => event.currentTarget.form!.submit()}>
              {models.map(({ name, title }) => (
                <option key={name} value={name} selected={name === model.name}>{title}</option>
              ))}
            </select>
            <noscript>
              <button type="submit">Open</button>
            </noscript>
          </div>
        </form>
        <Viewer session={session} picture={picture} />
        <Knobs session={session} />
        <Manifold session={session} />
        <Readout session={session} />
      </section>
      <section aria-labelledby="latents-heading">
        <div class="row middle spread">
          <h2 id="latents-heading">Latents</h2>
          <p class="hint">
            <kbd>←</kbd> <kbd>→</kbd> move, with <kbd>Shift</kbd> finely; <kbd>0</kbd> resets one
          </p>
        </div>
        <Latents session={session} />
      </section>
      <ToastList toasts={session.toasts} />
    </div>
  );
}
