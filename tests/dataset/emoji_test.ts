import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import { drawEmoji, EMOJI_FONT, loadDataset } from "../../lib/dataset/mod.ts";
import { inFolder } from "../fixtures/folder.ts";

const font = await Deno.stat(EMOJI_FONT).then(() => true, () => false);
Deno.test({
  name: "drawEmoji() makes a dataset of colour pictures by group (skipped without fonts-noto-color-emoji)",
  ignore: !font,
  fn: () =>
    inFolder(async (home) => {
      const { folder, count, missing } = await drawEmoji({ home, limit: 60 });
      assertEquals(folder, join(home, "datasets", "emoji"));
      assertEquals(count + missing, 60);
      assert(missing < 6, `${missing} missing`);
      const { train, validation, labelNames, licence, skipped } = await loadDataset("emoji", { data: "data", home });
      assertEquals([train.width, train.height, train.channels, skipped], [64, 64, 3, []]);
      assertEquals(train.count + validation.count, count);
      assert(labelNames.includes("Flags") && labelNames.includes("Food & Drink"), labelNames.join());
      assertEquals(licence, "SIL Open Font License 1.1, Google (Noto Color Emoji)");
      const picture = train.readBatch([0]);
      assertEquals([...picture.subarray(0, 3)], [255, 255, 255]);
      assert(new Set(picture).size > 16, "a picture of many colours");
    }),
});

Deno.test("drawEmoji() says what to install where there is no font", () =>
  inFolder(async (home) => {
    const error = await assertRejects(
      () => drawEmoji({ home, fontFile: join(home, "none.ttf") }),
      LatentboardError,
    );
    assertEquals(error.kind, "not-found");
    assert(error.message.endsWith("install Debian's fonts-noto-color-emoji, or name the file with --font"));
  }));
