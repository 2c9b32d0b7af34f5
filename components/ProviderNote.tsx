/** The execution provider in use; why it is not one of the others is a click away. */
export function ProviderNote({ status }: {
  status: {
    readonly provider?: string | undefined;
    readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  };
}) {
  const inUse = status.provider === undefined ? "No execution provider opened" : `Decodes on ${status.provider}`;
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
