import { useComputed } from "@preact/signals";
import { useCallback, useRef } from "preact/hooks";
import type { BoardState } from "../../lib/browser/board_state.ts";
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

interface LatentRowProps {
  readonly state: BoardState;
  readonly strips: TraversalStrips;
  readonly dimension: LatentDimension;
  /** For the size of the empty traversal. */
  readonly image: { readonly width: number; readonly height: number };
}

/** One latent: KL divergence, traversal, slider, value and lock. */
export function LatentRow({ state, strips, dimension, image }: LatentRowProps) {
  const { index, kl, minimum, maximum } = dimension;
  const value = state.values[index]!;
  const locked = state.locked[index]!;
  const text = useComputed(() => value.value.toFixed(2).replace("-0.00", "0.00"));
  const spoken = useComputed(() => text.value.replace("-", "minus "));
  const fineFrom = useRef<number | undefined>(undefined);
  const strip = useCallback((canvas: HTMLCanvasElement | null) => strips.place(dimension, canvas), []);

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
  const name = `Latent ${index}`;

  return (
    <li class={locked.value ? "latent is-locked" : "latent"}>
      <span class="name">
        <b>z{index}</b>
        <small title="KL divergence from the prior, nats">{kl.toFixed(2)} nats</small>
      </span>
      <div>
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
      <output>{text}</output>
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
