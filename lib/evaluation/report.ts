/** An evaluation as a table for the terminal and as one HTML file with plots, which needs nothing else to be shown. */
import { barChart } from "../charts/mod.ts";
import type { Evaluation, Measured } from "./evaluate.ts";

/** One row: what it is, and its figure with the unit. */
export interface FigureRow {
  readonly name: string;
  /** Its value, ready to show. */
  readonly value: string;
  /** Whether it is one of the likelihoods, which compare only under the same conditions. */
  readonly likelihood?: boolean;
}

const LIKELIHOOD_NAMES = {
  bound: "negative ELBO",
  reconstruction: "reconstruction",
  bits: "bits per dimension",
  weighted: "negative log-likelihood",
} as const;

/** A Bernoulli of grey or coloured pixels is no density: its figures go by other names. */
const CROSS_ENTROPY_NAMES = {
  bound: "cross-entropy + KL",
  reconstruction: "cross-entropy",
  bits: "the same in bits per dimension",
  weighted: "importance-weighted cross-entropy",
} as const;

function isCrossEntropy({ likelihood, pixels }: Evaluation): boolean {
  return likelihood === "bernoulli" && pixels !== "binarised";
}

/** The figures of an evaluation in the order in which they are shown. */
export function figureRows(evaluation: Evaluation): FigureRow[] {
  const measured = ({ mean, standardError }: Measured) => `${mean.toFixed(2)} ± ${standardError.toFixed(2)} nats`;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const { negativeLogLikelihood, frechet } = evaluation;
  const names = isCrossEntropy(evaluation) ? CROSS_ENTROPY_NAMES : LIKELIHOOD_NAMES;
  const likelihoods: FigureRow[] = [
    { name: names.bound, value: measured(evaluation.negativeElbo) },
    { name: `  ${names.reconstruction}`, value: `${evaluation.reconstruction.toFixed(2)} nats` },
    { name: evaluation.codes ? "  code length" : "  KL divergence", value: `${evaluation.kl.toFixed(2)} nats` },
    { name: names.bits, value: evaluation.bitsPerDimension.toFixed(4) },
    ...optional(negativeLogLikelihood, ({ samples }) => `${names.weighted} (k = ${samples})`, measured),
  ];
  return [
    ...likelihoods.map((row) => ({ ...row, likelihood: true })),
    { name: "active units", value: `${evaluation.activeUnits} of ${evaluation.klPerLatent.length}` },
    {
      name: "active units by variance",
      value: `${evaluation.activeUnitsByVariance} of ${evaluation.klPerLatent.length}`,
    },
    { name: "reconstruction MSE", value: evaluation.mse.toFixed(5) },
    { name: "reconstruction PSNR", value: `${evaluation.psnr.toFixed(2)} dB` },
    ...optional(evaluation.ssim, () => "reconstruction SSIM", (value) => value.toFixed(4)),
    { name: "MMD to the prior", value: evaluation.mmd.toFixed(5) },
    ...optional(
      frechet,
      ({ features }) => `Fréchet distance, samples (${features})`,
      ({ samples }) => samples.toFixed(2),
    ),
    ...optional(frechet, () => "Fréchet distance, reconstructions", (value) => value.reconstructions.toFixed(2)),
    ...optional(evaluation.nearestNeighbours, () => "5 nearest neighbours", percent),
    ...optional(evaluation.linearProbe, () => "linear probe", percent),
    ...optional(evaluation.mutualInformationGap, () => "mutual information gap", (value) => value.toFixed(4)),
  ];
}

function optional<T>(value: T | undefined, name: (value: T) => string, show: (value: T) => string): FigureRow[] {
  return value === undefined ? [] : [{ name: name(value), value: show(value) }];
}

/** What the figures were measured on, in one line. */
export function subjectLine(evaluation: Evaluation): string {
  const { model, dataset, pictures, pixels, seed } = evaluation;
  return `${model} on ${pictures.toLocaleString("en")} pictures of ${dataset}, ${pixels} pixels, seed ${seed}`;
}

/**
 * Evaluations side by side as text, one column a model. Likelihoods of different pixels, or under different
 * distributions, are not put beside each other: each kind has a table of its own.
 */
