import type { BoardSession } from "../../lib/browser/board_session.ts";
import { type Connection, getBackend } from "../../lib/browser/backend.ts";

const CONNECTION: Readonly<Record<Exclude<Connection, "open">, string>> = {
  connecting: "Connecting…",
  disconnected: "Disconnected, reconnecting; your sliders are kept",
  paused: "Paused while this tab is hidden",
};

/** The connection, the latency of pictures, and what decodes them. */
export function ConnectionStatus({ session }: { session: BoardSession }) {
  const { connection, latency, dropped, provider, problem } = session;
  const text = connection.value === "open" ? getBackend().status : CONNECTION[connection.value];
  const summary = latency.value;
  const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  return (
    <>
      <div class="status">
        <p class="link" data-state={connection.value} role="status">{text}</p>
        {connection.value === "open" && (
          <>
            {summary !== undefined && (
              <span
                class="latency number"
                title={`From a slider's move to its picture: half within ${milliseconds(summary.p50)}, 95 % within ${
                  milliseconds(summary.p95)
                }; ${dropped.value} moves skipped for newer ones`}
              >
                {milliseconds(summary.p50)}
              </span>
            )}
            <span title="The execution provider that decodes">Running on {provider.value.toUpperCase()}</span>
          </>
        )}
      </div>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
    </>
  );
}
