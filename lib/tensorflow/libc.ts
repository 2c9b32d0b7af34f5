/** The few functions of the system's own library that taming libtensorflow takes. */

/** Whether the system's library follows POSIX. */
const POSIX = Deno.build.os !== "windows";
const RTLD_NOW = 2;
const O_WRONLY = 1;
const STDERR = 2;

const encoder = new TextEncoder();

function openPosix() {
  return Deno.dlopen(Deno.build.os === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libc.so.6", {
    dlopen: { parameters: ["buffer", "i32"], result: "pointer" }, // const char* path, int mode
    open: { parameters: ["buffer", "i32"], result: "i32" }, // const char* path, int flags
    dup: { parameters: ["i32"], result: "i32" }, // int fd
    dup2: { parameters: ["i32", "i32"], result: "i32" }, // int from, int to
    close: { parameters: ["i32"], result: "i32" }, // int fd
  });
}

/**
 * Takes a reference to a library that is never given back.
 *
 * Deno closes the libraries it opened while it shuts down. libtensorflow's threads still run then,
 * and without this the process would end with a segmentation fault. A library that cannot be loaded is
 * left out: TensorFlow then does without, as it does without a card.
 *
 * @param file The library's path, as it was given to `Deno.dlopen`.
 */
export function pinLibrary(file: string): void {
  if (POSIX) {
    const libc = openPosix();
    libc.symbols.dlopen(encoder.encode(`${file}\0`), RTLD_NOW);
    libc.close();
  } else {
    const wide = Uint16Array.from(`${file}\0`, (c) => c.charCodeAt(0));
    const kernel = Deno.dlopen("kernel32.dll", {
      LoadLibraryW: { parameters: ["buffer"], result: "pointer" }, // LPCWSTR
    });
    kernel.symbols.LoadLibraryW(wide);
    kernel.close();
  }
}

/**
 * Tells whether the system's loader finds a library.
 *
 * @param file Its name, as the loader looks for it.
 */
export function canLoad(file: string): boolean {
  try {
    Deno.dlopen(file, {}).close();
    return true;
  } catch {
    return false; // not there, or not for this machine
  }
}

/**
 * Runs `body` while nothing that native code writes to standard error is seen.
 *
 * libtensorflow announces oneDNN while it is loaded, before its log level can be set. On Windows
 * the line is let through.
 */
export function withoutStderr<T>(body: () => T): T {
  if (!POSIX) return body();
  const libc = openPosix();
  const { open, dup, dup2, close } = libc.symbols;
  const kept = dup(STDERR);
  const nowhere = open(encoder.encode("/dev/null\0"), O_WRONLY);
  try {
    if (kept >= 0 && nowhere >= 0) dup2(nowhere, STDERR);
    return body();
  } finally {
    if (kept >= 0) dup2(kept, STDERR);
    for (const descriptor of [kept, nowhere]) if (descriptor >= 0) close(descriptor);
    libc.close();
  }
}
