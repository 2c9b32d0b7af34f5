/** The system's loader of native libraries, and what they write to standard error. */

const POSIX = Deno.build.os !== "windows";
const RTLD_NOW = 2;
const RTLD_GLOBAL = 0x100;
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
 * Takes a reference to a library that is never released.
 *
 * Deno closes the libraries it opened while it shuts down; threads of libtensorflow still run then, and the process
 * would end with a segmentation fault. A library that can't be loaded is skipped: TensorFlow then runs without it, as
 * without a GPU.
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
 * Opens a library on Linux for good, its symbols seen by libraries that are opened later.
 *
 * @returns whether it could be opened
 */
export function openGlobally(file: string): boolean {
  const libc = openPosix();
  const library = libc.symbols.dlopen(encoder.encode(`${file}\0`), RTLD_NOW | RTLD_GLOBAL);
  libc.close();
  return library !== null;
}

/** Whether the system's loader finds a library of that name or path. */
export function canLoad(file: string): boolean {
  try {
    Deno.dlopen(file, {}).close();
    return true;
  } catch {
    return false; // not there, or not for this machine
  }
}

/**
 * Runs `body` with standard error discarded, that of native code too: until it returns, or until its promise settles.
 * Not on Windows.
 *
 * libtensorflow announces oneDNN while it is loaded, before its log level can be set; Dawn prints a stack where there is
 * a Vulkan loader and no driver.
 */
export function withoutStderr<T>(body: () => T): T {
  if (!POSIX) return body();
  const libc = openPosix();
  const { open, dup, dup2, close } = libc.symbols;
  const saved = dup(STDERR);
  const devNull = open(encoder.encode("/dev/null\0"), O_WRONLY);
  const restore = () => {
    if (saved >= 0) dup2(saved, STDERR);
    for (const descriptor of [saved, devNull]) if (descriptor >= 0) close(descriptor);
    libc.close();
  };
  let pending = false;
  try {
    if (saved >= 0 && devNull >= 0) dup2(devNull, STDERR);
    const result = body();
    pending = result instanceof Promise;
    return result instanceof Promise ? result.finally(restore) as T : result;
  } finally {
    if (!pending) restore();
  }
}
