import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { SelectField } from "../components/fields.tsx";
import { drawReconstructions, drawSamples, nextSeed, type PicturedModel } from "../lib/browser/model_pictures.ts";
import { errorText, isAbort } from "../lib/browser/requests.ts";
import type { SamplerName } from "../lib/protocol.ts";

/** What models make of test pictures, beside what they make of nothing; several models share seed and sampler. */
export default function ModelPictures({ models }: {
  readonly models: readonly (PicturedModel & { readonly title: string })[];
}) {
  const seed = useSignal(1);
  const sampler = useSignal<SamplerName>("prior");
  const fitted = models.every(({ map }) => map !== undefined);
  return (
    <div class="stack">
      <div class="row model-choices">
        <button type="button" onClick={() => seed.value = nextSeed(seed.value)}>Draw other samples</button>
        <SelectField
          id="samples-from"
          label="Samples from"
          value={sampler.value}
          options={[["prior", "the prior"], ["gmm", "where test pictures lie"]]}
          disabledOption={fitted ? undefined : "gmm"}
          onSelect={(value) => sampler.value = value as SamplerName}
        />
      </div>
      <div class={models.length > 1 ? "model-pictures beside" : "model-pictures"}>
        {models.map((model) => (
          <div class="stack" key={model.name}>
            {models.length > 1 && <h3>{model.title}</h3>}
            <Reconstructions model={model} />
            <Samples model={model} seed={seed.value} sampler={sampler.value} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Reconstructions({ model }: { readonly model: PicturedModel & { readonly title: string } }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const problem = useSignal("");
  const drawn = useSignal(false);
  const { map } = model;
  useEffect(() => {
    if (map === undefined) return;
    const controller = new AbortController();
    drawReconstructions({ ...model, map }, canvas.current!, controller.signal)
      .then(() => drawn.value = true)
      .catch((error) => {
        if (!isAbort(error)) problem.value = errorText(error);
      });
    return () => controller.abort();
  }, []);
  if (map === undefined) return <p class="hint">This model came without test pictures.</p>;
  return (
    <figure class="sheet">
      <canvas
        ref={canvas}
        class="crisp"
        width={8 * model.image.width}
        height={2 * model.image.height}
        role="img"
        aria-busy={!drawn.value}
        aria-label={`Test pictures above what ${model.title} makes of them`}
      />
      <figcaption>Test pictures, and below each its reconstruction</figcaption>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
    </figure>
  );
}

function Samples({ model, seed, sampler }: {
  readonly model: PicturedModel & { readonly title: string };
  readonly seed: number;
  readonly sampler: SamplerName;
}) {
  const source = useSignal("");
  const problem = useSignal("");
  useEffect(() => {
    const controller = new AbortController();
    drawSamples(model.name, { seed, sampler, signal: controller.signal }).then((blob) => {
      URL.revokeObjectURL(source.peek());
      source.value = URL.createObjectURL(blob);
      problem.value = "";
    }, (error) => {
      if (!isAbort(error)) problem.value = errorText(error);
    });
    return () => controller.abort();
  }, [seed, sampler]);
  return (
    <figure class="sheet">
      {source.value === ""
        ? <div class="sheet-empty" aria-hidden="true" />
        : <img class="crisp" src={source.value} alt={`Samples of ${model.title}, seed ${seed}`} />}
      <figcaption>Samples, seed {seed}</figcaption>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
    </figure>
  );
}
