import { laneOf } from '../channel/index.ts'
import type { TelegramChannel } from '../channel/telegram/index.ts'
import type { ZaloChannel } from '../channel/zalo/index.ts'
import type { Hear } from '../conversation/index.ts'
import type { Model } from '../llm/index.ts'

/** Longest recording and largest file that is listened to; the audio itself is never kept. */
const SECONDS_MAX = 60
const BYTES_MAX = 5 * 1024 * 1024

/** Fetches a voice message from its platform and has it written down. '' when it is too long, too large or unclear. */
export function hearing(
  model: Model,
  channels: { telegram: TelegramChannel | null; zalo: ZaloChannel | null },
  digest: (lane: string) => string,
): Hear {
  const fetchAudio = async (
    channel: string,
    reference: string,
  ): Promise<{ bytes: Uint8Array; name: string } | null> => {
    if (channel === 'telegram') {
      const file = await channels.telegram?.download(reference, { maxBytes: BYTES_MAX })
      return file ? { bytes: file.bytes, name: 'voice.oga' } : null
    }
    const file = channel === 'zalo' ? await channels.zalo?.fetchMedia(reference, BYTES_MAX) : null
    return file
      ? { bytes: file.bytes, name: file.mediaType.includes('amr') ? 'voice.amr' : 'voice.m4a' }
      : null
  }
  return async ({ address, content }, province) => {
    if (content.reference === null) return null
    if ((content.seconds ?? 0) > SECONDS_MAX || (content.bytes ?? 0) > BYTES_MAX) return ''
    try {
      const audio = await fetchAudio(address.channel, content.reference)
      if (audio === null) return null
      return (
        (await model.transcribe(audio.bytes, audio.name, { person: digest(laneOf(address)), province })) ?? ''
      )
    } catch {
      return '' // too large after all, or the platform is away; the person is asked to type
    }
  }
}
