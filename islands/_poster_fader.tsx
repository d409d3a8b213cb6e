// A fader with its name and its value: a range input, so that it works by keyboard, touch and screen reader.

/** What a fader shows and does. */
export interface FaderProps {
  id: string;
  label: string;
  /** 0 to 1. */
  value: number;
  /** One press of an arrow key. */
  step?: number;
  /** A sentence below it. */
  hint?: string;
  disabled?: boolean;
  onMove: (value: number) => void;
}

/** A fader from 0 to 100 %. */
export function Fader(props: FaderProps) {
  const { id, label, value, step = 0.05, hint, disabled, onMove } = props;
  const percent = `${Math.round(100 * value)} %`;
  return (
    <div class="fader" data-lit={value > 0}>
      <label for={id}>{label}</label>
      <span class="fader__value" aria-hidden="true">{percent}</span>
      <input
        id={id}
        type="range"
        min="0"
        max="1"
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={percent}
        aria-describedby={hint && `${id}-hint`}
        onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      />
      {hint && <p id={`${id}-hint`} class="small soft fader__hint">{hint}</p>}
    </div>
  );
}
