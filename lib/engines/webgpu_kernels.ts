/** A kernel that tfjs's webgpu backend has in a form that fails silently. */
import * as tf from "@tensorflow/tfjs";

/** The name of the backend in tfjs. */
const WEBGPU = "webgpu";

/** Every WebGPU device binds eight storage buffers to a shader: seven terms and their sum. */
const MOST_TERMS = 7;

/**
 * Registers the kernel; once a process is enough.
 *
 * tfjs's own AddN binds all its terms at once. Beyond the device's limit the shader is refused, nothing is computed, and
 * whatever lay in the sum's buffer is the sum.
 */
export function registerWebGpuKernels(): void {
  const { kernelFunc: addN, ...config } = tf.getKernel("AddN", WEBGPU);
  tf.unregisterKernel("AddN", WEBGPU);
  tf.registerKernel({
    ...config,
    kernelFunc: (call) => {
      const terms = call.inputs as unknown as tf.Tensor[];
      if (terms.length <= MOST_TERMS) return addN(call);
      return tf.tidy(() => {
        const groups = Array.from(
          { length: Math.ceil(terms.length / MOST_TERMS) },
          (_, group) => tf.addN(terms.slice(group * MOST_TERMS, (group + 1) * MOST_TERMS)),
        );
        return tf.addN(groups);
      });
    },
  });
}
