/** Form fields with their labels. */
import type { ComponentChildren, JSX } from "preact";

interface FieldProps {
  readonly id: string;
  readonly label: ComponentChildren;
}

/** A select; `options` are pairs of value and text. */
export function SelectField({ id, label, options, onSelect, ...select }: FieldProps & {
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly value: string;
  readonly name?: string;
  readonly title?: string;
  readonly disabledOption?: string | undefined;
  readonly onSelect?: (value: string) => void;
}) {
  const { disabledOption, ...rest } = select;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} {...rest} onChange={(event) => onSelect?.(event.currentTarget.value)}>
        {options.map(([value, text]) => (
          <option key={value} value={value} selected={value === rest.value} disabled={value === disabledOption}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A whole number; input that is not one from `min` to `max` is undone. Enter takes the same number again. */
export function NumberField({ id, label, value, min, max, onNumber }: FieldProps & {
  readonly value: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly onNumber: (value: number) => void;
}) {
  const take = (input: HTMLInputElement) => {
    const next = input.valueAsNumber;
    if (Number.isInteger(next) && next >= min && next <= max) onNumber(next);
    else input.value = String(value ?? "");
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={min}
        max={max}
        step={1}
        placeholder="none"
        value={value ?? ""}
        onChange={({ currentTarget }) => take(currentTarget)}
        onKeyDown={(event) => {
          // Enter on an unchanged number fires no change event
          if (event.key === "Enter" && event.currentTarget.value === String(value)) take(event.currentTarget);
        }}
      />
    </div>
  );
}

/** A slider whose value screen readers speak as `text`. */
export function RangeField({ id, label, text, onNumber, ...input }: FieldProps & {
  readonly text: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onNumber: (value: number) => void;
} & Pick<JSX.HTMLAttributes<HTMLInputElement>, "onDblClick">) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        aria-valuetext={text}
        {...input}
        onInput={(event) => onNumber(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** A checkbox before its label. */
export function CheckField({ label, ...input }: {
  readonly label: string;
  readonly checked: boolean;
  readonly name?: string;
  readonly onCheck?: (checked: boolean) => void;
}) {
  const { onCheck, ...rest } = input;
  return (
    <label class="check">
      <input type="checkbox" {...rest} onChange={(event) => onCheck?.(event.currentTarget.checked)} /> {label}
    </label>
  );
}
