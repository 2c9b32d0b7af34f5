/** A disk that is full or can only be read. */
import { assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { openApp } from "../http/app.ts";
import { readProblem, readResponse } from "./_responses.ts";

const SAVE = { model: "tiny", z: [0, 0] };

for (
  const [what, code, sentence] of [
    ["full", "ENOSPC", "The disk is full"],
    ["one that can only be read", "EROFS", "The disk can only be read"],
  ] as const
) {
  Deno.test(`on a disk that is ${what} saving answers 507 with one sentence, and goes on after`, async () => {
    await using app = await openApp();
    const { write } = Deno.FsFile.prototype;
    try {
      // What the system gives on such a disk; only a real one could give it without this.
      Deno.FsFile.prototype.write = () => Promise.reject(Object.assign(new Error(`(${code})`), { code }));
      const problem = await readProblem(await app.send("/api/save", SAVE), 507);
      assertStringIncludes(problem.detail, sentence);
      assertEquals((await app.get("/api/gallery")).status, 200);
      await readProblem(await app.send("/api/models/tiny", { title: "New" }, { method: "PATCH" }), 507);
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    assertEquals([...Deno.readDirSync(join(app.home, "gallery", "pictures"))], []);
    await readResponse(await app.send("/api/save", SAVE), "SavedPicture", 201);
  });
}

const run = async (command: string, ...args: string[]) =>
  (await new Deno.Command(command, { args, stderr: "null" }).output().catch(() => undefined))?.success === true;

/** Makes a folder a disk of 2 MiB, where this process may mount one. */
const mount = (folder: string) => run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder);

const place = await Deno.makeTempDir();
const mayMount = await mount(place);
if (mayMount) await run("umount", place);

Deno.test({
  name: "on a real disk that fills up no save is half there, and saving goes on once there is space",
  ignore: !mayMount,
  fn: async () => {
    await mount(place);
    try {
      await using app = await openApp({ home: place });
      const ballast = join(place, "ballast");
      await Deno.writeFile(ballast, new Uint8Array(1_500_000));
      let saved = 0;
      let response = await app.send("/api/save", SAVE);
      for (; response.status === 201 && saved < 1000; saved++) {
        await response.body!.cancel();
        response = await app.send("/api/save", SAVE);
      }
      assertStringIncludes((await readProblem(response, 507)).detail, "The disk is full");
      assertEquals((await readResponse(await app.get("/api/gallery"), "GalleryPage")).total, saved);
      await Deno.remove(ballast);
      await readResponse(await app.send("/api/save", SAVE), "SavedPicture", 201);
      assertEquals([...Deno.readDirSync(join(place, "gallery", "pictures"))].length, saved + 1);
    } finally {
      await run("umount", place);
    }
  },
});
