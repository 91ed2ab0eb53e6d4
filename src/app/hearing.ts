import { type Address, laneOf } from '../channel/index.ts'
import type { TelegramChannel } from '../channel/telegram/index.ts'
import type { Uploads } from '../channel/web/index.ts'
import type { ZaloChannel } from '../channel/zalo/index.ts'
import type { Hear } from '../conversation/index.ts'
import type { Model } from '../llm/index.ts'

/** Longest recording and largest file that is listened to; the audio itself is never kept. */
const SECONDS_MAX = 60
const BYTES_MAX = 5 * 1024 * 1024
/** Fetching and writing down together leave time for an answer: the person waits for both. */
const FETCH_MS = 4_000
const LISTEN_MS = 7_000

interface Audio {
  bytes: Uint8Array
  name: string
}

export interface Ears {
  telegram: TelegramChannel | null
  zalo: ZaloChannel | null
  uploads: Uploads
}

/** Fetches a voice message from its platform and has it written down. '' when it is too long, too large or unclear. */
export function hearing(model: Model, ears: Ears, digest: (lane: string) => string): Hear {
  return async ({ address, content }, province) => {
    if (content.reference === null) return null
    // Taken out of memory even when it is then not listened to.
    const audio = fetchAudio(ears, address.channel, content.reference)
    if ((content.seconds ?? 0) > SECONDS_MAX + 1 || (content.bytes ?? 0) > BYTES_MAX) {
      await audio.catch(() => null)
      return ''
    }
    try {
      const fetched = await within(FETCH_MS, audio)
      if (fetched === null || fetched.bytes.length > BYTES_MAX) return ''
      const who = { person: digest(laneOf(address)), province, timeoutMs: LISTEN_MS }
      return (await model.transcribe(fetched.bytes, fetched.name, who)) ?? ''
    } catch {
      return '' // too large after all, or the platform is away; the person is asked to type
    }
  }
}

async function fetchAudio(
  { telegram, zalo, uploads }: Ears,
  channel: Address['channel'],
  reference: string,
): Promise<Audio | null> {
  switch (channel) {
    case 'telegram': {
      const signal = AbortSignal.timeout(FETCH_MS)
      const file = await telegram?.download(reference, { maxBytes: BYTES_MAX, signal })
      return file ? { bytes: file.bytes, name: 'voice.oga' } : null
    }
    case 'zalo': {
      const file = await zalo?.fetchMedia(reference, BYTES_MAX)
      return file
        ? { bytes: file.bytes, name: file.mediaType.includes('amr') ? 'voice.amr' : 'voice.m4a' }
        : null
    }
    case 'web': {
      const file = uploads.take(reference) // null: another process has it, or this one was started anew
      const [, kind = 'webm'] = /^audio\/(?:x-)?(\w+)/.exec(file?.mediaType ?? '') ?? []
      return file ? { bytes: file.bytes, name: `voice.${kind === 'mp4' ? 'm4a' : kind}` } : null
    }
    case 'terminal':
      return null
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
