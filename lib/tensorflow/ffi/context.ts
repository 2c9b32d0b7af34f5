/** TensorFlow's eager context: the devices, the threads, and what runs on them. */
import { configProto, type ContextOptions } from "./config_proto.ts";
import { type Native, present } from "./native.ts";

/** A device that TensorFlow computes on. */
export interface Device {
  /** TensorFlow's name of it, such as `/job:localhost/replica:0/task:0/device:CPU:0`. */
  readonly name: string;
  /** `"CPU"`, `"GPU"` or another type that TensorFlow names. */
  readonly type: string;
}

/** An eager context. There is one a process, and it lives as long as the process. */
export interface Context {
  /** `TFE_Context*`. */
  readonly pointer: Deno.PointerObject;
  /** Every device it can use. */
  readonly devices: readonly Device[];
}

/**
 * Makes an eager context.
 *
 * @throws {TensorFlowError} TensorFlow refuses the options or finds no device.
 */
export function createContext(
  native: Native,
  options: ContextOptions = {},
): Context {
  const { symbols: s, status } = native;
  const config = configProto(options);
  const contextOptions = s.TFE_NewContextOptions();
  try {
    s.TFE_ContextOptionsSetConfig(
      contextOptions,
      config,
      BigInt(config.length),
      status,
    );
    native.check();
    const pointer = s.TFE_NewContext(contextOptions, status);
    native.check();
    return {
      pointer: present(pointer, "context"),
      devices: listDevices(native, pointer),
    };
  } finally {
    s.TFE_DeleteContextOptions(contextOptions);
  }
}

function listDevices(native: Native, context: Deno.PointerValue): Device[] {
  const { symbols: s, status } = native;
  const list = s.TFE_ContextListDevices(context, status);
  native.check();
  try {
    return Array.from({ length: s.TF_DeviceListCount(list) }, (_, i) => {
      const name = native.text(s.TF_DeviceListName(list, i, status));
      native.check();
      const type = native.text(s.TF_DeviceListType(list, i, status));
      native.check();
      return { name, type };
    });
  } finally {
    s.TF_DeleteDeviceList(list);
  }
}
