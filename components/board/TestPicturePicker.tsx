import { useSignal } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import type { PictureEncoder } from "../../lib/browser/picture_encoder.ts";
import { errorText } from "../../lib/browser/requests.ts";
import type { TestPictures } from "../../lib/browser/test_pictures.ts";
import { SelectField } from "../fields.tsx";

/** Encodes a random test picture, of one class or any. */
export function TestPicturePicker({ session, encoder, tests }: {
  session: BoardSession;
  encoder: PictureEncoder;
  tests: TestPictures;
}) {
  const label = useSignal("");
  const pick = async () => {
    try {
      const [picture] = await tests.pick(1, label.value === "" ? undefined : Number(label.value));
      if (picture === undefined) encoder.problem.value = "There is no test picture of this class: choose another";
      else await encoder.encode(await tests.file(picture));
    } catch (error) {
      encoder.problem.value = errorText(error);
    }
  };
  return (
    <div class="row" role="group" aria-label="Test pictures">
      {session.model.labels.length > 0 && (
        <SelectField
          id="test-label"
          label="From the test pictures"
          value={label.value}
          options={[
            ["", "Any class"],
            ...session.model.labels.map(({ name }, index) => [String(index), name] as const),
          ]}
          onSelect={(value) => label.value = value}
        />
      )}
      <button type="button" disabled={encoder.busy.value} onClick={() => void pick()}>Pick a test picture</button>
    </div>
  );
}
