import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

interface LazyPartProps<Props extends object> {
  /** Imports the part; called when it is first shown. */
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
}

/** A part of a page whose script is fetched when the part is first shown, so that a first visit stays small. */
export function LazyPart<Props extends object>({ load, props }: LazyPartProps<Props>) {
  const part = useSignal<{ readonly Part: ComponentType<Props> } | "failed" | undefined>(undefined);
  useEffect(() => {
    load().then((Part) => part.value = { Part }, () => part.value = "failed");
  }, []);
  if (part.value === undefined) return <p class="quiet" role="status">Loading …</p>;
  if (part.value === "failed") return <p class="fault">This part could not be loaded: reload the page</p>;
  const { Part } = part.value;
  return <Part {...props} />;
}
