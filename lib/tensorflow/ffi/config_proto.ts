/**
 * TensorFlow's ConfigProto, written by hand: three numbers of it are all that is needed.
 * The field numbers are those of tensorflow/core/protobuf/config.proto.
 */
import type { Bytes } from "./native.ts";

/** How the context computes. */
export interface ContextOptions {
  /** Threads that share the work of one op; TensorFlow's own default is the number of cores. */
  readonly intraOpThreads?: number;
  /** Ops that may run side by side; TensorFlow's own default is the number of cores. */
  readonly interOpThreads?: number;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * A serialized ConfigProto.
 *
 * Ops without a GPU kernel are placed on the CPU, and memory of a GPU is taken as it is needed,
 * so that onnxruntime can share the card.
 *
 * @throws {RangeError} A thread count is not an integer from 0 to 1024.
 */
export function configProto(options: ContextOptions = {}): Bytes {
  const { intraOpThreads = 0, interOpThreads = 0 } = options;
  const gpuOptions = varintField(4, 1); // GPUOptions.allow_growth
  return Uint8Array.from([
    ...varintField(2, threads("intraOpThreads", intraOpThreads)),
    ...varintField(5, threads("interOpThreads", interOpThreads)),
    ...bytesField(6, gpuOptions),
    ...varintField(7, 1), // allow_soft_placement
  ]);
}

/** A serialized AttrValue that holds a boolean. */
export function boolAttrValue(value: boolean): Bytes {
  return Uint8Array.from(varintField(5, value ? 1 : 0));
}

function threads(name: string, count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > 1024) {
    throw new RangeError(
      `Cannot start TensorFlow: ${name} is ${count}, and must be an integer from 0 (its own choice) to 1024`,
    );
  }
  return count;
}

function varintField(field: number, value: number): number[] {
  return [...varint(field << 3 | VARINT), ...varint(value)];
}

function bytesField(field: number, bytes: readonly number[]): number[] {
  return [
    ...varint(field << 3 | LENGTH_DELIMITED),
    ...varint(bytes.length),
    ...bytes,
  ];
}

function varint(value: number): number[] {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128);
  return [...bytes, value];
}
