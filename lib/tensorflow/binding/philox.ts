/**
 * Stateless standard-normal noise keyed by (seed, step): the numbers that TensorFlow's StatelessRandomNormal gives,
 * so that every engine sees the same noise and a resumed run goes on with the noise that it would have had.
 *
 * Philox 4x32-10 after Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; Box-Muller on its output.
 */

const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_B = 0xcd9e8d57;
const WEYL_A = 0x9e3779b9;
const WEYL_B = 0xbb67ae85;
const ROUNDS = 10;

/** Four 32-bit words. */
type Block = [number, number, number, number];

/**
 * Standard-normal numbers.
 *
 * @param seed the run's seed, a 32-bit whole number
 * @param step the step (or any other index), a 32-bit whole number
 * @param count how many numbers
 * @returns `count` float32 values, the same for the same seed and step on every machine but for the last bit
 */
export function philoxNormal(seed: number, step: number, count: number): Float32Array {
  const { key, counter } = scramble(seed, step);
  const result = new Float32Array(count);
  const block: Block = [0, 0, 0, 0];
  for (let start = 0, index = 0; start < count; start += 4, index++) {
    philox(block, index >>> 0, Math.floor(index / 2 ** 32), counter[0], counter[1], key[0], key[1]);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(unitInterval(block[pair]!), 1e-7)));
      const angle = 2 * Math.PI * unitInterval(block[pair + 1]!);
      if (start + pair < count) result[start + pair] = Math.sin(angle) * radius;
      if (start + pair + 1 < count) result[start + pair + 1] = Math.cos(angle) * radius;
    }
  }
  return result;
}

/** TensorFlow's GenerateKey: one round of Philox over the two seeds gives the key and the counter's upper half. */
function scramble(seed: number, step: number): { key: [number, number]; counter: [number, number] } {
  const mixed: Block = [0, 0, 0, 0];
  philox(mixed, seed >>> 0, seed < 0 ? -1 : 0, step >>> 0, step < 0 ? -1 : 0, 0x3ec8f720, 0x02461e29);
  return { key: [mixed[0], mixed[1]], counter: [mixed[2], mixed[3]] };
}

function philox(
  out: Block,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let [c0, c1, c2, c3] = [counter0, counter1, counter2, counter3];
  let [k0, k1] = [key0, key1];
  for (let round = 0; round < ROUNDS; round++) {
    const highA = multiplyHigh(MULTIPLIER_A, c0);
    const lowA = Math.imul(MULTIPLIER_A, c0);
    const highB = multiplyHigh(MULTIPLIER_B, c2);
    const lowB = Math.imul(MULTIPLIER_B, c2);
    [c0, c1, c2, c3] = [highB ^ c1 ^ k0, lowB, highA ^ c3 ^ k1, lowA];
    k0 = (k0 + WEYL_A) | 0;
    k1 = (k1 + WEYL_B) | 0;
  }
  out[0] = c0 >>> 0;
  out[1] = c1 >>> 0;
  out[2] = c2 >>> 0;
  out[3] = c3 >>> 0;
}

/** The upper 32 bits of the product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

/** A float of 23 random bits, 0 to 1 without 1. */
function unitInterval(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}
