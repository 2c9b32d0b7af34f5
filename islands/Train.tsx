import { useEffect, useMemo } from "preact/hooks";
import { CheckField } from "../components/fields.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { DatasetView } from "../components/train/DatasetView.tsx";
import { PictureSource } from "../components/train/PictureSource.tsx";
import { Presets } from "../components/train/Presets.tsx";
import { Preview } from "../components/train/Preview.tsx";
import { SettingsForm } from "../components/train/SettingsForm.tsx";
import { UploadStatus } from "../components/train/UploadStatus.tsx";
import { YamlEditor } from "../components/train/YamlEditor.tsx";
import { type ForkOrigin, TrainSession } from "../lib/browser/train/train_session.ts";
import type { TrainingForm } from "../lib/protocol_runs.ts";

interface TrainProps {
  readonly form: TrainingForm;
  readonly fork?: ForkOrigin | undefined;
}

/** From pictures to a running training. */
export default function Train({ form, fork }: TrainProps) {
  const session = useMemo(() => new TrainSession(form, fork), []);
  useEffect(() => void session.open(), []);
  const upload = session.upload.value;
  const dataset = session.dataset.value;
  const { problem } = session.settings;
  const isSending = upload !== undefined && ["sending", "offline", "paused", "finishing"].includes(upload.phase.value);
  return (
    <div class="train">
      <section class="card stack" aria-labelledby="pictures-heading">
        <h2 id="pictures-heading">1. Pictures</h2>
        <PictureSource session={session} />
        {upload !== undefined && <UploadStatus upload={upload} />}
        {dataset !== undefined && <DatasetView key={dataset.detail.value.name} session={dataset} />}
        {!isSending && <Preview session={session} />}
      </section>
      <section class="card stack" aria-labelledby="settings-heading">
        <h2 id="settings-heading">2. How thoroughly</h2>
        {fork !== undefined && (
          <div class="row middle">
            <p>
              Forked from <a href={`/runs/${fork.id}`}>{fork.title}</a>.
            </p>
            {fork.hasWeights && (
              <CheckField
                label="Begin with what it learned"
                checked={session.keepWeights.value}
                onCheck={(checked) => session.keepWeights.value = checked}
              />
            )}
          </div>
        )}
        <Presets session={session.settings} presets={form.presets} />
        <SettingsForm session={session.settings} />
      </section>
      <YamlEditor session={session.settings} />
      <section class="card row middle start" aria-label="Start">
        <button
          type="button"
          class="primary"
          disabled={session.starting.value || isSending || problem.value !== undefined ||
            session.settings.checking.value}
          onClick={() => void session.start()}
        >
          {session.starting.value ? "Starting…" : "Start training"}
        </button>
        <p class="quiet" role="status">
          {isSending
            ? "It can start when your pictures are here."
            : problem.value !== undefined
            ? "A setting has to be mended first."
            : `Learns from ${session.source}.`}
        </p>
        {session.problem.value !== "" && <p class="fault" role="alert">{session.problem.value}</p>}
      </section>
      <ToastList toasts={session.toasts} />
    </div>
  );
}
