// Every type that an exported type names is exported too, from the same entry point or from the main one: what a
// program receives it can also name. Read off the emitted declarations.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The declarations of each entry point by its name, but those of files that threads load. */
const doors: ReadonlyMap<string, string> = new Map(
  Object.entries<{ readonly types?: string }>(exports)
    .filter(([name, { types }]) => types !== undefined && !name.endsWith('worker'))
    .map(([name, { types = '' }]) => [name, join(root, types)]),
);
const program = ts.createProgram([...doors.values()], {
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  ...{ target: ts.ScriptTarget.ES2023, strict: true, noEmit: true, types: ['node'] },
});
const checker = program.getTypeChecker();

/** What a symbol stands for, through all that re-exports it. */
function origin(symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** Types that a program hands on and never looks into, each with the reason. */
const OPAQUE: Readonly<Record<string, string>> = {
  MemberRunner: 'createPool and createInlineRunner make it, training alone calls it',
};

function exportsOf(file: string): ReadonlyMap<string, ts.Symbol> {
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  return new Map(symbol && checker.getExportsOfModule(symbol).map((own) => [own.name, origin(own)]));
}

/** Whether a declaration is of tutti and not of another package or of the language. */
function isOwn({ parent, ...node }: ts.Declaration): boolean {
  return parent !== undefined && ts.isSourceFile(parent) && node.kind !== ts.SyntaxKind.TypeParameter;
}

/** The names in a declaration's types whose meaning is a declaration of tutti's own files. */
function namedIn(declaration: ts.Declaration): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return;
    const name = nameOf(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol !== undefined) found.push(origin(symbol));
    ts.forEachChild(node, look);
  };
  look(declaration);
  return found.filter(({ declarations = [] }) =>
    declarations.some((own) => own.getSourceFile().fileName.startsWith(join(root, 'dist/')) && isOwn(own)),
  );
}

function nameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return node.qualifier;
  return ts.isTypeQueryNode(node) ? node.exprName : undefined;
}

const main = new Set(exportsOf(doors.get('.') ?? '').values());

for (const [door, file] of doors) {
  t.test(`${door} exports what it names`, async (t) => {
    const own = exportsOf(file);
    t.ok(own.size > 0);
    const known = new Set([...own.values(), ...main]);
    const absent = new Map<string, string>();
    for (const [name, { declarations = [] }] of own) {
      if (Object.hasOwn(OPAQUE, name)) continue;
      for (const symbol of declarations.flatMap(namedIn)) {
        if (!known.has(symbol)) absent.set(symbol.name, `named by ${name}`);
      }
    }
    t.same(Object.fromEntries(absent), {});
  });
}
