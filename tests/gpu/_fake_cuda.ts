/**
 * CUDA's libraries for a machine without a card, under the names by which ONNX Runtime's CUDA provider needs them: every
 * function that it imports is there, and those that give something back give something that can be gone on with.
 */
import { fromFileUrl, join } from "deno-std/path/mod.js";
import { compile } from "../fixtures/stub_driver/mod.ts";

/** Functions that give a handle through their first parameter. */
const CREATE = new Set(["cublasCreate_v2", "cublasLtCreate", "cublasLtMatmulDescCreate"]);

/** Writes libcudart, libcublas, libcublasLt and libcurand for a provider into a folder. */
export async function writeFakeCuda(folder: string, provider: string): Promise<void> {
  const names = await importsOf(provider);
  const source = fromFileUrl(new URL("./cudart.c", import.meta.url));
  const defined = new Set([...(await Deno.readTextFile(source)).matchAll(/\b(\w+)\(/g)].map(([, name]) => name!));
  const cudart = names.filter((name) => /^_*cuda/.test(name) && !defined.has(name));
  await Deno.writeTextFile(
    join(folder, "cudart.h"),
    cudart.map((name) => `int ${name}(void) { return 0; }\n`).join(""),
  );
  await compile(source, join(folder, "libcudart.so.13"), ["-I", folder]);
  for (
    const [library, pattern] of [
      ["libcublasLt.so.13", /^cublasLt/],
      ["libcublas.so.13", /^cublas(?!Lt)/],
      ["libcurand.so.10", /^curand/],
    ] as const
  ) {
    const body = names.filter((name) => pattern.test(name)).map((name) =>
      CREATE.has(name)
        ? `int ${name}(void **created) { *created = handle; return 0; }`
        : `int ${name}(void) { return 0; }`
    );
    const file = join(folder, `${library}.c`);
    await Deno.writeTextFile(file, ["static int handle[64];", ...body, ""].join("\n"));
    await compile(file, join(folder, library));
  }
}

/** The functions of other libraries that a library asks for. */
async function importsOf(library: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("nm", { args: ["-D", "--undefined-only", library] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line) => line.trim().split(" ").at(-1)!.split("@")[0]!);
}
