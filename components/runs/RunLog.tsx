import type { RunSession } from "../../lib/browser/runs/run_session.ts";

const SHOWN = 500;

/** What happened, newest first. */
export function RunLog({ session }: { session: RunSession }) {
  void session.changes.value;
  const { log } = session.record;
  return (
    <details class="card">
      <summary>Log</summary>
      <ol class="run-log" tabIndex={0} aria-label="Log, newest first">
        {log.slice(-SHOWN).reverse().map(({ id, time, text }) => (
          <li key={id}>
            <time dateTime={new Date(time).toISOString()}>{new Date(time).toLocaleTimeString()}</time> {text}
          </li>
        ))}
      </ol>
    </details>
  );
}
