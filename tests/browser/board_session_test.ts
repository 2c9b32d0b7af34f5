import { assertEquals } from "deno-std/assert/mod.js";
import { type FrameHandlers, getBackend, setBackend } from "../../lib/browser/backend.ts";
import { BoardSession } from "../../lib/browser/board_session.ts";
import type { FrameEvent, ModelDetail } from "../../lib/protocol.ts";

Deno.test("BoardSession says once when frames come from another provider, as after a lost device", () => {
  const server = getBackend();
  const animation = globalThis.requestAnimationFrame;
  globalThis.requestAnimationFrame = () => 1;
  let handlers: FrameHandlers | undefined;
  setBackend({
    ...server,
    openFrames: (_, given) => {
      handlers = given;
      return { dropped: 0, move: () => 0, pause: () => {}, resume: () => {} };
    },
  });
  try {
    const dimensions = [{ index: 0, kl: 1, mean: 0, standardDeviation: 1, minimum: -3, maximum: 3, active: true }];
    const model = { name: "tiny", provider: "cuda", dimensions, latentDim: 1 } as unknown as ModelDetail;
    const session = new BoardSession(model, { z: [0] } as never, "data:,", true);
    const frame = (provider: string) => handlers!.onFrame({ provider } as FrameEvent, 0);
    frame("cuda");
    assertEquals(session.toasts.list.value, []);
    frame("cpu");
    frame("cpu");
    const said = session.toasts.list.value.map(({ text }) => text);
    assertEquals(said, ["This model now runs on CPU: CUDA can't be used any more"]);
    assertEquals(session.provider.value, "cpu");
  } finally {
    setBackend(server);
    globalThis.requestAnimationFrame = animation;
  }
});
