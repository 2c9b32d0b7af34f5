import type { BoardSession } from "../../lib/browser/board_session.ts";
import { errorText } from "../../lib/browser/requests.ts";
import type { TestPictures } from "../../lib/browser/test_pictures.ts";

/** A button per class: the sliders go to a random test picture of it, or to its mean for a model without any. */
export function ClassButtons({ session, tests }: { session: BoardSession; tests: TestPictures | undefined }) {
  const { model, state } = session;
  const show = async (label: number) => {
    try {
      const [picture] = await tests?.pick(1, label) ?? [];
      state.jump(picture?.z ?? model.labels[label]!.mean);
    } catch (error) {
      session.toasts.show(errorText(error));
    }
  };
  if (model.labels.length === 0) return null;
  return (
    <div class="classes" role="group" aria-label="Show one of a class">
      {model.labels.map(({ name }, label) => (
        <button
          key={name}
          type="button"
          class="chip"
          title={tests === undefined
            ? `The mean of the encodings (μ) of class “${name}”`
            : `The encoding (μ) of a random test picture of class “${name}”; again for another`}
          onClick={() => void show(label)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
