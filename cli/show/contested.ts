/** Of a log against which there is evidence, and of whatever stands in it. */
export const CONTESTED = "its authority signed what contradicts itself (entente evidence list)";
