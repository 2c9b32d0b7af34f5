import { STATE_WORDS } from "../../lib/browser/runs/run_words.ts";
import type { RunState } from "../../lib/protocol_runs.ts";

/** How a run stands, in a word. */
export function StateBadge({ state }: { state: RunState }) {
  const { name, about } = STATE_WORDS[state];
  return <span class={`state state-${state}`} title={about}>{name}</span>;
}
