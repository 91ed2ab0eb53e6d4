import type { Db } from '../../src/database/index.ts'

/** Everything every table of every schema holds, as text: the queue's tables, bytea (decoded) and JSON included. */
export async function dumpDatabase(db: Db): Promise<string> {
  const { rows: tables } = await db.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
     order by 1, 2`,
  )
  const parts: string[] = []
  for (const { schema, name } of tables) {
    const { rows } = await db.query<Record<string, unknown>>(`select * from "${schema}"."${name}"`)
    parts.push(`# ${schema}.${name} ${rows.length}`)
    for (const row of rows) {
      parts.push(
        Object.values(row)
          .map((value) =>
            value instanceof Uint8Array
              ? Buffer.from(value).toString('utf8')
              : typeof value === 'object'
                ? JSON.stringify(value)
                : JSON.stringify(value),
          )
          .join('\t'),
      )
    }
  }
  return parts.join('\n')
}
