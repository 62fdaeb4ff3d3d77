// A query in the place of a data file: for programs an object, for the command line a word that stands where a file's
// name does, so that it is kept, repeated and gone on with as a file's name is.

import { described, type OptionTable, option } from '../../option-names.js';

/** Rows that DuckDB gives: it reads its own tables and CSV, Parquet and JSON files: `select * from 'sales/*.parquet'`. */
export interface QuerySource {
  /** One SELECT. */
  readonly sql: string;
  /** The file of the database, which is only read. @default none: a database in memory, for queries of files */
  readonly database?: string | undefined;
}

export const QUERY_OPTIONS = {
  sql: {
    ...described(option.text, {
      kind: 'text',
      says: 'rows that DuckDB gives, in the place of a file; it reads Parquet, CSV and JSON files by their names',
      range: 'a SELECT, such as "select * from \'sales/*.parquet\'"',
    }),
    required: true,
  },
  database: described(option.text, {
    kind: 'text',
    says: 'the file of the database that `sql` asks, which is only read',
    defaultSays: 'none; files can be read without',
  }),
} satisfies OptionTable<QuerySource>;

/** Whether something is meant to be a {@link QuerySource}. */
export function isQuery(source: unknown): source is QuerySource {
  return typeof source === 'object' && source !== null && 'sql' in source;
}

const WORD = /^sql(?:\((.*?)\))?:(.*)$/s;

/** `sql:select 1 as x`, or with a database `sql(sales.duckdb):select …`. */
export function queryWord({ sql, database }: QuerySource): string {
  return database === undefined ? `sql:${sql}` : `sql(${database}):${sql}`;
}

/** The query that a word stands for; null for one that is the name of a file. */
export function queryOfWord(word: string): QuerySource | null {
  const match = WORD.exec(word);
  if (match === null) return null;
  const [, database, sql = ''] = match;
  return database === undefined ? { sql } : { sql, database };
}
