import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { errorText, send } from "../../lib/browser/requests.ts";
import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import type { RunPage, RunSummary } from "../../lib/protocol_runs.ts";
import { SelectField } from "../fields.tsx";

/** Lines of a chart have this many colours: this run's two and other runs'. */
const MOST_OVERLAYS = 4;

/** Chooses other runs whose curves lie over this one's. */
export function OverlayPicker({ session }: { session: RunSession }) {
  const runs = useSignal<readonly RunSummary[]>([]);
  const overlays = session.overlays.value;
  useEffect(() => {
    send("/api/runs?limit=100").then(async (response) => {
      const { id } = session.run.peek();
      runs.value = (await response.json() as RunPage).runs.filter((run) => run.id !== id && run.epoch > 0);
    }).catch((error) => session.toasts.show(errorText(error)));
  }, []);
  const offered = runs.value.filter(({ id }) => !overlays.some((overlay) => overlay.id === id));
  return (
    <div class="row overlays">
      {overlays.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          title="Take its curves away"
          onClick={() => session.removeOverlay(id)}
        >
          {title} ×
        </button>
      ))}
      {offered.length > 0 && overlays.length < MOST_OVERLAYS && (
        <SelectField
          id="overlay"
          label="Compare with"
          value=""
          options={[["", "another run…"], ...offered.map(({ id, title }) => [id, `${title} (${id})`] as const)]}
          onSelect={(id) => {
            const run = offered.find((other) => other.id === id);
            if (run !== undefined) void session.overlay(run.id, run.id);
          }}
        />
      )}
    </div>
  );
}
