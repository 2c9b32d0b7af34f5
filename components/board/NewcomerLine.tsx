import { useSignal } from "@preact/signals";
import { IconButton } from "../Icon.tsx";

const YEAR_SECONDS = 365 * 24 * 3600;

/** One line for newcomers. Dismissing it sets a cookie, which the server reads, so that it never flashes. */
export function NewcomerLine({ latentDim }: { latentDim: number }) {
  const shown = useSignal(true);
  if (!shown.value) return null;
  const dismiss = () => {
    shown.value = false;
    document.cookie = `newcomer=no; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  };
  return (
    <div class="newcomer">
      <p>
        <strong>New here?</strong> A neural network draws this picture from {latentDim}{" "}
        numbers. Drag a slider to change one, or press Random.
      </p>
      <IconButton icon="close" label="Dismiss this hint" onClick={dismiss} />
    </div>
  );
}
