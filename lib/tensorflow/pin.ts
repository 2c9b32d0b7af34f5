/**
 * Keeps a native library loaded until the process has ended.
 *
 * Deno closes the libraries it opened while it shuts down. libtensorflow's threads still run then,
 * and the process would end with a segmentation fault. A second reference, which nobody gives
 * back, keeps the code in place.
 */
import { cString } from "./native.ts";

const RTLD_NOW = 2;

/**
 * Takes a reference to a library that is never given back.
 *
 * @param file The library's path, as it was given to `Deno.dlopen`.
 */
export function pinLibrary(file: string): void {
  if (Deno.build.os === "windows") {
    const wide = Uint16Array.from(`${file}\0`, (c) => c.charCodeAt(0));
    Deno.dlopen("kernel32.dll", {
      LoadLibraryW: { parameters: ["buffer"], result: "pointer" }, // LPCWSTR
    }).symbols.LoadLibraryW(wide);
  } else {
    const libc = Deno.build.os === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libc.so.6";
    Deno.dlopen(libc, {
      dlopen: { parameters: ["buffer", "i32"], result: "pointer" }, // const char*, int
    }).symbols.dlopen(cString(file), RTLD_NOW);
  }
}
