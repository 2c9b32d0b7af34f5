import type { BadFile } from "../../lib/protocol_runs.ts";

const SHOWN = 200;

/** The files that can't be used, each with its reason. */
export function BadFiles({ bad }: { bad: readonly BadFile[] }) {
  if (bad.length === 0) return null;
  return (
    <details class="bad-files">
      <summary>
        {bad.length === 1 ? "1 file can't be used" : `${bad.length.toLocaleString("en")} files can't be used`}; the rest
        is kept
      </summary>
      <ul tabIndex={0} aria-label="Files that can't be used">
        {bad.slice(0, SHOWN).map(({ path, reason }, index) => (
          <li key={index}>
            <code>{path}</code> {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
