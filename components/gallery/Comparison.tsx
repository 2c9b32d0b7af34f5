import { boardUrl } from "../../lib/browser/board_url.ts";
import { distance } from "../../lib/latent/mod.ts";
import type { SavedPicture } from "../../lib/protocol.ts";

/** Two saved pictures side by side, with their distance and the latents that differ most. */
export function Comparison({ pictures, onClose }: { pictures: readonly SavedPicture[]; onClose: () => void }) {
  const [left, right] = pictures as [SavedPicture, SavedPicture];
  const comparable = left.model === right.model && left.z.length === right.z.length;
  const differences = comparable
    ? left.z.map((value, index) => ({ index, by: right.z[index]! - value }))
      .sort((a, b) => Math.abs(b.by) - Math.abs(a.by)).slice(0, 5)
    : [];
  return (
    <div class="stack">
      <h2 id="comparison-heading">Compare two</h2>
      <div class="compare">
        {[left, right].map((picture) => (
          <figure key={picture.id}>
            <img class="crisp" src={picture.url} alt={`Saved picture of ${picture.model}`} />
            <figcaption>{picture.model}, {picture.createdAt.slice(0, 16).replace("T", " ")}</figcaption>
          </figure>
        ))}
      </div>
      {comparable
        ? (
          <>
            <p>
              Distance in latent space <span class="number">{distance(left.z, right.z).toFixed(2)}</span>, most of it in
            </p>
            <ul class="tags">
              {differences.map(({ index, by }) => (
                <li key={index}>
                  <span>z{index} {by < 0 ? "−" : "+"}{Math.abs(by).toFixed(2)}</span>
                </li>
              ))}
            </ul>
          </>
        )
        : <p class="quiet">They come from two models, so their latents do not compare.</p>}
      <div class="row">
        {comparable && (
          <a class="button" href={boardUrl({ model: left.model, z: left.z, keys: [left.z, right.z] })}>
            Interpolate them
          </a>
        )}
        <button type="button" onClick={onClose}>Close</button>
      </div>
    </div>
  );
}
