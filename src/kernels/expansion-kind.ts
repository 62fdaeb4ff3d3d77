// What a number is expanded into before it is embedded, by the numbers that the kernels know them by.

export const EXPANSION_KIND = { periodic: 0, piecewise: 1 } as const;

export type ExpansionKind = keyof typeof EXPANSION_KIND;
