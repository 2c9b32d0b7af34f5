import { assert, assertEquals, assertMatch, assertStringIncludes } from "deno-std/assert/mod.js";
import { dirname, fromFileUrl, join } from "deno-std/path/mod.js";
import sharp from "sharp";
import { readModelDocument } from "../../lib/model/mod.ts";
import { invocationFolder, resolveUserPath } from "../../lib/settings.ts";
import { writeFiles } from "../dataset/_pictures.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { inFolder } from "../fixtures/folder.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

async function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", `lib/cli/${command}.ts`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  return { code, out: new TextDecoder().decode(stdout), error: new TextDecoder().decode(stderr) };
}

/** Photos in portrait as a phone keeps them, on their side with a note; and what lies among them. */
async function makePhotos(folder: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const data = Uint8Array.from(
      { length: 80 * 60 * 3 },
      (_, at) => (at % 3 === 0 ? 240 : i * 5) - Math.floor(at / 400),
    );
    const photo = await sharp(data, { raw: { width: 80, height: 60, channels: 3 } })
      .withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await writeFiles(folder, { [`DCIM/IMG_${i}.JPG`]: new Uint8Array(photo) });
  }
  await writeFiles(folder, { "DCIM/film.MOV": "film", "DCIM/broken.jpg": "<!doctype html>" });
}

Deno.test({
  name: "train, data show and evaluate take a phone's folder with no option, and agree on what it is",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      await makePhotos(join(folder, "photos"));
      const places = ["--home", join(folder, "home"), "--models", join(folder, "models")];
      const trained = await run("train", ["--data", join(folder, "photos"), "--epochs", "1", ...places]);
      assertEquals(trained.code, 0, trained.error);
      assertStringIncludes(trained.out, "Left out 1 video (.mov)");
      assertStringIncludes(trained.out, "1 file was skipped: DCIM/broken.jpg (Cannot read a web page");
      const document = await readModelDocument(join(folder, "models"), "photos-20");
      assertEquals([document.image.width, document.image.height, document.image.channels], [60, 60, 3]);
      assert(!JSON.stringify(document).includes(folder), "model.json names a folder of this machine");
      assertEquals((document.config.data as { source: string }).source, "photos");

      const shown = await run("data", ["show", join(folder, "photos"), "--out", join(folder, "sheet.png"), ...places]);
      assertMatch(shown.out, /pictures +60×60, colour/);
      const evaluated = await run("evaluate", ["photos-20", "--num-samples", "2", ...places]);
      assertEquals(evaluated.code, 0, evaluated.error);
      await Deno.remove(join(folder, "home", "runs"), { recursive: true });
      const lost = await run("evaluate", ["photos-20", "--num-samples", "2", ...places]);
      assertEquals(lost.code, 1);
      assertMatch(
        lost.error,
        /^error: Cannot find the pictures that "photos-20" was trained on \("photos"\): say where/,
      );
    }),
});

Deno.test("a wrong dataset is said before the engine is looked for", () =>
  inFolder(async (folder) => {
    const { code, error } = await run("train", ["--data", join(folder, "none"), "--home", folder, "--models", folder], {
      LATENTBOARD_TENSORFLOW: join(folder, "no such library"),
    });
    assertEquals(code, 1);
    assertMatch(error, /^error: Cannot find the dataset ".*": looked for .*none; name sample/);
  }));

Deno.test("a path in a configuration starts from the configuration's folder", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, { "configs/mine.yaml": "data:\n  source: ../pictures\n" });
    const args = ["--config", join(folder, "configs", "mine.yaml"), "--home", folder, "--models", folder];
    const { error } = await run("train", args);
    assertStringIncludes(error, `looked for ${join(folder, "pictures")};`);
  }));

Deno.test("resolveUserPath() expands ~ and starts from where the command was called", () => {
  const [home, called] = [Deno.env.get("HOME"), Deno.env.get("INIT_CWD")];
  try {
    Deno.env.set("HOME", "/home/someone");
    assertEquals(resolveUserPath("~"), "/home/someone");
    assertEquals(resolveUserPath("~/pictures"), "/home/someone/pictures");
    assertEquals(resolveUserPath("~other"), join(invocationFolder(), "~other"));
    Deno.env.set("INIT_CWD", join(Deno.cwd(), "docs"));
    assertEquals(resolveUserPath("images"), join(Deno.cwd(), "docs", "images"));
    Deno.env.set("INIT_CWD", dirname(Deno.cwd())); // of another task, further up
    assertEquals(resolveUserPath("images"), join(Deno.cwd(), "images"));
  } finally {
    for (const [name, value] of [["HOME", home], ["INIT_CWD", called]] as const) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
