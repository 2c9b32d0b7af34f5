import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { type DecodedBatch, type Move, MoveBatcher, type MoveFrame } from "../../lib/inference/mod.ts";
import { LatentboardError } from "../../lib/errors.ts";

const BATCH = { width: 1, height: 1, channels: 1, provider: "cpu", decoderSha256: "" } as const;

/** A decode that finishes on demand, and the batches that it was given. */
class SlowDecoder {
  readonly batches: {
    model: string;
    z: number[];
    finish: () => Promise<void>;
    fail: (error: Error) => Promise<void>;
  }[] = [];

  readonly decode = (model: string, z: Float32Array, count: number): Promise<DecodedBatch> => {
    const { promise, resolve, reject } = Promise.withResolvers<DecodedBatch>();
    const pixels = Uint8Array.from({ length: count }, (_, i) => z[i * z.length / count]!);
    this.batches.push({
      model,
      z: [...z],
      finish: () => (resolve({ ...BATCH, count, pixels }), settle()),
      fail: (error) => (reject(error), settle()),
    });
    return promise;
  };

  get last() {
    return this.batches.at(-1)!;
  }
}

/** Lets all that is ready to run, run. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

let arrivals = 0;
function move(stream: string, seq: number, rest: Partial<Move> = {}): Move {
  return { stream, seq, model: "m", z: Float32Array.of(seq), receivedAt: arrivals++, ...rest };
}

function setUp(options: { deliver?: (frame: MoveFrame) => boolean; maxBatch?: number } = {}) {
  const decoder = new SlowDecoder();
  const frames: string[] = [];
  const failures: string[] = [];
  const batcher = new MoveBatcher({
    decode: decoder.decode,
    deliver: (frame) => {
      if (options.deliver?.(frame) === false) return false;
      frames.push(`${frame.move.stream}/${frame.move.seq}=${frame.pixels}`);
      return true;
    },
    fail: (failed, error) => failures.push(`${failed.stream}/${failed.seq}: ${(error as Error).message}`),
    ...(options.maxBatch === undefined ? {} : { maxBatch: options.maxBatch }),
  });
  return { decoder, frames, failures, batcher };
}

Deno.test("MoveBatcher starts a lone move at once", async () => {
  const { decoder, frames, batcher } = setUp();
  assertEquals(batcher.submit(move("a", 1)), { dropped: 0 });
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(decoder.batches.length, 1);
  await decoder.last.finish();
  assertEquals(frames, ["a/1=1"]);
});

Deno.test("MoveBatcher drops the moves that a newer one overtakes, before they are decoded", async () => {
  const { decoder, frames, batcher } = setUp();
  batcher.submit(move("a", 1));
  await settle();
  assertEquals([2, 3, 4].map((seq) => batcher.submit(move("a", seq)).dropped), [0, 1, 2]);
  await decoder.last.finish();
  await decoder.last.finish();
  assertEquals(decoder.batches.map(({ z }) => z), [[1], [4]]);
  assertEquals(frames, ["a/1=1", "a/4=4"]);
});

Deno.test("MoveBatcher drops a move that arrives after a newer one", async () => {
  const { decoder, frames, batcher } = setUp();
  batcher.submit(move("a", 5));
  await settle();
  assertEquals(batcher.submit(move("a", 4)), { dropped: 1 });
  assertEquals(batcher.submit(move("a", 5)), { dropped: 2 });
  await decoder.last.finish();
  await batcher.idle();
  assertEquals(frames, ["a/5=5"]);
});

Deno.test("MoveBatcher merges moves that wait during one decode, by arrival", async () => {
  const { decoder, frames, batcher } = setUp();
  batcher.submit(move("a", 1));
  await settle();
  batcher.submit(move("b", 30));
  batcher.submit(move("a", 40));
  batcher.submit(move("d", 20));
  batcher.submit(move("c", 10));
  await decoder.last.finish();
  await decoder.last.finish();
  assertEquals(decoder.batches.map(({ z }) => z), [[1], [30, 40, 20, 10]]);
  assertEquals(frames.slice(1), ["b/30=30", "a/40=40", "d/20=20", "c/10=10"]);
});

Deno.test("MoveBatcher never mixes models, nor latents of different lengths", async () => {
  const { decoder, batcher } = setUp();
  batcher.submit(move("a", 1, { model: "m" }));
  batcher.submit(move("b", 2, { model: "n" }));
  batcher.submit(move("c", 3, { model: "m" }));
  batcher.submit(move("d", 4, { model: "m", z: Float32Array.of(4, 4) }));
  for (let i = 0; i < 3; i++) {
    await settle();
    await decoder.last.finish();
  }
  assertEquals(decoder.batches.map(({ model, z }) => [model, z]), [["m", [1, 3]], ["n", [2]], ["m", [4, 4]]]);
});

Deno.test("MoveBatcher keeps to its largest batch and leaves the rest for the next", async () => {
  const { decoder, batcher } = setUp({ maxBatch: 2 });
  for (const stream of ["a", "b", "c"]) batcher.submit(move(stream, 7));
  await settle();
  await decoder.last.finish();
  await decoder.last.finish();
  assertEquals(decoder.batches.map(({ z }) => z.length), [2, 1]);
  assertThrows(() => setUp({ maxBatch: 0 }), RangeError, "from 1");
});

Deno.test("MoveBatcher decodes nothing for a reader that is behind, and its newest move once it has caught up", async () => {
  let full = false;
  const { decoder, frames, batcher } = setUp({ deliver: (frame) => !(full && frame.move.stream === "a") });
  full = true;
  batcher.submit(move("a", 1));
  await settle();
  await decoder.last.finish();
  for (let seq = 2; seq <= 50; seq++) batcher.submit(move("a", seq));
  batcher.submit(move("b", 1));
  await settle();
  await decoder.last.finish();
  await batcher.idle();
  assertEquals(decoder.batches.map(({ z }) => z), [[1], [1]]); // a's first, b's first
  assertEquals(frames, ["b/1=1"]);

  full = false;
  batcher.resume("a");
  await settle();
  await decoder.last.finish();
  assertEquals(frames, ["b/1=1", "a/50=50"]);
  assertEquals(batcher.submit(move("a", 51)).dropped, 49);
  await settle();
  await decoder.last.finish();
});

Deno.test("MoveBatcher sends an undelivered frame again when no newer move came", async () => {
  let full = true;
  const { decoder, frames, batcher } = setUp({ deliver: () => !full });
  batcher.submit(move("a", 1));
  await settle();
  await decoder.last.finish();
  assertEquals(frames, []);
  full = false;
  batcher.resume("a");
  await settle();
  await decoder.last.finish();
  assertEquals(frames, ["a/1=1"]);
});

Deno.test("MoveBatcher delivers nothing to a stream that was closed", async () => {
  const { decoder, frames, failures, batcher } = setUp();
  batcher.submit(move("a", 1));
  await settle();
  batcher.submit(move("a", 2));
  batcher.close("a");
  await decoder.last.finish();
  await batcher.idle();
  assertEquals([decoder.batches.length, frames, failures], [1, [], []]);
});

Deno.test("MoveBatcher reports each move of a failed batch and goes on", async () => {
  const { decoder, frames, failures, batcher } = setUp();
  batcher.submit(move("a", 1));
  batcher.submit(move("b", 2));
  await settle();
  batcher.submit(move("c", 3));
  await decoder.last.fail(new Error("out of memory"));
  await decoder.last.finish();
  assertEquals(failures, ["a/1: out of memory", "b/2: out of memory"]);
  assertEquals(frames, ["c/3=3"]);
});

Deno.test("MoveBatcher waits for the running batch when it is disposed, then refuses moves", async () => {
  const { decoder, frames, batcher } = setUp();
  batcher.submit(move("a", 1));
  await settle();
  let disposed = false;
  const disposing = batcher.dispose().then(() => disposed = true);
  await settle();
  assertEquals(disposed, false);
  await decoder.last.finish();
  await disposing;
  assertEquals(frames, []);
  assertThrows(() => batcher.submit(move("a", 2)), LatentboardError, "closing");
  await batcher.dispose();
});

Deno.test("MoveBatcher ends on the newest move of every stream, each move delivered or counted, one batch at a time", async () => {
  const submitted = fc.record({
    stream: fc.constantFrom("a", "b", "c"),
    model: fc.constantFrom("m", "n"),
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(submitted, { maxLength: 40 }), async (scheduler, moves) => {
      let running = 0;
      let most = 0;
      const delivered: Move[] = [];
      const decode = scheduler.scheduleFunction((count: number) => Promise.resolve(count));
      const batcher = new MoveBatcher({
        decode: async (_model, z, count) => {
          most = Math.max(most, ++running);
          await decode(count);
          running--;
          return { ...BATCH, count, pixels: Uint8Array.from(z) };
        },
        deliver: ({ move, pixels }) => {
          assertEquals([...pixels], [...move.z]);
          delivered.push(move);
          return true;
        },
        fail: (_move, error) => {
          throw error;
        },
      });
      const sent: Move[] = [];
      scheduler.scheduleSequence(moves.map((part, seq) => () => {
        sent.push(move(part.stream, seq, part));
        batcher.submit(sent.at(-1)!);
        return Promise.resolve();
      }));
      await scheduler.waitIdle();
      await batcher.idle();

      assertEquals(most <= 1, true);
      for (const stream of ["a", "b", "c"]) {
        const of = (list: Move[]) => list.filter((each) => each.stream === stream);
        const dropped = batcher.submit(move(stream, -Infinity)).dropped - 1;
        assertEquals(of(delivered).length + dropped, of(sent).length);
        const seqs = of(delivered).map(({ seq }) => seq);
        assertEquals(seqs, [...seqs].sort((x, y) => x - y));
        assertEquals(seqs.at(-1), of(sent).at(-1)?.seq);
      }
      await batcher.dispose();
    }),
    { numRuns: 60 },
  );
});
