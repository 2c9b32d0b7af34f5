/** Opens libtensorflow's files, and converts between JavaScript's memory and C's. */
import { LibraryUnavailableError, TensorFlowError } from "../errors.ts";
import { pinLibrary } from "../libc.ts";
import { BACKGROUND_SYMBOLS, type BackgroundSymbols, SYMBOLS, type Symbols } from "./symbols.ts";
import { TENSOR_FLOAT_32, type TensorFloat32 } from "./symbols.ts";

/** Bytes that can be lent to a native call. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** A C string: UTF-8 with a final zero. */
export function cString(text: string): Bytes {
  return encoder.encode(`${text}\0`);
}

const names = new Map<string, Bytes>();

/** A C string of a name from a small, fixed set (ops, attributes), encoded once. */
export function cName(name: string): Bytes {
  let bytes = names.get(name);
  if (!bytes) names.set(name, bytes = cString(name));
  return bytes;
}

/** An array of C pointers. */
export function cPointers(pointers: readonly Deno.PointerValue[]): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from(pointers, (p) => Deno.UnsafePointer.value(p));
}

/** The buffers whose addresses were handed out last, kept alive during the call. */
let lent: readonly Bytes[] = [];

/** An array of the addresses of buffers, valid for the one native call that follows. */
export function cAddresses(buffers: readonly ArrayBufferView<ArrayBuffer>[]): BigUint64Array<ArrayBuffer> {
  // Asking for the buffer takes a small array out of V8's heap, where it could be moved.
  lent = buffers.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return cPointers(lent.map((view) => Deno.UnsafePointer.of(view)));
}

/** An array of `int64_t`. */
export function cInts(values: readonly number[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(values, BigInt);
}

/** A pointer that C promises not to be null. */
export function nonNull(pointer: Deno.PointerValue, what: string): Deno.PointerObject {
  if (pointer === null) throw new TensorFlowError(13, `TensorFlow returned no ${what}`);
  return pointer;
}

/** libtensorflow, opened. */
export class Native {
  /** The functions of the C API. */
  readonly symbols: Symbols;
  /** The functions that run on a thread of their own. */
  readonly background: BackgroundSymbols;
  /** The switch for TF32; undefined in a release without it, which always computes in float32. */
  readonly tensorFloat32: TensorFloat32 | undefined;
  /** The status that blocking calls report into; checked by {@linkcode Native.check}. */
  readonly status: Deno.PointerObject;

  /**
   * @param files The library's files, dependencies first.
   * @throws {LibraryUnavailableError} A file cannot be opened, or a function is in none of them.
   */
  constructor(files: readonly string[]) {
    const { symbols, homes } = lookUp(files);
    this.symbols = symbols;
    // Deno creates a nonblocking function whether its symbol exists or not, so it can't be looked up file by file.
    this.background = Deno.dlopen(homes.TFE_Execute!, BACKGROUND_SYMBOLS).symbols;
    this.tensorFloat32 = findTensorFloat32(files);
    this.status = nonNull(this.symbols.TF_NewStatus(), "status");
    files.forEach(pinLibrary);
  }

  /**
   * Throws what the last call reported.
   *
   * @param status The status to look at; by default the one for blocking calls.
   * @throws {TensorFlowError} The call failed.
   */
  check(status: Deno.PointerValue = this.status): void {
    const code = this.symbols.TF_GetCode(status);
    if (code !== 0) throw new TensorFlowError(code, this.text(this.symbols.TF_Message(status)));
  }

  /** The text behind a `const char*`. */
  text(pointer: Deno.PointerValue): string {
    return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
  }

  /** A copy of `length` bytes of TensorFlow's memory. */
  copyBytes(pointer: Deno.PointerValue, length: number): ArrayBuffer {
    const copy = new ArrayBuffer(length);
    if (length > 0) Deno.UnsafePointerView.copyInto(nonNull(pointer, "data"), new Uint8Array(copy));
    return copy;
  }
}

/**
 * Looks each function up in every file until one has it: releases for different systems divide the functions among
 * their files differently.
 *
 * @returns The functions, and the file that each was found in.
 */
function lookUp(files: readonly string[]): { symbols: Symbols; homes: Record<string, string> } {
  const optional: Deno.ForeignLibraryInterface = Object.fromEntries(
    Object.entries(SYMBOLS).map(([name, symbol]) => [name, { ...symbol, optional: true }]),
  );
  const found: Record<string, unknown> = {};
  const homes: Record<string, string> = {};
  for (const file of files) {
    for (const [name, symbol] of Object.entries(open(file, optional))) {
      if (symbol === null || found[name]) continue;
      found[name] = symbol;
      homes[name] = file;
    }
  }
  const missing = Object.keys(SYMBOLS).filter((name) => !found[name]);
  if (missing.length > 0) {
    const detail = `${files.join(", ")}: no ${missing.join(", no ")}`;
    throw new LibraryUnavailableError("Cannot use libtensorflow: it lacks functions that are needed", [detail]);
  }
  return { symbols: found as unknown as Symbols, homes };
}

function findTensorFloat32(files: readonly string[]): TensorFloat32 | undefined {
  for (const file of files) {
    try {
      return Deno.dlopen(file, TENSOR_FLOAT_32).symbols;
    } catch {
      // not in this file
    }
  }
}

function open(file: string, table: Deno.ForeignLibraryInterface): Record<string, unknown> {
  try {
    return Deno.dlopen(file, table).symbols;
  } catch (cause) {
    const detail = `${file}: ${cause instanceof Error ? cause.message : cause}`;
    throw new LibraryUnavailableError("Cannot open libtensorflow", [detail], { cause });
  }
}
