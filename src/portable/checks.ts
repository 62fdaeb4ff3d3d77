// The part of zod's interface that the schemas of saved ensembles are written in, in a fortieth of its size: the bundle of
// tutti/predict has it in place of src/zod.ts (scripts/bundle-predict.mjs), so that files are held against the very same
// schemas there. It says whether a value fits and the first place where it does not; test/portable/checks.test.ts holds
// it against zod.

/** What is wrong, and where; the form of zod's issues. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Result =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** The value that is taken for one that was given; or throws a {@link Misfit}. */
type Take = (value: unknown, path: readonly PropertyKey[]) => unknown;

class Misfit {
  readonly issue: Issue;

  constructor(path: readonly PropertyKey[], expected: string) {
    this.issue = { path, message: `Invalid input: expected ${expected}` };
  }
}

/** A schema; a method makes a new one that asks for more. */
class Check {
  readonly take: Take;
  /** Of an object: its fields. Of a literal or a choice: its values. Of what may be absent: what it is otherwise. */
  readonly shape: Readonly<Record<string, Check>>;
  readonly values: readonly unknown[];
  readonly inner: Check | null;
  readonly mayBeAbsent: boolean;

  constructor(
    take: Take,
    { shape = {}, values = [], inner = null, mayBeAbsent = false }: Partial<Omit<Check, 'take'>> = {},
  ) {
    this.take = take;
    this.shape = shape;
    this.values = values;
    this.inner = inner;
    this.mayBeAbsent = mayBeAbsent;
  }

  safeParse(value: unknown): Result {
    try {
      return { success: true, data: this.take(value, []) };
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return { success: false, error: { issues: [error.issue] } };
    }
  }

  #where(expected: string, holds: (value: never) => boolean): Check {
    return new Check((value, path) => {
      const taken = this.take(value, path);
      if (!holds(taken as never)) throw new Misfit(path, expected);
      return taken;
    }, this);
  }

  min(least: number): Check {
    return this.#where(`at least ${least}`, (value: number | string | []) => sizeOf(value) >= least);
  }

  max(most: number): Check {
    return this.#where(`at most ${most}`, (value: number | string | []) => sizeOf(value) <= most);
  }

  gt(bound: number): Check {
    return this.#where(`above ${bound}`, (value: number) => value > bound);
  }

  lt(bound: number): Check {
    return this.#where(`below ${bound}`, (value: number) => value < bound);
  }

  positive(): Check {
    return this.gt(0);
  }

  regex(pattern: RegExp): Check {
    return this.#where(`a text of the form ${pattern}`, (value: string) => pattern.test(value));
  }

  refine(holds: (value: never) => boolean, { message }: { readonly message: string }): Check {
    return this.#where(message, holds);
  }

  nullable(): Check {
    return new Check((value, path) => (value === null ? null : this.take(value, path)), {
      inner: this,
      mayBeAbsent: this.mayBeAbsent,
    });
  }

  optional(): Check {
    const take: Take = (value, path) => (value === undefined ? undefined : this.take(value, path));
    return new Check(take, { inner: this, mayBeAbsent: true });
  }

  default(other: unknown): Check {
    const take: Take = (value, path) => (value === undefined ? other : this.take(value, path));
    return new Check(take, { inner: this, mayBeAbsent: true });
  }

  unwrap(): Check {
    return this.inner!;
  }

  extend(shape: Readonly<Record<string, Check>>): Check {
    return strictObject({ ...this.shape, ...shape });
  }
}

function sizeOf(value: number | string | readonly unknown[]): number {
  return typeof value === 'number' ? value : value.length;
}

function is(expected: string, holds: (value: unknown) => boolean): Check {
  return new Check((value, path) => {
    if (!holds(value)) throw new Misfit(path, expected);
    return value;
  });
}

const isNumber = (value: unknown) => Number.isFinite(value);

export const number = () => is('a number', isNumber);
export const int = () => is('an integer', Number.isSafeInteger);
export const string = () => is('a text', (value) => typeof value === 'string');
export const boolean = () => is('true or false', (value) => typeof value === 'boolean');

function oneOf(values: readonly unknown[]): Check {
  const expected = values.map((value) => JSON.stringify(value)).join(' or ');
  return new Check(is(expected, (value) => values.includes(value)).take, { values });
}

export const literal = (value: unknown) => oneOf([value]);

function isNull() {
  return literal(null);
}

export { isNull as null, oneOf as enum };

/** @param says zod takes what says more, too. */
export function custom(holds: (value: unknown) => boolean, says: unknown = 'another'): Check {
  return is(String(says).replace(/^expected /, ''), holds);
}

export function array(item: Check): Check {
  return new Check((value, path) => {
    if (!Array.isArray(value)) throw new Misfit(path, 'a list');
    return value.map((inner, at) => item.take(inner, [...path, at]));
  });
}

export function tuple(items: readonly Check[]): Check {
  return new Check((value, path) => {
    if (!Array.isArray(value) || value.length !== items.length) {
      throw new Misfit(path, `a list of ${items.length}`);
    }
    return items.map((item, at) => item.take(value[at], [...path, at]));
  });
}

function fieldsOf(value: unknown, path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misfit(path, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

export function record(_key: Check, inner: Check): Check {
  return new Check((value, path) => {
    const fields = Object.entries(fieldsOf(value, path));
    return Object.fromEntries(fields.map(([name, own]) => [name, inner.take(own, [...path, name])]));
  });
}

/** These fields and no others. */
export function strictObject(shape: Readonly<Record<string, Check>>): Check {
  const take: Take = (value, path) => {
    const fields = fieldsOf(value, path);
    const taken: Record<string, unknown> = {};
    for (const [name, check] of Object.entries(shape)) {
      const isThere = Object.hasOwn(fields, name);
      if (!isThere && !check.mayBeAbsent) throw new Misfit([...path, name], 'it to be there');
      const own = check.take(isThere ? fields[name] : undefined, [...path, name]);
      if (isThere || own !== undefined) taken[name] = own;
    }
    const stray = Object.keys(fields).find((name) => !Object.hasOwn(shape, name));
    if (stray !== undefined) throw new Misfit(path, `no ${JSON.stringify(stray)}`);
    return taken;
  };
  return new Check(take, { shape });
}

export function union(options: readonly Check[]): Check {
  return new Check((value, path) => {
    for (const option of options) {
      const result = option.safeParse(value);
      if (result.success) return result.data;
    }
    throw new Misfit(path, 'another form');
  });
}

/** The one object whose field of this name holds what the value has there. */
export function discriminatedUnion(name: string, options: readonly Check[]): Check {
  return new Check((value, path) => {
    const own = fieldsOf(value, path)[name];
    const option = options.find(({ shape }) => shape[name]!.values.includes(own));
    if (option === undefined) throw new Misfit([...path, name], 'another');
    return option.take(value, path);
  });
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

export const iso = {
  datetime: () =>
    string().refine((value) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)), {
      message: 'a date and time',
    }),
};
