// Wrong options in the house form: which option, what was expected, what came.

import { describe, TuttiError } from '../../errors.js';
import { suggest, suggestValue } from '../../option-names.js';
import * as z from '../../zod.js';

type Issue = z.core.$ZodIssue;

/**
 * The ERR_OPTION for a schema's first complaint.
 * @param input what was checked. @param where how its source is named, such as `config.yaml`; or empty.
 */
export function optionError(issue: Issue, input: unknown, schema: z.ZodObject, where: string): TuttiError {
  const prefix = where === '' ? '' : `${where}: `;
  const { innermost, path } = innermostIssue(issue);
  if (innermost.code === 'unrecognized_keys') {
    const name = innermost.keys[0]!;
    const message = `${prefix}Unknown option \`${name}\`${suggest(name, Object.keys(schema.shape))}`;
    return new TuttiError('ERR_OPTION', message, { option: name });
  }
  const name = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  const got = path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], input);
  const expected = expectation(innermost, isInteger(path, schema), got);
  const near = innermost.code === 'invalid_value' ? suggestValue(got, innermost.values.map(String)) : '';
  const message = `${prefix}Expected \`${name}\` to be ${expected}, got ${describe(got)}${near}`;
  return new TuttiError('ERR_OPTION', message, { option: name });
}

/** A union complains as a whole; the alternative that went deepest says what is really wrong. */
function innermostIssue(
  issue: Issue,
  base: readonly PropertyKey[] = [],
): { innermost: Issue; path: readonly PropertyKey[] } {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union') return { innermost: issue, path };
  const deepest = issue.errors
    .flatMap((issues) => issues.slice(0, 1))
    .map((nested) => innermostIssue(nested, path))
    .reduce((best, candidate) => (candidate.path.length > best.path.length ? candidate : best), {
      innermost: issue as Issue,
      path: path as readonly PropertyKey[],
    });
  return deepest;
}

function expectation(issue: Issue, integer: boolean, got?: unknown): string {
  const number = integer ? 'an integer' : 'a number';
  switch (issue.code) {
    case 'invalid_type':
      // NaN and infinities are numbers to whoever gave them.
      if (typeof got === 'number' && !Number.isFinite(got)) return integer ? 'an integer' : 'a finite number';
      return nameOfType(issue.expected);
    case 'too_small':
      if (issue.origin === 'array') return 'a non-empty list';
      return `${number} ${issue.inclusive === false ? '>' : '≥'} ${issue.minimum}`;
    case 'too_big':
      return `${number} ${issue.inclusive === false ? '<' : '≤'} ${issue.maximum}`;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_union':
      return issue.errors.map((issues) => expectation(issues[0]!, integer)).join(' or ');
    case 'unrecognized_keys':
      return 'known options';
    default:
      return issue.message;
  }
}

function nameOfType(type: string): string {
  switch (type) {
    case 'int':
      return 'an integer';
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    default:
      return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
  }
}

/** Whether the option at a path takes integers; a complaint about a bound does not say so itself. */
function isInteger(path: readonly PropertyKey[], schema: z.ZodObject): boolean {
  const name = path.findLast((part) => typeof part === 'string');
  const { properties } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  const own = properties?.[name as string];
  return typeof own === 'object' && JSON.stringify(own.items ?? own).includes('"type":"integer"');
}
