// No example asserts what the types do not say: not one `!`, cast or `any` in scripts/examples.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../../../scripts/examples', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

/** The lines on which a file asserts something. */
function assertions(text: string): string[] {
  const source = ts.createSourceFile('example.ts', text, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    const cast = ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
    const asserts = cast || ts.isNonNullExpression(node) || ts.isTypeAssertionExpression(node);
    if (asserts || node.kind === ts.SyntaxKind.AnyKeyword) found.push(node.getText(source));
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

t.test('assertions are found', async (t) => {
  t.same(assertions('a!.b; c as d; <e>f; let g: any; h as const; !i;'), ['a!', 'c as d', '<e>f', 'any']);
});

for (const name of files) {
  t.test(`${name} has none`, async (t) => {
    t.same(assertions(readFileSync(join(folder, name), 'utf8')), []);
  });
}
