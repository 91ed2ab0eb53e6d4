import { defineConfig } from 'vitest/config'

/** Pages in a real Chromium; run by `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.ts'],
    globalSetup: ['tests/support/snapshot.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    passWithNoTests: false,
    exclude: ['**/node_modules/**'],
  },
})
