/** The settings of the run to be started: a preset, changes to it in the form or the YAML, and what they cost. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ConfigResponse, EstimateResponse, TrainingForm, TrainingPreset } from "../../protocol_runs.ts";
import { errorText, isAbort, RequestError, sendJson } from "../requests.ts";
import { type SettingDifference, settingDifferences } from "../setting_differences.ts";
import { type ConfigValues, describeForm, type SettingGroup, withValue } from "./config_form.ts";

/** Typing pauses this long before the server is asked. */
const TYPING_MS = 250;

/** The settings that belong to the pictures and the model's name, which presets leave as they are. */
const KEPT = ["name", "title", "data"] as const;

/** A configuration that can't be used. */
export interface SettingProblem {
  /** The setting's path, where it is one. */
  readonly field: string | undefined;
  readonly message: string;
}

/** An estimate, or why there is none yet. */
export type EstimateState = EstimateResponse | "measuring" | { readonly problem: string };

/** What a preset is called. */
export type PresetName = TrainingPreset["name"];

/** The controller of the settings. */
export class SettingsSession {
  readonly config: Signal<ConfigValues>;
  readonly yaml = signal("");
  readonly preset: Signal<PresetName>;
  readonly problem: Signal<SettingProblem | undefined> = signal();
  /** Whether the server is being asked about a change. */
  readonly checking = signal(false);
  /** By preset; `own` is a preset with changes. */
  readonly estimates: Signal<Readonly<Partial<Record<PresetName | "own", EstimateState>>>> = signal({});
  readonly form: ReadonlySignal<SettingGroup>;
  /** What differs from the preset. */
  readonly differences: ReadonlySignal<readonly SettingDifference[]>;
  readonly #presets: readonly TrainingPreset[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = new AbortController();
  #estimating = new AbortController();

  /** @param start the configuration to begin with, such as a forked run's; a preset where it is undefined */
  constructor({ schema, presets }: TrainingForm, start?: ConfigValues) {
    this.#presets = presets;
    this.preset = signal(presets[1]?.name ?? "good");
    this.config = signal(start ?? this.presetConfig(this.preset.peek(), {}));
    this.form = computed(() => describeForm(schema, this.config.value));
    this.differences = computed(() => {
      const base = this.presetConfig(this.preset.value, this.config.value);
      return settingDifferences([base, this.config.value]);
    });
  }

  /** Chooses a preset; pictures and names stay. */
  choosePreset(name: PresetName): void {
    this.preset.value = name;
    this.#change(this.presetConfig(name, this.config.peek()), 0);
  }

  /** Changes one setting; undefined leaves it out. */
  set(path: string, value: unknown): void {
    this.#change(withValue(this.config.peek(), path, value), TYPING_MS);
  }

  /** Takes several settings of the pictures at once. */
  setSource(source: string): void {
    this.#change(withValue(this.config.peek(), "data", { source }), 0);
  }

  /** Takes a whole configuration as YAML. */
  setYaml(text: string): void {
    this.yaml.value = text;
    this.#ask({ yaml: text }, TYPING_MS, true);
  }

  /** Asks the server for the YAML of the first configuration. */
  open(): void {
    this.#ask({ config: this.config.peek() }, 0, false);
  }

  /** A preset with the pictures and names of a configuration. */
  presetConfig(name: PresetName, kept: ConfigValues): ConfigValues {
    const { config } = this.#presets.find((preset) => preset.name === name)!;
    return KEPT.reduce<ConfigValues>(
      (values, key) => kept[key] === undefined ? values : withValue(values, key, kept[key]),
      config,
    );
  }

  /** Measures what each preset costs on these pictures, and the settings where they differ from all of them. */
  async estimate(): Promise<void> {
    this.#estimating.abort();
    const { signal } = this.#estimating = new AbortController();
    const put = (name: PresetName | "own", state: EstimateState) => {
      if (!signal.aborted) this.estimates.value = { ...this.estimates.peek(), [name]: state };
    };
    const config = this.config.peek();
    const wanted: (readonly [PresetName | "own", ConfigValues])[] = this.#presets.map(({ name }) =>
      [name, this.presetConfig(name, config)] as const
    );
    if (this.differences.peek().length > 0) wanted.unshift(["own", config]);
    for (const [name, config] of wanted) {
      if (signal.aborted) return;
      put(name, "measuring");
      try {
        put(name, await sendJson<EstimateResponse>("/api/training/estimate", { config }, { signal }));
      } catch (error) {
        put(name, { problem: errorText(error) });
      }
    }
  }

  /** Other pictures cost otherwise. */
  forgetEstimates(): void {
    this.#estimating.abort();
    this.estimates.value = {};
  }

  #change(config: ConfigValues, wait: number): void {
    this.config.value = config;
    this.#ask({ config }, wait, false);
  }

  #ask(request: { config: ConfigValues } | { yaml: string }, wait: number, fromYaml: boolean): void {
    clearTimeout(this.#timer);
    this.#request.abort();
    const { signal } = this.#request = new AbortController();
    this.checking.value = true;
    this.#timer = setTimeout(async () => {
      try {
        const { config, yaml } = await sendJson<ConfigResponse>("/api/training/config", request, { signal });
        batch(() => {
          this.config.value = config;
          if (!fromYaml) this.yaml.value = yaml; // what is being typed stays as it is
          this.problem.value = undefined;
          this.checking.value = false;
          const { own: _own, ...estimates } = this.estimates.peek();
          this.estimates.value = estimates;
        });
      } catch (error) {
        if (isAbort(error)) return;
        batch(() => {
          const field = error instanceof RequestError ? error.field : undefined;
          this.problem.value = { field, message: errorText(error) };
          this.checking.value = false;
        });
      }
    }, wait);
  }
}
