import { assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { describeDataChange, fingerprintData } from "../../lib/dataset/fingerprint.ts";
import { type ImageSet, memoryImageSet } from "../../lib/dataset/image_set.ts";

/** Pictures of 2 by 2, each of one value, labelled by the names. */
function pictures(all: readonly (readonly [value: number, name: string])[]): ImageSet {
  const labelNames = [...new Set(all.map(([, name]) => name))];
  return memoryImageSet({
    name: "made",
    height: 2,
    width: 2,
    channels: 1,
    images: Uint8Array.from(all.flatMap(([value]) => [value, value, value, value])),
    labels: Uint8Array.from(all, ([, name]) => labelNames.indexOf(name)),
    labelNames,
  });
}

const CATS = [[1, "cat"], [2, "cat"], [3, "cat"]] as const;
const before = fingerprintData({ train: pictures([...CATS, [9, "dog"]]) });

for (
  const [what, after, sentence] of [
    ["nothing", { train: pictures([...CATS, [9, "dog"]]) }, undefined],
    ["pictures that are gone", { train: pictures([CATS[0], [9, "dog"]]) }, '2 pictures of "cat" are gone'],
    ["one that came", { train: pictures([...CATS, [9, "dog"], [8, "dog"]]) }, '1 picture of "dog" is new'],
    ["one overwritten", { train: pictures([...CATS, [7, "dog"]]) }, 'pictures of "dog" were changed'],
    ["a class", { train: pictures([...CATS, [9, "dog"], [5, "owl"]]) }, '"owl" is new (1 picture)'],
    ["a class that went", { train: pictures([...CATS]) }, '"dog" is gone (1 picture)'],
    [
      "the order",
      { train: pictures([[9, "dog"], ...CATS]) },
      "the same pictures are in another order or divided otherwise",
    ],
    [
      "the division",
      { train: pictures([...CATS]), validation: pictures([[9, "dog"]]) },
      "the same pictures are in another order or divided otherwise",
    ],
  ] as const
) {
  Deno.test(`describeDataChange() notices ${what}`, () => {
    assertEquals(describeDataChange(before, fingerprintData(after)), sentence);
  });
}

Deno.test("fingerprintData() tells labels that were swapped apart", () => {
  const swapped = fingerprintData({ train: pictures([[1, "cat"], [2, "cat"], [9, "cat"], [3, "dog"]]) });
  assertNotEquals(swapped.sha256, before.sha256);
  assertEquals(describeDataChange(before, swapped), 'pictures of "cat" were changed, pictures of "dog" were changed');
});
