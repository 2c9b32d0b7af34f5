/** Files are encoded beside everything else: other requests don't wait, and a client who leaves ends the work. */
import { assertEquals, assertGreater, assertLess } from "deno-std/assert/mod.js";
import { encodingLoad } from "../../lib/imaging/mod.ts";
import { openApp, type TestApp } from "../http/app.ts";

/** 240 frames of 256 × 256 in colour: the old encoder held the thread for 5 s. */
const LARGE = { model: "tiny-colour", keys: [[-1, 0, 1], [1, 0, -1]], frames: 240, scale: 16 };

function ask(app: TestApp, type: string, signal?: AbortSignal): Promise<Response> {
  return app.handler(
    new Request("http://127.0.0.1:8000/api/interpolate", {
      method: "POST",
      headers: { "content-type": "application/json", accept: type },
      body: JSON.stringify(LARGE),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
}

/** The longest time for which timers did not run while some work was under way, milliseconds. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last);
}

for (const type of ["image/gif", "image/webp", "image/png"]) {
  Deno.test(`a large ${type} leaves the thread to others`, async () => {
    await using app = await openApp();
    await (await app.send("/api/decode", { model: "tiny-colour", z: [0, 0, 0] })).body!.cancel(); // loads the model
    const pause = await longestPause(async () => {
      const response = await ask(app, type);
      assertEquals(response.status, 200);
      assertGreater((await response.bytes()).length, 10_000);
    });
    assertLess(pause, 400, "milliseconds; decoding's slices and a loaded machine included");
  });
}

Deno.test("a client who leaves ends the encoding, whether it runs or waits", async () => {
  await using app = await openApp();
  const left = new AbortController();
  const all = Array.from({ length: 5 }, () => ask(app, "image/gif", left.signal));
  while (encodingLoad().waiting < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(encodingLoad().running, 2);
  left.abort();
  for (const response of await Promise.all(all)) assertEquals(response.status, 499);
  assertEquals(encodingLoad(), { running: 0, waiting: 0, bytes: 0 });
});
