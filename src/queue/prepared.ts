import { createHash } from 'node:crypto'
import type { QueryResult, QueryResultRow } from 'pg'
import type { Db } from '../database/index.ts'

const names = new Map<string, string>()

/**
 * The same connection, with every statement prepared under a name: the server then parses and plans it once per
 * connection. Only for statements of a fixed text that run all the time.
 */
export function prepared(db: Db): Db {
  return {
    query: async <Row extends QueryResultRow>(text: string, values: unknown[] = []) => {
      let name = names.get(text)
      if (name === undefined) {
        name = `q${createHash('sha1').update(text).digest('base64url')}`
        names.set(text, name)
      }
      const run = db.query.bind(db) as unknown as (query: object) => Promise<QueryResult<Row>>
      return await run({ name, text, values })
    },
  }
}
