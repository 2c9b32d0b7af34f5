import type { BoardSession } from "../../lib/browser/board_session.ts";
import type { Connection } from "../../lib/browser/frame_client.ts";

const CONNECTION: Readonly<Record<Connection, string>> = {
  connecting: "Connecting…",
  open: "Connected",
  away: "Server away, your settings are kept. Trying again…",
  paused: "Paused while this tab is hidden",
};

/** How the tab stands with the server, and how quick the pictures are. */
export function Readout({ session }: { session: BoardSession }) {
  const { connection, latency, dropped, provider, problem } = session;
  const summary = latency.value;
  const figure = (milliseconds: number | undefined) =>
    milliseconds === undefined ? "–" : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  return (
    <>
      <p class="link" data-state={connection.value} role="status">{CONNECTION[connection.value]}</p>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      <dl class="readout" aria-label="Latency from move to picture">
        <dt>p50</dt>
        <dd>{figure(summary?.p50)}</dd>
        <dt>p95</dt>
        <dd>{figure(summary?.p95)}</dd>
        <dt title="Moves passed over because a newer one came">Dropped</dt>
        <dd>{dropped.value}</dd>
        <dt title="The execution provider that decodes">Provider</dt>
        <dd>{provider.value}</dd>
      </dl>
    </>
  );
}
