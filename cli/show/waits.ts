/** Why a part does not come by itself. */
export const WAITS = { size: "too large to come unasked", quota: "over the quota of its log" } as const;
