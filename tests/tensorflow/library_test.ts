import { createHash } from "node:crypto";
import { assert, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { zipSync } from "fflate";
import {
  cacheFolder,
  DownloadError,
  fetchWheels,
  type LibraryProgress,
  sizesOf,
  tensorFlowFetches,
  wheelFolder,
} from "../../lib/tensorflow/library/cache.ts";
import { LibraryUnavailableError } from "../../lib/tensorflow/errors.ts";
import { findLibrary, type TensorFlowLibrary, useLibrary } from "../../lib/tensorflow/library/find.ts";
import { Native } from "../../lib/tensorflow/ffi/native.ts";
import { type TensorFlowWheel, wheelsFor } from "../../lib/tensorflow/library/platform.ts";
import type { Wheel } from "../../lib/tensorflow/library/wheel.ts";
import { type CommandResult, type System, thisSystem } from "../../lib/tensorflow/library/system.ts";
import { extract } from "../../lib/tensorflow/library/zip.ts";
import type { DriverReport } from "../../lib/tensorflow/nvidia.ts";
import { inFolder } from "../fixtures/folder.ts";

const FILES = ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"];
const NO_PYTHON: CommandResult = { ok: false, output: "", problem: "python3 is not installed" };

const CARD = { name: "NVIDIA H100", memory: 85e9 };
const NO_DRIVER: DriverReport = { state: "absent" };
const WITH_CARD: DriverReport = {
  state: "ready",
  driver: { cuda: { major: 12, minor: 4 }, gpus: [CARD], management: true },
};

/** A machine with these files, this answer to every command, and this driver. */
function machine(
  files: readonly string[],
  run: (command: string, args: readonly string[]) => CommandResult | Promise<CommandResult> = () => NO_PYTHON,
  nvidia: DriverReport = NO_DRIVER,
): System {
  return {
    os: "linux",
    arch: "x86_64",
    nvidia: () => nvidia,
    canLoad: () => false,
    freeBytes: () => Promise.resolve(undefined),
    exists: (path) => Promise.resolve(files.some((file) => file === path || file.startsWith(`${path}/`))),
    find: (folder, name) =>
      Promise.resolve(
        files.filter((path) => path.startsWith(`${folder}/`) && name.test(path.slice(path.lastIndexOf("/") + 1))),
      ),
    run: (command, args) => Promise.resolve(run(command, args)),
  };
}

/** A Python that has packages in these folders. */
function python(packages: { tensorflow: string[]; nvidia: string[] }) {
  return () => ({ ok: true, output: JSON.stringify(packages), problem: "" });
}

const FRAMEWORK = new Uint8Array(100).fill(1);
const CC = new Uint8Array(200_000).map((_, i) => i % 7);
const ARCHIVE = zipSync({
  "tensorflow/libtensorflow_framework.so.2": [FRAMEWORK, { level: 0 }],
  "tensorflow/libtensorflow_cc.so.2": CC,
  "tensorflow/other.py": FRAMEWORK,
});
const WHEEL: Wheel = {
  requirement: "tensorflow-cpu==0.0.0",
  tag: "manylinux_2_27_x86_64",
  sha256: createHash("sha256").update(ARCHIVE).digest("hex"),
  bytes: ARCHIVE.length,
  members: {
    "tensorflow/libtensorflow_framework.so.2": FRAMEWORK.length,
    "tensorflow/libtensorflow_cc.so.2": CC.length,
  },
};

/** A machine whose pip leaves this archive, on the real file system. */
function machineWithPip(archive: Uint8Array, calls: string[][] = []): System {
  return {
    ...thisSystem,
    os: "linux",
    arch: "x86_64",
    nvidia: () => NO_DRIVER,
    async run(command, args) {
      calls.push([command, ...args]);
      if (command !== "python3" || !args.includes("pip")) return NO_PYTHON;
      if (args.includes("download")) {
        await Deno.writeFile(`${args[args.indexOf("--dest") + 1]}/tensorflow_cpu-0.0.0.whl`, archive);
      }
      return { ok: true, output: "", problem: "" };
    },
  };
}

Deno.test("findLibrary() takes the folder that is set, and nothing else", async () => {
  const files = [...FILES.map((name) => `/set/tensorflow/${name}`), ...FILES.map((name) => `/usr/lib/${name}`)];
  const library = await findLibrary({ folder: "/set", cache: "/cache" }, machine(files));
  assertEquals(library, {
    files: FILES.map((name) => `/set/tensorflow/${name}`),
    preload: [],
    source: "setting",
    folder: "/set/tensorflow",
    gpu: { use: false },
  });
  await assertRejects(
    () => findLibrary({ folder: "/empty", cache: "/cache" }, machine(files)),
    LibraryUnavailableError,
    "/empty holds no libtensorflow_framework.so.2 and libtensorflow_cc.so.2",
  );
});

Deno.test("findLibrary() prefers Python's package, then the system's library, then the cache", async () => {
  const inPython = FILES.map((name) => `/site/tensorflow/${name}`);
  const inSystem = ["/usr/local/lib/libtensorflow_framework.so.2", "/usr/local/lib/libtensorflow.so.2"];
  const cache = cacheFolder("/cache", wheelsFor({ os: "linux", arch: "x86_64" }, false)[0]!);
  const inCache = FILES.map((name) => `${cache}/${name}`);
  const packages = python({ tensorflow: ["/site/tensorflow"], nvidia: [] });
  const look = (files: string[]) => findLibrary({ cache: "/cache", download: false }, machine(files, packages));
  assertEquals((await look([...inPython, ...inSystem, ...inCache])).source, "python");
  const system = await look([...inSystem, ...inCache]);
  assertEquals([system.source, ...system.files], ["system", ...inSystem]);
  assertEquals(await look(inCache), {
    files: inCache,
    preload: [],
    source: "cache",
    folder: cache,
    gpu: { use: false },
  });
});

Deno.test("findLibrary() says what was tried when there is none", async () => {
  const error = await assertRejects(
    () => findLibrary({ cache: "/cache", download: false }, machine([])),
    LibraryUnavailableError,
  );
  assertEquals(error.tried.length, 3);
  for (
    const part of ["python3 is not installed", "/usr/local/lib", "/cache", "pip install", "set the folder"]
  ) {
    assert(error.message.includes(part), `${part} is missing in: ${error.message}`);
  }
});

Deno.test("findLibrary() loads CUDA's libraries first where there is NVIDIA's driver", async () => {
  const cuda = ["cudnn/lib/libcudnn.so.9", "cublas/lib/libcublas.so.12", "cublas/lib/libcublasLt.so.12"]
    .map((name) => `/site/nvidia/${name}`);
  const files = [...FILES.map((name) => `/site/tensorflow/${name}`), ...cuda];
  const packages = python({ tensorflow: ["/site/tensorflow"], nvidia: ["/site/nvidia"] });
  const without = await findLibrary({ cache: "/cache" }, machine(files, packages));
  assertEquals(without.preload, []);
  const withDriver = await findLibrary({ cache: "/cache" }, machine(files, packages, WITH_CARD));
  assertEquals(withDriver.gpu, { use: true, index: 0, card: CARD });
  assertEquals(withDriver.preload, [cuda[2], cuda[1], cuda[0]]);
});

Deno.test("useLibrary() goes on looking where a library cannot be opened", async () => {
  const files = [...FILES.map((name) => `/site/tensorflow/${name}`), "/usr/lib/libtensorflow.so"];
  const system = machine(files, python({ tensorflow: ["/site/tensorflow"], nvidia: [] }));
  const open = ({ source }: TensorFlowLibrary) => {
    if (source === "python") throw new LibraryUnavailableError("Cannot open", ["too old"]);
    return source;
  };
  assertEquals(await useLibrary({ cache: "/cache", download: false }, open, system), "system");
});

Deno.test("useLibrary() says on Windows which of the system's libraries TensorFlow lacks, and how to get them", async () => {
  const folder = "/set/tensorflow";
  const windows: System = { ...machine([`${folder}/python/_pywrap_tensorflow_common.dll`]), os: "windows" };
  const fail = (): never => {
    throw new LibraryUnavailableError("Cannot open", ["The specified module could not be found"]);
  };
  const open = (canLoad: (name: string) => boolean) =>
    assertRejects(
      () => useLibrary({ folder: "/set", cache: "/cache" }, fail, { ...windows, canLoad }),
      LibraryUnavailableError,
    );
  const python = await open((name) => name !== "python312.dll");
  assertEquals(python.tried.slice(1), [
    "it needs python312.dll: install Python 3.12 for all users, which puts it on the path",
  ]);
  assert((await open(() => false)).message.includes("Visual C++ runtime"));
});

Deno.test("wheelsFor() knows a pinned wheel for each system that TensorFlow is published for", () => {
  const systems = [["linux", "x86_64"], ["linux", "aarch64"], ["darwin", "aarch64"], ["windows", "x86_64"]];
  for (const [os, arch] of systems) {
    const wheels = wheelsFor({ os: os!, arch: arch! }, false);
    assertEquals(wheels.map(({ cuda }) => cuda), [undefined]);
    assert(/^[0-9a-f]{64}$/.test(wheels[0]!.sha256), `${os} ${arch}`);
  }
  assertEquals(wheelsFor({ os: "linux", arch: "x86_64" }, true).map(({ cuda }) => cuda !== undefined), [
    true,
    false,
  ]);
  assertEquals(wheelsFor({ os: "darwin", arch: "x86_64" }, false), []);
});

Deno.test("findLibrary() takes the library for the processor where CUDA's cannot be had", async () => {
  const [, cpu] = wheelsFor({ os: "linux", arch: "x86_64" }, true);
  const cache = cacheFolder("/cache", cpu!);
  const files = FILES.map((name) => `${cache}/${name}`);
  const library = await findLibrary({ cache: "/cache", download: false }, machine(files, () => NO_PYTHON, WITH_CARD));
  assertEquals(library.folder, cache);
});

Deno.test("findLibrary() computes on the processor, and says so, where a part of CUDA is missing in the cache", async () => {
  const [cuda] = wheelsFor({ os: "linux", arch: "x86_64" }, true);
  const [library, ...parts] = tensorFlowFetches("/cache", cuda!);
  const files = FILES.map((name) => `${library!.folder}/${name}`);
  const all = parts.flatMap(({ wheel, folder }) =>
    Object.keys(wheel.members).map((m) => `${folder}/${m.split("/").at(-1)}`)
  );
  const look = (present: string[]) =>
    findLibrary({ cache: "/cache", download: false }, machine(present, () => NO_PYTHON, WITH_CARD));
  const whole = await look([...files, ...all]);
  assertEquals([whole.gpu.use, whole.preload.length], [true, all.length]);
  const broken = await look([...files, ...all.filter((path) => !path.includes("cudnn"))]);
  assertEquals([broken.folder, broken.preload], [library!.folder, []]);
  assert(!broken.gpu.use && broken.gpu.fault?.includes("deno task gpu"));
});

/** Fetches one wheel into a cache of its own. */
const fetchOne = (cache: string, wheel: Wheel, system: System, report?: (step: LibraryProgress) => void) =>
  fetchWheels({ what: "TensorFlow", cache, wheels: [{ wheel, folder: wheelFolder(cache, wheel) }], report }, system);

Deno.test("fetchWheels() fetches, checks and unpacks only what is needed, naming the size first", async () => {
  await inFolder(async (cache) => {
    const progress: LibraryProgress[] = [];
    const calls: string[][] = [];
    await fetchOne(cache, WHEEL, machineWithPip(ARCHIVE, calls), (step) => progress.push(step));
    const folder = wheelFolder(cache, WHEEL);
    assertEquals(await Deno.readFile(`${folder}/libtensorflow_framework.so.2`), FRAMEWORK);
    assertEquals(await Deno.readFile(`${folder}/libtensorflow_cc.so.2`), CC);
    assertEquals(Array.from(Deno.readDirSync(folder)).length, 2);
    assertEquals(Array.from(Deno.readDirSync(cache)).length, 1, "the staging folder is left behind");
    assertEquals(progress[0]!.bytes, 0);
    assert(/^Fetching TensorFlow: .* MB, .* MB on disk$/.test(progress[0]!.message), progress[0]!.message);
    assertEquals(progress.at(-1)!.bytes, progress.at(-1)!.total);
    assert(calls.at(-1)!.includes("tensorflow-cpu==0.0.0"));
  });
});

Deno.test("fetchWheels() keeps what came before a fault, and fetches only the rest the next time", async () => {
  await inFolder(async (cache) => {
    const other: Wheel = { ...WHEEL, requirement: "nvidia-part==1.0" };
    const wheels = [WHEEL, other].map((wheel) => ({ wheel, folder: wheelFolder(cache, wheel) }));
    const calls: string[][] = [];
    const working = machineWithPip(ARCHIVE, calls);
    const broken: System = {
      ...working,
      run: (command, args) =>
        args.includes(other.requirement)
          ? Promise.resolve({ ok: false, output: "", problem: "Connection reset" })
          : working.run(command, args),
    };
    const fetch = (system: System) => fetchWheels({ what: "TensorFlow", cache, wheels }, system);
    await assertRejects(() => fetch(broken), DownloadError, "Cannot fetch nvidia-part==1.0: pip says Connection reset");
    assertEquals([...Deno.readDirSync(cache)].map(({ name }) => name), ["tensorflow-cpu-0.0.0"]);
    calls.length = 0;
    await fetch(working);
    const asked = calls.flat().filter((part) => part.includes("=="));
    assertEquals(asked, ["nvidia-part==1.0"]);
    calls.length = 0;
    await fetch(working);
    assertEquals(calls, [], "a full cache asks nobody");
  });
});

Deno.test("fetchWheels() refuses to begin where the disk is too small", async () => {
  await inFolder(async (cache) => {
    const small: System = { ...machineWithPip(ARCHIVE), freeBytes: () => Promise.resolve(50e6) };
    const error = await assertRejects(() => fetchOne(cache, WHEEL, small), DownloadError);
    assert(/needs 100 MB of disk and 50 MB are free below .*--home/.test(error.message), error.message);
  });
});

Deno.test("sizesOf() says what the pinned wheels for NVIDIA cards take", () => {
  const wheel = wheelsFor({ os: "linux", arch: "x86_64" }, true)[0] as TensorFlowWheel;
  const { total, onDisk } = sizesOf(tensorFlowFetches("/cache", wheel).map((fetch) => fetch.wheel));
  assertEquals([(total / 1e9).toFixed(1), (onDisk / 1e9).toFixed(1)], ["3.3", "5.2"]);
});

Deno.test("fetchWheels() refuses a wheel that is not the pinned one, and leaves nothing behind", async () => {
  await inFolder(async (cache) => {
    const altered = ARCHIVE.slice();
    altered[50]! ^= 1;
    const error = await assertRejects(() => fetchOne(cache, WHEEL, machineWithPip(altered)), DownloadError);
    assert(error.message.includes(WHEEL.sha256), error.message);
    assertEquals(Array.from(Deno.readDirSync(cache)), []);
  });
});

Deno.test("fetchWheels() says when there is no pip, and what pip said when it failed", async () => {
  await inFolder(async (cache) => {
    const noPip = { ...thisSystem, run: () => Promise.resolve(NO_PYTHON) };
    await assertRejects(() => fetchOne(cache, WHEEL, noPip), DownloadError, "pip is not installed");
    const offline: System = {
      ...thisSystem,
      run: (_, args) =>
        Promise.resolve({ ok: args.includes("--version"), output: "", problem: "No matching distribution found" }),
    };
    await assertRejects(() => fetchOne(cache, WHEEL, offline), DownloadError, "No matching distribution found");
    assertEquals(Array.from(Deno.readDirSync(cache)), []);
  });
});

Deno.test("fetchWheels() ends pip when it is stopped, and leaves nothing behind", async () => {
  await inFolder(async (cache) => {
    const stop = new AbortController();
    const slow: System = {
      ...thisSystem,
      run: (_, args, env, signal) => {
        if (!args.includes("download")) return Promise.resolve({ ok: true, output: "", problem: "" });
        setTimeout(() => stop.abort(), 50);
        return thisSystem.run(
          Deno.execPath(),
          ["eval", "await new Promise((r) => setTimeout(r, 60_000))"],
          env,
          signal,
        );
      },
    };
    const started = performance.now();
    const fetched = fetchWheels({
      what: "it",
      cache,
      wheels: [{ wheel: WHEEL, folder: `${cache}/it` }],
      signal: stop.signal,
    }, slow);
    assertEquals(await fetched.catch((error) => error), stop.signal.reason);
    assert(performance.now() - started < 30_000);
    assertEquals(Array.from(Deno.readDirSync(cache)), []);
  });
});

Deno.test("extract() refuses an archive that is cut off", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/broken.zip`;
    for (const end of [10, ARCHIVE.length - 30]) {
      await Deno.writeFile(path, ARCHIVE.subarray(0, end));
      await assertRejects(() => extract(path, () => `${folder}/out`), Error);
    }
  });
});

Deno.test("Native says which file cannot be opened", () => {
  const error = assertThrows(() => new Native(["/nowhere/libtensorflow.so"]), LibraryUnavailableError);
  assert(error.message.includes("/nowhere/libtensorflow.so"), error.message);
});
