import type { RunSession } from "../../lib/browser/runs/run_session.ts";

const MOST = 64;

/** What each latent tells of a picture; the longest bar first. */
export function LatentBars({ session }: { session: RunSession }) {
  const kl = session.snapshot?.klPerLatent;
  if (kl === undefined) return <p class="quiet">They come with the first pictures.</p>;
  const ordered = kl.map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value);
  const largest = Math.max(ordered[0]?.value ?? 0, Number.MIN_VALUE);
  return (
    <div class="stack tight">
      <ol class="latent-bars">
        {ordered.slice(0, MOST).map(({ value, index }) => (
          <li key={index} title={`KL divergence of latent ${index}: ${value.toFixed(3)} nats`}>
            <span>{index}</span>
            <meter min={0} max={largest} value={value} aria-label={`Slider ${index}: ${value.toFixed(2)} nats`} />
            <span class="number">{value.toFixed(2)}</span>
          </li>
        ))}
      </ol>
      <p class="hint">
        {ordered.length > MOST ? `The first ${MOST} of ${ordered.length}. ` : ""}
        A slider whose bar is empty changes nothing: the model does without it.
      </p>
    </div>
  );
}
