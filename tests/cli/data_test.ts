import { assert, assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { join } from "node:path";
import sharp from "sharp";
import { manyPngs, writeFiles } from "../dataset/_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

async function data(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", "lib/cli/data.ts", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

Deno.test("data show prints counts, labels and sizes, and draws a contact sheet with a row a label", () =>
  inFolder(async (home) => {
    const sheet = join(home, "sheet.png");
    const { code, out, err } = await data("show", "sample", "--home", home, "--out", sheet);
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /pictures +28×28, grey\ntraining +10,000\nheld out +1,000\nlabels +10\n/);
    assertMatch(out, /Ankle boot +1,000\n/);
    assertMatch(out, /licence +MIT, Zalando SE/);
    const { width, height } = await sharp(await Deno.readFile(sheet)).metadata();
    assertEquals([width, height], [16 * 58 - 2, 10 * 58 - 2]); // 28 pixels twice as large, gaps of 2
  }));

Deno.test("data show tells of skipped files and of notes", () =>
  inFolder(async (home) => {
    await writeFiles(join(home, "mine"), { ...manyPngs(12, "cats/"), "cats/text.png": "I am only called a picture" });
    const { code, out } = await data(
      ...["show", join(home, "mine"), "--home", home, "--out", join(home, "sheet.png"), "--image-size", "16"],
    );
    assertEquals(code, 0);
    assertMatch(out, /pictures +16×16, colour\ntraining +11\nheld out +1\nlabels +none\n/);
    assertMatch(out, /note +All pictures lie in the one folder "cats"/);
    assertMatch(out, /skipped +cats\/text\.png: Cannot read a text file/);
  }));

Deno.test("data check prints a report, also as JSON, draws a sheet per label, and writes a clean copy", () =>
  inFolder(async (home) => {
    await writeFiles(join(home, "mine"), {
      ...manyPngs(12, "cats/"),
      ...manyPngs(8, "dogs\u001b[2J/"),
      "cats/text.png": "I am only called a picture",
      "film.mp4": "film",
    });
    const args = ["check", join(home, "mine"), "--home", home, "--out", join(home, "sheets")];
    const { code, out, err } = await data(...args, "--fix", join(home, "copy"));
    assertEquals([code, err], [0, ""]);
    assertMatch(
      out,
      /pictures +train 20; 8×8, colour\ntypes +png 20\nlabels +2\n +cats +train 12\n +dogs\\u001b\[2J +train 8\n/,
    );
    assertMatch(out, /shorter side +below 32 +20 █+\n/);
    assertMatch(out, /skipped +cats\/text\.png: Cannot read a text file/);
    assertMatch(out, /duplicates +8 pictures are there several times\n/);
    assertMatch(out, /note +Left out 1 video \(\.mp4\)/);
    assert(!out.includes("\u001b"));
    assertEquals([...Deno.readDirSync(join(home, "sheets"))].map(({ name }) => name).sort(), [
      "0-cats.png",
      "1-dogs_u001b_2J.png",
      "all.png",
    ]);
    assertEquals([...Deno.readDirSync(join(home, "copy"))].map(({ name }) => name).sort(), ["cats"]);
    const json = JSON.parse((await data(...args, "--json")).out);
    assertEquals([json.counts, json.skipped.length, json.duplicates.length], [{ train: 20 }, 1, 8]);
  }));

Deno.test("data list names what is here and how to get what is not", () =>
  inFolder(async (home) => {
    const { code, out } = await data("list", "--home", home);
    assertEquals(code, 0);
    assertMatch(out, /^sample +10,000 \+ 1,000 pictures/);
    assertMatch(out, /\nfashion-mnist /);
    assertMatch(out, /\nemoji +not here: make it with "deno task data emoji"/);
  }));

Deno.test("data takes Fashion-MNIST from a folder only when it is whole", () =>
  inFolder(async (home) => {
    await writeFiles(join(home, "mine"), { "train-images-idx3-ubyte.gz": "not gzip" });
    const { code, err } = await data("--from", join(home, "mine"), "--home", home);
    assertEquals(code, 1);
    assertMatch(err, /^error: .*train-images-idx3-ubyte\.gz is no gzip file, cut short, or longer than it must be/);
  }));

Deno.test("data says in one line what is wrong with a command line", () =>
  inFolder(async (home) => {
    for (
      const [args, message] of [
        [
          ["frobnicate"],
          'error: Unknown action "frobnicate": get <name>, list, show <source>, check <source> or emoji, see --help',
        ],
        [["show"], "error: The source to show is missing: see --help"],
        [["show", "sample", "--channels", "2"], "error: --channels must be 1 (grey) or 3 (colour): current value is 2"],
        [
          ["show", "sample", "--fit", "squeeze"],
          'error: --fit must be one of cover, contain: current value is "squeeze"',
        ],
        [["show", "sample", "--classes", "Hat"], 'error: "fashion-mnist-sample" has no class "Hat": choose from'],
      ] as const
    ) {
      const { code, err } = await data(...args, "--home", home);
      assertEquals(code, 2, args.join(" "));
      assert(err.startsWith(message), err);
      assertEquals(err.trim().split("\n").length, 1);
    }
  }));

Deno.test("data --help explains every action and option", async () => {
  const { code, out } = await data("--help");
  assertEquals(code, 0);
  for (
    const word of ["data list", "data show <source>", "data emoji", "--from", "--image-size", "--classes", "--font"]
  ) {
    assert(out.includes(word), word);
  }
});
