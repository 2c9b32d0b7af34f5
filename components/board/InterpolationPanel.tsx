import { useEffect } from "preact/hooks";
import { getBackend } from "../../lib/browser/backend.ts";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { type ExportKind, EXPORTS, type Interpolation, type StripEnd } from "../../lib/browser/interpolation.ts";
import { type InterpolationMethod, MAX_FRAMES, MIN_FRAMES, MIN_KEYS } from "../../lib/protocol.ts";
import { RangeField, SelectField } from "../fields.tsx";
import { Icon, IconButton } from "../Icon.tsx";
import { PixelCanvas } from "../PixelCanvas.tsx";
import { Player } from "./Player.tsx";

/** Key frames, interpolation settings, and the strip. */
export function InterpolationPanel({ session, strip }: { session: BoardSession; strip: Interpolation }) {
  const { state } = session;
  useEffect(() => () => strip.cancel(), []);
  const keys = strip.keys.value;
  const frames = `${strip.frames.value} frames`;
  const download = async (kind: ExportKind) => {
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
                aria-label={`Load key frame ${index + 1}`}
                onClick={() => state.jump(key.z)}
              >
                Load
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
              <IconButton
                icon="close"
                label={`Remove key frame ${index + 1}`}
                onClick={() => strip.removeKey(key.id)}
              />
            </div>
          </div>
        ))}
        <button type="button" class="add-key" onClick={() => void strip.addKeys([state.z()])}>
          <Icon name="plus" />
          <span>Add this picture</span>
        </button>
      </div>
      {keys.length < MIN_KEYS && (
        <p class="hint">
          A strip needs two or more key frames: set the sliders, add the picture, change the sliders, add another.
        </p>
      )}
      <div class="row">
        <SelectField
          id="strip-method"
          label="Path"
          options={[["slerp", "curved (slerp)"], ["lerp", "straight (lerp)"]]}
          value={strip.method.value}
          onSelect={(value) => strip.method.value = value as InterpolationMethod}
        />
        <RangeField
          id="strip-frames"
          label={frames}
          text={frames}
          min={MIN_FRAMES}
          max={MAX_FRAMES}
          value={strip.frames.value}
          onNumber={(value) => strip.frames.value = value}
        />
        <SelectField
          id="strip-end"
          label="Then"
          options={[["stop", "end there"], ["ping-pong", "go back the same way"], ["closed", "close the loop"]]}
          value={strip.end.value}
          onSelect={(value) => strip.end.value = value as StripEnd}
        />
        {strip.running.value
          ? <button type="button" onClick={() => strip.cancel()}>Cancel</button>
          : (
            <button type="button" class="primary" disabled={!strip.ready.value} onClick={() => void strip.run()}>
              Render
            </button>
          )}
      </div>
      {strip.problem.value !== "" && <p class="fault" role="alert">{strip.problem.value}</p>}
      {strip.total.value > 0 && <Player strip={strip} image={session.model.image} />}
      {strip.total.value > 0 && !strip.running.value && strip.outdated.value && (
        <p class="hint" role="status">The key frames or settings have changed since: render again to export.</p>
      )}
      {strip.complete.value && !strip.running.value && (
        <div class="row middle" role="group" aria-label="Download the strip">
          {EXPORTS.filter(({ type }) =>
            isExportable(type)
          ).map((kind) => (
            <button
              key={kind.type}
              type="button"
              disabled={strip.exporting.value}
              onClick={() => void download(kind)}
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

function isExportable(type: ExportKind["type"]): boolean {
  if (type.startsWith("video/")) return "VideoEncoder" in globalThis; // on plain HTTP from this machine alone
  return type === "application/zip" || getBackend().exports.includes(type);
}
