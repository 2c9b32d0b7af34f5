/** Where configurations differ. */

/** A setting with its value in each configuration; undefined where one has none. */
export interface SettingDifference {
  /** Such as `optimizer.learningRate`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** The settings in which configurations differ, key by key; lists are compared whole. */
export function settingDifferences(configs: readonly unknown[], path = ""): SettingDifference[] {
  const records = configs.filter(isRecord);
  if (records.length === configs.length) {
    const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
    return keys.flatMap((key) =>
      settingDifferences(records.map((record) => record[key]), path === "" ? key : `${path}.${key}`)
    );
  }
  const texts = new Set(configs.map((value) => JSON.stringify(value)));
  return texts.size <= 1 ? [] : [{ path, values: configs }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
