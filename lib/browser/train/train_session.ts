/** What the page for a new run holds: the pictures, the settings, and the start. */
import { type Signal, signal } from "@preact/signals";
import type { DatasetList, DatasetSummary, PreviewRequest, PreviewResponse, RunSummary } from "../../protocol_runs.ts";
import type { StartRunRequest, TrainingForm } from "../../protocol_runs.ts";
import { errorText, isAbort, send, sendJson } from "../requests.ts";
import { Toasts } from "../toasts.ts";
import { type ConfigValues, valueAt } from "./config_form.ts";
import { DatasetSession } from "./dataset_session.ts";
import { type ChosenFile, datasetName } from "./dropped_files.ts";
import { SettingsSession } from "./settings_session.ts";
import { Uploader } from "./uploader.ts";

/** Pictures of a preview. */
const PREVIEWED = 8;

/** The run that a new one is forked from. */
export interface ForkOrigin {
  readonly id: string;
  readonly title: string;
  readonly config: ConfigValues;
  /** Whether it has weights to begin with. */
  readonly hasWeights: boolean;
}

/** The controller of the page. */
export class TrainSession {
  readonly settings: SettingsSession;
  readonly toasts = new Toasts();
  readonly list: Signal<DatasetList | undefined> = signal();
  readonly upload: Signal<Uploader | undefined> = signal();
  /** The uploaded dataset that is open. */
  readonly dataset: Signal<DatasetSession | undefined> = signal();
  /** What training will see, or why that can't be shown. */
  readonly preview: Signal<PreviewResponse | { readonly problem: string } | undefined> = signal();
  /** Whether a fork begins with the weights of its origin. */
  readonly keepWeights: Signal<boolean>;
  readonly starting = signal(false);
  readonly problem = signal("");
  #previewing = new AbortController();

  /** @param fork the run to begin from, if any */
  constructor(form: TrainingForm, readonly fork?: ForkOrigin) {
    this.settings = new SettingsSession(form, fork?.config);
    this.keepWeights = signal(fork?.hasWeights ?? false);
  }

  /** The chosen pictures, as `data.source` names them. */
  get source(): string {
    return String(valueAt(this.settings.config.value, "data.source") ?? "");
  }

  /** Reads the datasets. */
  async open(): Promise<void> {
    this.settings.open();
    await this.readDatasets();
  }

  /** Reads the list of datasets. */
  async readDatasets(): Promise<void> {
    try {
      this.list.value = await (await send("/api/datasets")).json() as DatasetList;
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  /** Chooses pictures that are on the server. */
  async choose(source: string, kind: DatasetSummary["kind"]): Promise<void> {
    this.settings.setSource(source);
    this.settings.forgetEstimates();
    this.dataset.value = undefined;
    if (kind !== "own") return;
    try {
      this.dataset.value = await DatasetSession.open(source);
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  /** Sends a person's own pictures, and chooses them. */
  async send(files: readonly ChosenFile[]): Promise<void> {
    if (files.length === 0) return;
    this.upload.peek()?.cancel();
    const upload = this.upload.value = new Uploader(files);
    this.dataset.value = undefined;
    this.problem.value = "";
    const detail = await upload.run(datasetName(files, this.list.peek()?.datasets.map(({ name }) => name) ?? []));
    if (detail === undefined) return;
    this.settings.setSource(detail.source);
    this.settings.forgetEstimates();
    this.dataset.value = new DatasetSession(detail);
    await this.readDatasets();
  }

  /** Deletes an uploaded dataset; the note takes it back. */
  async removeDataset({ name, source }: DatasetSummary): Promise<void> {
    const path = `/api/datasets/${encodeURIComponent(name)}`;
    const attempt = async (work: () => Promise<unknown>) => {
      try {
        await work();
        await this.readDatasets();
      } catch (error) {
        this.toasts.show(errorText(error));
      }
    };
    await attempt(async () => {
      await send(path, { method: "DELETE" });
      if (this.source === source) await this.choose("sample", "known");
      const run = () => void attempt(() => send(`${path}/restore`, { method: "POST" }));
      this.toasts.show(`Deleted ${name}`, { action: { text: "Undo", run } });
    });
  }

  /** Shows what training will see of the chosen pictures. */
  async showPreview(): Promise<void> {
    this.#previewing.abort();
    const { signal } = this.#previewing = new AbortController();
    const data = this.settings.config.value.data as Partial<PreviewRequest>;
    const request: PreviewRequest = {
      source: this.source,
      count: PREVIEWED,
      ...(data.imageSize === undefined ? {} : { imageSize: data.imageSize }),
      ...(data.channels === undefined ? {} : { channels: data.channels }),
      ...(data.fit === undefined ? {} : { fit: data.fit }),
    };
    try {
      this.preview.value = await sendJson<PreviewResponse>("/api/preview", request, { signal });
    } catch (error) {
      if (!isAbort(error)) this.preview.value = { problem: errorText(error) };
    }
  }

  /** Starts the run and opens its page. */
  async start(): Promise<void> {
    if (this.starting.peek()) return;
    this.starting.value = true;
    this.problem.value = "";
    const request: StartRunRequest = {
      config: this.settings.config.peek(),
      ...(this.fork === undefined ? {} : { fork: { run: this.fork.id, weights: this.keepWeights.peek() } }),
    };
    try {
      const run = await sendJson<RunSummary>("/api/runs", request);
      location.href = `/runs/${run.id}`;
    } catch (error) {
      this.problem.value = errorText(error);
      this.starting.value = false;
    }
  }
}
