/** The execution provider in use and why not the others. */
export function ProviderNote({ status }: {
  status: {
    readonly provider?: string | undefined;
    readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  };
}) {
  return (
    <span>
      {status.provider === undefined ? "No execution provider opened" : `Decodes on ${status.provider}`}
      {status.rejected.length > 0 && (
        <>
          {" "}· not {status.rejected.map(({ name, reason }) => `${name} (${reason})`).join(", not ")}
        </>
      )}
    </span>
  );
}
