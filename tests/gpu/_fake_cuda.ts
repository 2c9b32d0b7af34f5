/**
 * CUDA's libraries for a machine without a card: every function that a program asks for is there, and those that give
 * something back give something that can be gone on with.
 */
import { basename, dirname, fromFileUrl, join } from "deno-std/path/mod.js";
import { compile } from "../fixtures/stub_driver/mod.ts";

/** Functions that give a handle through their first parameter. */
const CREATE = new Set(["cudnnCreate", "cublasCreate_v2", "cublasLtCreate", "cublasLtMatmulDescCreate"]);

/** Writes CUDA's runtime with these functions and those of cudart.c. */
export async function writeFakeRuntime(library: string, names: readonly string[]): Promise<void> {
  const source = fromFileUrl(new URL("./cudart.c", import.meta.url));
  const defined = new Set([...(await Deno.readTextFile(source)).matchAll(/\b(\w+)\(/g)].map(([, name]) => name!));
  const rest = [...new Set(names)].filter((name) => /^_*cuda/.test(name) && !defined.has(name));
  const header = rest.map((name) => `int ${name}(void) { return 0; }\n`).join("");
  await Deno.writeTextFile(join(dirname(library), "cudart.h"), header);
  await compileVersioned(source, library, ["-I", dirname(library)]);
}

/** The names of functions among the strings of a program that looks them up itself. */
export async function namesIn(library: string, pattern: RegExp): Promise<string[]> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(library));
  return text.split("\0").filter((name) => pattern.test(name));
}

/** Writes libcudart, libcublas, libcublasLt, libcurand and libcudnn for ONNX Runtime's CUDA provider into a folder. */
export async function writeFakeCuda(folder: string, provider: string): Promise<void> {
  const names = [...await importsOf(provider), ...new Set(await namesIn(provider, /^cudnn[A-Z]\w+$/))];
  await writeFakeRuntime(join(folder, "libcudart.so.13"), names);
  for (
    const [library, pattern] of [
      ["libcublasLt.so.13", /^cublasLt/],
      ["libcublas.so.13", /^cublas(?!Lt)/],
      ["libcurand.so.10", /^curand/],
      ["libcudnn.so.9", /^cudnn/],
    ] as const
  ) {
    const body = names.filter((name) => pattern.test(name)).map((name) =>
      CREATE.has(name)
        ? `int ${name}(void **created) { *created = handle; return 0; }`
        : `int ${name}(void) { return 0; }`
    );
    const file = join(folder, `${library}.c`);
    await Deno.writeTextFile(file, ["static int handle[64];", ...body, ""].join("\n"));
    await compileVersioned(file, join(folder, library));
  }
}

/** Compiles a library whose functions have its name for their version, as CUDA's own have. */
async function compileVersioned(source: string, library: string, flags: readonly string[] = []): Promise<void> {
  const script = `${library}.map`;
  await Deno.writeTextFile(script, `${basename(library)} { *; };\n`);
  await compile(source, library, [...flags, `-Wl,--version-script=${script}`]);
}

/** The functions of other libraries that a library is linked with. */
async function importsOf(library: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("nm", { args: ["-D", "--undefined-only", library] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line) => line.trim().split(" ").at(-1)!.split("@")[0]!);
}
