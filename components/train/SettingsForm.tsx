import { useId } from "preact/hooks";
import {
  allFields,
  fieldText,
  parseField,
  type SettingField,
  type SettingGroup,
  valueAt,
} from "../../lib/browser/train/config_form.ts";
import { MAIN_SETTINGS, settingName } from "../../lib/browser/train/setting_words.ts";
import type { SettingsSession } from "../../lib/browser/train/settings_session.ts";

/** The settings as fields: the main ones at once, all others by group. */
export function SettingsForm({ session }: { session: SettingsSession }) {
  const form = session.form.value;
  const main = MAIN_SETTINGS.flatMap((path) => allFields(form).find((field) => field.path === path) ?? []);
  return (
    <div class="stack">
      <div class="setting-grid">
        {main.map((field) => <Setting key={field.path} field={field} session={session} />)}
      </div>
      <details>
        <summary>All settings</summary>
        <Group group={form} session={session} depth={0} />
      </details>
    </div>
  );
}

function Group({ group, session, depth }: { group: SettingGroup; session: SettingsSession; depth: number }) {
  const fields = group.fields.filter(({ path }) => !MAIN_SETTINGS.includes(path) && path !== "data.source");
  return (
    <fieldset class={depth === 0 ? "setting-group is-top" : "setting-group"}>
      <legend class={depth === 0 ? "hidden-visually" : undefined} title={group.path}>
        {depth === 0 ? "All settings" : settingName(group.path)}
      </legend>
      {depth > 0 && group.help !== "" && <p class="hint">{group.help}</p>}
      {fields.length > 0 && (
        <div class="setting-grid">
          {fields.map((field) => <Setting key={field.path} field={field} session={session} isUnion={group.isUnion} />)}
        </div>
      )}
      {group.groups.map((inner) => <Group key={inner.path} group={inner} session={session} depth={depth + 1} />)}
    </fieldset>
  );
}

function Setting({ field, session, isUnion = false }: {
  readonly field: SettingField;
  readonly session: SettingsSession;
  /** Whether its group is a choice of kinds. */
  readonly isUnion?: boolean;
}) {
  const id = useId();
  const { path, help } = field;
  const value = valueAt(session.config.value, path);
  const difference = session.differences.value.find((other) =>
    path === other.path || path.startsWith(`${other.path}.`)
  );
  const fault = session.problem.value?.field === path ? session.problem.value.message : undefined;
  return (
    <div class={difference === undefined ? "setting" : "setting is-changed"}>
      <label for={id} title={path}>{settingName(path)}</label>
      <Control id={id} field={field} value={value} session={session} isUnion={isUnion} />
      <p class="hint" id={`${id}-help`}>
        {help} {rangeText(field)}{" "}
        {difference !== undefined && <span class="changed">{wasText(difference.values[0])}</span>}
      </p>
      {fault !== undefined && <p class="fault" role="alert">{fault}</p>}
    </div>
  );
}

function Control({ id, field, value, session, isUnion }: {
  readonly id: string;
  readonly field: SettingField;
  readonly value: unknown;
  readonly session: SettingsSession;
  readonly isUnion: boolean;
}) {
  const { path, kind, choices = [], optional, minimum, maximum } = field;
  const described = { id, "aria-describedby": `${id}-help` };
  const set = (text: string) => {
    try {
      const parsed = parseField(field, text);
      const group = path.slice(0, path.lastIndexOf("."));
      if (isUnion && path === `${group}.kind`) session.set(group, { kind: parsed }); // those of the last kind go
      else session.set(path, parsed);
    } catch (error) {
      session.problem.value = { field: path, message: (error as Error).message };
    }
  };
  if (kind === "choice") {
    return (
      <select {...described} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {optional && <option value="" selected={value === undefined}>as the pictures are</option>}
        {choices.map((choice) => <option key={choice} value={choice} selected={choice === value}>{choice}</option>)}
      </select>
    );
  }
  if (kind === "flag") {
    return (
      <input
        {...described}
        type="checkbox"
        checked={value === true}
        onChange={({ currentTarget }) => session.set(path, currentTarget.checked)}
      />
    );
  }
  const isNumber = kind === "number" || kind === "integer";
  return (
    <input
      {...described}
      type={isNumber ? "number" : "text"}
      {...(isNumber ? { min: minimum, max: maximum, step: kind === "integer" ? 1 : "any" } : {})}
      placeholder={optional ? "by itself" : ""}
      value={fieldText(value)}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

function rangeText({ kind, minimum, maximum, exclusive }: SettingField): string {
  if (kind !== "number" && kind !== "integer") return "";
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum.toLocaleString("en")}.`;
  if (minimum !== undefined) return exclusive ? `Above ${minimum}.` : `At least ${minimum}.`;
  return "";
}

function wasText(value: unknown): string {
  return value === undefined
    ? "not set in the preset"
    : `${typeof value === "object" ? "otherwise" : fieldText(value)} in the preset`;
}
