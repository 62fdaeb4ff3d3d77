// The orders of dates, apart from what reads them: a saved ensemble is checked against them where no table is read.

/** The order in which a column writes its dates; `time` is a time of day alone. */
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy', 'time'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];
