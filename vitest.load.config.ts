import { defineConfig } from 'vitest/config'

/** Faults, races and kills on a real PostgreSQL; run by `npm run test:load` with TEST_DATABASE_URL set. */
export default defineConfig({
  test: {
    include: ['tests/load/**/*.test.ts'],
    globalSetup: ['tests/support/snapshot.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    passWithNoTests: false,
    exclude: ['**/node_modules/**'],
  },
})
