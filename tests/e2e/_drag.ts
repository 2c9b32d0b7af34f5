/** Dragging a slider as a hand does, and counting what the board paints meanwhile. */
import type { Page } from "playwright-core";

/** Times say nothing of us while other work keeps every core busy several times over. */
export const BUSY = Deno.loadavg()[0]! > 4 * navigator.hardwareConcurrency ? "the machine is busy" : undefined;

/** What a drag of two seconds showed. */
export interface Drag {
  readonly framesPerSecond: number;
  /** Of the animation ticks, those with a new frame. */
  readonly shareOfTicks: number;
  /** Milliseconds. */
  readonly longestTask: number;
}

/**
 * Drags the first slider up to five times, since other work on the machine may spoil a drag.
 *
 * @throws when no drag was good
 */
export async function smoothDrag(page: Page, isGood: (drag: Drag) => boolean): Promise<Drag> {
  const runs: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const run = await drag(page);
    if (isGood(run)) return run;
    const { framesPerSecond, shareOfTicks, longestTask } = run;
    runs.push(`${framesPerSecond.toFixed(0)} frames/s, ${shareOfTicks.toFixed(2)} of ticks, ${longestTask} ms`);
  }
  throw new Error(`No drag was smooth: ${runs.join("; ")}`);
}

interface FrameRecord {
  ticks: number;
  paints: number;
  longest: number;
}

/** Counts animation ticks and the board's paints, and keeps the longest task, in `globalThis.record`. Runs in the page. */
export function watchFrames(): void {
  const canvas = document.querySelector<HTMLCanvasElement>("#picture canvas")!;
  const record: FrameRecord = { ticks: 0, paints: 0, longest: 0 };
  Object.assign(globalThis, { record });
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (
    this: CanvasRenderingContext2D,
    image: ImageData,
    x: number,
    y: number,
  ) {
    if (this.canvas === canvas) record.paints++;
    Reflect.apply(put, this, [image, x, y]);
  };
  const tick = () => {
    record.ticks++;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) record.longest = Math.max(record.longest, entry.duration);
  }).observe({ type: "longtask" });
}

/** Drags the first slider to and fro for two seconds. */
async function drag(page: Page): Promise<Drag> {
  const box = (await page.locator(".latent input[type=range]").first().boundingBox())!;
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, middle);
  await page.mouse.down();
  await page.evaluate(() => {
    const { record } = globalThis as unknown as { record: FrameRecord };
    record.ticks = record.paints = record.longest = 0;
  });
  const started = performance.now();
  const moves: Promise<void>[] = [];
  for (let step = 1; performance.now() - started < 2000; step++) {
    moves.push(page.mouse.move(box.x + (0.5 + 0.4 * Math.sin(step / 30)) * box.width, middle));
    await new Promise((resolve) => setTimeout(resolve, 8)); // a hand's mouse reports this often, whoever listens
  }
  await Promise.all(moves);
  const elapsed = performance.now() - started;
  const { ticks, paints, longest } = await page.evaluate(() =>
    (globalThis as unknown as { record: FrameRecord }).record
  );
  await page.mouse.up();
  return { framesPerSecond: paints / elapsed * 1000, shareOfTicks: paints / ticks, longestTask: longest };
}
