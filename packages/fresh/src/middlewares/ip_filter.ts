import type { Context } from "../context.ts";
import { leftOut } from "../left_out.ts";
import type { Middleware } from "../types.ts";

/** Which addresses may pass. Left out of this package. */
export interface IpFilterRules {
  /** Addresses and CIDR blocks that are refused. */
  denyList?: string[];
  /** Addresses and CIDR blocks that pass; all where it is empty. */
  allowList?: string[];
}

/** What a refused address is answered. Left out of this package. */
export interface IpFilterOptions {
  /** Makes the answer. */
  onError?: <State>(
    remote: {
      addr: string;
      type: Deno.NetworkInterfaceInfo["family"] | undefined;
    },
    ctx: Context<State>,
  ) => Response | Promise<Response>;
}

/** Left out: throws. */
export function ipFilter<State>(_rules: IpFilterRules, _options?: IpFilterOptions): Middleware<State> {
  throw leftOut("ipFilter()");
}
