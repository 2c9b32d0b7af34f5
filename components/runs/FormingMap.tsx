import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { boardUrl } from "../../lib/browser/board_url.ts";
import { MapSession } from "../../lib/browser/map/map_session.ts";
import { send } from "../../lib/browser/requests.ts";
import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import { hasEnded } from "../../lib/browser/runs/run_words.ts";
import { pictureOfMap } from "../../lib/browser/test_pictures.ts";
import { parseLatentMap } from "../../lib/latent/map.ts";
import type { ModelDetail } from "../../lib/protocol.ts";
import { RUN_PREFIX } from "../../lib/protocol_runs.ts";
import { ClassToggles } from "../map/ClassToggles.tsx";
import { MapCanvas } from "../map/MapCanvas.tsx";

/** Where the model puts pictures at the snapshot that is shown; a point opens its picture on the board. */
export function FormingMap({ session, latentDim }: { session: RunSession; latentDim: number }) {
  const { id } = session.run.value;
  const image = { width: 1, height: 1 }; // points alone: a snapshot has no sheet of its pictures
  const map = useMemo(() => new MapSession({ name: RUN_PREFIX + id, latentDim, labels: [], image }), []);

  useSignalEffect(() => {
    const step = session.snapshot?.step;
    if (step === undefined) return;
    const stop = new AbortController();
    (async () => {
      const response = await send(`/api/runs/${id}/snapshots/${step}/map.bin`, { signal: stop.signal });
      const data = parseLatentMap(new Uint8Array(await response.arrayBuffer()), latentDim);
      stop.signal.throwIfAborted();
      await map.show(data);
    })().catch(() => {}); // the next snapshot tries again
    return () => stop.abort();
  });

  const known = session.snapshot !== undefined;
  useEffect(() => {
    if (!known) return;
    send(`/api/runs/${id}/model`).then(async (response) => {
      map.labels.value = (await response.json() as ModelDetail).labels.map(({ name }) => name);
    }).catch(() => {}); // a map without names is still a map
  }, [known]);

  const open = (index: number) => {
    const { model, state } = session.run.value;
    const { z } = pictureOfMap(map.map.peek()!, index);
    location.href = boardUrl({ model: hasEnded(state) && model !== undefined ? model : map.model.name, z });
  };

  if (!known) return <p class="quiet">It comes with the first pictures.</p>;
  return (
    <div class="stack tight">
      <MapCanvas map={map} onPick={open} />
      <ClassToggles map={map} />
      <p class="hint">A point is a picture; a click opens it on the board.</p>
    </div>
  );
}
