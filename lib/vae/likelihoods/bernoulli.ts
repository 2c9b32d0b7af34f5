import type { Likelihood } from "./likelihood.ts";

/**
 * The Bernoulli of black and white pixels. Of grey ones its figure is a cross-entropy, not a likelihood: it does not
 * integrate to 1 over them.
 */
export const bernoulli: Likelihood = {
  description: { kind: "bernoulli", parameters: {} },
  negativeLog: (m, { logits }, x, sum) => sum(m.sigmoidCrossEntropy(logits, x)),
  mean: (m, { logits }) => m.sigmoid(logits),
};

/** The weighted sum of cross-entropy and squared error; no density. */
export function bernoulliWithSquares(weights: { readonly bce: number; readonly mse: number }): Likelihood {
  return {
    ...bernoulli,
    description: { kind: "bernoulli", parameters: { weights } },
    negativeLog: (m, out, x, sum) => {
      const squares = sum(m.square(m.sub(x, m.sigmoid(out.logits))));
      return m.add(m.mul(bernoulli.negativeLog(m, out, x, sum), weights.bce), m.mul(squares, weights.mse));
    },
  };
}
