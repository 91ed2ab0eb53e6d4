/** `npm run learn`: learns anew from the example sentences of `knowledge/understanding` and keeps the result there. */
import { learnAnew } from '../answer/index.ts'
import { migrate, openDatabase } from '../database/index.ts'
import { ingest, openKnowledge } from '../knowledge/index.ts'

const db = await openDatabase({})
await migrate(db)
await ingest(db, './knowledge')
const knowledge = await openKnowledge(db)
const started = performance.now()
const bytes = await learnAnew(knowledge)
await db.close()
console.log(
  `learned in ${((performance.now() - started) / 1000).toFixed(1)} s, ${(bytes / 1e6).toFixed(1)} MB kept`,
)
