// What JavaScript itself provides, as it was before a user's code ran. A module that replaces Math.fround or
// Array.prototype.push would change the numbers of every member after it on its thread, in silence; what it changed is
// put back and said. It knows nothing of modules and members. No sandbox: what code does later, from a timer, and what
// it does to Node.js's own modules is not seen.

// By itself: what a user's code replaces is not called here.
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty, has } = Reflect;
const { getPrototypeOf, setPrototypeOf } = Reflect;
const { is } = Object;

/** An object of the language, and what it held. */
interface Remembered {
  readonly name: string;
  readonly object: object;
  readonly prototype: object | null;
  readonly keys: readonly PropertyKey[];
  readonly properties: readonly PropertyDescriptor[];
}

/** All of them. */
export type Intrinsics = readonly Remembered[];

/** Those of the language and of WebAssembly whose behaviour results depend on. */
const NAMES: readonly string[] = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'RegExp', 'Error'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Promise', 'Proxy', 'Iterator'],
  ...['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Atomics', 'Math', 'JSON', 'Reflect'],
  ...[
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
  ],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'TextEncoder', 'TextDecoder'],
  ...[
    'TypeError',
    'RangeError',
    'parseInt',
    'parseFloat',
    'isNaN',
    'isFinite',
    'structuredClone',
    'WebAssembly',
  ],
];

/** Places that programs commonly write to, and that no result depends on: seeded chance, stack traces. */
const FREE: ReadonlySet<string> = new Set([
  'Math.random',
  'Error.stackTraceLimit',
  'Error.prepareStackTrace',
]);

const objects = listObjects();

/** Takes down what is there now. */
export function rememberIntrinsics(): Intrinsics {
  return objects.map(({ name, object }) => {
    const keys = name === 'globalThis' ? globalNames : ownKeys(object);
    const properties = keys.map((key) => getOwnPropertyDescriptor(object, key)!);
    return { name, object, prototype: getPrototypeOf(object), keys, properties };
  });
}

/** What was changed, and whether it could be put back. */
export interface Change {
  /** The first of the changes: `Array.prototype.push`. */
  readonly name: string;
  readonly undone: boolean;
}

/** Puts back what is not as it was; null when all is. It calls nothing that could have been replaced. */
export function restoreIntrinsics(before: Intrinsics): Change | null {
  let first: string | null = null;
  let undone = true;
  for (let at = 0; at < before.length; at++) {
    const remembered = before[at]!;
    const changed = restoreObject(remembered);
    if (changed === null) continue;
    first ??= changed;
    undone = restoreObject(remembered) === null && undone;
  }
  if (first === null) return null;
  if (!undone) lasting ??= first;
  return { name: first, undone };
}

let lasting: string | null = null;

/** What cannot be put back on this thread, whose results are worth nothing any more; null when there is nothing. */
export function lastingChange(): string | null {
  return lasting;
}

/** @returns the name of the first change. */
function restoreObject({ name, object, prototype, keys, properties }: Remembered): string | null {
  let first: string | null = null;
  if (getPrototypeOf(object) !== prototype) {
    first = `the prototype of ${name}`;
    setPrototypeOf(object, prototype);
  }
  // Of the global object other names are anybody's.
  const now = name === 'globalThis' ? keys : ownKeys(object);
  for (let at = 0; at < now.length; at++) {
    // In the same order while nothing was added.
    if (now[at] === keys[at] || includes(keys, now[at]!) || mayBeAdded(name, now[at]!, prototype)) continue;
    first ??= nameOf(name, now[at]!);
    deleteProperty(object, now[at]!);
  }
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    if (isSame(getOwnPropertyDescriptor(object, key), properties[at]!) || isFree(name, key)) continue;
    first ??= nameOf(name, key);
    defineProperty(object, key, properties[at]!);
  }
  return first;
}

/** Attributes do not count: freezing is no harm. */
function isSame(now: PropertyDescriptor | undefined, before: PropertyDescriptor): boolean {
  return now !== undefined && is(now.value, before.value) && now.get === before.get && now.set === before.set;
}

function isFree(name: string, key: PropertyKey): boolean {
  return typeof key === 'string' && FREE.has(`${name}.${key}`);
}

/**
 * A function of a polyfill's own does no harm, unless every object gets it, or the language asks for it: by a symbol, by
 * an index, or by these names.
 */
function mayBeAdded(name: string, key: PropertyKey, prototype: object | null): boolean {
  if (typeof key !== 'string' || name === 'Object.prototype') return false;
  // It would stand before what is inherited.
  if (prototype !== null && has(prototype, key)) return false;
  return key !== 'then' && key !== 'toJSON' && !(key[0]! >= '0' && key[0]! <= '9');
}

function includes(keys: readonly PropertyKey[], key: PropertyKey): boolean {
  for (let at = 0; at < keys.length; at++) if (keys[at] === key) return true;
  return false;
}

function nameOf(name: string, key: PropertyKey): string {
  return typeof key === 'symbol' ? `${name}[${String(key)}]` : `${name}.${String(key)}`;
}

/** `globalThis` is looked at for these names alone. */
const globalNames: readonly string[] = NAMES.filter((name) => name in globalThis);

function listObjects(): readonly { readonly name: string; readonly object: object }[] {
  const found = new Map<object, string>([[globalThis, 'globalThis']]);
  const add = (object: unknown, name: string) => {
    const isObject = (typeof object === 'object' && object !== null) || typeof object === 'function';
    if (!isObject || found.has(object)) return;
    found.set(object, name);
  };
  const addAll = (global: unknown, name: string) => {
    add(global, name);
    add((global as { readonly prototype?: unknown } | undefined)?.prototype, `${name}.prototype`);
  };
  for (const name of NAMES) addAll((globalThis as Readonly<Record<string, unknown>>)[name], name);
  for (const name of ['Memory', 'Module', 'Instance'] as const)
    addAll(WebAssembly[name], `WebAssembly.${name}`);
  // These have no names of their own.
  addAll(getPrototypeOf(Uint8Array), 'TypedArray');
  const iterators = { Array: [].values(), String: ''[Symbol.iterator](), Map: new Map().keys() };
  for (const [name, iterator] of Object.entries({ ...iterators, Set: new Set().keys() })) {
    add(getPrototypeOf(iterator), `the iterator of ${name}`);
  }
  add(getPrototypeOf(getPrototypeOf([].values())!), 'Iterator.prototype');
  const generators = { generators: function* () {}, 'async functions': async () => {} };
  for (const [name, example] of Object.entries(generators)) {
    add(getPrototypeOf(example), `the prototype of ${name}`);
    const { prototype } = getPrototypeOf(example) as { readonly prototype?: unknown };
    add(prototype, `what ${name} return`);
  }
  return [...found].map(([object, name]) => ({ name, object }));
}
