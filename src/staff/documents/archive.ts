import { inflateRawSync } from 'node:zlib'

/** Looks into a .docx before any library does: what it claims may be a lie, so every part is really unpacked once. */

const MOST_BYTES = 60 * 1024 * 1024
const MOST_ENTRIES = 2_000
const END = 0x06054b50
const ENTRY = 0x02014b50

/** @returns null when the archive is sound and small enough, else why it is refused */
export function refuseArchive(bytes: Buffer): 'not_an_archive' | 'too_large' | null {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END) return 'not_an_archive'
  const entries = bytes.readUInt16LE(end + 10)
  if (entries > MOST_ENTRIES) return 'too_large'
  let at = bytes.readUInt32LE(end + 16)
  let left = MOST_BYTES
  try {
    for (let index = 0; index < entries; index++) {
      if (bytes.readUInt32LE(at) !== ENTRY) return 'not_an_archive'
      const method = bytes.readUInt16LE(at + 10)
      const packed = bytes.readUInt32LE(at + 20)
      const local = bytes.readUInt32LE(at + 42)
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
      const part = bytes.subarray(start, start + packed)
      if (part.length !== packed || (method !== 0 && method !== 8)) return 'not_an_archive'
      left -= method === 0 ? packed : inflateRawSync(part, { maxOutputLength: left + 1 }).length
      if (left < 0) return 'too_large'
      at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    }
  } catch (error) {
    return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      ? 'too_large'
      : 'not_an_archive'
  }
  return null
}
