import { assert, assertEquals } from "deno-std/assert/mod.js";
import { fromFileUrl } from "deno-std/path/mod.js";
import { TextLineStream } from "deno-std/streams/mod.js";
import { philox } from "../../lib/latent/mod.ts";
import { ignore } from "../tensorflow/_engine.ts";

const CHILD = new URL("_kill_child.ts", import.meta.url);
const KILLS = 20;

/** What a training process said before it ended. */
interface Life {
  run?: string;
  start?: number;
  done?: string;
}

/**
 * Runs a training process to its end, or kills it.
 *
 * @param home where runs are
 * @param run the run to go on with; a new one where it is undefined
 * @param killAfter SIGKILL comes so many milliseconds after so many steps; after the process's start where there are
 * none
 */
async function live(
  home: string,
  run: string | undefined,
  killAfter?: { steps?: number; milliseconds: number },
): Promise<Life> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", fromFileUrl(CHILD), home, ...(run === undefined ? [] : [run])],
    stdout: "piped",
    stderr: killAfter === undefined ? "inherit" : "null",
  }).spawn();
  const life: Life = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = () => {
    timer = setTimeout(() => {
      try {
        child.kill("SIGKILL");
      } catch {
        // it has ended by itself
      }
    }, killAfter!.milliseconds);
  };
  if (killAfter !== undefined && killAfter.steps === undefined) arm();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines as ReadableStream<string>) {
    const [word, value] = line.split(" ");
    if (word === "run") life.run = value!;
    if (word === "start") life.start = Number(value);
    if ((word === "start" || word === "step") && Number(value) - life.start! === killAfter?.steps) arm();
    if (word === "done") life.done = value!;
  }
  await child.status;
  clearTimeout(timer);
  return life;
}

/** Numbers from 0 to 1; Math.random() can't be given the seed of a run that failed. */
function seededRandom(seed: number): () => number {
  let drawn = 0;
  return () => philox([drawn++, 0, 0, 0], [seed, 0])[0] / 2 ** 32;
}

Deno.test({
  name: "a run killed at 20 random moments and resumed ends with the weights of an uninterrupted run, bit for bit",
  ignore: ignore || Deno.build.os === "windows",
  async fn() {
    const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));
    // deno-lint-ignore no-console -- with it the same moments can be chosen again
    console.log(`SEED=${seed}`);
    const random = seededRandom(seed);
    const home = await Deno.makeTempDir();
    try {
      const whole = await live(home, undefined);
      assert(whole.done !== undefined, "the uninterrupted run ends");

      let run: string | undefined;
      const starts: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const life = await live(
          home,
          run,
          kill % 5 === 4 // every fifth is killed while it starts
            ? { milliseconds: 100 + random() * 900 }
            : { steps: Math.floor(random() * 150), milliseconds: random() * 30 },
        );
        assertEquals(life.done, undefined, `kill ${kill} came before the end`);
        run ??= life.run;
        if (life.start !== undefined) starts.push(life.start);
      }
      assert(run !== undefined, "the run was made");
      assert(starts.length >= 16, `most were killed in training: ${starts}`);
      assert(new Set(starts).size >= 5, `the kills lie at different steps: ${starts}`);
      for (let i = 1; i < starts.length; i++) assert(starts[i]! >= starts[i - 1]!, `no checkpoint is lost: ${starts}`);

      const last = await live(home, run);
      assert(last.start! > 0, "the last process goes on from a checkpoint");
      assertEquals(last.done, whole.done);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});
