import { useEffect, useRef } from "preact/hooks";
import type { SettingsSession } from "../../lib/browser/train/settings_session.ts";

/** Where the editor has a column of its own. */
const BESIDE = "(min-width: 1500px)";

/** The same settings as the YAML that `deno task train` reads. */
export function YamlEditor({ session }: { session: SettingsSession }) {
  const details = useRef<HTMLDetailsElement>(null);
  const problem = session.problem.value;
  useEffect(() => void (details.current!.open = matchMedia(BESIDE).matches), []);
  return (
    <details ref={details} class="card yaml">
      <summary>The same as YAML</summary>
      <textarea
        aria-label="Settings as YAML"
        spellcheck={false}
        rows={24}
        value={session.yaml.value}
        onInput={({ currentTarget }) => session.setYaml(currentTarget.value)}
      />
      {problem !== undefined && <p class="fault" role="alert">{problem.message}</p>}
    </details>
  );
}
