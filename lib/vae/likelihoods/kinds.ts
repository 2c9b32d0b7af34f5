/** The likelihoods by configuration and by what model.json says. */
import { LatentboardError } from "../../errors.ts";
import type { ObjectiveConfig } from "../config_schema.ts";
import { bernoulli, bernoulliWithSquares } from "./bernoulli.ts";
import { continuousBernoulli } from "./continuous_bernoulli.ts";
import { fixedGaussian, learnedGaussian } from "./gaussian.ts";
import { laplace } from "./laplace.ts";
import type { Likelihood, LikelihoodDescription } from "./likelihood.ts";

/** The density of pixels that an objective stands for. */
export function likelihoodOf(
  objective: Pick<ObjectiveConfig, "reconstruction" | "variance" | "scale" | "weights">,
): Likelihood {
  switch (objective.reconstruction) {
    case "bce":
      return bernoulli;
    case "bce+mse":
      return bernoulliWithSquares(objective.weights);
    case "continuous-bernoulli":
      return continuousBernoulli;
    case "mse":
      return fixedGaussian(0.5);
    case "gaussian":
      return objective.variance === "fixed" ? fixedGaussian(objective.scale ** 2) : learnedGaussian(objective.variance);
    case "l1":
      return laplace(1);
    case "laplace":
      return laplace(objective.scale);
  }
}

/**
 * The density that model.json names.
 *
 * @throws {LatentboardError} `unsupported` for a kind that is not known, `damaged` for a scale that is none
 */
export function readLikelihood({ kind, parameters }: LikelihoodDescription): Likelihood {
  switch (kind) {
    case "bernoulli":
      return parameters.weights === undefined
        ? bernoulli
        : bernoulliWithSquares(parameters.weights as { bce: number; mse: number });
    case "continuous-bernoulli":
      return continuousBernoulli;
    case "gaussian":
      if (parameters.variance === "learned") return learnedGaussian(parameters.per === "shared" ? "shared" : "pixel");
      return fixedGaussian(positive("variance", parameters.variance));
    case "laplace":
      return laplace(positive("scale", parameters.scale));
  }
  throw new LatentboardError("unsupported", `A likelihood of kind "${kind}" is not known to this version`);
}

function positive(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new LatentboardError("damaged", `The model's ${name} must be a number above 0: current value is ${value}`);
}
