/** The scorecard's arithmetic and text: what was measured, beside what was published. */
import { LatentboardError } from "../../errors.ts";
import type { Evaluation } from "../../evaluation/mod.ts";
import { differences } from "./difference.ts";

/** The published figure: nats per picture, and the spread that the paper gives with it. */
export const PUBLISHED = { paper: "Exemplar VAE (NeurIPS 2020), plain VAE", mean: 228.7, spread: 0.15 } as const;

/** Importance samples of the protocol. */
export const PROTOCOL_SAMPLES = 5000;

/** Pictures of the protocol: its training part, and the test set. */
export const PROTOCOL_PICTURES = { train: 50_000, test: 10_000 } as const;

/** Keys that may differ from the protocol's configuration. */
const FREE = new Set(["name", "title", "seed", "checkpoint.everyEpochs", "checkpoint.everyMinutes"]);

/** What was trained and measured. */
export interface Score {
  readonly protocol: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly trained: number;
  readonly epochs: number;
  readonly evaluation: Evaluation;
}

/**
 * How a result departs from the protocol.
 *
 * @returns one phrase each; empty for a result that may stand beside the published one
 */
export function departures({ protocol, config, trained, evaluation }: Score): string[] {
  const { pictures, pixels, likelihood, negativeLogLikelihood } = evaluation;
  const samples = negativeLogLikelihood?.samples ?? 0;
  const number = (value: number) => value.toLocaleString("en");
  return [
    ...differences([protocol, config])
      .filter(({ key }) => !FREE.has(key))
      .map(({ key, values }) => `${key} is ${values[1]} instead of ${values[0]}`),
    ...(trained === PROTOCOL_PICTURES.train ? [] : [`trained on ${number(trained)} pictures`]),
    ...(pictures === PROTOCOL_PICTURES.test ? [] : [`measured on ${number(pictures)} pictures`]),
    ...(samples === PROTOCOL_SAMPLES ? [] : [`k is ${number(samples)} instead of ${number(PROTOCOL_SAMPLES)}`]),
    ...(pixels === "binarised" ? [] : [`${pixels} pixels`]),
    ...(likelihood === "bernoulli" ? [] : [`${likelihood} likelihood`]),
  ];
}

/** A mean with its 95 % confidence interval over the test pictures: plus or minus 1.96 standard errors. */
export function confidence({ mean, standardError }: { mean: number; standardError: number }): string {
  return `${mean.toFixed(2)} ± ${(1.96 * standardError).toFixed(2)}`;
}

/** The result beside the published one, for the terminal. */
export function scoreText(score: Score): string {
  const { evaluation, epochs } = score;
  const likelihood = evaluation.negativeLogLikelihood;
  if (likelihood === undefined) throw new TypeError("Cannot score an evaluation without its likelihood");
  const from = departures(score);
  const lines = [
    `Negative log-likelihood of binarised Fashion-MNIST, nats per picture, k = ${
      likelihood.samples.toLocaleString("en")
    }`,
    "",
    `  this model (${epochs} epochs)`.padEnd(48) + `${confidence(likelihood)}  (95 % interval over pictures)`,
    `  its negative ELBO`.padEnd(48) + confidence(evaluation.negativeElbo),
  ];
  if (from.length > 0) {
    return [
      ...lines,
      "",
      "Not the published protocol, so not to be put beside its figure:",
      ...from.map((line) => `  ${line}`),
    ]
      .join("\n");
  }
  const published = `  ${PUBLISHED.paper}`.padEnd(48) +
    `${PUBLISHED.mean.toFixed(2)} ± ${PUBLISHED.spread}  (as published)`;
  const reached = likelihood.mean <= PUBLISHED.mean
    ? "reached"
    : `missed by ${(likelihood.mean - PUBLISHED.mean).toFixed(2)} nats`;
  return [...lines, published, "", `The aim, ${PUBLISHED.mean} or less, is ${reached}`].join("\n");
}

/** Where the table of docs/scorecard.md ends. */
const TABLE_END = "<!-- results end here -->";

/**
 * Adds a result to the scorecard's document.
 *
 * @param document docs/scorecard.md
 * @param score what was measured
 * @param date ISO 8601
 * @param engine what trained it
 * @throws {LatentboardError} `damaged` when the document has no table to add to
 */
export function addResult(document: string, score: Score, date: string, engine: string): string {
  const end = document.indexOf(TABLE_END);
  if (end < 0) {
    throw new LatentboardError("damaged", `docs/scorecard.md has lost its line "${TABLE_END}": put it below the table`);
  }
  const { evaluation, epochs } = score;
  const likelihood = evaluation.negativeLogLikelihood!;
  const from = departures(score);
  const cells = [
    date.slice(0, 10),
    String(evaluation.seed),
    String(epochs),
    confidence(evaluation.negativeElbo),
    likelihood.samples.toLocaleString("en"),
    confidence(likelihood),
    from.length === 0 ? "yes" : `no: ${from.join("; ")}`,
    engine,
  ];
  const table = document.slice(0, end).trimEnd(); // a blank line would end it
  return `${table}\n| ${cells.join(" | ")} |\n\n${document.slice(end)}`;
}
