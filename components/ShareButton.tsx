import { useSignal } from "@preact/signals";
import { saveFile } from "../lib/browser/files.ts";
import { errorText, send } from "../lib/browser/requests.ts";
import { Icon } from "./Icon.tsx";

/** Downloads a model's board as static files that decode in the visitor's browser. */
export function ShareButton({ model }: { model: string }) {
  const packing = useSignal(false);
  const problem = useSignal("");
  const share = async () => {
    packing.value = true;
    problem.value = "";
    try {
      const response = await send(`/api/models/${model}/share.zip`);
      saveFile(await response.blob(), `${model}-board.zip`);
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      packing.value = false;
    }
  };
  return (
    <div class="stack tight">
      <button
        type="button"
        disabled={packing.value}
        title="This board as a zip of static files: it decodes in the visitor's browser, without a server"
        onClick={() => void share()}
      >
        <Icon name="save" />
        {packing.value ? "Packing…" : "Share this board"}
      </button>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
    </div>
  );
}
