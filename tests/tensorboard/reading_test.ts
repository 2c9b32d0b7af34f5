/** Event files as the real TensorBoard reads them. Its Python is looked for where .ci/run puts it. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { fromFileUrl } from "deno-std/path/mod.js";
import { join } from "node:path";
import { encodePng } from "../../lib/imaging/mod.ts";
import { crc32c, TensorBoardWriter } from "../../lib/tensorboard/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { ignore } from "../tensorflow/_engine.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

async function findPython(): Promise<string | undefined> {
  for (
    const python of [Deno.env.get("TENSORBOARD_PYTHON"), join(ROOT, ".latentboard/tensorboard/bin/python"), "python3"]
  ) {
    if (python === undefined) continue;
    try {
      const options: Deno.CommandOptions = {
        args: ["-c", "import tensorboard.backend.event_processing"],
        stdout: "null",
        stderr: "null",
      };
      if ((await new Deno.Command(python, options).output()).success) return python;
    } catch {
      // there is none by that name
    }
  }
}

const python = await findPython();
const skipped = python === undefined ? " (skipped: no Python has the package tensorboard)" : "";

/** What TensorBoard's own loader finds, and its projector's configuration. */
const READER = `
import json, sys
from google.protobuf import text_format
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
folder = sys.argv[1]
events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "tensors": 0}).Reload()
images = {tag: [[e.step, e.width, e.height] for e in events.Images(tag)] for tag in events.Tags()["images"]}
scalars = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
config = ProjectorConfig()
text_format.Parse(open(folder + "/projector_config.pbtxt").read(), config)
projector = [[e.tensor_name, e.tensor_path, e.metadata_path, e.sprite.image_path, list(e.sprite.single_image_dim)] for e in config.embeddings]
points = [len(line.split("\\t")) for line in open(folder + "/" + config.embeddings[0].tensor_path)]
print(json.dumps({"scalars": scalars, "images": images, "projector": projector, "points": points}))
`;

interface Found {
  readonly scalars: Record<string, [step: number, value: number][]>;
  readonly images: Record<string, [step: number, width: number, height: number][]>;
  readonly projector: unknown[][];
  readonly points: number[];
}

async function readBack(folder: string): Promise<Found> {
  const { success, stdout, stderr } = await new Deno.Command(python!, { args: ["-c", READER, folder] }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!) as Found;
}

Deno.test("crc32c() gives the check value of CRC-32C", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

Deno.test({
  name: `TensorBoard reads scalars, pictures and points, and drops steps that were trained again${skipped}`,
  ignore: python === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const png = encodePng({ width: 6, height: 4, channels: 3, data: new Uint8Array(72).fill(9) });
      const first = await TensorBoardWriter.open(folder, 0);
      for (let step = 1; step <= 5; step++) await first.writeScalars(step, { loss: step / 2, nothing: NaN });
      await first.writeImage(3, "samples", png);
      first.close();
      const again = await TensorBoardWriter.open(folder, 3); // steps 4 and 5 were lost in a crash
      await again.writeScalars(4, { loss: 40 });
      await again.writeProjector("latents", {
        points: Float32Array.of(1, 2, 3, 4),
        count: 2,
        labels: ["a\tb", "c"],
        sprite: png,
        height: 4,
        width: 3,
      });
      again.close();
      const { scalars, images, projector, points } = await readBack(folder);
      assertEquals(scalars, { loss: [[1, 0.5], [2, 1], [3, 1.5], [4, 40]] });
      assertEquals(images, { samples: [[3, 6, 4]] });
      assertEquals(projector, [["latents", "latents_points.tsv", "latents_labels.tsv", "latents_sprite.png", [3, 4]]]);
      assertEquals(points, [2, 2]);
      assertEquals(await Deno.readTextFile(join(folder, "latents_labels.tsv")), "a b\nc\n");
    }),
});

Deno.test({
  name: `deno task train --tensorboard shows a run to TensorBoard${skipped}`,
  ignore: python === undefined || ignore,
  fn: () =>
    inFolder(async (folder) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--quiet", "--lock=deno.lock", "lib/cli/train.ts", "--tensorboard"],
          ...["--home", folder, "--out", join(folder, "models"), "--name", "shown", "--epochs", "2"],
          ...["--architecture", "mlp", "--latent-dim", "3", "--batch-size", "500"],
        ],
        cwd: ROOT,
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const [run] = [...Deno.readDirSync(join(folder, "runs"))];
      const { scalars, images, projector, points } = await readBack(join(folder, "runs", run!.name, "tensorboard"));
      assertEquals(scalars["step/loss"]!.map(([step]) => step), Array.from({ length: 40 }, (_, i) => i + 1));
      assertEquals(scalars["held-out/loss"]!.map(([step]) => step), [20, 40]);
      assertEquals(Object.keys(scalars).filter((tag) => tag.startsWith("kl per latent/")).length, 3);
      assertEquals(images.samples!.at(-1), [40, 8 * 28, 4 * 28]);
      assertEquals(images.reconstructions!.at(-1)![0], 40);
      assertEquals([projector[0]![0], points.length, points[0]], ["latents", 500, 3]);
    }),
});
