import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { prepare } from "../../lib/pipeline/prepare.ts";
import { parseConfig } from "../../lib/vae/mod.ts";

Deno.test("prepare() refuses to let test pictures choose the weights", async () => {
  const home = await Deno.makeTempDir();
  const places = { home, models: home, data: new URL("../../data", import.meta.url).pathname, tensorflow: home };
  // The test part is the only one that is held out: IDX files of a training and a test set.
  for (const part of ["train", "t10k"]) {
    for (const [kind, bytes] of [["images-idx3", idx([20, 8, 8])], ["labels-idx1", idx([20])]] as const) {
      await Deno.writeFile(`${home}/${part}-${kind}-ubyte`, bytes);
    }
  }
  try {
    for (const rest of [{ earlyStopping: { patience: 2 } }, { schedule: { kind: "plateau" } }]) {
      const config = parseConfig({ data: { source: home, validationFraction: 0 }, ...rest });
      const error = await assertRejects(() => prepare(config, { places }), LatentboardError, "the test pictures");
      assertEquals(error.field, "validationFraction");
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

/** An IDX file of bytes that count up. */
function idx(shape: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x800 + shape.length);
  shape.forEach((size, i) => header.setUint32(4 + 4 * i, size));
  const count = shape.reduce((all, size) => all * size, 1);
  return new Uint8Array([...new Uint8Array(header.buffer), ...Array.from({ length: count }, (_, i) => i % 200)]);
}
