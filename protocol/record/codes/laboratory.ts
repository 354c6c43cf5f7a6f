/** Statement of conformity of one determination: ISO/IEC 17025:2017, 7.8.6. */
export const VERDICTS = ["pass", "fail", "inconclusive"] as const;

/** How measurement uncertainty was counted in a verdict: ISO/IEC 17025:2017, 3.7 and 7.8.6.1. */
export const DECISION_RULES = ["simple-acceptance", "guard-band", "other"] as const;

/** On which side of a limit a value is good. */
export const LIMIT_KINDS = ["maximum", "minimum"] as const;
