import { useEffect, useRef } from "preact/hooks";
import type { TestPicture, TestPictures } from "../../lib/browser/test_pictures.ts";

/** A test picture itself; its container has the label. */
export function OriginalCanvas({ tests, picture, onError }: {
  tests: TestPictures;
  picture: TestPicture;
  onError: (error: unknown) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    tests.draw(picture, canvas.current!).catch(onError);
  }, [picture]);
  return <canvas ref={canvas} class="crisp" width={1} height={1} aria-hidden="true" />;
}
