/** The execution provider in use; a click shows why the others are not. */
export function ProviderNote({ status }: {
  status: {
    readonly provider?: string | undefined;
    readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  };
}) {
  const inUse = status.provider === undefined
    ? "No execution provider opened"
    : `Running on ${status.provider.toUpperCase()}`;
  if (status.rejected.length === 0) return <span>{inUse}</span>;
  return (
    <details class="providers">
      <summary>{inUse}</summary>
      <ul>
        {status.rejected.map(({ name, reason }) => <li key={name}>not {name}: {reason}</li>)}
      </ul>
    </details>
  );
}
