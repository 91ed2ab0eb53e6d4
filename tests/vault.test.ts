import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createVault, VaultError } from '../src/vault/index.ts'

const vault = createVault(randomBytes(32))

test('what was sealed opens again, and never looks the same twice', () => {
  expect(vault.open(vault.seal('0912 345 678'))).toBe('0912 345 678')
  expect(vault.seal('a')).not.toBe(vault.seal('a'))
})

test('a changed or foreign value is refused', () => {
  const sealed = vault.seal('0912 345 678')
  const last = sealed.at(-1) === 'A' ? 'B' : 'A'
  expect(() => vault.open(sealed.slice(0, -2) + last + sealed.at(-1))).toThrow(VaultError)
  expect(() => createVault(randomBytes(32)).open(sealed)).toThrow(VaultError)
  expect(() => vault.open('plain text')).toThrow(VaultError)
})

test('equal values have an equal index, under one key only', () => {
  expect(vault.index('+84912345678')).toBe(vault.index('+84912345678'))
  expect(createVault(randomBytes(32)).index('+84912345678')).not.toBe(vault.index('+84912345678'))
})

test('a short key is refused', () => {
  expect(() => createVault(randomBytes(16))).toThrow(VaultError)
})
