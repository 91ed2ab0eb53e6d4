import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps secrets and personal codes sealed at rest (Decree 356/2025 Art. 12.4: encrypted at rest). */
export interface Vault {
  /** AES-256-GCM, random nonce: the same text never seals to the same value twice. */
  seal(text: string): string
  /** @throws VaultError when the value was changed or sealed with another key. */
  open(sealed: string): string
  /** A keyed digest, for finding an equal value without opening any (phone, tax code). */
  index(text: string): string
}

export class VaultError extends Error {
  override name = 'VaultError'
}

const VERSION = 'v1'

/** @param key at least 32 bytes of secret; one key for sealing and one for the index are derived from it */
export function createVault(key: Uint8Array): Vault {
  if (key.length < 32) throw new VaultError('the key has fewer than 32 bytes')
  const sealing = Buffer.from(hkdfSync('sha256', key, '', 'nscl seal', 32))
  const indexing = Buffer.from(hkdfSync('sha256', key, '', 'nscl index', 32))
  return {
    seal(text) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
    },
    open(sealed) {
      const [version, payload] = sealed.split('.')
      if (version !== VERSION || payload === undefined) throw new VaultError('not a sealed value')
      const bytes = Buffer.from(payload, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12))
        decipher.setAuthTag(bytes.subarray(12, 28))
        return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new VaultError('the value was changed or sealed with another key', { cause })
      }
    },
    index: (text) => createHmac('sha256', indexing).update(text, 'utf8').digest('base64url'),
  }
}
