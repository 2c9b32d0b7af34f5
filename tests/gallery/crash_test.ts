import { assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { fromFileUrl, join } from "deno-std/path/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { Gallery, readRecipe } from "../../lib/gallery/mod.ts";
import { readPngText } from "../../lib/imaging/png.ts";
import { decodeUpload } from "../../lib/imaging/upload.ts";

const CHILD = fromFileUrl(new URL("./_save_until_killed.ts", import.meta.url));

/** Starts the child, hands each of its lines to `onLine`, and kills it when that returns true. */
async function killWhen(home: string, onLine: (line: string) => boolean | Promise<boolean>): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", CHILD, home],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let rest = "";
  let killed = false;
  try {
    // What is still in the pipe after the kill was acknowledged too, and counts.
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        if (!await onLine(line) || killed) continue;
        child.kill("SIGKILL");
        killed = true;
      }
    }
  } finally {
    if (!killed) child.kill("SIGKILL");
    assertEquals((await child.status).signal, "SIGKILL");
  }
}

Deno.test("Gallery.save() keeps every acknowledged picture when the process is killed during 200 saves", async () => {
  const home = await Deno.makeTempDir();
  const saved = new Map<string, number>();
  try {
    for (const enough of [25, 90, 170]) {
      let count = 0;
      await killWhen(home, (line) => {
        if (line === "open") return false;
        const [id, value] = line.split(" ");
        saved.set(id!, Number(value));
        return ++count >= enough;
      });
      assertEquals(count >= enough, true);
    }

    const gallery = await Gallery.open({ home });
    for (const [id, value] of saved) {
      const { z, tags } = gallery.get(id);
      assertEquals([z, tags], [[value, 0.5], [`n${value}`]]);
      const png = await gallery.png(id);
      assertEquals([...readRecipe(readPngText(png))!.z], [value, 0.5]);
    }
    const sample = [...saved].at(-1)!;
    const picture = await decodeUpload(await gallery.png(sample[0]), {});
    assertEquals(new Set(picture.data.filter((_, i) => i % picture.channels === 0)), new Set([sample[1]]));

    // Nothing that was not acknowledged is half there: as many files as rows, no temporary ones.
    const files = Array.from(Deno.readDirSync(join(home, "gallery", "pictures")), ({ name }) => name);
    assertEquals(files.length, gallery.list().total);
    assertEquals(files.filter((name) => name.startsWith(".")), []);
    gallery.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("Gallery.open() tells a second process who has the home, and opens it once that one was killed", async () => {
  const home = await Deno.makeTempDir();
  try {
    await killWhen(home, async (line) => {
      if (line !== "open") return false;
      const error = await assertRejects(() => Gallery.open({ home }), LatentboardError);
      assertEquals(error.kind, "conflict");
      if (Deno.build.os !== "windows") assertStringIncludes(error.message, "Another Latentboard, process ");
      return true;
    });
    (await Gallery.open({ home })).close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
