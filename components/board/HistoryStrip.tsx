import type { BoardState } from "../../lib/browser/board_state.ts";

/** Steps that fit beside the picture. */
const SHOWN = 5;

/** The last steps of the history as pictures; a click goes back to one. */
export function HistoryStrip({ state }: { state: BoardState }) {
  const { steps, position } = state.history();
  const first = Math.max(0, Math.min(position - SHOWN + 2, steps.length - SHOWN));
  return (
    <ol class="history" aria-label="History">
      {steps.slice(first, first + SHOWN).map(({ picture }, offset) => {
        const index = first + offset;
        const current = index === position;
        return (
          <li key={index}>
            <button
              type="button"
              aria-label={`Step ${index + 1} of ${steps.length}`}
              aria-current={current ? "step" : undefined}
              title={current ? "This step" : index < position ? "Go back to this step" : "Go forward to this step"}
              onClick={() => state.goTo(index)}
            >
              {picture !== undefined && <img class="crisp" src={picture} alt="" />}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
