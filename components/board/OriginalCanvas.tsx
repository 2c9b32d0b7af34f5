import { useEffect, useRef } from "preact/hooks";
import type { TestPicture, TestPictures } from "../../lib/browser/test_pictures.ts";

/** A test picture itself; its container has the label. */
export function OriginalCanvas({ tests, picture }: { tests: TestPictures; picture: TestPicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    tests.draw(picture, canvas.current!).catch(() => {}); // the sheet is there: the picture was picked from its map
  }, [picture]);
  return <canvas ref={canvas} class="crisp" width={1} height={1} aria-hidden="true" />;
}
