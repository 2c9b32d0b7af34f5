import { useSignalEffect } from "@preact/signals";
import type { TrainSession } from "../../lib/browser/train/train_session.ts";
import { PixelPainter } from "../../lib/browser/pixels.ts";
import { valueAt } from "../../lib/browser/train/config_form.ts";

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
            {[original, preview.fitted[index]].map((image, place) =>
              image !== undefined && (
                <canvas
                  key={place}
                  ref={(canvas) => void (canvas && new PixelPainter(canvas).paint(image))}
                  class="crisp"
                  role="img"
                  aria-label={`Picture ${index + 1} as ${place === 0 ? "it is" : "training sees it"}`}
                />
              )
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
