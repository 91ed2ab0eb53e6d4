import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError, readConfig, SETTINGS } from '../src/config.ts'

const refusal = (environment: Record<string, string>): string => {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

test('nothing has to be set', () => {
  expect(readConfig({})).toMatchObject({ PORT: 3000, DATA_DIR: './data', ROLE: 'all' })
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ PORT: 3000, DATABASE_URL: undefined })
})

test('a wrong setting is one line with the variable, what was given and what is accepted', () => {
  expect(refusal({ PORT: 'three' })).toBe('PORT: got "three", accepted is a port number, 0 to 65535')
  expect(refusal({ DATABASE_URL: 'mysql://x' })).toContain('accepted is postgres://')
  expect(refusal({ ROLE: 'worker' })).toContain('DATABASE_URL')
})

test('a refused secret is not repeated', () => {
  const line = refusal({ TELEGRAM_BOT_TOKEN: 'hunter2 hunter2' })
  expect(line).toContain('TELEGRAM_BOT_TOKEN: got 15 characters')
  expect(line).not.toContain('hunter2')
})

test('settings that need each other say so', () => {
  expect(refusal({ TELEGRAM_WEBHOOK_URL: 'https://x.example', TELEGRAM_BOT_TOKEN: '1:a' })).toContain(
    'TELEGRAM_WEBHOOK_SECRET',
  )
  expect(refusal({ ZALO_APP_ID: '1' })).toContain('ZALO_APP_SECRET')
})

test('.env.example and the README name every setting', () => {
  for (const file of ['.env.example', 'README.md']) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    expect(Object.keys(SETTINGS).filter((name) => !text.includes(name))).toEqual([])
  }
})
