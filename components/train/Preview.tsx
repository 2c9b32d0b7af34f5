import { useSignalEffect } from "@preact/signals";
import type { TrainSession } from "../../lib/browser/train/train_session.ts";
import { valueAt } from "../../lib/browser/train/config_form.ts";
import { PixelCanvas } from "../PixelCanvas.tsx";

/** Some pictures as they are, each above what training will see of it. */
export function Preview({ session }: { session: TrainSession }) {
  useSignalEffect(() => {
    void JSON.stringify(valueAt(session.settings.config.value, "data"));
    void session.dataset.value?.version.value;
    void session.showPreview();
  });
  const preview = session.preview.value;
  if (preview === undefined) return null;
  if ("problem" in preview) return <p class="quiet">{preview.problem}</p>;
  const [first] = preview.fitted;
  return (
    <figure class="preview">
      <div class="preview-pairs">
        {preview.originals.map((original, index) => (
          <div key={index}>
            <PixelCanvas image={original} label={`Picture ${index + 1} as it is`} />
            {preview.fitted[index] !== undefined && (
              <PixelCanvas image={preview.fitted[index]} label={`Picture ${index + 1} as training sees it`} />
            )}
          </div>
        ))}
      </div>
      <figcaption>
        Above as they are, below what training sees
        {first !== undefined && `: ${first.width}×${first.height}, ${first.channels === 1 ? "grey" : "colour"}`}
      </figcaption>
    </figure>
  );
}
