/** TensorFlow's eager context: its devices, its threads, and what runs on them. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Bytes, type Native, nonNull } from "./native.ts";

/** How the context computes. */
export interface ContextOptions {
  /** Threads that share the work of one op; TensorFlow's own default is the number of cores. */
  readonly intraOpThreads?: number | undefined;
  /** Ops that may run in parallel; TensorFlow's own default is the number of cores. */
  readonly interOpThreads?: number | undefined;
  /** The number of the card to use, among those that CUDA_VISIBLE_DEVICES leaves, or none; all by default. */
  readonly gpu?: number | "none" | undefined;
}

/** An eager context. There is one per process, and it lives as long as the process. */
export interface Context {
  /** `TFE_Context*`. */
  readonly pointer: Deno.PointerObject;
  /** The type of the device that ops run on. */
  readonly device: "CPU" | "GPU";
}

/**
 * Creates an eager context.
 *
 * @throws {TensorFlowError} TensorFlow refuses the options or finds no device.
 * @throws {RangeError} A thread count is not an integer from 0 to 1024.
 */
export function createContext(native: Native, options: ContextOptions = {}): Context {
  const { symbols: s, status } = native;
  const config = configProto(options);
  const contextOptions = s.TFE_NewContextOptions();
  try {
    s.TFE_ContextOptionsSetConfig(contextOptions, config, BigInt(config.length), status);
    native.check();
    const pointer = s.TFE_NewContext(contextOptions, status);
    native.check();
    const device = deviceTypes(native, pointer).includes("GPU") ? "GPU" : "CPU";
    return { pointer: nonNull(pointer, "context"), device };
  } finally {
    s.TFE_DeleteContextOptions(contextOptions);
  }
}

function deviceTypes(native: Native, context: Deno.PointerValue): string[] {
  const { symbols: s, status } = native;
  const list = s.TFE_ContextListDevices(context, status);
  native.check();
  try {
    return Array.from({ length: s.TF_DeviceListCount(list) }, (_, i) => {
      const type = native.text(s.TF_DeviceListType(list, i, status));
      native.check();
      return type;
    });
  } finally {
    s.TF_DeleteDeviceList(list);
  }
}

/**
 * A serialized ConfigProto (tensorflow/core/protobuf/config.proto).
 *
 * Ops without a GPU kernel are placed on the CPU, and memory of a GPU is taken as it is needed, so that others can share
 * the card.
 *
 * @throws {RangeError} A thread count is not an integer from 0 to 1024.
 */
export function configProto({ intraOpThreads = 0, interOpThreads = 0, gpu }: ContextOptions = {}): Bytes {
  const { Varint, LengthDelimited } = WireType;
  const writer = new BinaryWriter();
  if (gpu === "none") { // device_count { key: "GPU" value: 0 }
    writer.tag(1, LengthDelimited).fork().tag(1, LengthDelimited).string("GPU").tag(2, Varint).int32(0).join();
  }
  writer
    .tag(2, Varint).int32(threads("intraOpThreads", intraOpThreads)) // intra_op_parallelism_threads
    .tag(5, Varint).int32(threads("interOpThreads", interOpThreads)) // inter_op_parallelism_threads
    .tag(6, LengthDelimited).fork().tag(4, Varint).bool(true); // gpu_options.allow_growth
  if (typeof gpu === "number") writer.tag(5, LengthDelimited).string(String(gpu)); // gpu_options.visible_device_list
  return writer.join()
    .tag(7, Varint).bool(true) // allow_soft_placement
    .finish() as Bytes;
}

function threads(name: string, count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= 1024) return count;
  throw new RangeError(
    `Cannot start TensorFlow: ${name} is ${count}, and must be an integer from 0 (TensorFlow's choice) to 1024`,
  );
}
