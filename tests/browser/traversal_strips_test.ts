import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { STRIP_CELLS, stripLatents, stripValue, TraversalStrips } from "../../lib/browser/traversal_strips.ts";
import { MAX_PICTURES } from "../../lib/protocol.ts";

const dimension = (index: number, minimum: number, maximum: number) => ({
  index,
  kl: 1,
  mean: 0,
  standardDeviation: 1,
  minimum,
  maximum,
  active: true,
});

Deno.test("stripValue() shows the middle of each cell's share of the range", () => {
  const range = dimension(0, -2.5, 2.5);
  assertEquals(Array.from({ length: STRIP_CELLS }, (_, cell) => stripValue(range, cell)), [-2, -1, 0, 1, 2]);
});

Deno.test("stripLatents() moves one dimension a row and leaves the others", () => {
  const rows = stripLatents([0.5, -1, 2], [dimension(2, -1, 1), dimension(0, 0, 5)]);
  assertEquals(rows.length, 2 * STRIP_CELLS);
  assertEquals(rows.slice(0, STRIP_CELLS).map((row) => row.slice(0, 2)), Array(STRIP_CELLS).fill([0.5, -1]));
  assertEquals(rows.slice(STRIP_CELLS).map((row) => row[0]), [0.5, 1.5, 2.5, 3.5, 4.5]);
  assertAlmostEquals(rows[0]![2]!, -4 / 5, 1e-4);
});

Deno.test("TraversalStrips paints the rows on the screen alone, and more than one request may ask for", async () => {
  const rows = 64;
  const beyond = 6;
  const asked: number[] = [];
  const painted: [row: number, picture: number, top: number][] = [];
  const { fetch } = globalThis;
  const scope = globalThis as unknown as {
    fetch: typeof fetch;
    createImageBitmap: unknown;
    IntersectionObserver: unknown;
  };
  const { createImageBitmap, IntersectionObserver } = scope;
  scope.IntersectionObserver = class {
    constructor(private readonly report: (entries: unknown[]) => void) {}
    observe(target: { seen: boolean }) {
      this.report([{ target, isIntersecting: target.seen }]);
    }
  };
  scope.fetch = (_, init) => {
    const { z } = JSON.parse(String(init!.body)) as { z: number[][] };
    asked.push(z.length);
    return Promise.resolve(new Response(String(z.length)));
  };
  scope.createImageBitmap = async (blob: Blob) => ({
    request: asked.length,
    width: STRIP_CELLS,
    height: Number(await blob.text()) / STRIP_CELLS,
    close() {},
  });
  try {
    const strips = new TraversalStrips("m", (error) => {
      throw error;
    });
    for (let row = 0; row < rows + beyond; row++) {
      const context = {
        drawImage: (sheet: { request: number }, _x: number, top: number) => painted.push([row, sheet.request, top]),
      };
      const canvas = { seen: row < rows, getContext: () => context, removeAttribute() {} };
      strips.place(dimension(row, -1, 1), canvas as unknown as HTMLCanvasElement);
    }
    await strips.paint(Array(rows + beyond).fill(0));
  } finally {
    scope.fetch = fetch;
    Object.assign(scope, { createImageBitmap, IntersectionObserver });
  }
  const perRequest = Math.floor(MAX_PICTURES / STRIP_CELLS);
  assertEquals(asked, [perRequest * STRIP_CELLS, (rows - perRequest) * STRIP_CELLS]);
  assertEquals(
    painted,
    Array.from({ length: rows }, (_, row) => [row, 1 + Math.floor(row / perRequest), row % perRequest]),
  );
});