export function textTable(evaluations: readonly Evaluation[]): string {
  const groups = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) {
    const conditions = conditionsOf(evaluation);
    groups.set(conditions, [...groups.get(conditions) ?? [], evaluation]);
  }
  const parts = groups.size === 1 ? [tableOf(evaluations)] : [
    ...[...groups].flatMap(([conditions, group]) => [conditions, tableOf(group, true), ""]),
    "all",
    tableOf(evaluations, false),
  ];
  return [...evaluations.map(subjectLine), "", ...parts].join("\n");
}

function conditionsOf(evaluation: Evaluation): string {
  const { dataset, pixels, likelihood, pictures } = evaluation;
  return `${pixels} pixels of ${pictures.toLocaleString("en")} pictures of ${dataset}, ` +
    (isCrossEntropy(evaluation) ? "cross-entropies" : `${likelihood} likelihood`);
}

/** A table of all figures, or of likelihoods alone, or of all but them. */
function tableOf(evaluations: readonly Evaluation[], likelihoods?: boolean): string {
  const columns = evaluations.map((evaluation) => {
    const rows = figureRows(evaluation).filter(({ likelihood = false }) => likelihood === (likelihoods ?? likelihood));
    return new Map(rows.map(({ name, value }) => [name, value]));
  });
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const left = Math.max(...names.map((name) => name.length));
  const widths = columns.map((column, i) => {
    return Math.max(evaluations[i]!.model.length, ...[...column.values()].map((value) => value.length));
  });
  const row = (name: string, values: string[]) => {
    return `${name.padEnd(left)}  ${values.map((value, i) => value.padStart(widths[i]!)).join("  ")}`.trimEnd();
  };
  return [
    ...(evaluations.length > 1 ? [row("", evaluations.map(({ model }) => model))] : []),
    ...names.map((name) => row(name, columns.map((column) => column.get(name) ?? "-"))),
  ].join("\n");
}

/** A picture for the report. */
export interface ReportPicture {
  /** What it shows; also its alternative text. */
  readonly caption: string;
  readonly png: Uint8Array;
}

/**
 * Evaluations as one HTML document: tables, KL per latent as a plot, pictures. Nothing in it is fetched.
 *
 * @param pictures such as samples and reconstructions
 * @param configuration the model's, shown in small print
 */
export function htmlReport(
  evaluations: readonly Evaluation[],
  pictures: readonly ReportPicture[] = [],
  configuration?: unknown,
): string {
  const tables = evaluations.map((evaluation) => {
    const rows = figureRows(evaluation).map(({ name, value }) => {
      return `<tr><th scope="row">${escapeHtml(name.trim())}</th><td>${escapeHtml(value)}</td></tr>`;
    });
    const bars = evaluation.klPerLatent.map((value, i) => ({ name: `z${i}`, value })).sort((a, b) => b.value - a.value);
    const plot = barChart({
      title: "KL divergence of each latent",
      xLabel: "latent, in the order of its KL",
      yLabel: "nats",
      caption: subjectLine(evaluation),
    }, bars);
    return `<section><h2>${escapeHtml(evaluation.model)}</h2><p>${escapeHtml(subjectLine(evaluation))}</p>` +
      `<table>${rows.join("")}</table><figure>${plot}</figure></section>`;
  });
  const figures = pictures.map(({ caption, png }) => {
    const text = escapeHtml(caption);
    return `<figure><img alt="${text}" src="data:image/png;base64,${png.toBase64()}"><figcaption>${text}</figcaption></figure>`;
  });
  const small = configuration === undefined
    ? ""
    : `<details><summary>Configuration</summary><pre>${
      escapeHtml(JSON.stringify(configuration, null, 2))
    }</pre></details>`;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Evaluation of ${escapeHtml(evaluations.map(({ model }) => model).join(", "))}</title>
<style>${STYLE}</style></head>
<body><h1>Evaluation</h1>${tables.join("")}${figures.join("")}${small}</body></html>
`;
}

const STYLE =
  `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse}th{text-align:left;font-weight:400;padding:.2rem 2rem .2rem 0}td{text-align:right;font-variant-numeric:tabular-nums}
tr+tr{border-top:1px solid #e5e5e5}figure{margin:1.5rem 0}svg,img{max-width:100%;height:auto}img{image-rendering:pixelated}figcaption{color:#555}`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
