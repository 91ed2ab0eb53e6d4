import { newId } from './person.ts'

/**
 * Recordings between the page and the moment they are heard, in memory only: nothing of a voice is ever stored. A
 * process that ends loses them; the event is kept, so the person is then asked to type.
 */
export interface Uploads {
  /** @returns the reference that fetches it once; null when too much is waiting already */
  keep(recording: Recording): string | null
  take(reference: string): Recording | null
}

export interface Recording {
  bytes: Uint8Array
  mediaType: string
}

const KEPT_MS = 3 * 60_000
const BYTES_TOGETHER_MAX = 64 * 1024 * 1024

export function createUploads({ keptMs = KEPT_MS, bytesMax = BYTES_TOGETHER_MAX } = {}): Uploads {
  const waiting = new Map<string, Recording>()
  let bytes = 0

  function take(reference: string): Recording | null {
    const found = waiting.get(reference)
    if (!found) return null
    waiting.delete(reference)
    bytes -= found.bytes.length
    return found
  }
  return {
    take,
    keep(recording) {
      if (bytes + recording.bytes.length > bytesMax) return null
      const reference = `upload:${newId()}`
      waiting.set(reference, recording)
      bytes += recording.bytes.length
      setTimeout(() => take(reference), keptMs).unref()
      return reference
    },
  }
}
