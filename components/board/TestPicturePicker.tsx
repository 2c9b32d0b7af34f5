import { useSignal } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import type { PictureIn } from "../../lib/browser/picture_in.ts";
import { errorText } from "../../lib/browser/requests.ts";
import type { TestPictures } from "../../lib/browser/test_pictures.ts";

/** Takes one of the model's test pictures in, of one class or any. */
export function TestPicturePicker({ session, pictureIn, tests }: {
  session: BoardSession;
  pictureIn: PictureIn;
  tests: TestPictures;
}) {
  const label = useSignal("");
  const pick = async () => {
    try {
      const [picture] = await tests.pick(1, label.value === "" ? undefined : Number(label.value));
      if (picture === undefined) pictureIn.problem.value = "There is no test picture of this class: choose another";
      else await pictureIn.take(await tests.file(picture));
    } catch (error) {
      pictureIn.problem.value = errorText(error);
    }
  };
  return (
    <div class="row" role="group" aria-label="Test pictures">
      {session.model.labels.length > 0 && (
        <div class="field">
          <label for="test-label">From the test pictures</label>
          <select id="test-label" value={label} onChange={(event) => label.value = event.currentTarget.value}>
            <option value="">Any class</option>
            {session.model.labels.map(({ name }, index) => <option key={name} value={String(index)}>{name}</option>)}
          </select>
        </div>
      )}
      <button type="button" disabled={pictureIn.busy.value} onClick={() => void pick()}>Pick a test picture</button>
    </div>
  );
}
