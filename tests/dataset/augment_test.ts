import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { augment, type Augmentation } from "../../lib/dataset/augment.ts";

const SHAPE = { height: 3, width: 4, channels: 1 } as const;
const PICTURE = Uint8Array.from({ length: 12 }, (_, i) => i);

function outcomes(augmentation: Augmentation, places = 200): Map<string, number> {
  const counts = new Map<string, number>();
  for (let place = 0; place < places; place++) {
    const picture = PICTURE.slice();
    augment(picture, SHAPE, { augmentation, seed: 1, epoch: 1, indices: [place] });
    counts.set(picture.join(), (counts.get(picture.join()) ?? 0) + 1);
  }
  return counts;
}

const same = PICTURE.join();
const mirrored = "3,2,1,0,7,6,5,4,11,10,9,8";
const upended = "8,9,10,11,4,5,6,7,0,1,2,3";
const turned = "11,10,9,8,7,6,5,4,3,2,1,0";

Deno.test("augment() mirrors about half of the pictures", () => {
  const cases: readonly [Augmentation["flip"] & string, string[]][] = [
    ["horizontal", [same, mirrored]],
    ["vertical", [same, upended]],
    ["both", [same, mirrored, upended, turned]],
  ];
  for (const [flip, expected] of cases) {
    const found = outcomes({ flip });
    assertEquals([...found.keys()].sort(), [...expected].sort());
    for (const count of found.values()) assert(Math.abs(count - 200 / expected.length) < 40, `${count}`);
  }
});

Deno.test("augment() shifts by every number of pixels up to the limit, and repeats the edge", () => {
  const found = outcomes({ shift: 1 });
  assertEquals(found.size, 9);
  assert(found.has("0,0,1,2,0,0,1,2,4,4,5,6")); // right and down by one
  assert(found.has("5,6,7,7,9,10,11,11,9,10,11,11")); // left and up by one
});

Deno.test("augment() depends on seed, epoch and place, not on the batch", () => {
  const options = { augmentation: { flip: "both", shift: 2 }, seed: 9, epoch: 4 } as const;
  const together = Uint8Array.from([...PICTURE, ...PICTURE]);
  augment(together, SHAPE, { ...options, indices: [17, 3] });
  const alone = PICTURE.slice();
  augment(alone, SHAPE, { ...options, indices: [3] });
  assertEquals(together.slice(12), alone);
  const epochs = new Set<string>();
  for (let epoch = 0; epoch < 20; epoch++) {
    const picture = PICTURE.slice();
    augment(picture, SHAPE, { ...options, epoch, indices: [3] });
    epochs.add(picture.join());
  }
  assert(epochs.size > 5);
});

Deno.test("augment() keeps the bytes of a colour together", () => {
  const shape = { height: 1, width: 2, channels: 3 };
  const seen = new Set<string>();
  for (let place = 0; place < 20; place++) {
    const picture = Uint8Array.of(1, 2, 3, 4, 5, 6);
    augment(picture, shape, { augmentation: { flip: "horizontal" }, seed: 1, epoch: 0, indices: [place] });
    seen.add(picture.join());
  }
  assertEquals([...seen].sort(), ["1,2,3,4,5,6", "4,5,6,1,2,3"]);
});

Deno.test("augment() refuses shifts out of range", () => {
  for (const shift of [-1, 0.5, 4]) {
    assertThrows(
      () => augment(PICTURE.slice(), SHAPE, { augmentation: { shift }, seed: 1, epoch: 0, indices: [0] }),
      RangeError,
      `Cannot shift by ${shift} pixels`,
    );
  }
});
