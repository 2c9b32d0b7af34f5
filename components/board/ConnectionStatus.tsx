import type { BoardSession } from "../../lib/browser/board_session.ts";
import { type Connection, getBackend } from "../../lib/browser/backend.ts";

const CONNECTION: Readonly<Record<Exclude<Connection, "open">, string>> = {
  connecting: "Connecting…",
  disconnected: "Disconnected, reconnecting; your sliders are kept",
  paused: "Paused while this tab is hidden",
};

/** The connection and the latency of pictures. */
export function ConnectionStatus({ session }: { session: BoardSession }) {
  const { connection, latency, dropped, provider, problem } = session;
  const text = connection.value === "open" ? getBackend().status : CONNECTION[connection.value];
  const summary = latency.value;
  const figure = (milliseconds: number | undefined) =>
    milliseconds === undefined ? "–" : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  return (
    <>
      <p class="link" data-state={connection.value} role="status">{text}</p>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      <dl class="latency" aria-label="Latency from move to picture">
        <dt>p50</dt>
        <dd>{figure(summary?.p50)}</dd>
        <dt>p95</dt>
        <dd>{figure(summary?.p95)}</dd>
        <dt title="Moves dropped because a newer one came">Dropped</dt>
        <dd>{dropped.value}</dd>
        <dt title="The execution provider that decodes">Provider</dt>
        <dd>{provider.value}</dd>
      </dl>
    </>
  );
}
