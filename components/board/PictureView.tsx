import { useCallback } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { randomSeed } from "../../lib/browser/board_state.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { HistoryStrip } from "./HistoryStrip.tsx";

interface Action {
  readonly name: string;
  readonly icon: IconName;
  readonly title: string;
  readonly run: (session: BoardSession) => void;
}

const ACTIONS: readonly Action[] = [
  {
    name: "Random",
    icon: "random",
    title: "Draw a new picture at random: a sample of the prior, or of the sampler chosen below (R)",
    run: (session) => void session.random(randomSeed()),
  },
  {
    name: "Mutate",
    icon: "mutate",
    title: "Change every unlocked slider a little (M)",
    run: ({ state }) => state.mutate(randomSeed()),
  },
  {
    name: "Reset",
    icon: "reset",
    title: "Set every unlocked slider to 0, the prior's mean",
    run: ({ state }) => state.reset(),
  },
];

/** The decoded picture, its history and its buttons. */
export function PictureView({ session }: { session: BoardSession }) {
  const { state, model } = session;
  const canvas = useCallback((element: HTMLCanvasElement | null) => session.attachCanvas(element), []);
  const { steps, position } = state.history();
  const compare = (on: boolean) => () => session.comparing.value = on;
  const stale = session.connection.value === "disconnected";

  return (
    <div class="picture-view">
      <div
        class={`picture${session.comparing.value ? " is-comparing" : ""}${stale ? " is-stale" : ""}`}
        id="picture"
        role="img"
        aria-label={`Picture that ${model.title} decodes from the sliders`}
        aria-busy={session.drawing.value}
      >
        <img src={session.picture} alt="" width={model.image.width} height={model.image.height} />
        <canvas ref={canvas} width={model.image.width} height={model.image.height} />
        {session.comparing.value && <span class="badge">Start</span>}
      </div>
      <div class="beneath">
        <HistoryStrip state={state} />
        <button
          type="button"
          class="plain compare-button"
          title="Show the picture that the page opened with while held (hold C)"
          onPointerDown={compare(true)}
          onPointerUp={compare(false)}
          onPointerLeave={compare(false)}
          onPointerCancel={compare(false)}
          onContextMenu={(event) => event.preventDefault()}
          onKeyDown={(event) => event.key === " " && compare(true)()}
          onKeyUp={compare(false)}
          onBlur={compare(false)}
        >
          Hold to compare
        </button>
      </div>
      <div class="actions" role="group" aria-label="Picture">
        {ACTIONS.map(({ name, icon, title, run }) => (
          <button
            key={name}
            type="button"
            title={title}
            aria-busy={name === "Random" && session.drawing.value}
            onClick={() => run(session)}
          >
            <Icon name={icon} />
            {name}
          </button>
        ))}
        <button type="button" title="Undo (Ctrl+Z)" disabled={position === 0} onClick={() => state.undo()}>
          <Icon name="undo" />Undo
        </button>
        <button
          type="button"
          title="Redo (Ctrl+Shift+Z)"
          disabled={position === steps.length - 1}
          onClick={() => state.redo()}
        >
          <Icon name="redo" />Redo
        </button>
        <button
          type="button"
          class="primary"
          title={session.hasGallery ? "Save to the gallery (S)" : "Download the picture"}
          disabled={session.saving.value}
          onClick={() => void session.save()}
        >
          <Icon name="save" />Save
        </button>
      </div>
    </div>
  );
}
