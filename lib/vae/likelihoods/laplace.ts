import type { Likelihood } from "./likelihood.ts";

/**
 * A Laplace distribution around the sigmoid of the logits: `|x − m| / b + log 2b`.
 *
 * @param scale b, above 0
 */
export function laplace(scale: number): Likelihood {
  return {
    description: { kind: "laplace", parameters: { scale } },
    negativeLog: (m, { logits }, x, sum) =>
      sum(m.add(m.mul(m.abs(m.sub(x, m.sigmoid(logits))), 1 / scale), Math.log(2 * scale))),
    mean: (m, { logits }) => m.sigmoid(logits),
  };
}
