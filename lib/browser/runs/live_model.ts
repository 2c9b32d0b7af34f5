/** A run's newest decoder as the board follows it. */
import { type Signal, signal } from "@preact/signals";
import { RunEventClient } from "./run_event_client.ts";

/** The decoder of a run. */
export class LiveModel {
  /** The step of the newest snapshot that was announced. */
  readonly step: Signal<number | undefined> = signal();
  /** The finished model. */
  readonly model: Signal<string | undefined> = signal();
  readonly #client: RunEventClient;

  /** @param onSnapshot a newer decoder is there */
  constructor(readonly run: string, onSnapshot: () => void) {
    let announced: ReturnType<typeof setTimeout> | undefined;
    this.#client = new RunEventClient(run, {
      onEvent: (event) => {
        if (event.type !== "snapshot") return;
        this.step.value = event.step;
        clearTimeout(announced); // at first all past ones come together
        announced = setTimeout(onSnapshot, 50);
      },
      onRun: ({ model }) => this.model.value = model,
      onConnection: () => {},
    }, { types: ["snapshot"] });
  }

  /** Follows the run until the returned function is called. */
  follow(): () => void {
    this.#client.open();
    return () => this.#client.close();
  }
}
