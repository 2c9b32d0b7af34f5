import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { type PictureEncoder, pictureOf } from "../../lib/browser/picture_encoder.ts";
import type { TestPictures } from "../../lib/browser/test_pictures.ts";
import { PixelCanvas } from "../PixelCanvas.tsx";
import { DrawPad } from "./DrawPad.tsx";
import { TestPicturePicker } from "./TestPicturePicker.tsx";

/** Encode a picture: drop, paste, choose or draw one, or start from a class. */
export function EncodePanel({ session, encoder, tests }: {
  session: BoardSession;
  encoder: PictureEncoder;
  tests: TestPictures | undefined;
}) {
  const { model, state } = session;
  const over = useSignal(false);
  const result = encoder.result.value;
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (result !== undefined || encoder.problem.value !== "") shown.current!.scrollIntoView({ block: "nearest" });
  }, [result, encoder.problem.value]);
  return (
    <>
      <div class="drop">
        <div
          class={over.value ? "dropzone dropping" : "dropzone"}
          onDragOver={(event) => {
            event.preventDefault();
            over.value = true;
          }}
          onDragLeave={() => over.value = false}
          onDrop={(event) => {
            event.preventDefault();
            event.stopPropagation();
            over.value = false;
            const file = pictureOf(event.dataTransfer);
            if (file !== undefined) void encoder.encode(file);
          }}
        >
          <p>Drop a picture anywhere on the board, paste one, or</p>
          <label class="button">
            Choose a file
            <input
              class="hidden-visually"
              type="file"
              accept="image/png,image/jpeg,image/webp"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void encoder.encode(file);
                event.currentTarget.value = "";
              }}
            />
          </label>
          <p class="hint">PNG, JPEG or WebP. A picture saved here brings its sliders back exactly.</p>
        </div>
        <DrawPad colour={model.image.channels === 3} onDone={(picture) => void encoder.encode(picture)} />
        <div class="stack" ref={shown}>
          {encoder.busy.value && <p role="status">Encoding…</p>}
          {encoder.problem.value !== "" && <p class="fault" role="alert">{encoder.problem.value}</p>}
          {result !== undefined && (
            <>
              <div class="pair">
                <figure>
                  <PixelCanvas image={result.fitted} label="Your picture, fitted to the model" />
                  <figcaption>Fitted</figcaption>
                </figure>
                <figure>
                  <PixelCanvas image={result.reconstruction} label="Its reconstruction" />
                  <figcaption>Reconstruction</figcaption>
                </figure>
              </div>
              <p role="status">
                Mean squared error{" "}
                <span class="number">{result.mse.toFixed(4)}</span>. The sliders are set to its encoding (μ).
              </p>
            </>
          )}
        </div>
      </div>
      {tests !== undefined && <TestPicturePicker session={session} encoder={encoder} tests={tests} />}
      {model.labels.length > 0 && (
        <div class="stack tight" role="group" aria-label="Class averages">
          <h2 title="The mean of the encodings (μ) of all test pictures of a class">Class averages</h2>
          <div class="row">
            {model.labels.map(({ name, mean }) => (
              <button
                key={name}
                type="button"
                aria-label={`Average of ${name}`}
                class="chip"
                onClick={() => state.jump(mean)}
              >
                {name}
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  );
}
