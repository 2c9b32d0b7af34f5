import { useComputed } from "@preact/signals";
import { useCallback, useRef } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { STRIP_CELLS, stripValue, type TraversalStrips } from "../../lib/browser/traversal_strips.ts";
import type { LatentDimension } from "../../lib/protocol.ts";
import { IconButton } from "../Icon.tsx";

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -0.1,
  ArrowDown: -0.1,
  ArrowRight: 0.1,
  ArrowUp: 0.1,
  PageDown: -0.5,
  PageUp: 0.5,
};
/** Scales steps and drags while Shift is held. */
const FINE = 0.1;
/** Typed values beyond this are refused: the decoder has nothing to say there. */
const MAX_TYPED = 100;

interface LatentRowProps {
  readonly session: BoardSession;
  readonly dimension: LatentDimension;
  /** The traversals; undefined in a compact row. */
  readonly strips: TraversalStrips | undefined;
}

/** One latent: KL divergence, traversal, slider, value and lock. */
export function LatentRow({ session, strips, dimension }: LatentRowProps) {
  const { state, model: { image } } = session;
  const { index, kl } = dimension;
  const value = state.values[index]!;
  const locked = state.locked[index]!;
  const { minimum, maximum } = state.ranges[index]!.value;
  const text = useComputed(() => value.value.toFixed(2).replace("-0.00", "0.00"));
  const spoken = useComputed(() => text.value.replace("-", "minus "));
  const fineFrom = useRef<number | undefined>(undefined);
  const strip = useCallback((canvas: HTMLCanvasElement | null) => strips?.place(dimension, canvas), [strips]);

  const onInput = (event: InputEvent & { currentTarget: HTMLInputElement }) => {
    const raw = event.currentTarget.valueAsNumber;
    const start = fineFrom.current;
    state.set(index, start === undefined ? raw : start + (raw - start) * FINE);
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (event.key === "0") {
      event.preventDefault();
      state.resetOne(index);
    } else if (step !== undefined) {
      event.preventDefault();
      const next = value.peek() + step * (event.shiftKey ? FINE : 1);
      state.set(index, Math.min(maximum, Math.max(minimum, Math.round(next * 1e4) / 1e4)));
    }
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key in STEPS) state.settle();
  };
  const onStripClick = (event: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    const share = event.offsetX / event.currentTarget.clientWidth;
    state.set(index, stripValue(dimension, Math.min(STRIP_CELLS - 1, Math.floor(share * STRIP_CELLS))));
    state.settle();
  };
  const takeTyped = (input: HTMLInputElement) => {
    const typed = Number(input.value.trim().replace(",", ".").replace("−", "-"));
    if (input.value.trim() === "" || !(Math.abs(typed) <= MAX_TYPED)) {
      session.toasts.show(`z${index} takes a number from −${MAX_TYPED} to ${MAX_TYPED}`);
    } else if (typed.toFixed(2) !== value.peek().toFixed(2)) {
      if (typed < minimum || typed > maximum) session.toasts.show(`The slider of z${index} now reaches ${typed}`);
      state.set(index, typed);
      state.settle();
    }
    input.value = text.peek();
  };
  const name = `Latent ${index}`;

  return (
    <li class={`latent${locked.value ? " is-locked" : ""}${strips === undefined ? " is-compact" : ""}`}>
      <span class="name">
        <b>z{index}</b>
        <small title={`How much this latent tells about a picture: its KL divergence is ${kl.toFixed(2)} nats`}>
          KL {kl.toFixed(2)}
        </small>
      </span>
      <div>
        {strips !== undefined && (
          <canvas
            ref={strip}
            class="strip crisp"
            data-empty
            width={image.width * STRIP_CELLS}
            height={image.height}
            aria-hidden="true"
            title={`What ${name.toLowerCase()} does; click to go there`}
            onClick={onStripClick}
          />
        )}
        <input
          type="range"
          aria-label={name}
          aria-valuetext={spoken}
          min={minimum}
          max={maximum}
          step="any"
          value={value}
          onInput={onInput}
          onChange={() => state.settle()}
          onKeyDown={onKeyDown}
          onKeyUp={onKeyUp}
          onPointerMove={(event) => {
            fineFrom.current = event.shiftKey ? fineFrom.current ?? value.peek() : undefined;
          }}
          onPointerUp={() => fineFrom.current = undefined}
          onBlur={() => state.settle()}
          onDblClick={() => state.resetOne(index)}
        />
      </div>
      <input
        class="typed"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        aria-label={`Value of latent ${index}`}
        title="Type a value and press Enter"
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => takeTyped(event.currentTarget)}
      />
      <IconButton
        icon={locked.value ? "locked" : "unlocked"}
        aria-pressed={locked.value}
        label={`Lock latent ${index}`}
        title="A locked latent stays as it is in random, mutate and reset"
        onClick={() => locked.value = !locked.value}
      />
    </li>
  );
}
