import { useEffect } from "preact/hooks";
import { useComputed } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { type ExportKind, EXPORTS, type Interpolation } from "../../lib/browser/interpolation.ts";
import { type InterpolationMethod, MAX_FRAMES, MIN_FRAMES, MIN_KEYS } from "../../lib/protocol.ts";
import { Icon } from "../Icon.tsx";
import { PixelCanvas } from "../PixelCanvas.tsx";
import { Player } from "./Player.tsx";

/** Key frames, how they are joined, and the strip between them. */
export function InterpolationPanel({ session, strip }: { session: BoardSession; strip: Interpolation }) {
  const { state } = session;
  useEffect(() => () => strip.cancel(), []);
  const keys = strip.keys.value;
  const frameText = useComputed(() => `${strip.frames.value} frames`);
  const keep = async (kind: ExportKind) => {
    const blob = await strip.export(kind);
    if (blob !== undefined) saveFile(blob, `${session.model.name}-interpolation.${kind.extension}`);
  };

  return (
    <>
      <div class="keys" role="group" aria-label="Key frames">
        {keys.map((key, index) => (
          <div class="key" key={key.id}>
            <PixelCanvas image={key.picture} label={`Key frame ${index + 1}`} />
            <span class="tag" aria-hidden="true">{index + 1}</span>
            <div class="row-tight">
              <button
                type="button"
                class="plain"
                aria-label={`Use key frame ${index + 1}`}
                onClick={() => state.jump(key.z)}
              >
                Use
              </button>
              <button
                type="button"
                class="plain"
                disabled={index === 0}
                aria-label={`Move key frame ${index + 1} earlier`}
                onClick={() => strip.moveEarlier(key.id)}
              >
                ←
              </button>
              <button
                type="button"
                class="plain"
                aria-label={`Remove key frame ${index + 1}`}
                onClick={() => strip.removeKey(key.id)}
              >
                <Icon name="close" />
              </button>
            </div>
          </div>
        ))}
        <button type="button" class="add-key" onClick={() => void strip.addKeys([state.z()])}>
          <Icon name="plus" />
          <span>Add what the board shows</span>
        </button>
      </div>
      {keys.length < MIN_KEYS && (
        <p class="hint">
          A strip needs two key frames or more: set the sliders, add what the board shows, move on, and add again.
        </p>
      )}
      <div class="row">
        <div class="field">
          <label for="strip-method">Path</label>
          <select
            id="strip-method"
            value={strip.method}
            onChange={(event) => strip.method.value = event.currentTarget.value as InterpolationMethod}
          >
            <option value="slerp">slerp, along the sphere</option>
            <option value="lerp">lerp, straight</option>
          </select>
        </div>
        <div class="field frames-field">
          <label for="strip-frames">{frameText}</label>
          <input
            id="strip-frames"
            type="range"
            min={MIN_FRAMES}
            max={MAX_FRAMES}
            step={1}
            value={strip.frames}
            aria-valuetext={frameText}
            onInput={(event) => strip.frames.value = event.currentTarget.valueAsNumber}
          />
        </div>
        {strip.running.value
          ? <button type="button" onClick={() => strip.cancel()}>Cancel</button>
          : (
            <button type="button" class="primary" disabled={!strip.ready.value} onClick={() => void strip.run()}>
              Fill the strip
            </button>
          )}
      </div>
      {strip.problem.value !== "" && <p class="fault" role="alert">{strip.problem.value}</p>}
      {strip.total.value > 0 && <Player strip={strip} image={session.model.image} />}
      {strip.received.value > 0 && !strip.running.value && (
        <div class="row middle" role="group" aria-label="Keep the strip">
          {EXPORTS.map((kind) => (
            <button
              key={kind.type}
              type="button"
              disabled={strip.exporting.value}
              onClick={() => void keep(kind)}
            >
              <Icon name="save" />
              {kind.name}
            </button>
          ))}
          {strip.exporting.value && <span class="hint" role="status">Making the file…</span>}
        </div>
      )}
    </>
  );
}
