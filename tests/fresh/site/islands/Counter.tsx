// An island with props.

/** Shows its start. */
export default function Counter(props: { start: number; labels?: string[] }) {
  return <button type="button">{props.start}</button>;
}
